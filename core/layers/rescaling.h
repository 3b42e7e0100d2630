// y = x * scale + offset. As the first layer it is folded into the loading of a batch and costs nothing.
#pragma once

#include "layer.h"

namespace figurate {

class Rescaling final : public Layer {
 public:
  Rescaling(const Shape& input, const Options& options);

  double scale() const { return scale_; }
  double offset() const { return offset_; }
  void forward(const Pass& pass, Range rows) const override;
  void backward(const Pass& pass, Range rows) const override;

 private:
  double scale_;
  double offset_;
};

}  // namespace figurate
