// Batch normalization (Ioffe & Szegedy 2015, arXiv 1502.03167), as Keras' BatchNormalization over the last axis:
// gamma * (x - mean) / sqrt(variance + epsilon) + beta. In training, mean and (biased) variance are the batch's, and
// moving averages follow them; otherwise they are the moving averages. A ReLU that follows may be taken in.
//
// Statistics are kept by slice: means and squares around them, merged so that large means cost no precision. Whoever
// takes a slice first merges those of all slices, in their order, and keeps the result with its own.
#pragma once

#include "../kernels/table.h"
#include "layer.h"

namespace figurate {

class BatchNormalization final : public Layer {
 public:
  BatchNormalization(const Shape& input, const Options& options);

  // Outside training the layer before may do what this one would (scale_and_shift).
  void leave_prediction() { left_ = true; }
  bool passes_through(bool training) const override { return !training && left_; }
  void forward(const Pass& pass, Range rows) const override;
  void backward(const Pass& pass, Range rows) const override;
  size_t statistics_size() const override;
  void add_statistics(const Pass& pass, Range rows) const override;
  void add_gradient_statistics(const Pass& pass, Range rows) const override;
  size_t shards() const override { return 1; }
  void update(const Pass& pass, Range shards, const Update& update) override;

  // Outside training, output = input * scale + shift for each of the channels, then through a ReLU if this is true.
  bool scale_and_shift(float* scale, float* shift) const;

 private:
  struct Statistics;
  Statistics statistics(const Pass& pass, size_t slice) const;
  Statistics merged(const Pass& pass, size_t slice) const;
  void merge_moments(const Pass& pass, float* means, float* variances) const;
  void merge_gradients(const Pass& pass, const Statistics& to) const;
  void make_scales(const float* variances, float* scales) const;
  ChannelScale channel_scale(const float* means, const float* scales) const;
  template <class Body>
  void for_pixels(const Matrix& rows_of, Range rows, const Body& body) const;

  size_t channels_, padded_, pixels_;
  float momentum_, rest_, epsilon_;
  bool center_, scale_, relu_, left_ = false;
  size_t moving_;  // the first of the moving averages among the parameters
  Buffer<float> zeros_;
};

}  // namespace figurate
