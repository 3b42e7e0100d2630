// The strokes of a figure of ink: how thick they are, made thicker or thinner, and upright.
#pragma once

#include "plane.h"

namespace figurate {

// Twice the area by the length of the outline, in pixels; 0 where there is no ink.
float stroke_width_of(const Plane& ink);

// Brings strokes thinner than the one or thicker than the other there, as far as a few steps go. Grows `ink` by a
// margin where strokes are widened.
void usual_strokes(Plane& ink, float thinnest, float thickest, Plane& scratch);

// Shears rows so that the main axis stands upright; `ink` may become wider.
void make_upright(Plane& ink, Plane& scratch);

}  // namespace figurate
