// Where the ground of a picture is, and how far each pixel is from it: paper under uneven light, a board, a screen.
#pragma once

#include "plane.h"

namespace figurate {

struct Ink {
  float peak = 0;      // what a full stroke has
  float floor = 0;     // what the ground's own unevenness reaches
  bool light = false;  // whether strokes are lighter than the ground
  bool even = false;   // whether the ground is one single tone
};

// What a full stroke of this ink has.
float stroke_strength(const Plane& ink);

// Turns a picture of 0..255 into ink: 0 and less where the ground is, more where strokes are. The ground is what lies
// along the picture's border. False, and nothing turned, where there is nothing but ground.
bool find_ink(Plane& picture, Ink& ink);

}  // namespace figurate
