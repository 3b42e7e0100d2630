// Layer normalization (Ba, Kiros & Hinton 2016, arXiv 1607.06450), as Keras' LayerNormalization over the last axis:
// every pixel's channels to mean 0 and variance 1, then times gamma and plus beta.
#pragma once

#include "../kernels/table.h"
#include "layer.h"

namespace figurate {

class LayerNormalization final : public Layer {
 public:
  LayerNormalization(const Shape& input, const Options& options);

  size_t scratch_size(size_t rows) const override { return rows * 2 * pixels_; }
  void forward(const Pass& pass, Range rows) const override;
  void backward(const Pass& pass, Range rows) const override;
  // Of gamma, then of beta, whether they are there or not.
  size_t gradient_size() const override { return parameters_.empty() ? 0 : 2 * padded_; }
  size_t shards() const override { return parameters_.empty() ? 0 : 1; }
  void update(const Pass& pass, Range shards, const Update& update) override;

 private:
  // Calls body(first row, pixels): of one figure, or, where a figure is a single pixel, of all.
  template <class Body>
  void for_pixels(const Matrix& of, Range rows, const Body& body) const {
    if (pixels_ == 1) return body(rows.first, Pixels{rows.size(), of.stride, channels_});
    for (size_t r = rows.first; r < rows.last; ++r) body(r, Pixels{pixels_, channels_, channels_});
  }
  float* moments(const Pass& pass, size_t row) const { return pass.scratch + row * 2 * pixels_; }

  size_t channels_, padded_, pixels_;
  float epsilon_;
  bool center_, scale_;
  Buffer<float> ones_, zeros_;  // for gamma and beta where they are not there
};

}  // namespace figurate
