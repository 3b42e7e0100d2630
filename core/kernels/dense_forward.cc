// output = input x weights, as dot products over 16-input blocks: two rows and four units at a time.
//
// Eight accumulators cover the latency of the fused multiply-add (4 cycles at 2 a cycle); six loads feed eight of them, within the
// two loads a cycle of every core since Haswell and Zen. The sum of one output is the same chain of operations in whichever tile it
// falls, so a row's bits do not depend on its neighbours.
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

namespace {

template <size_t Rows, size_t Units>
FIGURATE_INLINE void tile(const DenseForward& a, size_t row, size_t unit, const BlockList& list) {
  V sums[8] = {};
  const float* const x = a.input + row * a.input_stride;
  const float* const w = a.weights + unit * kBlock;
  for (size_t i = 0; i < list.count; ++i) {
    const size_t block = list.blocks[i];
    const float* const xb = x + block * kBlock;
    const float* const wb = w + block * a.units * kBlock;
#pragma GCC unroll 4
    for (size_t v = 0; v < kBlock; v += kWidth) {
      V rows[Rows];
#pragma GCC unroll 2
      for (size_t r = 0; r < Rows; ++r) rows[r] = load(xb + r * a.input_stride + v);
#pragma GCC unroll 4
      for (size_t u = 0; u < Units; ++u) {
        const V weight = load(wb + u * kBlock + v);
#pragma GCC unroll 2
        for (size_t r = 0; r < Rows; ++r) sums[r * 4 + u] = fma(rows[r], weight, sums[r * 4 + u]);
      }
    }
  }
  float totals[8];
  sum_lanes(sums, totals);
  for (size_t r = 0; r < Rows; ++r) {
    for (size_t u = 0; u < Units; ++u) a.output[(row + r) * a.output_stride + unit + u] = totals[r * 4 + u];
  }
}

template <size_t Units>
void all_rows(const DenseForward& a, size_t unit) {
  size_t row = 0;
  for (; row + 2 <= a.rows; row += 2) tile<2, Units>(a, row, unit, a.lists[row / 2]);
  if (row < a.rows) tile<1, Units>(a, row, unit, a.lists[row / 2]);
}

}  // namespace

// Units outside, rows inside: the four units' weights stay in L1 while all rows pass.
void dense_forward(const DenseForward& a) {
  size_t unit = 0;
  for (; unit + 4 <= a.units; unit += 4) all_rows<4>(a, unit);
  switch (a.units - unit) {
    case 3: return all_rows<3>(a, unit);
    case 2: return all_rows<2>(a, unit);
    case 1: return all_rows<1>(a, unit);
    default: return;
  }
}

}  // namespace figurate::FIGURATE_ISA
