// Softmax: every kernel against the reference in float64, over wide ranges; the layer's backward pass against
// differences.
#include "layers/softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/reference.h"
#include "numbers.h"
#include "view.h"

using figurate::Kernels;
using testing::kExponential;
using testing::kUnit;
using testing::widened;

namespace {

// Logits of three kinds: near each other, far apart, and so far that most probabilities are zero.
std::vector<float> logits(size_t rows, size_t stride) {
  std::vector<float> z = testing::normals(rows * stride, rows + stride);
  const float sizes[] = {1.0f, 30.0f, 1e4f, 1e37f};
  for (size_t at = 0; at < z.size(); ++at) z[at] *= sizes[at / stride % 4];
  return z;
}

struct Exact {
  std::vector<double> probabilities, log_sums;
  Exact(const std::vector<float>& z, size_t rows, size_t columns, size_t stride)
      : probabilities(z.size()), log_sums(rows) {
    figurate::reference::softmax(widened(z).data(), probabilities.data(), log_sums.data(), rows, columns, stride);
  }
};

}  // namespace

// With d = z - peak, rounded once: exp(d) is off by kExponential + u |d| of itself, the sum of n by the mean of that
// and n u, and the quotient takes three roundings more. The logarithm of the sum is off by the sum's relative error and
// by its own roundings.
TEST(softmax_kernels_follow_the_reference) {
  constexpr size_t kRows = 8;
  for (const size_t columns : {1, 2, 3, 4, 5, 7, 8, 9, 10, 15, 16, 17, 31, 33, 100}) {
    const size_t stride = figurate::row_stride(columns);
    const std::vector<float> z = logits(kRows, stride);
    const Exact exact(z, kRows, columns, stride);
    testing::for_each_table([&](const Kernels& table) {
      std::vector<float> out(z.size()), log_sums(kRows);
      table.softmax(z.data(), out.data(), log_sums.data(), kRows, columns, stride);
      for (size_t r = 0; r < kRows; ++r) {
        double peak = -INFINITY, spread = 0;
        for (size_t i = 0; i < columns; ++i) peak = std::max<double>(peak, z[r * stride + i]);
        for (size_t i = 0; i < columns; ++i) spread += exact.probabilities[r * stride + i] * (peak - z[r * stride + i]);
        const double sum_error = kExponential + (static_cast<double>(columns) + spread) * kUnit;
        for (size_t i = 0; i < columns; ++i) {
          const double p = exact.probabilities[r * stride + i], distance = peak - z[r * stride + i];
          const double own_error = kExponential + (p > 0 ? distance : 0.0) * kUnit;
          CHECK_NEAR(out[r * stride + i], p, p * (own_error + sum_error + 3 * kUnit) + 1.1 * FLT_MIN);
        }
        const double exact_sum = exact.log_sums[r];
        CHECK_NEAR(log_sums[r], exact_sum,
                   sum_error + 2 * kUnit * (std::fabs(exact_sum - peak) + std::fabs(exact_sum)));
        // Padding stays zero.
        for (size_t i = columns; i < stride; ++i) CHECK_EQUAL(out[r * stride + i], 0.0f);
      }
      std::vector<float> in_place = z, sums(kRows);
      table.softmax(in_place.data(), in_place.data(), sums.data(), kRows, columns, stride);
      for (size_t at = 0; at < z.size(); ++at) CHECK(at % stride >= columns || in_place[at] == out[at]);
      CHECK_SAME_BITS(sums, log_sums);
    });
  }
}

TEST(softmax_of_extremes) {
  const float most = std::numeric_limits<float>::max(), infinity = std::numeric_limits<float>::infinity();
  testing::for_each_table([&](const Kernels& table) {
    std::vector<float> out(16), log_sum(1);
    const auto softmax = [&](std::vector<float> z) {
      const size_t columns = z.size();
      z.resize(16);
      table.softmax(z.data(), out.data(), log_sum.data(), 1, columns, 16);
    };
    softmax({most, -most, most});
    CHECK(out[0] == 0.5f && out[1] == 0.0f && out[2] == 0.5f && log_sum[0] == most);
    softmax({-infinity, 2.0f, -infinity, -infinity, -infinity});
    CHECK(out[0] == 0.0f && out[1] == 1.0f && out[4] == 0.0f && log_sum[0] == 2.0f);
    softmax({-most});
    CHECK(out[0] == 1.0f && log_sum[0] == -most);
    // One number that is none spoils its row: the loss must see it.
    for (size_t at = 0; at < 10; ++at) {
      std::vector<float> z(10, 1.0f);
      z[at] = std::numeric_limits<float>::quiet_NaN();
      softmax(z);
      CHECK(std::isnan(log_sum[0]));
      for (size_t i = 0; i < 10; ++i) CHECK(std::isnan(out[i]));
    }
  });
}

// Backward is y (g - sum(g y)): with n + 4 roundings and probabilities off by e, off by at most y (|g| + sum |g| y)(2 e
// + (n + 4) u).
TEST(softmax_layer_passes_gradients_back) {
  constexpr size_t kRows = 4, kColumns = 10;
  const figurate::Softmax layer({kColumns});
  figurate::Tensor z(kRows, kColumns), y(kRows, kColumns), g(kRows, kColumns), result(kRows, kColumns);
  const std::vector<float> numbers = testing::normals(2 * kRows * kColumns, 17);
  for (size_t r = 0; r < kRows; ++r) {
    for (size_t i = 0; i < kColumns; ++i) {
      z.view().row(r)[i] = 2 * numbers[r * kColumns + i];
      g.view().row(r)[i] = numbers[(kRows + r) * kColumns + i];
    }
  }
  std::vector<float> scratch(layer.scratch_size(kRows));
  figurate::Pass pass{};
  pass.input = z.view(), pass.output = y.view(), pass.output_gradient = g.view(), pass.input_gradient = result.view();
  pass.scratch = scratch.data();
  layer.forward(pass, {0, kRows});
  layer.backward(pass, {0, kRows});
  for (size_t r = 0; r < kRows; ++r) {
    std::vector<double> logit(z.view().row(r), z.view().row(r) + kColumns), p(kColumns);
    double log_sum = 0, mean = 0;
    const auto weighted = [&] {
      figurate::reference::softmax(logit.data(), p.data(), &log_sum, 1, kColumns, kColumns);
      double sum = 0;
      for (size_t i = 0; i < kColumns; ++i) sum += p[i] * g.view().row(r)[i];
      return sum;
    };
    weighted();
    for (size_t i = 0; i < kColumns; ++i) mean += p[i] * std::fabs(g.view().row(r)[i]);
    const std::vector<double> probabilities = p;
    for (size_t i = 0; i < kColumns; ++i) {
      // Logits are within 8 of each other, so rounding of the distance counts 8 u.
      const double error = 2 * (kExponential + 12 * kUnit) + (kColumns + 4) * kUnit;
      CHECK_NEAR(result.view().row(r)[i], testing::derivative(logit[i], 1e-3, weighted),
                 probabilities[i] * (std::fabs(g.view().row(r)[i]) + mean) * error + 1e-11);
    }
  }
}
