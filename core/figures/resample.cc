#include "resample.h"

#include <algorithm>
#include <cmath>

namespace figurate {

namespace {

// What goes into one pixel: weights of pixels from `first` on.
struct Taps {
  int first;
  std::vector<float> weights;
};

std::vector<Taps> taps_of(int from, int to) {
  std::vector<Taps> found(static_cast<size_t>(to));
  const float step = static_cast<float>(from) / static_cast<float>(to);
  const float reach = std::max(step, 1.0f);
  for (int i = 0; i < to; ++i) {
    const float middle = (static_cast<float>(i) + 0.5f) * step;
    const int first = std::max(0, static_cast<int>(std::floor(middle - reach)));
    const int last = std::min(from, static_cast<int>(std::ceil(middle + reach)));
    Taps& taps = found[static_cast<size_t>(i)];
    taps.first = first;
    float sum = 0.0f;
    for (int source = first; source < last; ++source) {
      const float weight = std::max(0.0f, 1.0f - std::abs((static_cast<float>(source) + 0.5f - middle) / reach));
      taps.weights.push_back(weight);
      sum += weight;
    }
    for (float& weight : taps.weights) weight /= sum;
  }
  return found;
}

}  // namespace

void resample(const Plane& from, int height, int width, Plane& to, Plane& scratch) {
  const std::vector<Taps> down = taps_of(from.height, height), across = taps_of(from.width, width);
  scratch.resize(height, from.width);
  for (int y = 0; y < height; ++y) {
    float* const row = scratch.row(y);
    std::fill(row, row + from.width, 0.0f);
    const Taps& taps = down[static_cast<size_t>(y)];
    for (size_t tap = 0; tap < taps.weights.size(); ++tap) {
      const float* const source = from.row(taps.first + static_cast<int>(tap));
      for (int x = 0; x < from.width; ++x) row[x] += taps.weights[tap] * source[x];
    }
  }
  to.resize(height, width);
  for (int y = 0; y < height; ++y) {
    const float* const row = scratch.row(y);
    for (int x = 0; x < width; ++x) {
      const Taps& taps = across[static_cast<size_t>(x)];
      float sum = 0.0f;
      for (size_t tap = 0; tap < taps.weights.size(); ++tap)
        sum += taps.weights[tap] * row[taps.first + static_cast<int>(tap)];
      to.row(y)[x] = sum;
    }
  }
}

}  // namespace figurate
