// What convolutions share: how windows lie over a figure, and figures with zeros around and between their pixels.
#pragma once

#include <algorithm>
#include <utility>

#include "layer.h"

namespace figurate {

// Of one axis: the size before and after, and what is padded before it.
struct ConvAxis {
  size_t size, kernel, stride, dilation, padding = 0, output = 0;
  // Sets padding and output. ShapeError, for `axis` of a layer named `owner`, if no window fits.
  void fit(bool same, const std::string& owner, const std::string& axis);
  size_t window() const { return (kernel - 1) * dilation + 1; }
  // The size with what is padded around.
  size_t padded() const { return std::max((output - 1) * stride + window(), size); }
  // How far windows reach, and the size with that around, where the gradient of the output is spread out for that of
  // the input; and where its first pixel then stands.
  size_t reach() const { return window() - 1; }
  size_t spread() const { return size + reach(); }
  size_t spread_first() const { return reach() - padding; }
};

// Down and across figures of shape `input` (height, width, channels): the options kernel_size, strides, dilation_rate
// and padding of a layer named `owner`.
std::pair<ConvAxis, ConvAxis> conv_axes(const Shape& input, const Options& options, const std::string& owner);

// A thread's own room; what was in it is gone.
float* room(Buffer<float>& buffer, size_t count);

// Writes a figure (height, width, channels) with zeros around it.
void pad(const ConvAxis& y, const ConvAxis& x, size_t channels, const float* figure, float* to);

// Writes the gradient of a figure's output with zeros between (strides) and around, so that the gradient of the input
// is a convolution of it with the kernel turned around. copy(place, count, to) writes that many numbers of it.
template <class Copy>
void spread(const ConvAxis& y, const ConvAxis& x, size_t channels, const Copy& copy, float* to) {
  const size_t row = x.spread() * channels, size = x.output * channels, before = x.spread_first() * channels;
  const size_t after = row - before - size;
  float* const end = to + y.spread() * row;
  if (x.stride > 1 || y.stride > 1) {
    std::fill(to, end, 0.0f);
    to += y.spread_first() * row + before;
    for (size_t i = 0; i < y.output; ++i, to += y.stride * row) {
      for (size_t j = 0; j < x.output; ++j) {
        copy(i * size + j * channels, channels, to + j * x.stride * channels);
      }
    }
    return;
  }
  to = std::fill_n(to, y.spread_first() * row, 0.0f);
  for (size_t i = 0; i < y.output; ++i) {
    to = std::fill_n(to, before, 0.0f);
    copy(i * size, size, to);
    to = std::fill_n(to + size, after, 0.0f);
  }
  std::fill(to, end, 0.0f);
}

}  // namespace figurate
