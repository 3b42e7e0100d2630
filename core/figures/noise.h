// Pixels that stand alone, as salt and pepper do.
#pragma once

#include "plane.h"

namespace figurate {

// Gives pixels that resemble fewer than two of their neighbours what their neighbours are, if there are so many of them
// that they are noise; `scratch` is room. `contrast` is the span of the picture's values.
bool remove_noise(Plane& picture, float contrast, Plane& scratch);

}  // namespace figurate
