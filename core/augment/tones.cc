#include "tones.h"

#include <algorithm>
#include <cmath>

namespace figurate::augment {

namespace {

// Two independent standard normal numbers from two words each (Box and Muller's transform).
std::array<float, 2> normal_pair(uint32_t a, uint32_t b) {
  constexpr double kTwoPi = 6.283185307179586476925286766559;
  const double radius = std::sqrt(-2.0 * std::log((static_cast<double>(a) + 1.0) * 0x1p-32));
  const double angle = kTwoPi * static_cast<double>(b) * 0x1p-32;
  return {static_cast<float>(radius * std::cos(angle)), static_cast<float>(radius * std::sin(angle))};
}

// The mean of one channel, summed in eight parts so that an addition need not wait for the one before.
double mean_of(const float* values, const Size& size) {
  std::array<double, 8> sums{};
  const size_t count = size.pixels();
  for (size_t i = 0; i + sums.size() <= count; i += sums.size()) {
    for (size_t k = 0; k < sums.size(); ++k) sums[k] += values[(i + k) * size.channels];
  }
  for (size_t i = count - count % sums.size(); i < count; ++i) sums[0] += values[i * size.channels];
  double sum = 0.0;
  for (const double part : sums) sum += part;
  return sum / static_cast<double>(count);
}

}  // namespace

void change_tones(float* figure, const Size& size, const Tones& tones, double low, double high) {
  const auto least = static_cast<float>(low), most = static_cast<float>(high);
  const auto contrast = static_cast<float>(tones.contrast);
  for (size_t c = 0; c < size.channels; ++c) {
    const double mean = tones.contrast != 1.0 ? mean_of(figure + c, size) : 0.0;
    const auto added = static_cast<float>(mean * (1.0 - tones.contrast) + tones.brightness * (high - low));
    for (size_t i = c; i < size.values(); i += size.channels) {
      const float value = figure[i] * contrast + added;
      figure[i] = value < least ? least : value > most ? most : value;
    }
  }
}

void invert(float* figure, const Size& size, double whole) {
  const auto from = static_cast<float>(whole);
  for (size_t i = 0; i < size.values(); ++i) figure[i] = from - figure[i];
}

void erase(float* figure, const Size& size, const Patch& patch, const Recipe& recipe, const Address& address) {
  const auto least = static_cast<float>(recipe.low), most = static_cast<float>(recipe.high);
  uint32_t block = kNoiseBlock;
  size_t left = 0;  // normal numbers of this block still to be used
  std::array<float, 4> normals{};
  for (size_t i = patch.top; i < patch.bottom; ++i) {
    float* row = figure + (i * size.width + patch.left) * size.channels;
    for (size_t j = 0; j < (patch.right - patch.left) * size.channels; ++j) {
      if (!recipe.erase_with_noise) {
        row[j] = static_cast<float>(recipe.erase_value);
        continue;
      }
      if (left == 0) {
        const auto words = address.words(block++);
        const auto one = normal_pair(words[0], words[1]), other = normal_pair(words[2], words[3]);
        normals = {one[0], one[1], other[0], other[1]};
        left = 4;
      }
      row[j] = std::clamp(normals[--left] * most, least, most);
    }
  }
}

}  // namespace figurate::augment
