// Softmax over the numbers of a figure.
#pragma once

#include "layer.h"

namespace figurate {

class Softmax final : public Layer {
 public:
  explicit Softmax(const Shape& input);

  size_t scratch_size(size_t rows) const override { return rows; }
  void forward(const Pass& pass, Range rows) const override;
  void backward(const Pass& pass, Range rows) const override;
};

}  // namespace figurate
