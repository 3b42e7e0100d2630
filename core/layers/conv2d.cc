#include "conv2d.h"

#include <algorithm>
#include <cstring>

namespace figurate {

namespace {

// A shard of fewer weights is not worth a thread's while.
constexpr size_t kMinShardWeights = 1024, kMaxShards = 8;

// A thread's own room; what was in it is gone.
float* room(Buffer<float>& buffer, size_t count) {
  if (buffer.size() < count) buffer = Buffer<float>(count);
  return buffer.data();
}

static_assert(kBlock == kLanes);

thread_local Buffer<float> padded_figures, padded_gradients, input_gradients;

}  // namespace

void ConvAxis::fit(bool same, const std::string& owner, const std::string& axis) {
  if (same) {
    output = (size + stride - 1) / stride;
    const size_t wanted = (output - 1) * stride + window();
    padding = wanted > size ? (wanted - size) / 2 : 0;
  } else {
    check(size >= window(), owner + " expects figures of at least " + std::to_string(window()) + " " + axis +
                                " for its window, received " + std::to_string(size));
    output = (size - window()) / stride + 1;
  }
}

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
  check(input.size() == 3,
        "Conv2D expects figures of three axes, (height, width, channels), received shape " + to_string(input) + ".");
  const auto pair = [&](const char* name, size_t i) {
    const std::vector<int64_t> values = options.integers(name);
    check<ValueError>(values.size() == 2 && values[0] > 0 && values[1] > 0,
                      std::string("Conv2D expects two positive numbers as ") + name);
    return static_cast<size_t>(values[i]);
  };
  y_ = {input[0], pair("kernel_size", 0), pair("strides", 0), pair("dilation_rate", 0)};
  x_ = {input[1], pair("kernel_size", 1), pair("strides", 1), pair("dilation_rate", 1)};
  channels_ = input[2];
  check<ValueError>(filters_ > 0 && groups_ > 0 && channels_ % groups_ == 0 && filters_ % groups_ == 0,
                    "Conv2D expects as many groups as divide its channels and its filters");
  group_channels_ = channels_ / groups_, group_filters_ = filters_ / groups_;
  const std::string padding = options.text("padding");
  check<ValueError>(padding == "valid" || padding == "same",
                    "Conv2D expects padding 'valid' or 'same', received '" + padding + "'");
  const bool same = padding == "same";
  y_.fit(same, "Conv2D", "rows"), x_.fit(same, "Conv2D", "columns");
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
  const size_t row = x_.padded() * channels_, size = x_.size * channels_;
  const size_t before = x_.padding * channels_, after = row - before - size;
  float* const end = to + y_.padded() * row;
  float* at = std::fill_n(to, y_.padding * row, 0.0f);
  for (size_t y = 0; y < y_.size; ++y) {
    at = std::fill_n(at, before, 0.0f);
    at = std::copy_n(figure + y * size, size, at);
    at = std::fill_n(at, after, 0.0f);
  }
  std::fill(at, end, 0.0f);
  return to;
}

size_t Conv2D::scratch_size(size_t rows) const { return pooled_ ? rows * row_stride(outputs()) : 0; }

int32_t* Conv2D::where(const Pass& p, size_t row) const {
  return reinterpret_cast<int32_t*>(p.scratch + row * row_stride(outputs()));
}

void Conv2D::fold(BatchNormalization& normalization) {
  if (relu_ || pooled_) return;
  folded_ = &normalization;
  normalization.leave_prediction();
}

void Conv2D::forward(const Pass& p, Range rows) const {
  thread_local Buffer<float> scales, biases;
  float* const to = padded() ? room(padded_figures, y_.padded() * x_.padded() * channels_ + kSlack) : nullptr;
  ConvForward args{};
  args.windows = windows();
  args.weights_step = filters_, args.filters = group_filters_;
  args.relu = relu_, args.pooled = pooled_;
  args.output_column_step = filters_, args.output_row_step = output_shape_[1] * filters_;
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
      args.input = input + g * group_channels_;
      args.weights = parameters_[0].values.data() + g * group_filters_;
      args.scale = scale != nullptr ? scale + g * group_filters_ : nullptr;
      args.bias = bias != nullptr ? bias + g * group_filters_ : nullptr;
      args.output = p.output.row(r) + g * group_filters_;
      args.where = pooled_ && p.training ? where(p, r) : nullptr;
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

// The gradient of a figure's output with zeros between (strides) and around, so that the gradient of the input is a
// convolution of it. The first output stands at (top, left); windows that begin in the padding may lie before it.
float* Conv2D::spread_gradient(const Pass& p, size_t r, size_t top, size_t left, size_t height, size_t width) const {
  float* const spread = room(padded_gradients, height * width * filters_ + kSlack);
  const size_t row = width * filters_, size = x_.output * filters_, before = left * filters_;
  const size_t after = row - before - size;
  const bool dense = x_.stride == 1 && y_.stride == 1;
  const auto copy = [&](const float* gradient, const float* output, size_t count, float* to) {
    if (relu_) {
      kernels().activate_backward(Function::kRelu, 0.0f, output, output, gradient, to, 1, count, count);
    } else {
      std::copy_n(gradient, count, to);
    }
  };
  if (!dense) std::fill_n(spread, height * row, 0.0f);
  const float* from = p.output_gradient.row(r);
  const float* out = p.output.row(r);
  float* to = dense ? std::fill_n(spread, top * row, 0.0f) : spread + top * row;
  for (size_t y = 0; y < y_.output; ++y, from += size, out += size) {
    if (dense) {
      to = std::fill_n(to, before, 0.0f);
      copy(from, out, size, to);
      to = std::fill_n(to + size, after, 0.0f);
    } else {
      for (size_t x = 0; x < x_.output; ++x) {
        copy(from + x * filters_, out + x * filters_, filters_, to + before + x * x_.stride * filters_);
      }
      to += y_.stride * row;
    }
  }
  if (dense) std::fill(to, spread + height * row, 0.0f);
  return spread;
}

// One figure.
void Conv2D::backward_plain(const Pass& p, size_t r) const {
  const size_t reach_y = y_.window() - 1, reach_x = x_.window() - 1;
  const size_t height = y_.size + reach_y, width = x_.size + reach_x;
  const size_t top = reach_y - y_.padding, left = reach_x - x_.padding;
  const float* const spread = spread_gradient(p, r, top, left, height, width);
  const float* const input = padded_row(
      p.input.row(r), padded() ? room(padded_figures, y_.padded() * x_.padded() * channels_ + kSlack) : nullptr);
  float* const sums = p.gradient + p.slice * gradient_size();
  for (size_t g = 0; g < groups_; ++g) {
    ConvGradient args{};
    args.windows = windows();
    args.figures = 1, args.input = input + g * group_channels_;
    args.output_gradient = spread + (top * width + left) * filters_ + g * group_filters_;
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

void Conv2D::update(const Pass& p, Range shards, const Update& update) {
  const auto sum = [&](size_t place) {
    float total = 0;
    for (size_t slice = 0; slice < p.slices; ++slice) total += p.gradient[slice * gradient_size() + place];
    return total;
  };
  const size_t run = x_.kernel * group_channels_;
  thread_local Buffer<float> buffer;
  for (size_t shard = shards.first; shard < shards.last; ++shard) {
    const Range all = window_rows(shard);
    float* const gradient = room(buffer, all.size() * filters_ + kSlack);
    if (pooled_) {
      for (size_t f = 0; f < filters_; ++f) {
        for (size_t w = all.first; w < all.last; ++w) {
          gradient[(w - all.first) * filters_ + f] = sum(f * filter_size() + w / run * row_size() + w % run);
        }
      }
    } else {
      for (size_t i = 0; i < all.size() * filters_; ++i) gradient[i] = sum(all.first * filters_ + i);
    }
    if (all.size() > 0) update(parameters_[0], all.first * filters_, all.size() * filters_, gradient);
  }
  if (use_bias_ && shards.first == 0 && shards.last > 0) {
    float* const gradient = room(buffer, filters_ + kSlack);
    for (size_t f = 0; f < filters_; ++f) gradient[f] = sum(bias_place() + f);
    update(parameters_[1], 0, filters_, gradient);
  }
}

}  // namespace figurate
