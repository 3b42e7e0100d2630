#include "plane.h"

#include <algorithm>
#include <cmath>

namespace figurate {

float quantile(std::vector<float>& values, double share) {
  if (values.empty()) return 0.0f;
  const auto at = static_cast<std::ptrdiff_t>(std::lround(share * static_cast<double>(values.size() - 1)));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<size_t>(at)];
}

void take_in(const uint8_t* pixels, int height, int width, int longest, Plane& to) {
  const int factor = (std::max(height, width) + longest - 1) / longest;
  if (factor <= 1) {
    to.resize(height, width);
    std::copy(pixels, pixels + to.size(), to.values.begin());
    return;
  }
  to.resize((height + factor - 1) / factor, (width + factor - 1) / factor);
  std::vector<uint32_t> sums(static_cast<size_t>(to.width));
  for (int y = 0; y < to.height; ++y) {
    const int first = y * factor, last = std::min(first + factor, height);
    std::fill(sums.begin(), sums.end(), 0u);
    for (int source = first; source < last; ++source) {
      const uint8_t* const row = pixels + static_cast<size_t>(source) * static_cast<size_t>(width);
      for (int x = 0, block = 0; x < width; ++block) {
        uint32_t sum = 0;
        for (const int end = std::min(x + factor, width); x < end; ++x) sum += row[x];
        sums[static_cast<size_t>(block)] += sum;
      }
    }
    for (int x = 0; x < to.width; ++x) {
      const int count = (last - first) * (std::min((x + 1) * factor, width) - x * factor);
      to.row(y)[x] = static_cast<float>(sums[static_cast<size_t>(x)]) / static_cast<float>(count);
    }
  }
}

void transpose(const Plane& from, Plane& to) {
  to.resize(from.width, from.height);
  for (int y = 0; y < from.height; ++y) {
    for (int x = 0; x < from.width; ++x) to.row(x)[y] = from.row(y)[x];
  }
}

}  // namespace figurate
