// What changes a figure's values where they are: contrast, brightness, polarity, and patches left out. Figures are
// (height, width, channels) and changed in place.
#pragma once

#include "draw.h"

namespace figurate::augment {

// Contrast about each channel's mean, then brightness, then within [low, high].
void change_tones(float* figure, const Size& size, const Tones& tones, double low, double high);

// `whole` minus each value.
void invert(float* figure, const Size& size, double whole);

// Fills the patch with a number, or with normal numbers times `high`, within [low, high].
void erase(float* figure, const Size& size, const Patch& patch, const Recipe& recipe, const Address& address);

}  // namespace figurate::augment
