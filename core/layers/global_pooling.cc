#include "global_pooling.h"

#include <algorithm>

namespace figurate {

namespace {

// One window, all of the figure.
Pooling whole(const Shape& input) {
  check(input.size() == 3,
        "global pooling expects figures of shape (height, width, channels), received shape " + to_string(input));
  return {input[0], input[1], input[2], 1, 1, input[0], input[1], input[0], input[1], 0, 0};
}

}  // namespace

GlobalAveragePooling::GlobalAveragePooling(const Shape& input) : Layer(input, {}), pooling_(whole(input)) {
  output_shape_ = {pooling_.channels};
}

void GlobalAveragePooling::forward(const Pass& p, Range rows) const {
  for (size_t r = rows.first; r < rows.last; ++r) kernels().average_pool(pooling_, p.input.row(r), p.output.row(r));
}

void GlobalAveragePooling::backward(const Pass& p, Range rows) const {
  for (size_t r = rows.first; r < rows.last; ++r) {
    kernels().average_pool_backward(pooling_, p.output_gradient.row(r), p.input_gradient.row(r));
  }
}

GlobalMaxPooling::GlobalMaxPooling(const Shape& input) : Layer(input, {}), pooling_(whole(input)) {
  output_shape_ = {pooling_.channels};
}

void GlobalMaxPooling::forward(const Pass& p, Range rows) const {
  for (size_t r = rows.first; r < rows.last; ++r) kernels().max_pool(pooling_, p.input.row(r), p.output.row(r));
}

void GlobalMaxPooling::backward(const Pass& p, Range rows) const {
  const size_t channels = pooling_.channels, pixels = pooling_.height * pooling_.width;
  std::vector<float> shares(channels);
  for (size_t r = rows.first; r < rows.last; ++r) {
    const float *in = p.input.row(r), *largest = p.output.row(r), *gradient = p.output_gradient.row(r);
    float* to = p.input_gradient.row(r);
    std::fill(shares.begin(), shares.end(), 0.0f);
    for (size_t i = 0; i < pixels; ++i) {
      for (size_t c = 0; c < channels; ++c) shares[c] += in[i * channels + c] == largest[c] ? 1.0f : 0.0f;
    }
    for (size_t c = 0; c < channels; ++c) shares[c] = gradient[c] / shares[c];
    for (size_t i = 0; i < pixels; ++i) {
      for (size_t c = 0; c < channels; ++c)
        to[i * channels + c] = in[i * channels + c] == largest[c] ? shares[c] : 0.0f;
    }
  }
}

}  // namespace figurate
