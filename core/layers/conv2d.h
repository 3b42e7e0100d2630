// A convolution, channels last: output = windows of the input x kernel + bias; with a ReLU and 2 x 2 max-pooling where
// the network finds these behind it.
//
// Figures are padded into a thread's own room, so that no window reaches out. On the way back the gradient of the
// output is spread out the same way, and the gradient of the input is a convolution with the kernel turned around;
// behind a pooling only the outputs that were the largest are visited (kernels/conv_pooled.cc).
#pragma once

#include <algorithm>
#include <string>

#include "../kernels/table.h"
#include "batch_normalization.h"
#include "convolution.h"

namespace figurate {

class Conv2D final : public Layer {
 public:
  Conv2D(const Shape& input, const Options& options);

  // Takes over what a normalization right behind this layer does outside training.
  void fold(BatchNormalization& normalization);
  // Whether 2 x 2 max-pooling may be taken in: not between groups or spread windows.
  static bool can_pool(const Options& options);

  size_t scratch_size(size_t rows) const override;
  void forward(const Pass& pass, Range rows) const override;
  size_t bands() const override { return output_shape_[0]; }  // rows of the output
  void forward_bands(const Pass& pass, size_t row, Range bands) const override;
  size_t multiplications() const override { return y_.output * x_.output * window_size() * filters_; }
  void backward(const Pass& pass, Range rows) const override;
  size_t gradient_size() const override { return bias_place() + round_up(filters_, kLanes) + kSlack; }
  size_t prepared_size() const override;
  void prepare(const Pass& pass, Range shards) const override;
  size_t shards() const override { return shards_; }
  void update(const Pass& pass, Range shards, const Update& update) override;

 private:
  size_t window_size() const { return y_.kernel * x_.kernel * group_channels_; }
  // Of a pooled layer's weights by filter: numbers from a row of the window to the next, and from a filter's to the
  // next's.
  size_t row_size() const { return round_up(x_.kernel * group_channels_, kLanes); }
  size_t filter_size() const { return y_.kernel * row_size(); }
  size_t bias_place() const { return pooled_ ? filters_ * filter_size() : window_size() * filters_ + kSlack; }
  bool padded() const { return y_.padded() > y_.size || x_.padded() > x_.size; }
  Range window_rows(size_t shard) const { return share(window_size(), shard, shards_, kLanes); }
  Windows windows() const;
  const float* padded_row(const float* figure, float* room) const;
  int32_t* where(const Pass& pass, size_t row) const;
  void forward(const Pass& pass, Range rows, Range bands) const;
  void backward_pooled(const Pass& pass, Range rows) const;
  float* spread_gradient(const Pass& pass, size_t row) const;
  void backward_plain(const Pass& pass, size_t row) const;
  void add_slices(const Pass& pass, size_t place, size_t count, float* to) const;

  ConvAxis y_, x_;
  size_t channels_, filters_, groups_, group_channels_, group_filters_;
  size_t shards_;
  bool use_bias_, relu_, pooled_;
  const BatchNormalization* folded_ = nullptr;
};

}  // namespace figurate
