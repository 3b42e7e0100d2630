// Dropout of whole channels (Tompson et al. 2014, arXiv 1411.4280), as Keras' SpatialDropout2D: like dropout.h, with
// one draw for each channel of a figure (height, width, channels).
#pragma once

#include "layer.h"

namespace figurate {

class SpatialDropout final : public Layer {
 public:
  SpatialDropout(const Shape& input, const Options& options, size_t place = 0);

  bool passes_through(bool training) const override { return !training || rate_ == 0.0; }
  size_t scratch_size(size_t rows) const override { return rows * mask_stride(); }
  void forward(const Pass& pass, Range rows) const override;
  void backward(const Pass& pass, Range rows) const override;

 private:
  size_t mask_stride() const { return round_up(input_shape_[2], kLanes); }

  double rate_;
  uint64_t stream_;  // given, or the layer's place in the network, so that two layers drop differently
};

}  // namespace figurate
