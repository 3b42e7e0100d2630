// Ruled and squared paper: lines from edge to edge, taken out of the ink without cutting the strokes that cross them.
#pragma once

#include "plane.h"

namespace figurate {

// Takes out lines along rows, which may slope a little, and then along columns. `peak` is what a full stroke has,
// `scratch` is room. Whether there were any.
bool remove_rules(Plane& ink, float peak, Plane& scratch);

}  // namespace figurate
