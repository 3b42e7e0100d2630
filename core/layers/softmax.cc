#include "softmax.h"

#include "../kernels/table.h"

namespace figurate {

Softmax::Softmax(const Shape& input) : Layer(input, input) {
  check(input.size() == 1, "softmax expects one row of numbers a figure, received shape " + to_string(input) +
                               ". Add Flatten() before it.");
}

void Softmax::forward(const Pass& p, Range rows) const {
  kernels().softmax(p.input.row(rows.first), p.output.row(rows.first), p.scratch + rows.first, rows.size(),
                    p.input.columns, p.input.stride);
}

// in_gradient = y * (g - sum(g * y))
void Softmax::backward(const Pass& p, Range rows) const {
  for (size_t r = rows.first; r < rows.last; ++r) {
    const float *y = p.output.row(r), *g = p.output_gradient.row(r);
    float* out = p.input_gradient.row(r);
    float dot = 0;
    for (size_t i = 0; i < p.input.columns; ++i) dot += g[i] * y[i];
    for (size_t i = 0; i < p.input.columns; ++i) out[i] = y[i] * (g[i] - dot);
  }
}

}  // namespace figurate
