#include "blurred_noise.h"

#include <algorithm>
#include <cmath>

namespace figurate::augment {

namespace {

// Numbers of deviation `amplitude`: the sums of a word's four bytes, so near to normal that once they are blurred
// nothing tells them apart.
void fill_noise(const Address& address, uint32_t block, size_t count, double amplitude, float* to) {
  const auto scale = static_cast<float>(amplitude / std::sqrt(4.0 * (256.0 * 256.0 - 1.0) / 12.0));
  for (size_t i = 0; i < count; i += 4) {
    const auto words = address.words(block + static_cast<uint32_t>(i / 4));
    for (size_t k = 0; k < 4 && i + k < count; ++k) {
      const uint32_t word = words[k];
      const uint32_t sum = (word & 0xff) + (word >> 8 & 0xff) + (word >> 16 & 0xff) + (word >> 24);
      to[i + k] = (static_cast<float>(sum) - 510.0f) * scale;
    }
  }
}

}  // namespace

float blurred_noise(const Size& size, double amplitude, double sigma, const Address& address, float* dx, float* dy,
                    float* room) {
  const size_t width = size.width, height = size.height;
  // A window wider than the figure on both sides of a pixel reaches nothing more.
  const size_t half = std::min(static_cast<size_t>(6.0 * sigma) / 2, std::max(width, height));
  float *shares = room, *across = room + half + 1;
  double sum = 0.0;
  for (size_t k = 0; k <= half; ++k) {
    const double distance = static_cast<double>(k) / std::max(sigma, 1e-12);
    const double share = std::exp(-0.5 * distance * distance);
    shares[k] = static_cast<float>(share);
    sum += k == 0 ? share : 2.0 * share;
  }
  for (size_t k = 0; k <= half; ++k) shares[k] = static_cast<float>(shares[k] / sum);
  float largest = 0.0f;
  for (size_t axis = 0; axis < 2; ++axis) {
    float* const field = axis == 0 ? dx : dy;
    const auto block = kFieldBlock + static_cast<uint32_t>(axis * ((size.pixels() + 3) / 4));
    fill_noise(address, block, size.pixels(), amplitude, field);
    for (size_t i = 0; i < height; ++i) {
      const float* from = field + i * width;
      float* to = across + i * width;
      for (size_t j = 0; j < width; ++j) to[j] = shares[0] * from[j];
      for (size_t k = 1; k <= half && k < width; ++k) {
        for (size_t j = 0; j + k < width; ++j) to[j] += shares[k] * from[j + k];
        for (size_t j = k; j < width; ++j) to[j] += shares[k] * from[j - k];
      }
    }
    for (size_t i = 0; i < height; ++i) {
      float* to = field + i * width;
      for (size_t j = 0; j < width; ++j) to[j] = shares[0] * across[i * width + j];
      for (size_t k = 1; k <= half; ++k) {
        if (i + k < height) {
          for (size_t j = 0; j < width; ++j) to[j] += shares[k] * across[(i + k) * width + j];
        }
        if (i >= k) {
          for (size_t j = 0; j < width; ++j) to[j] += shares[k] * across[(i - k) * width + j];
        }
      }
      for (size_t j = 0; j < width; ++j) largest = std::max(largest, std::fabs(to[j]));
    }
  }
  return largest;
}

}  // namespace figurate::augment
