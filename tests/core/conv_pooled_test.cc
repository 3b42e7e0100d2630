// The gradients of pooled convolutions on every instruction set and their twins, as conv_test.cc has the others.
#include "geometries.h"
#include "kernels/reference.h"

using figurate::kBlock;
using figurate::Kernels;
using figurate::kSlack;
using figurate::Windows;
using testing::Geometry;
using testing::kUntouched;
using testing::Numbers;
using testing::roundings;
using testing::small_numbers;
using testing::Source;
using testing::Sums;

namespace {

// The gradient of some figures' pooled outputs, and which of each square it belongs to.
struct Pooled {
  Pooled(const Geometry& g, size_t figures, Source source)
      : windows(g.windows()),
        filters(g.filters),
        row_size((windows.run + kBlock - 1) / kBlock * kBlock),
        filter_size(windows.window_rows * row_size),
        step(g.rows / 2 * (g.columns / 2) * filters + 5),
        delta(source(figures * step + kSlack, 2)),
        where(delta.size()) {
    const std::vector<float> squares = small_numbers(delta.size(), 5);
    for (size_t i = 0; i < where.size(); ++i) where[i] = static_cast<int32_t>(squares[i]) + 1;
  }

  // Calls visit(filter, place of the window in the input, place of the gradient) for every output of a figure that was
  // the largest of its square.
  template <class Visit>
  void each(size_t figure, const Visit& visit) const {
    for (size_t i = 0; i < windows.rows / 2 * (windows.columns / 2) * filters; ++i) {
      const size_t at = figure * step + i, pixel = i / filters;
      if (where[at] < 0) continue;
      const size_t row = pixel / (windows.columns / 2) * 2 + static_cast<size_t>(where[at] / 2),
                   column = pixel % (windows.columns / 2) * 2 + static_cast<size_t>(where[at] % 2);
      visit(i % filters, row * windows.row_step + column * windows.column_step, at);
    }
  }
  // Where number `n` of a filter's window stands.
  size_t weight(size_t filter, size_t n) const {
    return filter * filter_size + n / windows.run * row_size + n % windows.run;
  }

  Windows windows;
  size_t filters, row_size, filter_size, step;
  std::vector<float> delta;
  std::vector<int32_t> where;
};

void check_pooled_gradient(const Geometry& g, size_t figures, Source source) {
  const Pooled p(g, figures, source);
  const size_t input_step = g.inputs() + 7, weights = g.filters * p.filter_size;
  const std::vector<float> input = source((figures - 1) * input_step + g.inputs() + kBlock, 1),
                           before = source(weights + g.filters, 3);
  const Sums exact(roundings(source, figures * g.rows * g.columns / 4 + 1), [&](const auto& as, Numbers& out) {
    const Numbers x = as(input), d = as(p.delta);
    out = as(before);
    for (size_t figure = 0; figure < figures; ++figure) {
      p.each(figure, [&](size_t f, size_t begin, size_t at) {
        out[weights + f] += d[at];
        figurate::reference::for_window(p.windows, figure * input_step + begin,
                                        [&](size_t n, size_t place) { out[p.weight(f, n)] += x[place] * d[at]; });
      });
    }
  });
  testing::for_each_table([&](const Kernels& table) {
    for (const bool use_bias : {true, false}) {
      std::vector<float> gradient(before.data(), before.data() + weights),
          bias_gradient(before.data() + weights, before.data() + before.size());
      gradient.resize(weights + kSlack, kUntouched);
      bias_gradient.resize(g.filters + kSlack, kUntouched);
      figurate::PooledGradient args{};
      args.windows = p.windows, args.figures = figures, args.input = input.data(), args.input_step = input_step;
      args.output_gradient = p.delta.data(), args.where = p.where.data(), args.output_gradient_step = p.step;
      args.filters = g.filters, args.gradient = gradient.data();
      args.bias_gradient = use_bias ? bias_gradient.data() : nullptr;
      table.pooled_gradient(args);
      for (size_t at = 0; at < weights; ++at) {
        if (at % p.row_size < p.windows.run) exact.check(gradient[at], at);
      }
      for (size_t f = 0; use_bias && f < g.filters; ++f) exact.check(bias_gradient[f], weights + f);
      for (size_t i = 0; i < kSlack; ++i) {
        CHECK_EQUAL(gradient[weights + i], kUntouched);
        CHECK_EQUAL(bias_gradient[g.filters + i], kUntouched);
      }
    }
  });
}

void check_pooled_backward(const Geometry& g, Source source) {
  const Pooled p(g, 1, source);
  const std::vector<float> before = source(g.inputs(), 3);
  std::vector<float> weights = source(g.filters * p.filter_size, 4);
  for (size_t i = 0; i < weights.size(); ++i) {
    if (i % p.row_size >= p.windows.run) weights[i] = 0.0f;
  }
  // A pixel lies in each of a filter's windows at most once.
  const Sums exact(roundings(source, g.filters * g.rows * g.columns / 4 + 1), [&](const auto& as, Numbers& out) {
    const Numbers k = as(weights), d = as(p.delta);
    out = as(before);
    p.each(0, [&](size_t f, size_t begin, size_t at) {
      figurate::reference::for_window(p.windows, begin,
                                      [&](size_t n, size_t place) { out[place] += k[p.weight(f, n)] * d[at]; });
    });
  });
  testing::for_each_table([&](const Kernels& table) {
    std::vector<float> gradient = before;
    gradient.resize(g.inputs() + kBlock, kUntouched);
    table.pooled_backward({p.windows, p.delta.data(), p.where.data(), g.filters, weights.data(), gradient.data()});
    for (size_t at = 0; at < g.inputs(); ++at) exact.check(gradient[at], at);
    for (size_t i = 0; i < kBlock; ++i) CHECK_EQUAL(gradient[g.inputs() + i], kUntouched);
  });
}

// Those that may be pooled: windows are whole rows.
template <class Check>
void for_each_pooled(const Check& check) {
  testing::for_each_geometry([&](const Geometry& g, Source source) {
    if (g.rows > 1 && g.columns > 1 && g.windows().runs == 1) check(g.even(), source);
  });
}

}  // namespace

TEST(conv_pooled_gradient_of_every_geometry) {
  size_t number = 0;
  for_each_pooled([&](const Geometry& g, Source source) { check_pooled_gradient(g, 1 + number++ % 3, source); });
}

TEST(conv_pooled_backward_of_every_geometry) { for_each_pooled(check_pooled_backward); }

// More outputs than a list of them has room for.
TEST(conv_pooled_gradients_of_many_outputs) {
  for (const size_t filters : {3, 18}) {
    check_pooled_gradient({30, 30, 12, filters}, 3, small_numbers);
    check_pooled_gradient({30, 30, 1, filters}, 3, small_numbers);
  }
  check_pooled_backward({2, 4, 1, 2100, 2, 2}, small_numbers);
}
