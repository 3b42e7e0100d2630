#include "rescaling.h"

namespace figurate {

Rescaling::Rescaling(const Shape& input, const Options& options)
    : Layer(input, input), scale_(options.number("scale", 1.0)), offset_(options.number("offset", 0.0)) {}

void Rescaling::forward(const Pass& p, Range rows) const {
  const auto scale = static_cast<float>(scale_), offset = static_cast<float>(offset_);
  for (size_t r = rows.first; r < rows.last; ++r) {
    for (size_t i = 0; i < p.input.columns; ++i) p.output.row(r)[i] = p.input.row(r)[i] * scale + offset;
  }
}

void Rescaling::backward(const Pass& p, Range rows) const {
  const auto scale = static_cast<float>(scale_);
  for (size_t r = rows.first; r < rows.last; ++r) {
    for (size_t i = 0; i < p.input.columns; ++i) p.input_gradient.row(r)[i] = p.output_gradient.row(r)[i] * scale;
  }
}

}  // namespace figurate
