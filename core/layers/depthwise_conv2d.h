// A convolution of each channel on its own, channels last, as Keras' DepthwiseConv2D: output channel c *
// depth_multiplier
// + m is that of input channel c with its window m.
//
// The kernels know one window a channel: where there are more, a figure's channels are repeated before it is padded.
// The gradient of the input is the same convolution of the spread gradient, with the kernel turned around.
#pragma once

#include "../kernels/table.h"
#include "convolution.h"

namespace figurate {

class DepthwiseConv2D final : public Layer {
 public:
  DepthwiseConv2D(const Shape& input, const Options& options);

  void forward(const Pass& pass, Range rows) const override;
  void backward(const Pass& pass, Range rows) const override;
  size_t gradient_size() const override { return bias_place() + round_up(filters_, kLanes); }
  size_t shards() const override { return shards_; }
  void update(const Pass& pass, Range shards, const Update& update) override;

 private:
  size_t taps() const { return y_.kernel * x_.kernel; }
  size_t bias_place() const { return round_up(taps() * filters_, kLanes); }
  Windows windows() const;
  const float* padded_figure(const float* figure) const;
  void backward_input(const Pass& pass, size_t row) const;

  ConvAxis y_, x_;
  size_t channels_, multiplier_, filters_, shards_;
  bool use_bias_;
};

}  // namespace figurate
