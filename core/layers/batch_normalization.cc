#include "batch_normalization.h"

#include <algorithm>
#include <cmath>

namespace figurate {

// What is known at a slice, (channels) each.
struct BatchNormalization::Statistics {
  float *means, *squares;  // of the slice's pixels
  float *sums, *products;  // of its gradients, and of these times (input - mean)
  // The same of all slices, once `merged` is not 0; and what makes the gradient of the input from them.
  float *all_means, *variances, *scales;
  float *slopes, *offsets;  // once `gradients_merged` is not 0
  float *pixels, *merged, *gradients_merged;

  static constexpr size_t kArrays = 9;
};

BatchNormalization::BatchNormalization(const Shape& input, const Options& options)
    : Layer(input, input),
      momentum_(static_cast<float>(options.number("momentum", 0.99))),
      rest_(static_cast<float>(1.0 - options.number("momentum", 0.99))),
      epsilon_(static_cast<float>(options.number("epsilon", 1e-3))),
      center_(options.flag("center", true)),
      scale_(options.flag("scale", true)),
      relu_(options.flag("relu", false)) {
  check(!input.empty(), "batch normalization expects figures of at least one axis, received shape ()");
  check<ValueError>(epsilon_ > 0.0f,
                    "batch normalization expects an epsilon above 0, received " + std::to_string(epsilon_));
  channels_ = input.back();
  padded_ = round_up(channels_, kLanes);
  pixels_ = element_count(input) / channels_;
  zeros_ = Buffer<float>(padded_);
  const auto add = [&](const char* name, bool trainable) {
    parameters_.push_back({name, {channels_}, Buffer<float>(padded_), {}, trainable});
  };
  if (scale_) add("gamma", true);
  if (center_) add("beta", true);
  moving_ = parameters_.size();
  add("moving_mean", false);
  add("moving_variance", false);
}

size_t BatchNormalization::statistics_size() const { return Statistics::kArrays * padded_ + kLanes; }

BatchNormalization::Statistics BatchNormalization::statistics(const Pass& p, size_t slice) const {
  float* const first = p.statistics + slice * statistics_size();
  const auto array = [&](size_t i) { return first + i * padded_; };
  float* const single = array(Statistics::kArrays);
  return {array(0), array(1), array(2), array(3), array(4),   array(5),
          array(6), array(7), array(8), single,   single + 1, single + 2};
}

// Calls body(first row, pixels): of one figure, or, where a figure is a single pixel, of all. Those are taken with
// their padding, which stays zero.
template <class Body>
void BatchNormalization::for_pixels(const Matrix& of, Range rows, const Body& body) const {
  if (pixels_ == 1) return body(rows.first, Pixels{rows.size(), of.stride, padded_});
  for (size_t r = rows.first; r < rows.last; ++r) body(r, Pixels{pixels_, channels_, channels_});
}

void BatchNormalization::make_scales(const float* variances, float* scales) const {
  const float* const gamma = scale_ ? parameters_[0].values.data() : nullptr;
  for (size_t c = 0; c < padded_; ++c) scales[c] = 1.0f / std::sqrt(variances[c] + epsilon_);
  for (size_t c = 0; gamma != nullptr && c < padded_; ++c) scales[c] *= gamma[c];
}

ChannelScale BatchNormalization::channel_scale(const float* means, const float* scales) const {
  return {means, scales, center_ ? parameters_[moving_ - 1].values.data() : zeros_.data(), relu_};
}

bool BatchNormalization::scale_and_shift(float* scale, float* shift) const {
  std::vector<float> scales(padded_);
  make_scales(parameters_[moving_ + 1].values.data(), scales.data());
  const ChannelScale by = channel_scale(parameters_[moving_].values.data(), scales.data());
  for (size_t c = 0; c < channels_; ++c) {
    scale[c] = by.scales[c];
    shift[c] = by.shifts[c] - by.means[c] * by.scales[c];
  }
  return relu_;
}

void BatchNormalization::add_statistics(const Pass& p, Range rows) const {
  const Statistics own = statistics(p, p.slice);
  for_pixels(p.input, rows, [&](size_t r, const Pixels& pixels) {
    kernels().add_moments(pixels, p.input.row(r), *own.pixels, own.means, own.squares);
    *own.pixels += static_cast<float>(pixels.count);
  });
}

// Chan, Golub & LeVeque 1979, slice by slice.
void BatchNormalization::merge_moments(const Pass& p, float* means, float* variances) const {
  std::fill_n(means, padded_, 0.0f);
  std::fill_n(variances, padded_, 0.0f);
  float before = 0;
  for (size_t slice = 0; slice < p.slices; ++slice) {
    const Statistics of = statistics(p, slice);
    const float n = *of.pixels, share = n / (before + n), both = before * share;
    for (size_t c = 0; c < padded_; ++c) {
      const float away = of.means[c] - means[c];
      means[c] += away * share;
      variances[c] += of.squares[c] + away * away * both;
    }
    before += n;
  }
  for (size_t c = 0; c < padded_; ++c) variances[c] /= before;
}

// With x^ = (x - mean) / sqrt(variance + epsilon), g the gradient at the output and N pixels:
//   input's gradient = gamma / sqrt(variance + epsilon) * (g - sum(g) / N - x^ * sum(g * x^) / N)
void BatchNormalization::merge_gradients(const Pass& p, const Statistics& to) const {
  std::fill_n(to.offsets, padded_, 0.0f);
  std::fill_n(to.slopes, padded_, 0.0f);
  float pixels = 0;
  for (size_t slice = 0; slice < p.slices; ++slice) {
    const Statistics of = statistics(p, slice);
    pixels += *of.pixels;
    for (size_t c = 0; c < padded_; ++c) {
      to.offsets[c] += of.sums[c];
      to.slopes[c] += of.products[c];
    }
  }
  for (size_t c = 0; c < padded_; ++c) {
    const float share = to.scales[c] / pixels;
    to.offsets[c] *= -share;
    to.slopes[c] *= -share / (to.variances[c] + epsilon_);
  }
}

// The slice's statistics, with those of all slices.
BatchNormalization::Statistics BatchNormalization::merged(const Pass& p, size_t slice) const {
  const Statistics own = statistics(p, slice);
  if (*own.merged == 0.0f) {
    merge_moments(p, own.all_means, own.variances);
    make_scales(own.variances, own.scales);
    *own.merged = 1.0f;
  }
  return own;
}

void BatchNormalization::forward(const Pass& p, Range rows) const {
  thread_local std::vector<float> moving_scales;
  const float *means = parameters_[moving_].values.data(), *scales = nullptr;
  if (p.training) {
    const Statistics own = merged(p, p.slice);
    means = own.all_means, scales = own.scales;
  } else {
    moving_scales.resize(std::max(moving_scales.size(), padded_));
    make_scales(parameters_[moving_ + 1].values.data(), moving_scales.data());
    scales = moving_scales.data();
  }
  for_pixels(p.input, rows, [&](size_t r, const Pixels& pixels) {
    kernels().normalize(pixels, channel_scale(means, scales), p.input.row(r), p.output.row(r));
  });
}

void BatchNormalization::add_gradient_statistics(const Pass& p, Range rows) const {
  const Statistics own = merged(p, p.slice);
  for_pixels(p.input, rows, [&](size_t r, const Pixels& pixels) {
    kernels().add_normalize_sums(pixels, channel_scale(own.all_means, own.scales), p.input.row(r),
                                 p.output_gradient.row(r), own.sums, own.products);
  });
}

void BatchNormalization::backward(const Pass& p, Range rows) const {
  const Statistics own = merged(p, p.slice);
  if (*own.gradients_merged == 0.0f) {
    merge_gradients(p, own);
    *own.gradients_merged = 1.0f;
  }
  for_pixels(p.input, rows, [&](size_t r, const Pixels& pixels) {
    kernels().normalize_backward(pixels, channel_scale(own.all_means, own.scales), p.input.row(r),
                                 p.output_gradient.row(r), own.slopes, own.offsets, p.input_gradient.row(r));
  });
}

void BatchNormalization::update(const Pass& p, Range shards, const Update& update) {
  if (shards.size() == 0) return;
  const Statistics all = merged(p, 0);
  std::vector<float> sums(padded_), products(padded_);
  for (size_t slice = 0; slice < p.slices; ++slice) {
    const Statistics of = statistics(p, slice);
    for (size_t c = 0; c < padded_; ++c) sums[c] += of.sums[c], products[c] += of.products[c];
  }
  for (size_t c = 0; c < padded_; ++c) products[c] /= std::sqrt(all.variances[c] + epsilon_);
  if (scale_) update(parameters_[0], 0, channels_, products.data());
  if (center_) update(parameters_[moving_ - 1], 0, channels_, sums.data());
  const auto follow = [&](Parameter& average, const float* now) {
    for (size_t c = 0; c < channels_; ++c) average.values[c] = average.values[c] * momentum_ + now[c] * rest_;
  };
  follow(parameters_[moving_], all.all_means);
  follow(parameters_[moving_ + 1], all.variances);
}

}  // namespace figurate
