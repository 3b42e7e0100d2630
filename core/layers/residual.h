// Residual blocks (He et al. 2015, arXiv 1512.03385): layers with a way around them, whose outcomes are added. A block
// is a run of layers between ResidualBegin and ResidualEnd; where there are layers on the way around, they follow the
// inner ones behind ResidualShortcut. Which activation is whose second input is training/links.h's.
#pragma once

#include "layer.h"

namespace figurate {

// Hands its input to both ways, and adds up their gradients: that of the way around is `Pass::side_gradient`.
class ResidualBegin final : public Layer {
 public:
  explicit ResidualBegin(const Shape& input) : Layer(input, input) {}

  bool passes_through(bool) const override { return true; }
  bool passes_gradient_through() const override { return false; }
  void forward(const Pass&, Range) const override {}
  void backward(const Pass& pass, Range rows) const override;
};

// Leaves the inner way's outcome where it is and goes back to the block's input. Both have their memory already.
class ResidualShortcut final : public Layer {
 public:
  ResidualShortcut(const Shape& inner, const Shape& block_input) : Layer(inner, block_input) {}

  bool passes_through(bool) const override { return true; }
  void forward(const Pass&, Range) const override {}
  void backward(const Pass&, Range) const override {}
};

// Adds `Pass::side` to its input. Either has the gradient at the output, or, where a ReLU is taken in (option relu),
// at the input.
class ResidualEnd final : public Layer {
 public:
  ResidualEnd(const Shape& input, const Options& options) : Layer(input, input), relu_(options.flag("relu", false)) {}

  bool passes_through(bool) const override { return false; }
  bool passes_gradient_through() const override { return !relu_; }
  void forward(const Pass& pass, Range rows) const override;
  void backward(const Pass& pass, Range rows) const override;

 private:
  bool relu_;
};

}  // namespace figurate
