// Figures made larger or smaller, anti-aliased.
#pragma once

#include "plane.h"

namespace figurate {

// `from` at (height, width). Rows and columns apart, by a triangle as wide as a pixel of the result: areas are averaged
// where it shrinks, points connected by straight lines where it grows.
void resample(const Plane& from, int height, int width, Plane& to, Plane& scratch);

}  // namespace figurate
