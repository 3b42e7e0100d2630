// A margin of zeros around figures (height, width, channels), as Keras' ZeroPadding2D.
#pragma once

#include "layer.h"

namespace figurate {

class ZeroPadding final : public Layer {
 public:
  // Option padding: pixels above, below, to the left and to the right.
  ZeroPadding(const Shape& input, const Options& options);

  bool passes_through(bool) const override { return output_shape_ == input_shape_; }
  void forward(const Pass& pass, Range rows) const override;
  void backward(const Pass& pass, Range rows) const override;

 private:
  size_t top_, left_;
};

}  // namespace figurate
