// An activation, element by element.
#pragma once

#include "../kernels/table.h"
#include "layer.h"

namespace figurate {

class Activation final : public Layer {
 public:
  Activation(const Shape& input, const Options& options);

  Function function() const { return function_; }
  bool passes_through(bool) const override { return function_ == Function::kLinear; }
  void forward(const Pass& pass, Range rows) const override;
  void backward(const Pass& pass, Range rows) const override;

 private:
  Function function_;
  float alpha_;
};

}  // namespace figurate
