// Brings a picture of one figure, of any size, into the form of the figures that a network was trained on.
//
// The steps: noise taken out (noise.h), ground and ink told apart (ground.h), ruled lines and specks removed (rules.h,
// pieces.h), the strokes cropped, fitted into a box and put into the middle. What was done to MNIST's figures in the
// beginning ("normalized to fit in a 20x20 pixel box while preserving their aspect ratio … centered in a 28x28 image by
// computing the center of mass": LeCun, Cortes & Burges) is the last of these.
#pragma once

#include <cstdint>

namespace figurate {

struct Form {
  int height = 28, width = 28;
  float box_height = 20, box_width = 20;
  bool light_ground = false;         // whether strokes are dark in the figure
  bool centre_mass = true;           // else the middle of the strokes' box
  float thinnest = 0, thickest = 0;  // usual strokes, in pixels of the figure; 0: any
  bool deskew = false;
};

// Picture (height, width) of 0..255 to figure (form.height, form.width).
void bring_into_form(const uint8_t* picture, int height, int width, const Form& form, uint8_t* figure);

// The same for ink that was found already: 0 where there is none, up to 255 where strokes are.
void ink_into_form(const uint8_t* ink, int height, int width, const Form& form, uint8_t* figure);

// The thickness of the strokes of a figure of ink, in pixels: twice their area by the length of their outline.
float stroke_width(const uint8_t* ink, int height, int width);

}  // namespace figurate
