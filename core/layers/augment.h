// What happens to figures by chance while a network trains, and never otherwise: shifted, turned, bent, lightened, ...;
// see augment/recipe.h. What happens depends on (seed, stream, epoch, figure) alone.
//
// Stands before the first layer with weights: no gradient passes through it.
#pragma once

#include "../augment/figure.h"
#include "layer.h"

namespace figurate {

class Augment final : public Layer {
 public:
  // Of figures (height, width) or (height, width, channels).
  Augment(const Shape& input, const Options& options, size_t place = 0);

  bool passes_through(bool training) const override { return !training || !augmenter_.is_active(); }
  size_t scratch_size(size_t rows) const override { return rows * augmenter_.scratch_size(); }
  void forward(const Pass& pass, Range rows) const override;
  void backward(const Pass& pass, Range rows) const override;

 private:
  augment::Augmenter augmenter_;
  uint32_t stream_;  // given, or the layer's place in the network, so that two layers do not move alike
};

}  // namespace figurate
