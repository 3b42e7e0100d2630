#include "dropout.h"

#include <algorithm>
#include <cmath>

#include "../kernels/table.h"
#include "../random.h"

namespace figurate {

void draw_mask(const Pass& p, size_t row, double rate, uint64_t stream, float* mask, size_t count) {
  const auto threshold = static_cast<uint32_t>(std::clamp(std::lround((1.0 - rate) * 65536.0), 1l, 65536l));
  const auto words = philox({p.figures[row], static_cast<uint32_t>(p.epoch), static_cast<uint32_t>(stream),
                             static_cast<uint32_t>(Stream::kDropout) << 24},
                            p.seed);
  kernels().dropout_mask(mask, count, uint64_t{words[0]} << 32 | words[1], threshold,
                         static_cast<float>(65536.0 / threshold));
}

Dropout::Dropout(const Shape& input, const Options& options, size_t place)
    : Layer(input, input),
      rate_(options.number("rate", 0.5)),
      stream_(static_cast<uint64_t>(options.integer("stream", static_cast<int64_t>(place)))) {
  check<ValueError>(rate_ >= 0.0 && rate_ < 1.0,
                    "dropout expects a rate of at least 0 and below 1, received " + std::to_string(rate_));
}

void Dropout::forward(const Pass& p, Range rows) const {
  for (size_t r = rows.first; r < rows.last; ++r) {
    float* mask = p.scratch + r * p.input.stride;
    draw_mask(p, r, rate_, stream_, mask, p.input.columns);
    for (size_t i = 0; i < p.input.columns; ++i) p.output.row(r)[i] = p.input.row(r)[i] * mask[i];
  }
}

void Dropout::backward(const Pass& p, Range rows) const {
  for (size_t r = rows.first; r < rows.last; ++r) {
    const float* mask = p.scratch + r * p.input.stride;
    for (size_t i = 0; i < p.input.columns; ++i) p.input_gradient.row(r)[i] = p.output_gradient.row(r)[i] * mask[i];
  }
}

}  // namespace figurate
