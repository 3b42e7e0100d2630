// What the engine's tests share: numbers to try, the rounding they must allow for, and derivatives from differences.
#pragma once

#include <cfloat>
#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/table.h"
#include "layers/options.h"
#include "random.h"
#include "testing.h"

namespace testing {

// The largest relative error of one float operation, rounded to nearest.
inline constexpr double kUnit = 0x1p-24;
// The relative error of the kernels' exponential, as kernels/exponential.h states it.
inline constexpr double kExponential = 2e-7;
// The absolute error of the kernels' erf (Abramowitz and Stegun 7.1.26), ditto.
inline constexpr double kErrorFunction = 1.5e-7;

// Standard normal numbers.
inline std::vector<float> normals(size_t count, uint64_t seed) {
  std::vector<float> values(count);
  figurate::fill_normal(values.data(), count, seed, 0);
  return values;
}

// Pixels of which about four in five are 0, as drawings have them.
inline std::vector<uint8_t> pixels(size_t count, uint64_t seed) {
  std::vector<uint8_t> values(count);
  for (size_t i = 0; i < count; i += 2) {
    const auto words = figurate::philox({static_cast<uint32_t>(i), 0, 0, 0}, seed);
    // Runs of 40 are blank or not, so that whole blocks of 16 are.
    const bool inked = figurate::philox({static_cast<uint32_t>(i / 40), 1, 0, 0}, seed)[0] % 5 < 2;
    for (size_t j = 0; j < 2 && i + j < count; ++j) values[i + j] = inked && words[j] & 256 ? words[j] & 255 : 0;
  }
  return values;
}

using Numbers = std::vector<double>;

inline Numbers widened(const std::vector<float>& values) { return {values.begin(), values.end()}; }

// Calls body(table) for every instruction set that can run here.
template <class Body>
void for_each_table(const Body& body) {
  const figurate::KernelTables& available = figurate::available_kernels();
  for (size_t i = 0; i < available.count; ++i) {
    in_case(available.tables[i]->name, [&] { body(*available.tables[i]); });
  }
}

// {"dense", {{"units", 20}}}
inline figurate::Spec spec(const std::string& kind,
                           std::initializer_list<std::pair<const char*, figurate::Options::Value>> options = {}) {
  figurate::Spec made{kind, {}};
  for (const auto& [name, value] : options) made.options.set(name, value);
  return made;
}

// df/dx at `x`, which f must be free to change, by central differences of fourth order. The error is at most
// step^4 / 30 * |f'''''| + 1.5 * 2^-52 * |f| / step.
template <class F>
double derivative(double& x, double step, const F& f) {
  const double at = x;
  const auto value = [&](double offset) {
    x = at + offset;
    return static_cast<double>(f());
  };
  const double near = value(step) - value(-step), far = value(2 * step) - value(-2 * step);
  x = at;
  return (8 * near - far) / (12 * step);
}

}  // namespace testing
