#include "layer_normalization.h"

#include <algorithm>

namespace figurate {

LayerNormalization::LayerNormalization(const Shape& input, const Options& options)
    : Layer(input, input),
      epsilon_(static_cast<float>(options.number("epsilon", 1e-3))),
      center_(options.flag("center", true)),
      scale_(options.flag("scale", true)) {
  check(!input.empty(), "layer normalization expects figures of at least one axis, received shape ()");
  check<ValueError>(epsilon_ > 0.0f,
                    "layer normalization expects an epsilon above 0, received " + std::to_string(epsilon_));
  channels_ = input.back();
  padded_ = round_up(channels_, kLanes);
  pixels_ = element_count(input) / channels_;
  ones_ = Buffer<float>(padded_);
  zeros_ = Buffer<float>(padded_);
  std::fill_n(ones_.data(), channels_, 1.0f);
  if (scale_) parameters_.push_back({"gamma", {channels_}, Buffer<float>(padded_), {}});
  if (center_) parameters_.push_back({"beta", {channels_}, Buffer<float>(padded_), {}});
}

void LayerNormalization::forward(const Pass& p, Range rows) const {
  const float* const gamma = (scale_ ? parameters_.front().values : ones_).data();
  const float* const beta = (center_ ? parameters_.back().values : zeros_).data();
  for_pixels(p.input, rows, [&](size_t r, const Pixels& pixels) {
    kernels().normalize_pixels(pixels, gamma, beta, epsilon_, p.input.row(r), p.output.row(r), moments(p, r));
  });
}

void LayerNormalization::backward(const Pass& p, Range rows) const {
  const float* const gamma = (scale_ ? parameters_.front().values : ones_).data();
  std::vector<float> unwanted(parameters_.empty() ? 2 * padded_ : 0);
  float* const gradient = parameters_.empty() ? unwanted.data() : p.gradient + p.slice * gradient_size();
  for_pixels(p.input, rows, [&](size_t r, const Pixels& pixels) {
    float* const back = p.input_gradient.data != nullptr ? p.input_gradient.row(r) : nullptr;
    kernels().normalize_pixels_backward(pixels, gamma, moments(p, r), p.input.row(r), p.output_gradient.row(r), back,
                                        gradient, gradient + padded_);
  });
}

void LayerNormalization::update(const Pass& p, Range shards, const Update& update) {
  if (shards.size() == 0) return;
  std::vector<float> sums(2 * padded_);
  for (size_t slice = 0; slice < p.slices; ++slice) {
    for (size_t i = 0; i < sums.size(); ++i) sums[i] += p.gradient[slice * gradient_size() + i];
  }
  if (scale_) update(parameters_.front(), 0, channels_, sums.data());
  if (center_) update(parameters_.back(), 0, channels_, sums.data() + padded_);
}

}  // namespace figurate
