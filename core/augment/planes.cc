#include "planes.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace figurate::augment {

namespace {

constexpr size_t kBorder = 3;

// Continues a plane whose own pixels are in place.
void fill_border(float* plane, const Size& size, Fill fill, float fill_value) {
  const size_t stride = size.width + kBorder, last_x = size.width, last_y = size.height;
  // The pixel that stands for the one before the first and the one behind the last.
  const bool wraps = fill == Fill::kWrap;
  for (size_t i = 1; i <= size.height; ++i) {
    float* row = plane + i * stride;
    const bool constant = fill == Fill::kConstant;
    row[0] = constant ? fill_value : wraps ? row[last_x] : row[1];
    row[last_x + 1] = row[last_x + 2] = constant ? fill_value : wraps ? row[1] : row[last_x];
  }
  float *before = plane, *behind = plane + (last_y + 1) * stride;
  if (fill == Fill::kConstant) {
    std::fill_n(before, stride, fill_value);
    std::fill_n(behind, 2 * stride, fill_value);
    return;
  }
  const auto copy = [&](float* to, size_t row) { std::memcpy(to, plane + row * stride, stride * sizeof(float)); };
  copy(before, wraps ? last_y : 1);
  copy(behind, wraps ? 1 : last_y);
  copy(behind + stride, wraps ? 1 : last_y);
}

}  // namespace

void fill_planes(const float* figure, const Size& size, Fill fill, float fill_value, float* planes) {
  const size_t stride = size.width + kBorder;
  for (size_t c = 0; c < size.channels; ++c) {
    float* plane = planes + c * (size.height + kBorder) * stride;
    for (size_t i = 0; i < size.height; ++i) {
      const float* from = figure + i * size.width * size.channels + c;
      float* to = plane + (i + 1) * stride + 1;
      if (size.channels == 1) {
        std::memcpy(to, from, size.width * sizeof(float));
      } else {
        for (size_t j = 0; j < size.width; ++j) to[j] = from[j * size.channels];
      }
    }
    fill_border(plane, size, fill, fill_value);
  }
}

Box inked_box(const float* planes, const Size& size, float blank, uint32_t* room) {
  const size_t stride = size.width + kBorder, width = size.width;
  size_t top = size.height, bottom = 0;
  std::fill_n(room, width, 0u);
  // Differences are gathered, not looked for: a branch for each pixel would cost more than all else.
  for (size_t c = 0; c < size.channels; ++c) {
    const float* plane = planes + c * (size.height + kBorder) * stride + stride + 1;
    for (size_t i = 0; i < size.height; ++i) {
      const float* row = plane + i * stride;
      uint32_t ink = 0;
      for (size_t j = 0; j < width; ++j) {
        const uint32_t differs = row[j] != blank ? 1 : 0;
        room[j] |= differs;
        ink |= differs;
      }
      top = ink != 0 && i < top ? i : top;
      bottom = ink != 0 && i >= bottom ? i + 1 : bottom;
    }
  }
  size_t left = 0, right = width;
  while (left < right && room[left] == 0) ++left;
  while (left < right && room[right - 1] == 0) --right;
  // Pixel 0 stands at 1; what lies between it and its neighbour still has some of it.
  return {static_cast<float>(left), static_cast<float>(right + 1), static_cast<float>(top),
          static_cast<float>(bottom + 1)};
}

void change_strokes(float* planes, const Size& size, double amount, Fill fill, float fill_value, float* room) {
  const size_t stride = size.width + kBorder, width = size.width;
  const float sign = amount < 0.0 ? -1.0f : 1.0f, part = static_cast<float>(amount < 0.0 ? -amount : amount);
  const auto largest = [](float a, float b) { return a > b ? a : b; };
  for (size_t c = 0; c < size.channels; ++c) {
    float* plane = planes + c * (size.height + kBorder) * stride;
    // The largest of three neighbours in a row (of their negatives, where strokes become thinner).
    const auto in_row = [&](size_t i) {
      const float* from = plane + i * stride;
      float* to = room + i % 3 * stride;
      for (size_t j = 1; j <= width; ++j) {
        to[j] = largest(sign * from[j - 1], largest(sign * from[j], sign * from[j + 1]));
      }
    };
    in_row(0);
    in_row(1);
    for (size_t i = 1; i <= size.height; ++i) {
      in_row(i + 1);
      float* row = plane + i * stride;
      const float *one = room, *two = room + stride, *three = room + 2 * stride;
      for (size_t j = 1; j <= width; ++j) {
        row[j] += part * (sign * largest(one[j], largest(two[j], three[j])) - row[j]);
      }
    }
    fill_border(plane, size, fill, fill_value);
  }
}

}  // namespace figurate::augment
