// A figure's channels apart, each with a border that continues it, so that what reads neighbours need not ask whether
// they exist.
#pragma once

#include <cstdint>

#include "recipe.h"

namespace figurate::augment {

// (channels, height + 3, width + 3): one pixel before the figure, two behind.
inline size_t planes_size(const Size& size) { return size.channels * (size.height + 3) * (size.width + 3); }

// `figure` is (height, width, channels).
void fill_planes(const float* figure, const Size& size, Fill fill, float fill_value, float* planes);

// In the border's coordinates: all pixels that differ from `blank` lie inside, ends left out.
struct Box {
  float left, right, top, bottom;
};
// `room` has `width` numbers.
Box inked_box(const float* planes, const Size& size, float blank, uint32_t* room);

// Every pixel goes the part `amount` of the way to the brightest of its 3 x 3 neighbours, or, below 0, to the darkest.
// `room` has 3 (width + 3) numbers.
void change_strokes(float* planes, const Size& size, double amount, Fill fill, float fill_value, float* room);

}  // namespace figurate::augment
