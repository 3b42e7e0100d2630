#include "elastic.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "../buffer.h"

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
  stride_ = round_up(size.width, kLanes);
  across_.assign(columns_ * stride_, 0.0f);
  for (size_t j = 0; j < size.width; ++j) {
    const double place = static_cast<double>(j) / smoothness, whole = std::floor(place);
    const auto shares = spline(place - whole);
    for (size_t k = 0; k < 4; ++k) {
      across_[(static_cast<size_t>(whole) + k) * stride_ + j] = static_cast<float>(shares[k]);
    }
  }
  for (size_t i = 0; i < size.height; ++i) {
    const double place = static_cast<double>(i) / smoothness, whole = std::floor(place);
    for (const double share : spline(place - whole)) down_.push_back(static_cast<float>(share));
    first_rows_.push_back(static_cast<uint32_t>(whole));
  }
}

float Elastic::displace(const Address& address, float* dx, float* dy, float* room) const {
  // Sixteen bits of randomness for each control point, eight points to a block.
  const size_t points = rows_ * columns_;
  float* const moved = room;
  float largest = 0.0f;
  for (size_t i = 0; i < 2 * points; i += 8) {
    const auto words = address.words(kFieldBlock + static_cast<uint32_t>(i / 8));
    for (size_t k = 0; k < 8 && i + k < 2 * points; ++k) {
      const auto bits = static_cast<float>(words[k / 2] >> (16 * (k % 2)) & 0xffff);
      moved[i + k] = ((bits + 0.5f) * 0x1p-15f - 1.0f) * step_;
      largest = std::max(largest, std::fabs(moved[i + k]));
    }
  }
  for (size_t axis = 0; axis < 2; ++axis) {
    kernels().spline_field({moved + axis * points, rows_, columns_, across_.data(), down_.data(), first_rows_.data(),
                            size_.height, size_.width, stride_, room + 2 * points, axis == 0 ? dx : dy});
  }
  return largest;
}

}  // namespace figurate::augment
