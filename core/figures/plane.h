// A grey picture while it is worked on: floats in rows, without padding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace figurate {

struct Plane {
  int height = 0, width = 0;
  std::vector<float> values;

  void resize(int h, int w) {
    height = h;
    width = w;
    values.resize(static_cast<size_t>(h) * static_cast<size_t>(w));
  }
  size_t size() const { return values.size(); }
  float* row(int y) { return values.data() + static_cast<size_t>(y) * static_cast<size_t>(width); }
  const float* row(int y) const { return values.data() + static_cast<size_t>(y) * static_cast<size_t>(width); }
};

// The ink at a place, or the ground's, which is none, outside the plane.
inline float at(const Plane& ink, int y, int x) {
  return y < 0 || y >= ink.height || x < 0 || x >= ink.width ? 0.0f : ink.row(y)[x];
}

// The value that `share` (0..1) of all lie below. Reorders `values`.
float quantile(std::vector<float>& values, double share);

// Bytes (height, width) as a plane, shrunk by a whole factor, block by block, until no side is longer than `longest`.
void take_in(const uint8_t* pixels, int height, int width, int longest, Plane& to);

// Rows as columns.
void transpose(const Plane& from, Plane& to);

}  // namespace figurate
