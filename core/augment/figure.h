// Everything that a recipe does to one figure, in order: strokes, geometry and bending (one resampling), tones,
// patches, polarity.
#pragma once

#include "elastic.h"
#include "recipe.h"

namespace figurate::augment {

class Augmenter {
 public:
  Augmenter(const Recipe& recipe, const Size& size);

  // Whether anything ever happens.
  bool is_active() const;
  // Floats of scratch that a figure needs.
  size_t scratch_size() const;
  // Both (height, width, channels) and not the same memory; the figure's row of the batch ends with `to`.
  void operator()(const float* from, float* to, const Address& address, float* scratch) const;

 private:
  void resample(const float* from, float* to, const Address& address, const Affine& affine, double stroke,
                double wobble, float* scratch) const;

  Recipe recipe_;
  Size size_;
  Elastic elastic_;
};

}  // namespace figurate::augment
