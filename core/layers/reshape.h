// Flatten and Reshape: the same numbers under another shape.
#pragma once

#include "layer.h"

namespace figurate {

class Reshape final : public Layer {
 public:
  Reshape(const Shape& input, const Shape& output) : Layer(input, output) {
    check(element_count(input) == element_count(output),
          "reshape expects " + std::to_string(element_count(output)) + " numbers, received shape " + to_string(input));
  }
  Reshape(const Shape& input, const Options& options) : Reshape(input, target(options)) {}

  bool passes_through(bool) const override { return true; }
  void forward(const Pass&, Range) const override {}
  void backward(const Pass&, Range) const override {}

 private:
  static Shape target(const Options& options) {
    Shape shape;
    for (const int64_t extent : options.integers("target_shape")) shape.push_back(static_cast<size_t>(extent));
    return shape;
  }
};

}  // namespace figurate
