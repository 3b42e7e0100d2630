// The two matrix products, dense_forward and octet_product, against plain loops in float64.
//
// A sum of n products, each product and each addition rounded once, in any order, fused or not, is off by at most
// n u / (1 - n u) times the sum of the products' magnitudes (Higham, Accuracy and Stability, 3.5); u = 2^-24. That is
// the tolerance.
#include <algorithm>
#include <cmath>

#include "kernels/reference.h"
#include "numbers.h"
#include "view.h"

using figurate::DenseForward;
using figurate::Kernels;
using figurate::kOctet;
using figurate::OctetProduct;
using testing::kUnit;
using testing::normals;
using testing::widened;

namespace {

// What is in output and result rows beyond their columns, and must stay.
constexpr float kUntouched = 12345.0f;

std::vector<double> magnitudes(const std::vector<float>& values) {
  std::vector<double> result(values.size());
  for (size_t i = 0; i < values.size(); ++i) result[i] = std::fabs(values[i]);
  return result;
}

double allowed(size_t length, double magnitude) {
  const double n = static_cast<double>(length) * kUnit;
  return n / (1 - n) * magnitude;
}

// Sets the bits of every `every`-th of `count`, from `first`; every = 0: of none.
std::vector<uint64_t> bits_set(size_t count, size_t first, size_t every) {
  std::vector<uint64_t> words(count / 64 + 1);
  for (size_t i = first; every > 0 && i < count; i += every) words[i / 64] |= uint64_t{1} << (i % 64);
  return words;
}

bool is_set(const std::vector<uint64_t>& words, size_t i) { return words[i / 64] >> (i % 64) & 1; }

struct Dense {
  size_t rows, inputs, units;
  std::vector<std::vector<uint64_t>> ink = {};  // of each row; empty: all
  size_t first = 0, last = SIZE_MAX;            // octets
};

// Every kernel on rows that are zero where they have no ink; the sums are over octets [first, last).
void check_dense_forward(Dense a) {
  const size_t blocks = (a.inputs + 15) / 16, stride = figurate::row_stride(a.inputs),
               out_stride = figurate::row_stride(a.units) + 16;
  a.last = std::min(a.last, 2 * blocks);
  std::vector<float> x = normals(a.rows * stride, a.rows * 100 + a.inputs), w = normals(blocks * a.units * 16, a.units);
  std::vector<const uint64_t*> ink;
  for (const auto& words : a.ink) ink.push_back(words.data());
  std::vector<float> wanted = x;
  for (size_t r = 0; r < a.rows; ++r) {
    for (size_t i = 0; i < stride; ++i) {
      const size_t octet = i / kOctet, at = r * stride + i;
      if (i >= a.inputs || (!ink.empty() && !is_set(a.ink[r], octet))) x[at] = 0.0f;
      wanted[at] = octet >= a.first && octet < a.last ? x[at] : 0.0f;
    }
  }
  std::vector<double> exact(a.rows * out_stride), magnitude(a.rows * out_stride);
  figurate::reference::dense_forward(widened(wanted).data(), stride, a.rows, a.inputs, widened(w).data(), a.units,
                                     exact.data(), out_stride);
  figurate::reference::dense_forward(magnitudes(wanted).data(), stride, a.rows, a.inputs, magnitudes(w).data(), a.units,
                                     magnitude.data(), out_stride);
  testing::for_each_table([&](const Kernels& table) {
    std::vector<float> output(a.rows * out_stride, kUntouched);
    DenseForward args{};
    args.input = x.data(), args.input_stride = stride, args.rows = a.rows;
    args.ink = ink.empty() ? nullptr : ink.data(), args.first = a.first, args.last = a.last;
    args.weights = w.data(), args.units = a.units;
    args.output = output.data(), args.output_stride = out_stride;
    table.dense_forward(args);
    for (size_t r = 0; r < a.rows; ++r) {
      for (size_t u = 0; u < out_stride; ++u) {
        const size_t at = r * out_stride + u;
        if (u < a.units) CHECK_NEAR(output[at], exact[at], allowed((a.last - a.first) * kOctet, magnitude[at]));
        if (u >= a.units) CHECK_EQUAL(output[at], kUntouched);
      }
    }
  });
}

struct Product {
  size_t rows, row_stride, step_stride, count;
  const std::vector<uint64_t>* steps = nullptr;  // null: all
};

// Every kernel, for one octet and for two, that stand side by side or apart.
void check_octet_product(const Product& a) {
  const std::vector<float> coefficients =
      normals((a.rows - 1) * a.row_stride + (a.count > 0 ? a.count - 1 : 0) * a.step_stride + 1, a.rows);
  const std::vector<float> vectors = normals(2 * a.count * 24 + 16, a.count + 1);
  const uint64_t* const steps = a.steps != nullptr ? a.steps->data() : nullptr;
  for (const bool apart : {false, true}) {
    const size_t vector_stride = apart ? kOctet : 24, vector_octet = apart ? a.count * kOctet : kOctet;
    const size_t c_stride = apart ? kOctet : 20, c_octet = apart ? a.rows * kOctet + 4 : kOctet;
    for (const size_t octets : {1, 2}) {
      std::vector<double> exact(c_octet + a.rows * c_stride + kOctet, kUntouched), magnitude(exact.size());
      const auto reference = [&](const std::vector<double>& of, const std::vector<double>& with,
                                 std::vector<double>& c) {
        figurate::reference::octet_product(of.data(), a.row_stride, a.step_stride, a.rows, with.data(), vector_stride,
                                           vector_octet, steps, a.count, octets, c.data(), c_stride, c_octet);
      };
      reference(widened(coefficients), widened(vectors), exact);
      reference(magnitudes(coefficients), magnitudes(vectors), magnitude);
      testing::for_each_table([&](const Kernels& table) {
        std::vector<float> c(exact.size(), kUntouched);
        table.octet_product({coefficients.data(), a.row_stride, a.step_stride, a.rows, vectors.data(), vector_stride,
                             vector_octet, steps, a.count, octets, c.data(), c_stride, c_octet});
        for (size_t at = 0; at < c.size(); ++at) CHECK_NEAR(c[at], exact[at], allowed(a.count, magnitude[at]));
      });
    }
  }
}

}  // namespace

TEST(dense_forward_of_every_number_of_units_and_rows) {
  for (const size_t rows : {1, 2, 3, 5, 8}) {
    for (size_t units = 1; units <= 21; ++units) check_dense_forward({rows, 37, units});
    check_dense_forward({rows, 37, 65});
  }
}

TEST(dense_forward_of_every_number_of_inputs) {
  for (const size_t inputs : {1, 2, 7, 8, 9, 15, 16, 17, 24, 33, 100, 784, 1000}) check_dense_forward({3, inputs, 10});
}

TEST(dense_forward_skips_what_has_no_ink) {
  const auto with = [](size_t inputs, size_t first, size_t every) { return bits_set((inputs + 7) / 8, first, every); };
  check_dense_forward({1, 50, 13, {with(50, 0, 0)}});
  check_dense_forward({2, 50, 13, {with(50, 0, 0), with(50, 2, 3)}});
  check_dense_forward(
      {5, 784, 20, {with(784, 0, 2), with(784, 1, 2), with(784, 0, 1), with(784, 97, 1), with(784, 0, 0)}});
  check_dense_forward({3, 1040, 6, {with(1040, 63, 1), with(1040, 64, 64), with(1040, 5, 9)}});
}

TEST(dense_forward_of_some_of_the_octets) {
  const auto ink = bits_set(98, 1, 3);
  for (const auto& [first, last] :
       {std::pair<size_t, size_t>{0, 24}, {24, 48}, {60, 70}, {63, 64}, {64, 66}, {70, 98}, {97, 98}}) {
    check_dense_forward({3, 784, 9, {}, first, last});
    check_dense_forward({3, 784, 9, {ink, bits_set(98, 0, 1), bits_set(98, 0, 0)}, first, last});
  }
}

TEST(octet_product_of_every_number_of_rows) {
  const std::vector<uint64_t> some = {0b1001101}, none = {0};
  for (size_t rows = 1; rows <= 27; ++rows) {
    // As the weights' gradient has it (step by step a row of the batch), and as the inputs' gradient has it.
    check_octet_product({rows, 1, 32, 7});
    check_octet_product({rows, 1, 32, 7, &some});
    check_octet_product({rows, 1, 32, 7, &none});
    check_octet_product({rows, 48, 1, 33});
  }
  check_octet_product({64, 1, 80, 5});
}

TEST(octet_product_of_every_number_of_steps) {
  for (const size_t count : {0, 1, 2, 3, 4, 5, 31, 32, 63, 64, 65, 257}) {
    const std::vector<uint64_t> odd = bits_set(count, 1, 2);
    check_octet_product({20, 1, 32, count});
    check_octet_product({13, 1, 16, count, &odd});
  }
  check_octet_product({1, 0, 0, 32});  // one coefficient for all: column sums, the gradient of a bias
}
