// Dropout (Srivastava et al. 2014), inverted: in training a share `rate` of the inputs becomes zero and the others grow
// by 1 / (1 - rate); otherwise nothing happens. The rate is rounded to
// a multiple of 1 / 65,536. What is dropped depends on (seed, stream, epoch, figure) alone.
#pragma once

#include "layer.h"

namespace figurate {

// `count` factors for the figure in that row: 0 for what is dropped, else 1 / (1 - rate).
void draw_mask(const Pass& pass, size_t row, double rate, uint64_t stream, float* mask, size_t count);

class Dropout final : public Layer {
 public:
  Dropout(const Shape& input, const Options& options, size_t place = 0);

  bool passes_through(bool training) const override { return !training || rate_ == 0.0; }
  size_t scratch_size(size_t rows) const override { return rows * row_stride(inputs()); }
  void forward(const Pass& pass, Range rows) const override;
  void backward(const Pass& pass, Range rows) const override;

 private:
  double rate_;
  uint64_t stream_;  // given, or the layer's place in the network, so that two layers drop differently
};

}  // namespace figurate
