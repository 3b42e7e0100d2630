// Activations: every kernel against the reference in float64, and the reference's slopes against differences.
//
// Tolerances are first-order bounds from u = 2^-24 (one rounding), the exponential's and erf's stated errors, and the
// largest number that flushes to zero; each stands beside its formula in kernels/activation.cc.
#include <cmath>
#include <limits>

#include "buffer.h"
#include "kernels/reference.h"
#include "numbers.h"

using figurate::Function;
using figurate::Kernels;
using testing::kErrorFunction;
using testing::kExponential;
using testing::kUnit;

namespace {

constexpr Function kFunctions[] = {Function::kLinear, Function::kRelu, Function::kLeakyRelu,
                                   Function::kElu,    Function::kGelu, Function::kGeluTanh,
                                   Function::kSilu,   Function::kTanh, Function::kSigmoid};
const char* const kNames[] = {"linear", "relu", "leaky_relu", "elu", "gelu", "gelu_tanh", "silu", "tanh", "sigmoid"};

// exp underflows to zero a little above the smallest normal float.
constexpr double kFlushed = 1.1 * std::numeric_limits<float>::min();

double value_tolerance(Function function, double alpha, double x, double y) {
  const double exponent = kExponential + 4 * kUnit, size = std::fabs(x);
  switch (function) {
    case Function::kLinear:
    case Function::kRelu:
      return 0;
    case Function::kLeakyRelu:
      return kUnit * std::fabs(y) + std::numeric_limits<float>::denorm_min();
    case Function::kElu:
      return alpha * exponent;  // alpha (exp(x) - 1), where exp(x) <= 1
    case Function::kGelu:
      return size / 2 * (kErrorFunction + kExponential + 16 * kUnit) + kFlushed;  // x / 2 (1 + erf)
    case Function::kGeluTanh:
      return size / 2 * (exponent + 8 * kUnit) + kFlushed;  // x / 2 (1 + tanh)
    case Function::kSilu:
      return exponent * std::fabs(y) + kFlushed * (1 + size);
    case Function::kTanh:
    case Function::kSigmoid:
      return exponent * std::fabs(y) + kFlushed;
  }
  return 0;
}

double slope_tolerance(Function function, double alpha, double x) {
  const double exponent = kExponential + 4 * kUnit,
               size = std::fmin(std::fabs(x), 15.0);  // beyond, slopes are constant to u
  switch (function) {
    case Function::kLinear:
    case Function::kRelu:
    case Function::kLeakyRelu:
      return 0;
    case Function::kElu:
      return alpha * (exponent + kUnit);  // y + alpha
    // (1 + erf) / 2 + x density(x), where x density(x) < 0.25 and the exponent x^2 / 2 is off by 2u of itself
    case Function::kGelu:
      return (kErrorFunction + kExponential + 16 * kUnit) / 2 + 0.25 * (exponent + size * size * kUnit);
    // (1 + t) / 2 + x / 2 (1 - t^2) root (1 + 3 * 0.0447 x^2), where 1 - t^2 is off by twice tanh's error
    case Function::kGeluTanh:
      return (exponent + 8 * kUnit) / 2 + 0.4 * size * (1 + 0.135 * size * size) * (2 * exponent + 2 * kUnit) +
             8 * kUnit;
    case Function::kSilu:
      return (1 + size) * (exponent + 4 * kUnit);  // s (1 + x (1 - s))
    case Function::kTanh:
      return 2 * exponent + 2 * kUnit;  // 1 - y^2
    case Function::kSigmoid:
      return exponent + 2 * kUnit;  // y (1 - y)
  }
  return 0;
}

// Close together around zero, where functions bend; far out, where they saturate; and the extremes.
std::vector<float> arguments() {
  std::vector<float> x;
  for (int i = -1500; i <= 1500; ++i) x.push_back(static_cast<float>(i) * 0.0101f);
  for (const float size : {0.0f,
                           1e-45f,
                           1e-38f,
                           1e-20f,
                           1e-7f,
                           1e-3f,
                           20.0f,
                           87.2f,
                           87.3f,
                           87.4f,
                           88.0f,
                           89.0f,
                           103.0f,
                           105.0f,
                           1e3f,
                           1e10f,
                           2e19f,
                           1e30f,
                           std::numeric_limits<float>::max(),
                           std::numeric_limits<float>::infinity()}) {
    x.push_back(size);
    x.push_back(-size);
  }
  x.resize(figurate::round_up(x.size(), figurate::kLanes));
  return x;
}

// In float64, what overflows a float is infinite.
bool fits_float(double value) { return std::isfinite(value) && std::fabs(value) <= std::numeric_limits<float>::max(); }

template <class Body>
void for_each_function(const Body& body) {
  for (size_t f = 0; f < std::size(kFunctions); ++f) {
    for (const float alpha : {0.2f, 1.0f}) {
      testing::in_case(kNames[f], [&] { body(kFunctions[f], alpha); });
    }
  }
}

}  // namespace

TEST(activation_kernels_follow_the_reference) {
  const std::vector<float> x = arguments();
  testing::for_each_table([&](const Kernels& table) {
    for_each_function([&](Function function, float alpha) {
      std::vector<float> y(x.size());
      table.activate(function, alpha, x.data(), y.data(), 1, x.size(), x.size());
      for (size_t i = 0; i < x.size(); ++i) {
        const double exact = figurate::reference::activation<double>(function, alpha, x[i]);
        testing::in_case("x = " + std::to_string(x[i]), [&] {
          if (fits_float(exact)) CHECK_NEAR(y[i], exact, value_tolerance(function, alpha, x[i], exact));
          if (std::isinf(exact)) CHECK_EQUAL(static_cast<double>(y[i]), exact);
        });
      }
    });
  });
}

TEST(activation_slope_kernels_follow_the_reference) {
  const std::vector<float> x = arguments(), gradient = testing::normals(x.size(), 5);
  testing::for_each_table([&](const Kernels& table) {
    for_each_function([&](Function function, float alpha) {
      std::vector<float> y(x.size()), result(x.size());
      table.activate(function, alpha, x.data(), y.data(), 1, x.size(), x.size());
      table.activate_backward(function, alpha, x.data(), y.data(), gradient.data(), result.data(), 1, x.size(),
                              x.size());
      for (size_t i = 0; i < x.size(); ++i) {
        const double slope = figurate::reference::activation_slope<double>(function, alpha, x[i]), g = gradient[i];
        const double tolerance =
            std::fabs(g) * (slope_tolerance(function, alpha, x[i]) + kUnit * std::fabs(slope)) + kFlushed;
        testing::in_case("x = " + std::to_string(x[i]), [&] {
          if (std::isfinite(slope)) CHECK_NEAR(result[i], g * slope, tolerance);
        });
      }
      // The gradients may be the same memory.
      std::vector<float> in_place = gradient;
      table.activate_backward(function, alpha, x.data(), y.data(), in_place.data(), in_place.data(), 1, x.size(),
                              x.size());
      CHECK_SAME_BITS(in_place, result);
    });
  });
}

// Otherwise a diverged network would look healthy.
TEST(activation_of_nan_is_nan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  testing::for_each_table([&](const Kernels& table) {
    for_each_function([&](Function function, float alpha) {
      for (size_t at = 0; at < 18; ++at) {
        std::vector<float> x(32, 0.5f), y(32);
        x[at] = nan;
        table.activate(function, alpha, x.data(), y.data(), 1, 18, 32);
        for (size_t i = 0; i < 32; ++i) CHECK_EQUAL(std::isnan(y[i]), i == at);
      }
    });
  });
}

TEST(activation_leaves_padding_alone) {
  constexpr size_t kRows = 3, kStride = 48;
  const std::vector<float> x = testing::normals(kRows * kStride, 8);
  testing::for_each_table([&](const Kernels& table) {
    for (size_t columns = 1; columns <= 33; ++columns) {
      std::vector<float> y(x.size(), 7.0f), slopes(x.size(), 7.0f);
      table.activate(Function::kSigmoid, 0, x.data(), y.data(), kRows, columns, kStride);
      table.activate_backward(Function::kSigmoid, 0, x.data(), y.data(), x.data(), slopes.data(), kRows, columns,
                              kStride);
      for (size_t at = 0; at < x.size(); ++at) {
        CHECK_EQUAL(at % kStride >= columns, y[at] == 7.0f);
        CHECK_EQUAL(at % kStride >= columns, slopes[at] == 7.0f);
      }
    }
  });
}

// Tolerance: the formula's error (see `derivative`) with fifth derivatives below 16, as tanh's, the steepest of them,
// is.
TEST(activation_reference_slopes_are_derivatives) {
  constexpr double kStep = 1e-3, kTolerance = kStep * kStep * kStep * kStep / 30 * 16;
  for_each_function([&](Function function, float alpha) {
    for (int i = -160; i < 160; ++i) {
      double x = i * 0.05 + 0.025;  // clear of the kink at zero
      const double numeric =
          testing::derivative(x, kStep, [&] { return figurate::reference::activation<double>(function, alpha, x); });
      const double rounding = 1.5 * DBL_EPSILON * (std::fabs(x) + alpha) / kStep;
      CHECK_NEAR(figurate::reference::activation_slope<double>(function, alpha, x), numeric, kTolerance + rounding);
    }
  });
}
