// The convolution's kernels, forward and the weights' gradient, on every instruction set and their twins, against plain
// loops in float64.
//
// Most are given small whole numbers: their sums are exact in any order, so nothing may differ, nor which of equal
// numbers was the largest. Memory ends where a kernel may no longer read, for a sanitizer to see.
#include <algorithm>
#include <cmath>

#include "geometries.h"
#include "kernels/reference.h"

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

struct Ending {
  bool relu = false, pooled = false, scaled = false, biased = true;
};

// A number of the output, and, where that is known, which one it was, against the one or four sums of its square.
void check_output(const Sums& exact, const std::vector<size_t>& square, const Ending& end, bool whole, float output,
                  const int32_t* where) {
  size_t first = 0;
  double tolerance = 0;
  for (size_t i = 0; i < square.size(); ++i) {
    if (exact[square[i]] > exact[square[first]]) first = i;
    tolerance = std::max(tolerance, exact.tolerance(square[i]));
  }
  const double best = exact[square[first]];
  CHECK_NEAR(output, end.relu ? std::max(best, 0.0) : best, tolerance);
  if (where == nullptr) return;
  if (whole) {
    CHECK_EQUAL(*where, end.relu && best <= 0 ? -1 : static_cast<int32_t>(first));
  } else if (*where < 0) {
    CHECK(end.relu && best <= tolerance);
  } else {
    CHECK(exact[square[static_cast<size_t>(*where)]] >= best - 2 * tolerance);
  }
}

void check_forward(const Geometry& g, const Ending& end, Source source) {
  const Windows w = g.windows();
  const std::vector<float> input = source(g.inputs(), 1), weights = source(g.window() * g.filters + kSlack, 2),
                           scale = source(g.filters + kSlack, 3), bias = source(g.filters + kSlack, 4);
  const Sums exact(roundings(source, g.window() + 3), [&](const auto& as, Numbers& out) {
    const Numbers x = as(input), k = as(weights), s = as(scale), b = as(bias);
    for (size_t at = 0; at < g.rows * g.columns * g.filters; ++at) {
      const size_t f = at % g.filters, pixel = at / g.filters;
      double sum = 0;
      figurate::reference::for_window(w,
                                      pixel / g.columns * w.row_step + pixel % g.columns * w.column_step +
                                          f / g.group_filters() * g.group_channels(),
                                      [&](size_t n, size_t place) { sum += x[place] * k[n * g.filters + f]; });
      out.push_back(sum * (end.scaled ? s[f] : 1.0) + (end.biased ? b[f] : 0.0));
    }
  });
  const size_t unit = end.pooled ? 2 : 1, rows = g.rows / unit, columns = g.columns / unit;
  const size_t column_step = g.filters + 3, row_step = columns * column_step + 5;
  testing::for_each_table([&](const Kernels& table) {
    std::vector<float> output(rows * row_step, kUntouched), again = output;
    std::vector<int32_t> where(output.size(), 99);
    for (size_t group = 0; group < g.groups; ++group) {
      const size_t filter = group * g.group_filters();
      figurate::ConvForward args{};
      args.windows = w, args.input = input.data() + group * g.group_channels();
      args.weights = weights.data() + filter, args.weights_step = g.filters, args.filters = g.group_filters();
      args.scale = end.scaled ? scale.data() + filter : nullptr;
      args.bias = end.biased ? bias.data() + filter : nullptr;
      args.relu = end.relu, args.pooled = end.pooled;
      args.where = end.pooled ? where.data() + filter : nullptr;
      args.output = output.data() + filter, args.output_row_step = row_step, args.output_column_step = column_step;
      table.conv_forward(args);
      args.where = nullptr, args.output = again.data() + filter;
      table.conv_forward(args);
    }
    CHECK_SAME_BITS(again, output);
    for (size_t at = 0; at < output.size(); ++at) {
      const size_t row = at / row_step, column = at % row_step / column_step, f = at % row_step % column_step;
      if (column >= columns || f >= g.filters) {
        CHECK_EQUAL(output[at], kUntouched);
        CHECK_EQUAL(where[at], 99);
        continue;
      }
      std::vector<size_t> square;
      for (size_t i = 0; i < unit * unit; ++i) {
        square.push_back(((row * unit + i / 2) * g.columns + column * unit + i % 2) * g.filters + f);
      }
      check_output(exact, square, end, source == small_numbers, output[at], end.pooled ? &where[at] : nullptr);
    }
  });
}

// Where the kernels add to, there stand numbers already.
void check_gradient(const Geometry& g, size_t figures, Source source) {
  const Windows w = g.windows();
  const size_t input_step = g.inputs() + 7, column_step = g.stride_x * g.filters,
               row_step = g.columns * column_step + 11, figure_step = g.rows * row_step + 2;
  const std::vector<float> input = source((figures - 1) * input_step + g.inputs(), 1),
                           delta = source(figures * figure_step + kSlack, 2),
                           before = source(g.window() * g.filters, 3), bias_before = source(g.filters, 4);
  Numbers bias(g.filters), bias_sizes(g.filters);
  const Sums exact(roundings(source, figures * g.rows * g.columns + 1), [&](const auto& as, Numbers& out) {
    const Numbers x = as(input), d = as(delta), b = as(bias_before);
    out = as(before);
    out.insert(out.end(), b.begin(), b.end());
    for (size_t pixel = 0; pixel < figures * g.rows * g.columns; ++pixel) {
      const size_t figure = pixel / g.columns / g.rows, row = pixel / g.columns % g.rows, column = pixel % g.columns;
      for (size_t f = 0; f < g.filters; ++f) {
        const double value = d[figure * figure_step + row * row_step + column * column_step + f];
        out[before.size() + f] += value;
        figurate::reference::for_window(w,
                                        figure * input_step + row * w.row_step + column * w.column_step +
                                            f / g.group_filters() * g.group_channels(),
                                        [&](size_t n, size_t place) { out[n * g.filters + f] += x[place] * value; });
      }
    }
  });
  testing::for_each_table([&](const Kernels& table) {
    for (const bool use_bias : {true, false}) {
      std::vector<float> gradient = before, bias_gradient = bias_before;
      gradient.resize(gradient.size() + kSlack, kUntouched);
      bias_gradient.resize(bias_gradient.size() + kSlack, kUntouched);
      for (size_t group = 0; group < g.groups; ++group) {
        const size_t filter = group * g.group_filters();
        figurate::ConvGradient args{};
        args.windows = w, args.figures = figures;
        args.input = input.data() + group * g.group_channels(), args.input_step = input_step;
        args.output_gradient = delta.data() + filter, args.output_gradient_step = figure_step;
        args.output_gradient_row_step = row_step, args.output_gradient_column_step = column_step;
        args.filters = g.group_filters();
        args.gradient = gradient.data() + filter, args.gradient_step = g.filters;
        args.bias_gradient = use_bias ? bias_gradient.data() + filter : nullptr;
        table.conv_gradient(args);
      }
      for (size_t at = 0; at < before.size(); ++at) exact.check(gradient[at], at);
      for (size_t f = 0; use_bias && f < g.filters; ++f) exact.check(bias_gradient[f], before.size() + f);
      for (size_t i = 0; i < kSlack; ++i) {
        CHECK_EQUAL(gradient[before.size() + i], kUntouched);
        CHECK_EQUAL(bias_gradient[g.filters + i], kUntouched);
      }
    }
  });
}

}  // namespace

// Scale, bias and ReLU there or not.
TEST(conv_forward_of_every_geometry) {
  size_t number = 0;
  testing::for_each_geometry([&](const Geometry& g, Source source) {
    ++number;
    check_forward(g, {number % 7 > 2, false, number % 3 == 0, number % 5 > 0}, source);
  });
}

TEST(conv_forward_pools_every_geometry) {
  size_t number = 0;
  testing::for_each_geometry([&](const Geometry& g, Source source) {
    if (g.rows < 2 || g.columns < 2) return;
    ++number;
    check_forward(g.even(), {number % 7 > 2, true, number % 3 == 0, number % 5 > 0}, source);
  });
}

// The first of equal outputs is taken, also where all four are equal or none is above zero.
TEST(conv_forward_takes_the_first_of_the_largest) {
  for (const size_t filters : {1, 20, 48}) {
    for (const bool relu : {true, false}) {
      check_forward({6, 8, 1, filters, 1, 1}, {relu, true, false, false}, small_numbers);
    }
  }
}

// So that training notices: weights that are not numbers give none.
TEST(conv_forward_by_nan_is_nan) {
  const Geometry g{4, 6, 2, 21};
  const std::vector<float> input = small_numbers(g.inputs(), 1);
  std::vector<float> weights = small_numbers(g.window() * g.filters + kSlack, 2);
  for (size_t at = 7; at < g.window() * g.filters; at += g.filters) weights[at] = NAN;
  testing::for_each_table([&](const Kernels& table) {
    for (const bool relu : {false, true}) {
      for (const bool pooled : {false, true}) {
        std::vector<float> output(4 * 6 * g.filters);
        table.conv_forward({g.windows(), input.data(), weights.data(), g.filters, g.filters, nullptr, nullptr, relu,
                            pooled, nullptr, output.data(), 6 * g.filters, g.filters});
        for (size_t at = 0; at < g.filters; ++at) CHECK_EQUAL(std::isnan(output[at]), at == 7);
      }
    }
  });
}

TEST(conv_gradient_of_every_geometry) {
  size_t number = 0;
  testing::for_each_geometry([&](const Geometry& g, Source source) { check_gradient(g, 1 + number++ % 3, source); });
}
