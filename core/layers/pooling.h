// Pooling over windows of a figure (height, width, channels): the largest number of each channel, or the mean, as
// Keras' MaxPooling2D and AveragePooling2D. With padding "same" a window may reach over the figure's edge; what lies
// outside does not count. The gradient of a maximum goes to the first of the largest.
#pragma once

#include "../kernels/table.h"
#include "layer.h"

namespace figurate {

// Windows over a figure of that shape: options pool_size, strides ([rows, columns]) and padding ("valid" or "same").
Pooling pooling_of(const Shape& input, const Options& options);

class MaxPooling final : public Layer {
 public:
  MaxPooling(const Shape& input, const Options& options);

  void forward(const Pass& pass, Range rows) const override;
  void backward(const Pass& pass, Range rows) const override;

 private:
  Pooling pooling_;
};

class AveragePooling final : public Layer {
 public:
  AveragePooling(const Shape& input, const Options& options);

  void forward(const Pass& pass, Range rows) const override;
  void backward(const Pass& pass, Range rows) const override;

 private:
  Pooling pooling_;
};

}  // namespace figurate
