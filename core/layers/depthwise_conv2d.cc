#include "depthwise_conv2d.h"

#include <tuple>

namespace figurate {

namespace {

// A shard of fewer weights is not worth a thread's while.
constexpr size_t kMinShardWeights = 1024, kMaxShards = 8;

thread_local Buffer<float> repeated_figure, padded, spread_gradient, repeated_gradient;

}  // namespace

DepthwiseConv2D::DepthwiseConv2D(const Shape& input, const Options& options)
    : Layer(input, input),
      multiplier_(static_cast<size_t>(options.integer("depth_multiplier", 1))),
      use_bias_(options.flag("use_bias", true)) {
  std::tie(y_, x_) = conv_axes(input, options, "DepthwiseConv2D");
  check<ValueError>(options.integer("depth_multiplier", 1) > 0,
                    "DepthwiseConv2D expects a depth_multiplier of at least 1");
  channels_ = input[2], filters_ = channels_ * multiplier_;
  output_shape_ = {y_.output, x_.output, filters_};
  const size_t weights = taps() * filters_;
  shards_ = std::clamp<size_t>(weights / kMinShardWeights, 1, kMaxShards);
  parameters_.push_back(
      {"kernel", {y_.kernel, x_.kernel, channels_, multiplier_}, Buffer<float>(weights + kSlack), {}});
  if (use_bias_) parameters_.push_back({"bias", {filters_}, Buffer<float>(filters_ + kSlack), {}});
}

// Over padded figures, whose channels are repeated.
Windows DepthwiseConv2D::windows() const {
  const size_t row = x_.padded() * filters_;
  Windows w{};
  w.rows = y_.output, w.columns = x_.output;
  w.row_step = y_.stride * row, w.column_step = x_.stride * filters_;
  w.window_rows = y_.kernel, w.window_row_step = y_.dilation * row;
  w.runs = x_.kernel, w.run_step = x_.dilation * filters_, w.run = 1;
  return w;
}

// A figure with its channels repeated and zeros around it, or as it is where it needs neither.
const float* DepthwiseConv2D::padded_figure(const float* figure) const {
  if (multiplier_ > 1) {
    float* to = room(repeated_figure, y_.size * x_.size * filters_ + kSlack);
    for (size_t i = 0; i < y_.size * x_.size * channels_; ++i) to = std::fill_n(to, multiplier_, figure[i]);
    figure = repeated_figure.data();
  }
  if (y_.padded() == y_.size && x_.padded() == x_.size) return figure;
  float* const to = room(padded, y_.padded() * x_.padded() * filters_ + kSlack);
  pad(y_, x_, filters_, figure, to);
  return to;
}

void DepthwiseConv2D::forward(const Pass& p, Range rows) const {
  DepthwiseForward args{};
  args.windows = windows(), args.channels = filters_;
  args.weights = parameters_[0].values.data(), args.weights_step = static_cast<ptrdiff_t>(filters_);
  args.bias = use_bias_ ? parameters_[1].values.data() : nullptr;
  for (size_t r = rows.first; r < rows.last; ++r) {
    args.input = padded_figure(p.input.row(r)), args.output = p.output.row(r);
    kernels().depthwise_forward(args);
  }
}

void DepthwiseConv2D::backward(const Pass& p, Range rows) const {
  float* const sums = p.gradient + p.slice * gradient_size();
  DepthwiseGradient args{};
  args.windows = windows(), args.channels = filters_;
  args.gradient = sums, args.bias_gradient = use_bias_ ? sums + bias_place() : nullptr;
  for (size_t r = rows.first; r < rows.last; ++r) {
    args.input = padded_figure(p.input.row(r)), args.output_gradient = p.output_gradient.row(r);
    kernels().depthwise_gradient(args);
    if (p.input_gradient.data != nullptr) backward_input(p, r);
  }
}

void DepthwiseConv2D::backward_input(const Pass& p, size_t r) const {
  float* const gradient = room(spread_gradient, y_.spread() * x_.spread() * filters_ + kSlack);
  const float* const from = p.output_gradient.row(r);
  const auto copy = [&](size_t place, size_t count, float* to) { std::copy_n(from + place, count, to); };
  spread(y_, x_, filters_, copy, gradient);
  const size_t row = x_.spread() * filters_, pixels = y_.size * x_.size;
  DepthwiseForward args{};
  args.windows.rows = y_.size, args.windows.columns = x_.size;
  args.windows.row_step = row, args.windows.column_step = filters_;
  args.windows.window_rows = y_.kernel, args.windows.window_row_step = y_.dilation * row;
  args.windows.runs = x_.kernel, args.windows.run_step = x_.dilation * filters_, args.windows.run = 1;
  args.channels = filters_, args.input = gradient;
  args.weights = parameters_[0].values.data() + (taps() - 1) * filters_;
  args.weights_step = -static_cast<ptrdiff_t>(filters_);
  args.output = multiplier_ > 1 ? room(repeated_gradient, pixels * filters_) : p.input_gradient.row(r);
  kernels().depthwise_forward(args);
  if (multiplier_ == 1) return;
  float* const to = p.input_gradient.row(r);
  for (size_t i = 0; i < pixels * channels_; ++i) {
    to[i] = 0.0f;
    for (size_t m = 0; m < multiplier_; ++m) to[i] += args.output[i * multiplier_ + m];
  }
}

void DepthwiseConv2D::update(const Pass& p, Range shards, const Update& update) {
  thread_local Buffer<float> buffer;
  const auto step = [&](Parameter& parameter, Range some, size_t place) {
    if (some.size() == 0) return;
    float* const gradient = room(buffer, some.size() + kSlack);
    for (size_t i = 0; i < some.size(); ++i) {
      gradient[i] = 0.0f;
      for (size_t slice = 0; slice < p.slices; ++slice) {
        gradient[i] += p.gradient[slice * gradient_size() + place + some.first + i];
      }
    }
    update(parameter, some.first, some.size(), gradient);
  };
  for (size_t shard = shards.first; shard < shards.last; ++shard) {
    step(parameters_[0], share(taps() * filters_, shard, shards_, kLanes), 0);
  }
  if (use_bias_ && shards.first == 0 && shards.last > 0) step(parameters_[1], {0, filters_}, bias_place());
}

}  // namespace figurate
