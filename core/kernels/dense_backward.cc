// input_gradient = output_gradient x weights transposed: dot products over the units, eight inputs of a row at a time.
//
// Lanes past the last unit read the next input's weights; the gradient is zero there.
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

namespace {

template <size_t Inputs>
FIGURATE_INLINE void tile(const DenseBackward& a, size_t row, size_t input) {
  V sums[8] = {};
  const float* const delta = a.output_gradient + row * a.output_gradient_stride;
  const float* const w = a.weights + input * a.units;
  for (size_t u = 0; u < a.units; u += kWidth) {
    const V part = load(delta + u);
#pragma GCC unroll 8
    for (size_t i = 0; i < Inputs; ++i) sums[i] = fma(part, load(w + i * a.units + u), sums[i]);
  }
  float totals[8];
  sum_lanes(sums, totals);
  __builtin_memcpy(a.input_gradient + row * a.input_gradient_stride + input, totals, Inputs * sizeof(float));
}

}  // namespace

void dense_backward(const DenseBackward& a) {
  for (size_t row = 0; row < a.rows; ++row) {
    size_t input = 0;
    for (; input + 8 <= a.inputs; input += 8) tile<8>(a, row, input);
    if (input + 4 <= a.inputs) tile<4>(a, row, input), input += 4;
    for (; input < a.inputs; ++input) tile<1>(a, row, input);
  }
}

}  // namespace figurate::FIGURATE_ISA
