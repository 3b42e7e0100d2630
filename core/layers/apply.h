// Layers without weights, applied to figures as training would apply them: to look at what augmentation does.
#pragma once

#include <vector>

#include "layer.h"

namespace figurate {

// x (count, figure's numbers) → output (count, numbers after the last layer), whose shape is returned. Figure i counts
// as figure number i of the epoch. ValueError for a layer that has weights.
class Applied {
 public:
  Applied(const Shape& input, const std::vector<Spec>& layers);

  const Shape& input_shape() const { return input_; }
  const Shape& output_shape() const { return layers_.empty() ? input_ : layers_.back()->output_shape(); }
  void operator()(const float* x, size_t count, uint64_t seed, uint64_t epoch, float* output) const;

 private:
  Shape input_;
  std::vector<std::unique_ptr<Layer>> layers_;
};

}  // namespace figurate
