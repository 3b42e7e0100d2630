#include "elastic.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace figurate::augment {

namespace {

// The shares of four control points in the place `t` of 0..1 between the second and the third.
std::array<double, 4> spline(double t) {
  const double u = 1.0 - t;
  return {u * u * u / 6.0, (3.0 * t * t * t - 6.0 * t * t + 4.0) / 6.0,
          (-3.0 * t * t * t + 3.0 * t * t + 3.0 * t + 1.0) / 6.0, t * t * t / 6.0};
}

// A control point moves evenly within +-step: step^2 / 3 is its variance. Of that a place between the points keeps, in
// the mean over all places, the square of 151/315, the integral of the squared cubic B-spline, once for each axis.
constexpr double kDeviationOfStep = 0.27676;  // sqrt(1/3) * 151/315

}  // namespace

Elastic::Elastic(const Size& size, double bend, double smoothness) : size_(size) {
  const auto points = [&](size_t length) {
    return static_cast<size_t>(std::floor(static_cast<double>(length - 1) / smoothness)) + 4;
  };
  rows_ = points(size.height);
  columns_ = points(size.width);
  step_ = static_cast<float>(bend / kDeviationOfStep);
  across_.assign(columns_ * size.width, 0.0f);
  for (size_t j = 0; j < size.width; ++j) {
    const double place = static_cast<double>(j) / smoothness, whole = std::floor(place);
    const auto shares = spline(place - whole);
    for (size_t k = 0; k < 4; ++k) {
      across_[(static_cast<size_t>(whole) + k) * size.width + j] = static_cast<float>(shares[k]);
    }
  }
  for (size_t i = 0; i < size.height; ++i) {
    const double place = static_cast<double>(i) / smoothness, whole = std::floor(place);
    for (const double share : spline(place - whole)) down_.push_back(static_cast<float>(share));
    first_row_.push_back(static_cast<size_t>(whole));
  }
}

float Elastic::displace(const Address& address, float* dx, float* dy, float* room) const {
  // Sixteen bits of randomness for each control point, eight points to a block.
  const size_t points = rows_ * columns_, width = size_.width;
  float *moved = room, *rows = room + 2 * points;
  float largest = 0.0f;
  for (size_t i = 0; i < 2 * points; i += 8) {
    const auto words = address.words(kFieldBlock + static_cast<uint32_t>(i / 8));
    for (size_t k = 0; k < 8 && i + k < 2 * points; ++k) {
      const auto bits = static_cast<float>(words[k / 2] >> (16 * (k % 2)) & 0xffff);
      moved[i + k] = ((bits + 0.5f) * 0x1p-15f - 1.0f) * step_;
      largest = std::max(largest, std::fabs(moved[i + k]));
    }
  }
  // Across first: (2 rows, columns) x (columns, width).
  for (size_t r = 0; r < 2 * rows_; ++r) {
    float* row = rows + r * width;
    std::fill_n(row, width, 0.0f);
    for (size_t k = 0; k < columns_; ++k) {
      const float by = moved[r * columns_ + k];
      const float* shares = across_.data() + k * width;
      for (size_t j = 0; j < width; ++j) row[j] += by * shares[j];
    }
  }
  for (size_t axis = 0; axis < 2; ++axis) {
    float* const field = axis == 0 ? dx : dy;
    for (size_t i = 0; i < size_.height; ++i) {
      const float* from = rows + (axis * rows_ + first_row_[i]) * width;
      const float* share = down_.data() + 4 * i;
      for (size_t j = 0; j < width; ++j) {
        field[i * width + j] = from[j] * share[0] + from[j + width] * share[1] + from[j + 2 * width] * share[2] +
                               from[j + 3 * width] * share[3];
      }
    }
  }
  return largest;
}

}  // namespace figurate::augment
