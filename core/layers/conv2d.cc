#include "conv2d.h"

#include <algorithm>
#include <cstring>
#include <tuple>

namespace figurate {

namespace {

// A shard of fewer weights is not worth a thread's while.
constexpr size_t kMinShardWeights = 1024, kMaxShards = 8;

static_assert(kBlock == kLanes);

thread_local Buffer<float> padded_figures, padded_gradients, input_gradients;

}  // namespace

bool Conv2D::can_pool(const Options& options) {
  const std::vector<int64_t> dilation = options.integers("dilation_rate");
  return options.integer("groups", 1) == 1 && dilation[1] == 1;
}

Conv2D::Conv2D(const Shape& input, const Options& options)
    : Layer(input, input),
      filters_(static_cast<size_t>(options.integer("filters", 0))),
      groups_(static_cast<size_t>(options.integer("groups", 1))),
      use_bias_(options.flag("use_bias", true)),
      relu_(options.flag("relu", false)),
      pooled_(options.flag("pooled", false)) {
  std::tie(y_, x_) = conv_axes(input, options, "Conv2D");
  channels_ = input[2];
  check<ValueError>(filters_ > 0 && groups_ > 0 && channels_ % groups_ == 0 && filters_ % groups_ == 0,
                    "Conv2D expects as many groups as divide its channels and its filters");
  group_channels_ = channels_ / groups_, group_filters_ = filters_ / groups_;
  output_shape_ = {y_.output, x_.output, filters_};
  if (pooled_) {
    check<ValueError>(can_pool(options), "Conv2D cannot pool with groups or dilation");
    check(y_.output >= 2 && x_.output >= 2,
          "MaxPooling2D expects figures of at least 2 x 2, received shape " + to_string(output_shape_) + ".");
    output_shape_ = {y_.output / 2, x_.output / 2, filters_};
  }
  const size_t weights = window_size() * filters_;
  shards_ = std::clamp<size_t>(weights / kMinShardWeights, 1, kMaxShards);
  parameters_.push_back(
      {"kernel", {y_.kernel, x_.kernel, group_channels_, filters_}, Buffer<float>(weights + kSlack), {}});
  if (use_bias_) parameters_.push_back({"bias", {filters_}, Buffer<float>(round_up(filters_, kLanes) + kSlack), {}});
}

// Over padded figures.
Windows Conv2D::windows() const {
  const size_t row = x_.padded() * channels_;
  Windows w{};
  w.rows = pooled_ ? y_.output / 2 * 2 : y_.output, w.columns = pooled_ ? x_.output / 2 * 2 : x_.output;
  w.row_step = y_.stride * row, w.column_step = x_.stride * channels_;
  w.window_rows = y_.kernel, w.window_row_step = y_.dilation * row;
  if (groups_ == 1 && x_.dilation == 1) {
    w.runs = 1, w.run_step = 0, w.run = x_.kernel * channels_;
  } else {
    w.runs = x_.kernel, w.run_step = x_.dilation * channels_, w.run = group_channels_;
  }
  return w;
}

// A figure with zeros around it, or as it is where no window reaches out.
const float* Conv2D::padded_row(const float* figure, float* to) const {
  if (!padded()) return figure;
  pad(y_, x_, channels_, figure, to);
  return to;
}

// With room behind, since whole vectors are read.
size_t Conv2D::scratch_size(size_t rows) const { return pooled_ ? rows * row_stride(outputs()) + kSlack : 0; }

int32_t* Conv2D::where(const Pass& p, size_t row) const {
  return reinterpret_cast<int32_t*>(p.scratch + row * row_stride(outputs()));
}

void Conv2D::fold(BatchNormalization& normalization) {
  if (relu_ || pooled_) return;
  folded_ = &normalization;
  normalization.leave_prediction();
}

void Conv2D::forward(const Pass& p, Range rows) const { forward(p, rows, {0, bands()}); }

void Conv2D::forward_bands(const Pass& p, size_t row, Range bands) const { forward(p, {row, row + 1}, bands); }

void Conv2D::forward(const Pass& p, Range rows, Range bands) const {
  thread_local Buffer<float> scales, biases;
  float* const to = padded() ? room(padded_figures, y_.padded() * x_.padded() * channels_ + kSlack) : nullptr;
  ConvForward args{};
  args.windows = windows();
  const size_t band = pooled_ ? 2 : 1;  // rows of windows for a row of the output
  const size_t first_input = bands.first * band * args.windows.row_step;
  args.windows.rows = bands.size() * band;
  args.weights_step = filters_, args.filters = group_filters_;
  args.relu = relu_, args.pooled = pooled_;
  args.output_column_step = filters_, args.output_row_step = output_shape_[1] * filters_;
  const size_t first_output = bands.first * args.output_row_step;
  const float* scale = nullptr;
  const float* bias = use_bias_ ? parameters_[1].values.data() : nullptr;
  if (folded_ != nullptr && !p.training) {
    float* const factors = room(scales, filters_ + kSlack);
    float* const shifts = room(biases, filters_ + kSlack);
    args.relu = folded_->scale_and_shift(factors, shifts);
    for (size_t f = 0; use_bias_ && f < filters_; ++f) shifts[f] += bias[f] * factors[f];
    scale = factors, bias = shifts;
  }
  for (size_t r = rows.first; r < rows.last; ++r) {
    const float* const input = padded_row(p.input.row(r), to);
    for (size_t g = 0; g < groups_; ++g) {
      args.input = input + first_input + g * group_channels_;
      args.weights = parameters_[0].values.data() + g * group_filters_;
      args.scale = scale != nullptr ? scale + g * group_filters_ : nullptr;
      args.bias = bias != nullptr ? bias + g * group_filters_ : nullptr;
      args.output = p.output.row(r) + first_output + g * group_filters_;
      args.where = pooled_ && p.training ? where(p, r) + first_output : nullptr;
      kernels().conv_forward(args);
    }
  }
}

// For the way back. Plain: the kernel turned around, (rows, columns, filters of a group, channels of a group), group by
// group. Pooled: filter by filter.
size_t Conv2D::prepared_size() const {
  return (pooled_ ? filters_ * filter_size() : window_size() * filters_) + kSlack;
}

void Conv2D::prepare(const Pass& p, Range shards) const {
  const float* const weights = parameters_[0].values.data();
  const size_t run = x_.kernel * group_channels_;
  for (size_t shard = shards.first; shard < shards.last; ++shard) {
    const Range all = window_rows(shard);
    for (size_t w = all.first; w < all.last; ++w) {
      const float* const from = weights + w * filters_;
      if (pooled_) {
        float* const to = p.prepared + w / run * row_size() + w % run;
        for (size_t f = 0; f < filters_; ++f) to[f * filter_size()] = from[f];
      } else {
        const size_t tap = y_.kernel * x_.kernel - 1 - w / group_channels_, channel = w % group_channels_;
        for (size_t g = 0; g < groups_; ++g) {
          float* const to = p.prepared + g * window_size() * group_filters_ + tap * group_filters_ * group_channels_;
          for (size_t f = 0; f < group_filters_; ++f) to[f * group_channels_ + channel] = from[g * group_filters_ + f];
        }
      }
    }
  }
}

void Conv2D::backward(const Pass& p, Range rows) const {
  if (pooled_) return backward_pooled(p, rows);
  for (size_t r = rows.first; r < rows.last; ++r) backward_plain(p, r);
}

void Conv2D::backward_pooled(const Pass& p, Range rows) const {
  const size_t size = round_up(y_.padded() * x_.padded() * channels_, kLanes);
  float* const sums = p.gradient + p.slice * gradient_size();
  PooledGradient args{};
  args.windows = windows();
  args.figures = rows.size(), args.filters = filters_;
  args.input = p.input.row(rows.first), args.input_step = p.input.stride;
  if (padded()) {
    float* const figures = room(padded_figures, rows.size() * size + kSlack);
    for (size_t r = rows.first; r < rows.last; ++r) padded_row(p.input.row(r), figures + (r - rows.first) * size);
    args.input = figures, args.input_step = size;
  }
  args.output_gradient = p.output_gradient.row(rows.first), args.where = where(p, rows.first);
  args.output_gradient_step = p.output_gradient.stride;
  args.gradient = sums, args.bias_gradient = use_bias_ ? sums + bias_place() : nullptr;
  kernels().pooled_gradient(args);
  if (p.input_gradient.data == nullptr) return;
  float* const gradient = room(input_gradients, size + kSlack);
  for (size_t r = rows.first; r < rows.last; ++r) {
    std::fill_n(gradient, size, 0.0f);
    kernels().pooled_backward({args.windows, p.output_gradient.row(r), where(p, r), filters_, p.prepared, gradient});
    for (size_t y = 0; y < y_.size; ++y) {
      std::copy_n(gradient + ((y + y_.padding) * x_.padded() + x_.padding) * channels_, x_.size * channels_,
                  p.input_gradient.row(r) + y * x_.size * channels_);
    }
  }
}

// The gradient of a figure's output before the ReLU, spread out for that of the input.
float* Conv2D::spread_gradient(const Pass& p, size_t r) const {
  float* const to = room(padded_gradients, y_.spread() * x_.spread() * filters_ + kSlack);
  const float *const gradient = p.output_gradient.row(r), *const output = p.output.row(r);
  const auto copy = [&](size_t place, size_t count, float* at) {
    if (relu_) {
      kernels().activate_backward(Function::kRelu, 0.0f, output + place, output + place, gradient + place, at, 1, count,
                                  count);
    } else {
      std::copy_n(gradient + place, count, at);
    }
  };
  spread(y_, x_, filters_, copy, to);
  return to;
}

// One figure.
void Conv2D::backward_plain(const Pass& p, size_t r) const {
  const size_t width = x_.spread();
  const float* const spread = spread_gradient(p, r);
  const float* const input = padded_row(
      p.input.row(r), padded() ? room(padded_figures, y_.padded() * x_.padded() * channels_ + kSlack) : nullptr);
  float* const sums = p.gradient + p.slice * gradient_size();
  for (size_t g = 0; g < groups_; ++g) {
    ConvGradient args{};
    args.windows = windows();
    args.figures = 1, args.input = input + g * group_channels_;
    args.output_gradient = spread + (y_.spread_first() * width + x_.spread_first()) * filters_ + g * group_filters_;
    args.output_gradient_row_step = y_.stride * width * filters_;
    args.output_gradient_column_step = x_.stride * filters_;
    args.filters = group_filters_;
    args.gradient = sums + g * group_filters_, args.gradient_step = filters_;
    args.bias_gradient = use_bias_ ? sums + bias_place() + g * group_filters_ : nullptr;
    kernels().conv_gradient(args);
    if (p.input_gradient.data == nullptr) continue;
    ConvForward back{};
    back.windows.rows = y_.size, back.windows.columns = x_.size;
    back.windows.row_step = width * filters_, back.windows.column_step = filters_;
    back.windows.window_rows = y_.kernel, back.windows.window_row_step = y_.dilation * width * filters_;
    const bool whole = groups_ == 1 && x_.dilation == 1;
    back.windows.runs = whole ? 1 : x_.kernel, back.windows.run_step = x_.dilation * filters_;
    back.windows.run = whole ? x_.kernel * filters_ : group_filters_;
    back.input = spread + g * group_filters_;
    back.weights = p.prepared + g * window_size() * group_filters_, back.weights_step = group_channels_;
    back.filters = group_channels_;
    back.output = p.input_gradient.row(r) + g * group_channels_;
    back.output_column_step = channels_, back.output_row_step = x_.size * channels_;
    kernels().conv_forward(back);
  }
}

// The sums of `count` numbers of the gradient, from `place` on, over all slices in their order.
void Conv2D::add_slices(const Pass& p, size_t place, size_t count, float* to) const {
  std::fill_n(to, count, 0.0f);
  for (size_t slice = 0; slice < p.slices; ++slice) {
    const float* const from = p.gradient + slice * gradient_size() + place;
    for (size_t i = 0; i < count; ++i) to[i] += from[i];
  }
}

void Conv2D::update(const Pass& p, Range shards, const Update& update) {
  const size_t run = x_.kernel * group_channels_;
  thread_local Buffer<float> buffer, row;
  for (size_t shard = shards.first; shard < shards.last; ++shard) {
    const Range all = window_rows(shard);
    float* const gradient = room(buffer, all.size() * filters_ + kSlack);
    if (pooled_) {
      float* const sums = room(row, run);
      for (size_t f = 0; f < filters_; ++f) {
        for (size_t w = all.first; w < all.last;) {
          const size_t count = std::min(run - w % run, all.last - w);
          add_slices(p, f * filter_size() + w / run * row_size() + w % run, count, sums);
          for (size_t i = 0; i < count; ++i, ++w) gradient[(w - all.first) * filters_ + f] = sums[i];
        }
      }
    } else {
      add_slices(p, all.first * filters_, all.size() * filters_, gradient);
    }
    if (all.size() > 0) update(parameters_[0], all.first * filters_, all.size() * filters_, gradient);
  }
  if (use_bias_ && shards.first == 0 && shards.last > 0) {
    float* const gradient = room(buffer, filters_ + kSlack);
    add_slices(p, bias_place(), filters_, gradient);
    update(parameters_[1], 0, filters_, gradient);
  }
}

}  // namespace figurate
