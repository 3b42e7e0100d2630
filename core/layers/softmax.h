// Softmax over the last axis.
#pragma once

#include "layer.h"

namespace figurate {

class Softmax final : public Layer {
 public:
  explicit Softmax(const Shape& input);

  size_t scratch_size(size_t rows) const override { return rows * groups_; }
  void forward(const Pass& pass, Range rows) const override;
  void backward(const Pass& pass, Range rows) const override;

 private:
  size_t groups_;  // softmaxes in one row
  size_t width_;   // numbers in each
};

}  // namespace figurate
