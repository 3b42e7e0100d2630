// Pooling over all of a figure (height, width, channels), to (channels,): the mean of each channel, or the largest
// number, as Keras' GlobalAveragePooling2D and GlobalMaxPooling2D. The gradient of a maximum is shared among all that
// are the largest, as Keras' backends do.
#pragma once

#include "../kernels/table.h"
#include "layer.h"

namespace figurate {

class GlobalAveragePooling final : public Layer {
 public:
  explicit GlobalAveragePooling(const Shape& input);

  void forward(const Pass& pass, Range rows) const override;
  void backward(const Pass& pass, Range rows) const override;

 private:
  Pooling pooling_;
};

class GlobalMaxPooling final : public Layer {
 public:
  explicit GlobalMaxPooling(const Shape& input);

  void forward(const Pass& pass, Range rows) const override;
  void backward(const Pass& pass, Range rows) const override;

 private:
  Pooling pooling_;
};

}  // namespace figurate
