#include "noise.h"

#include <algorithm>
#include <cmath>

namespace figurate {

namespace {

// Values closer than this part of the contrast resemble each other: half of the step between ink and paper, less the
// blur of an edge.
constexpr float kAlike = 0.35f;
// The share of lone pixels that clean pictures do not reach: ends of strokes are a few in a thousand.
constexpr double kNoisy = 0.012;
// In pictures so small that these few are more than that share, strokes are a pixel wide and have so many ends.
constexpr double kEnds = 6.0;
constexpr int kRounds = 3;

// The neighbours of a pixel, those within the picture.
int neighbours(const Plane& picture, int y, int x, float* to) {
  int count = 0;
  for (int j = std::max(y - 1, 0); j <= std::min(y + 1, picture.height - 1); ++j) {
    for (int i = std::max(x - 1, 0); i <= std::min(x + 1, picture.width - 1); ++i) {
      if (j != y || i != x) to[count++] = picture.row(j)[i];
    }
  }
  return count;
}

// Writes the picture without its lone pixels, and returns how many there are.
size_t without_lone_pixels(const Plane& picture, float alike, Plane& to) {
  size_t found = 0;
  float around[8];
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      const float value = picture.row(y)[x];
      to.row(y)[x] = value;
      // Most pixels are like those beside them.
      if (x > 0 && x + 1 < picture.width && std::abs(picture.row(y)[x - 1] - value) <= alike &&
          std::abs(picture.row(y)[x + 1] - value) <= alike) {
        continue;
      }
      const int count = neighbours(picture, y, x, around);
      // Lines go on beyond the border.
      int resembling = count < 8 ? 1 : 0;
      for (int i = 0; i < count; ++i) resembling += std::abs(around[i] - value) <= alike;
      if (resembling >= 2 || count < 3) continue;
      std::nth_element(around, around + count / 2, around + count);
      if (std::abs(around[count / 2] - value) <= alike) continue;
      to.row(y)[x] = around[count / 2];
      ++found;
    }
  }
  return found;
}

}  // namespace

bool remove_noise(Plane& picture, float contrast, Plane& scratch) {
  scratch.resize(picture.height, picture.width);
  for (int round = 0; round < kRounds; ++round) {
    const size_t found = without_lone_pixels(picture, kAlike * contrast, scratch);
    // Once it is noise, the last of it goes, too.
    const double few = round == 0 ? std::max(kNoisy * static_cast<double>(picture.size()), kEnds) : 0.0;
    if (static_cast<double>(found) <= few) return round > 0;
    std::swap(picture.values, scratch.values);
  }
  return true;
}

}  // namespace figurate
