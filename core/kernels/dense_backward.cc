// input_gradient = output_gradient x weights transposed: dot products over the units, eight or sixteen at a time.
//
// Lanes past the last unit read the next input's weights; the gradient is zero there. Each lane is one chain over the
// units and lanes are added in one tree, so a row's bits depend neither on its neighbours nor on its tile.
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

namespace {

// Rows * Inputs is a multiple of eight. Of inputs past the last, the last one's weights are taken again.
template <size_t Rows, size_t Inputs>
FIGURATE_INLINE void tile(const DenseBackward& a, size_t row, size_t input) {
  V sums[Rows * Inputs / 8][8] = {};
  const size_t left = a.inputs - input, inputs = left < Inputs ? left : Inputs;
  const float* const delta = a.output_gradient + row * a.output_gradient_stride;
  const float* weights[Inputs];
#pragma GCC unroll 8
  for (size_t i = 0; i < Inputs; ++i) weights[i] = a.weights + (input + (i < inputs ? i : inputs - 1)) * a.units;
  for (size_t u = 0; u < a.units; u += kWidth) {
    V parts[Rows];
#pragma GCC unroll 8
    for (size_t r = 0; r < Rows; ++r) parts[r] = load(delta + r * a.output_gradient_stride + u);
#pragma GCC unroll 8
    for (size_t i = 0; i < Inputs; ++i) {
      const V weight = load(weights[i] + u);
#pragma GCC unroll 8
      for (size_t r = 0; r < Rows; ++r) {
        accumulate(sums[(r * Inputs + i) / 8][(r * Inputs + i) % 8], parts[r], weight);
      }
    }
  }
  float totals[Rows * Inputs];
#pragma GCC unroll 2
  for (size_t k = 0; k < Rows * Inputs / 8; ++k) sum_lanes(sums[k], totals + 8 * k);
#pragma GCC unroll 8
  for (size_t r = 0; r < Rows; ++r) {
    float* const to = a.input_gradient + (row + r) * a.input_gradient_stride + input;
    if (inputs == Inputs) {
      __builtin_memcpy(to, totals + r * Inputs, Inputs * sizeof(float));
    } else {
      for (size_t i = 0; i < inputs; ++i) to[i] = totals[r * Inputs + i];
    }
  }
}

}  // namespace

void dense_backward(const DenseBackward& a) {
  constexpr size_t kRows = kRegisters / 8;
  const size_t whole = a.rows / kRows * kRows;
  // A few inputs' weights stay in the cache while all rows pass.
  for (size_t input = 0; input < a.inputs; input += 4) {
    for (size_t row = 0; row < whole; row += kRows) tile<kRows, 4>(a, row, input);
  }
  for (size_t input = 0; input < a.inputs && whole < a.rows; input += 8) {
    for (size_t row = whole; row < a.rows; ++row) tile<1, 8>(a, row, input);
  }
}

}  // namespace figurate::FIGURATE_ISA
