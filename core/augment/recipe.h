// What may happen to a figure, and within which bounds. Everything is off by default.
#pragma once

#include <cstddef>

#include "../kernels/table.h"

namespace figurate::augment {

// A number drawn evenly from `low` to `high`.
struct Span {
  double low = 0.0, high = 0.0;
  bool is(double value) const { return low == value && high == value; }
};

// (height, width, channels), channels last.
struct Size {
  size_t height = 0, width = 0, channels = 0;
  size_t pixels() const { return height * width; }
  size_t values() const { return pixels() * channels; }
};

struct Recipe {
  // Geometry, in pixels, of one resampling: mirrored, scaled, slanted, turned, then shifted.
  Span shift_x, shift_y;                    // to the right, down
  Span rotation;                            // radians, counter-clockwise
  Span zoom_x{1.0, 1.0}, zoom_y{1.0, 1.0};  // the figure's pixels to one of the result: above 1 makes it smaller
  bool even_zoom = false;                   // zoom_y times zoom_x across
  Span slant_x, slant_y;                    // pixels to the right for each row up; down for each column to the left
  bool slant_either_way = false;            // both slants to the other side in half of the cases
  bool about_corner = false;                // all this about the first pixel, instead of the middle
  bool mirror_x = false, mirror_y = false;  // in half of the cases, both together
  // Bent by a smooth random field.
  double bend = 0.0;        // standard deviation of a pixel's displacement along each axis
  double smoothness = 1.0;  // pixels between the field's control points
  // Or, with a probability that is drawn itself, as Keras bends: by blurred noise that grows with a scale.
  Span wobble, wobble_scale;
  // Between the pixels or at the nearest one; beyond the edges.
  bool nearest = false;
  Fill fill = Fill::kConstant;
  double fill_value = 0.0;
  // Strokes: at 1 every pixel becomes the brightest of its 3 x 3 neighbours, at -1 the darkest.
  Span stroke;
  // Tones, of values from `low` to `high`, bounded to these where one is asked for.
  Span contrast{1.0, 1.0};  // about each channel's mean
  Span brightness;          // shares of high - low
  double low = 0.0, high = 1.0;
  bool bounded = false;  // to these even so
  // Chances; a probability is drawn itself, as in Keras.
  Span invert;
  double invert_from = 1.0;  // what becomes 0, and 0 becomes it
  Span erase;
  Span erase_size;                // the square of a patch's side, as a share of the figure's
  bool erase_with_noise = false;  // normal numbers times `high`, within bounds; else `erase_value`
  double erase_value = 0.0;

  bool moves() const {
    return !(shift_x.is(0) && shift_y.is(0) && rotation.is(0) && zoom_y.is(1) && zoom_x.is(1) && slant_x.is(0) &&
             slant_y.is(0) && !mirror_x && !mirror_y);
  }
  bool bends() const { return bend > 0.0; }
  bool wobbles() const { return wobble.high > 0.0 && wobble_scale.high > 0.0; }
  bool strokes() const { return !stroke.is(0); }
  bool tones() const { return bounded || !(contrast.is(1) && brightness.is(0)); }
};

}  // namespace figurate::augment
