#include "spatial_dropout.h"

#include "dropout.h"

namespace figurate {

namespace {

void multiply(const float* from, const float* mask, float* to, size_t numbers, size_t channels) {
  for (size_t first = 0; first < numbers; first += channels) {
    for (size_t c = 0; c < channels; ++c) to[first + c] = from[first + c] * mask[c];
  }
}

}  // namespace

SpatialDropout::SpatialDropout(const Shape& input, const Options& options, size_t place)
    : Layer(input, input),
      rate_(options.number("rate", 0.5)),
      stream_(static_cast<uint64_t>(options.integer("stream", static_cast<int64_t>(place)))) {
  check(input.size() == 3,
        "spatial dropout expects figures of shape (height, width, channels), received shape " + to_string(input));
  check<ValueError>(rate_ >= 0.0 && rate_ < 1.0,
                    "spatial dropout expects a rate of at least 0 and below 1, received " + std::to_string(rate_));
}

void SpatialDropout::forward(const Pass& p, Range rows) const {
  for (size_t r = rows.first; r < rows.last; ++r) {
    float* const mask = p.scratch + r * mask_stride();
    draw_mask(p, r, rate_, stream_, mask, input_shape_[2]);
    multiply(p.input.row(r), mask, p.output.row(r), inputs(), input_shape_[2]);
  }
}

void SpatialDropout::backward(const Pass& p, Range rows) const {
  for (size_t r = rows.first; r < rows.last; ++r) {
    const float* const mask = p.scratch + r * mask_stride();
    multiply(p.output_gradient.row(r), mask, p.input_gradient.row(r), inputs(), input_shape_[2]);
  }
}

}  // namespace figurate
