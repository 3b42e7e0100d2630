#include "zero_padding.h"

#include <algorithm>

namespace figurate {

ZeroPadding::ZeroPadding(const Shape& input, const Options& options) : Layer(input, input) {
  check(input.size() == 3,
        "zero padding expects figures of shape (height, width, channels), received shape " + to_string(input));
  const std::vector<int64_t> margins = options.integers("padding");
  check<ValueError>(margins.size() == 4 && *std::min_element(margins.begin(), margins.end()) >= 0,
                    "zero padding expects four numbers of at least 0: above, below, to the left and to the right");
  top_ = static_cast<size_t>(margins[0]);
  left_ = static_cast<size_t>(margins[2]);
  output_shape_[0] += static_cast<size_t>(margins[0] + margins[1]);
  output_shape_[1] += static_cast<size_t>(margins[2] + margins[3]);
}

void ZeroPadding::forward(const Pass& p, Range rows) const {
  const size_t line = input_shape_[1] * input_shape_[2], wide = output_shape_[1] * output_shape_[2];
  for (size_t r = rows.first; r < rows.last; ++r) {
    const float* from = p.input.row(r);
    // Zeros up to the first number, from the end of each row to the beginning of the next, and to the end.
    float *to = p.output.row(r), *next = to + top_ * wide + left_ * input_shape_[2];
    float* const end = to + outputs();
    for (size_t y = 0; y < input_shape_[0]; ++y, from += line, next += wide) {
      std::fill(to, next, 0.0f);
      to = std::copy_n(from, line, next);
    }
    std::fill(to, end, 0.0f);
  }
}

void ZeroPadding::backward(const Pass& p, Range rows) const {
  const size_t line = input_shape_[1] * input_shape_[2], wide = output_shape_[1] * output_shape_[2];
  for (size_t r = rows.first; r < rows.last; ++r) {
    const float* const from = p.output_gradient.row(r) + top_ * wide + left_ * input_shape_[2];
    for (size_t y = 0; y < input_shape_[0]; ++y) std::copy_n(from + y * wide, line, p.input_gradient.row(r) + y * line);
  }
}

}  // namespace figurate
