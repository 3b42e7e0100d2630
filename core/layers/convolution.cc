#include "convolution.h"

namespace figurate {

void ConvAxis::fit(bool same, const std::string& owner, const std::string& axis) {
  if (same) {
    output = (size + stride - 1) / stride;
    const size_t wanted = (output - 1) * stride + window();
    padding = wanted > size ? (wanted - size) / 2 : 0;
  } else {
    check(size >= window(), owner + " expects figures of at least " + std::to_string(window()) + " " + axis +
                                " for its window, received " + std::to_string(size) +
                                ". Use a smaller window, fewer layers that shrink the figure, or padding 'same'.");
    output = (size - window()) / stride + 1;
  }
}

std::pair<ConvAxis, ConvAxis> conv_axes(const Shape& input, const Options& options, const std::string& owner) {
  check(input.size() == 3,
        owner + " expects figures of three axes, (height, width, channels), received shape " + to_string(input) + ".");
  const auto axis = [&](size_t i) {
    const auto number = [&](const char* name) {
      const std::vector<int64_t> values = options.integers(name);
      check<ValueError>(values.size() == 2 && values[0] > 0 && values[1] > 0,
                        owner + " expects two positive numbers as " + name);
      return static_cast<size_t>(values[i]);
    };
    return ConvAxis{input[i], number("kernel_size"), number("strides"), number("dilation_rate")};
  };
  const std::string padding = options.text("padding");
  check<ValueError>(padding == "valid" || padding == "same",
                    owner + " expects padding 'valid' or 'same', received '" + padding + "'");
  ConvAxis y = axis(0), x = axis(1);
  y.fit(padding == "same", owner, "rows"), x.fit(padding == "same", owner, "columns");
  return {y, x};
}

float* room(Buffer<float>& buffer, size_t count) {
  if (buffer.size() < count) buffer = Buffer<float>(count);
  return buffer.data();
}

void pad(const ConvAxis& y, const ConvAxis& x, size_t channels, const float* figure, float* to) {
  const size_t row = x.padded() * channels, size = x.size * channels;
  const size_t before = x.padding * channels, after = row - before - size;
  float* const end = to + y.padded() * row;
  to = std::fill_n(to, y.padding * row, 0.0f);
  for (size_t i = 0; i < y.size; ++i) {
    to = std::fill_n(to, before, 0.0f);
    to = std::copy_n(figure + i * size, size, to);
    to = std::fill_n(to, after, 0.0f);
  }
  std::fill(to, end, 0.0f);
}

}  // namespace figurate
