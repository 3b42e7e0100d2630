// The dense layer's products, forward, gradient and backward, and the sum of rows, against plain loops in float64.
#include <algorithm>

#include "buffer.h"
#include "kernels/reference.h"
#include "sums.h"
#include "view.h"

using figurate::DenseForward;
using figurate::DenseGradient;
using figurate::Kernels;
using figurate::kLanes;
using figurate::kQuad;
using figurate::kSlack;
using figurate::round_up;
using testing::kUntouched;
using testing::normals;
using testing::Numbers;
using testing::Sums;

namespace {

// One bit for each of `count` quads or rows, of which every `every`-th from `first` is set; every = 0: none.
std::vector<uint64_t> bits_set(size_t count, size_t first, size_t every) {
  std::vector<uint64_t> words(count / 64 + 1);
  for (size_t i = first; every > 0 && i < count; i += every) words[i / 64] |= uint64_t{1} << (i % 64);
  return words;
}

bool is_set(const uint64_t* words, size_t i) { return words[i / 64] >> (i % 64) & 1; }

// Rows of normal numbers that are zero outside `columns` and where they have no ink.
std::vector<float> rows_with_ink(size_t rows, size_t columns, size_t stride, const std::vector<const uint64_t*>& ink) {
  std::vector<float> x = normals(rows * stride, rows * 100 + columns);
  for (size_t at = 0; at < x.size(); ++at) {
    const size_t r = at / stride, i = at % stride;
    if (i >= columns || (!ink.empty() && !is_set(ink[r], i / kQuad))) x[at] = 0.0f;
  }
  return x;
}

struct Shape {
  size_t rows, inputs, units;
  std::vector<std::vector<uint64_t>> ink = {};  // of each row; empty: all
  size_t first = 0, last = SIZE_MAX;            // quads
};

// The rows of a shape, plain, and packed if it has ink.
class Inputs {
 public:
  explicit Inputs(const Shape& a)
      : rows(a.rows),
        inputs(a.inputs),
        quads(round_up(a.inputs, kQuad) / kQuad),
        stride(figurate::row_stride(a.inputs)),
        first(a.first),
        last(std::min(a.last, quads)) {
    std::vector<const uint64_t*> ink;
    for (const auto& words : a.ink) ink.push_back(words.data());
    x = rows_with_ink(rows, inputs, stride, ink);
    packed_.reserve(x.size());
    rows_of_quads_.resize((last - first) * words());
    for (size_t r = 0; r < ink.size(); ++r) {
      begin_.push_back(packed_.data() + packed_.size());
      for (size_t q = first; q < last; ++q) {
        if (!is_set(ink[r], q)) continue;
        const float* const quad = x.data() + r * stride + q * kQuad;
        packed_.insert(packed_.end(), quad, quad + kQuad);
        rows_of_quads_[(q - first) * words() + r / 32] |= uint32_t{1} << (r % 32);
      }
    }
    begin_.push_back(packed_.data() + packed_.size());
  }

  // For a kernel, which moves the rows on; then `read_to_the_end`.
  figurate::InputRows handed_over() {
    next_ = begin_;
    figurate::InputRows in{};
    in.plain = x.data() + first * kQuad, in.stride = stride;
    if (begin_.size() > 1) in.packed = next_.data(), in.rows_of_quads = rows_of_quads_.data(), in.words = words();
    in.rows = rows, in.first = first, in.last = last;
    return in;
  }
  bool read_to_the_end() const {
    return begin_.size() == 1 || std::equal(begin_.begin() + 1, begin_.end(), next_.begin());
  }

  const size_t rows, inputs, quads, stride, first, last;
  std::vector<float> x;

 private:
  size_t words() const { return (rows + 31) / 32; }

  std::vector<float> packed_;
  std::vector<const float*> begin_, next_;
  std::vector<uint32_t> rows_of_quads_;
};

void check_forward(const Shape& a) {
  Inputs in(a);
  const size_t out_stride = round_up(a.units, kLanes) + kLanes;
  const std::vector<float> w = normals(in.quads * kQuad * a.units + kSlack, a.units);
  std::vector<float> of_these = in.x;
  for (size_t at = 0; at < of_these.size(); ++at) {
    if (at % in.stride / kQuad < in.first || at % in.stride / kQuad >= in.last) of_these[at] = 0.0f;
  }
  const Sums exact((in.last - in.first) * kQuad, [&](const auto& as, Numbers& out) {
    out.resize(a.rows * out_stride);
    figurate::reference::dense_forward(as(of_these).data(), in.stride, a.rows, a.inputs, as(w).data(), a.units,
                                       out.data(), out_stride);
  });
  testing::for_each_table([&](const Kernels& table) {
    std::vector<float> output(a.rows * out_stride + kSlack, kUntouched);
    DenseForward args{};
    args.input = in.handed_over();
    args.weights = w.data(), args.units = a.units;
    args.output = output.data(), args.output_stride = out_stride;
    table.dense_forward(args);
    CHECK(in.read_to_the_end());
    for (size_t at = 0; at < a.rows * out_stride; ++at) {
      if (at % out_stride < a.units) exact.check(output[at], at);
      if (at % out_stride >= round_up(a.units, kLanes)) CHECK_EQUAL(output[at], kUntouched);
    }
  });
}

void check_gradient(const Shape& a) {
  Inputs in(a);
  const size_t g_stride = figurate::row_stride(a.units), inputs = (in.last - in.first) * kQuad;
  const std::vector<float> g = normals(a.rows * g_stride + kSlack, a.units);
  const Sums exact(a.rows, [&](const auto& as, Numbers& out) {
    out.resize(inputs * a.units);
    figurate::reference::dense_gradient(as(in.x).data() + in.first * kQuad, in.stride, as(g).data(), g_stride, a.rows,
                                        inputs, a.units, out.data());
  });
  testing::for_each_table([&](const Kernels& table) {
    std::vector<float> gradient(inputs * a.units + 2 * kSlack, kUntouched);
    DenseGradient args{};
    args.input = in.handed_over();
    args.output_gradient = g.data(), args.output_gradient_stride = g_stride;
    args.units = a.units, args.gradient = gradient.data();
    table.dense_gradient(args);
    CHECK(in.read_to_the_end());
    for (size_t at = 0; at < inputs * a.units; ++at) exact.check(gradient[at], at);
    for (size_t at = inputs * a.units + kSlack; at < gradient.size(); ++at) CHECK_EQUAL(gradient[at], kUntouched);
  });
}

void check_backward(size_t rows, size_t inputs, size_t units) {
  const size_t g_stride = figurate::row_stride(units), stride = figurate::row_stride(inputs) + 16;
  const std::vector<float> g = rows_with_ink(rows, units, g_stride, {});
  const std::vector<float> w = normals(round_up(inputs, kQuad) * units + kSlack, inputs);
  const Sums exact(g_stride, [&](const auto& in, Numbers& out) {
    out.resize(rows * stride);
    figurate::reference::dense_backward(in(g).data(), g_stride, rows, in(w).data(), inputs, units, out.data(), stride);
  });
  testing::for_each_table([&](const Kernels& table) {
    std::vector<float> result(rows * stride, kUntouched);
    table.dense_backward({g.data(), g_stride, rows, w.data(), inputs, units, result.data(), stride});
    for (size_t at = 0; at < result.size(); ++at) {
      if (at % stride < inputs) exact.check(result[at], at);
      if (at % stride >= round_up(inputs, kLanes)) CHECK_EQUAL(result[at], kUntouched);
    }
  });
}

}  // namespace

TEST(products_of_every_number_of_units_and_rows) {
  for (const size_t rows : {1, 2, 3, 5, 8}) {
    for (size_t units = 1; units <= 33; ++units) {
      check_forward({rows, 37, units});
      check_gradient({rows, 37, units});
      check_backward(rows, 11, units);
    }
    check_forward({rows, 37, 128});
    check_gradient({rows, 37, 128});
  }
}

TEST(products_of_every_number_of_inputs) {
  for (const size_t inputs : {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 100, 255, 257, 784}) {
    check_forward({3, inputs, 10});
    check_gradient({3, inputs, 10});
    check_backward(3, inputs, 10);
  }
  for (const size_t rows : {63, 64, 65, 130}) check_gradient({rows, 20, 7});
}

TEST(products_skip_what_has_no_ink) {
  const auto with = [](size_t inputs, size_t first, size_t every) { return bits_set((inputs + 3) / 4, first, every); };
  for (const auto check : {check_forward, check_gradient}) {
    check({1, 50, 13, {with(50, 0, 0)}});
    check({2, 50, 13, {with(50, 0, 0), with(50, 2, 3)}});
    check({5, 784, 20, {with(784, 0, 2), with(784, 1, 2), with(784, 0, 1), with(784, 195, 1), with(784, 0, 0)}});
    check({3, 520, 6, {with(520, 63, 1), with(520, 64, 64), with(520, 5, 9)}});
  }
  std::vector<std::vector<uint64_t>> many;
  for (size_t r = 0; r < 70; ++r) many.push_back(with(36, r % 3, r % 5));
  check_forward({70, 36, 5, many});
  check_gradient({70, 36, 5, many});
}

TEST(products_of_some_of_the_quads) {
  const auto ink = bits_set(196, 1, 3);
  for (const auto& [first, last] :
       {std::pair<size_t, size_t>{0, 48}, {48, 100}, {60, 70}, {63, 64}, {64, 66}, {70, 196}, {195, 196}, {5, 5}}) {
    for (const auto check : {check_forward, check_gradient}) {
      check({3, 784, 9, {}, first, last});
      check({3, 784, 9, {ink, bits_set(196, 0, 1), bits_set(196, 0, 0)}, first, last});
    }
  }
}

TEST(products_sum_of_rows) {
  for (const size_t rows : {0, 1, 2, 3, 32, 77}) {
    for (const size_t columns : {16, 32, 80}) {
      const size_t stride = columns + 16;
      const std::vector<float> x = normals(rows * stride + 16, rows + columns);
      const Sums exact(rows, [&](const auto& in, Numbers& out) {
        out.resize(columns);
        figurate::reference::sum_rows(in(x).data(), rows, stride, columns, out.data());
      });
      testing::for_each_table([&](const Kernels& table) {
        std::vector<float> sums(columns + 16, kUntouched);
        table.sum_rows(x.data(), rows, stride, columns, sums.data());
        for (size_t c = 0; c < columns; ++c) exact.check(sums[c], c);
        for (size_t c = columns; c < sums.size(); ++c) CHECK_EQUAL(sums[c], kUntouched);
      });
    }
  }
}
