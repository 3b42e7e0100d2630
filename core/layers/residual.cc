#include "residual.h"

namespace figurate {

void ResidualBegin::backward(const Pass& p, Range rows) const {
  for (size_t r = rows.first; r < rows.last; ++r) {
    const float *inner = p.output_gradient.row(r), *around = p.side_gradient.row(r);
    float* const sum = p.input_gradient.row(r);
    for (size_t i = 0; i < p.input_gradient.columns; ++i) sum[i] = inner[i] + around[i];
  }
}

void ResidualEnd::forward(const Pass& p, Range rows) const {
  for (size_t r = rows.first; r < rows.last; ++r) {
    const float *one = p.input.row(r), *other = p.side.row(r);
    float* const sum = p.output.row(r);
    for (size_t i = 0; i < p.output.columns; ++i) sum[i] = one[i] + other[i];
    for (size_t i = 0; relu_ && i < p.output.columns; ++i) sum[i] = sum[i] < 0.0f ? 0.0f : sum[i];  // NaN stays NaN
  }
}

void ResidualEnd::backward(const Pass& p, Range rows) const {
  for (size_t r = rows.first; r < rows.last; ++r) {
    const float *output = p.output.row(r), *gradient = p.output_gradient.row(r);
    float* const to = p.input_gradient.row(r);
    for (size_t i = 0; i < p.output.columns; ++i) to[i] = output[i] > 0.0f ? gradient[i] : 0.0f;
  }
}

}  // namespace figurate
