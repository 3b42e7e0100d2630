// Sums of products by a kernel, held against the same in float64.
//
// A sum of n products, each product and each addition rounded once, in any order, fused or not, is off by at most
// n u / (1 - n u) times the sum of the products' magnitudes (Higham, Accuracy and Stability, 3.5); u = 2^-24. That is
// the tolerance.
#pragma once

#include <cmath>
#include <vector>

#include "numbers.h"

namespace testing {

// What stands where nothing may be written.
inline constexpr float kUntouched = 12345.0f;

inline Numbers magnitudes(const std::vector<float>& values) {
  Numbers result(values.size());
  for (size_t i = 0; i < values.size(); ++i) result[i] = std::fabs(values[i]);
  return result;
}

// Whole numbers from -2 to 2: their sums are exact in any order, and often equal.
inline std::vector<float> small_numbers(size_t count, uint64_t seed) {
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i) {
    values[i] = static_cast<float>(figurate::philox({static_cast<uint32_t>(i), 0, 0, 0}, seed)[0] % 5) - 2;
  }
  return values;
}

// The sums of up to `length` products and their tolerances: exact(operands) is called for the operands and for their
// magnitudes.
class Sums {
 public:
  template <class Exact>
  Sums(size_t length, const Exact& exact) : length_(static_cast<double>(length) * kUnit) {
    exact(widened, sums_);
    exact(magnitudes, sizes_);
  }
  double operator[](size_t at) const { return sums_[at]; }
  double tolerance(size_t at) const { return length_ / (1 - length_) * sizes_[at]; }
  void check(float received, size_t at) const { CHECK_NEAR(received, sums_[at], tolerance(at)); }

 private:
  double length_;
  Numbers sums_, sizes_;
};

}  // namespace testing
