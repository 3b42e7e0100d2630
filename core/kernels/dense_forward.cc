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
#pragma GCC unroll 2
  for (size_t r = 0; r < Rows; ++r) {
    __builtin_memcpy(a.output + (row + r) * a.output_stride + unit, totals + r * 4, Units * sizeof(float));
  }
}

template <size_t Rows>
FIGURATE_INLINE void units_of_rows(const DenseForward& a, size_t row, size_t first, size_t last) {
  const BlockList& list = a.lists[row / 2];
  size_t unit = first;
  for (; unit + 4 <= last; unit += 4) tile<Rows, 4>(a, row, unit, list);
  switch (last - unit) {
    case 3: return tile<Rows, 3>(a, row, unit, list);
    case 2: return tile<Rows, 2>(a, row, unit, list);
    case 1: return tile<Rows, 1>(a, row, unit, list);
    default: return;
  }
}

// Half of a 32 KiB L1 is for weights; the rows that pass by have the other half.
constexpr size_t kWeightBytes = 16384;

}  // namespace

// A group of units whose weights stay in L1 while all rows pass; inside, a pair of rows after the other, so that the length of the
// inner loop repeats from tile to tile and the processor foresees its end.
void dense_forward(const DenseForward& a) {
  size_t blocks = 1;
  for (size_t p = 0; p < (a.rows + 1) / 2; ++p) blocks = a.lists[p].count > blocks ? a.lists[p].count : blocks;
  const size_t fitting = kWeightBytes / (blocks * kBlock * sizeof(float)) / 4 * 4;
  const size_t group = fitting < 4 ? 4 : fitting;
  for (size_t first = 0; first < a.units; first += group) {
    const size_t last = first + group < a.units ? first + group : a.units;
    size_t row = 0;
    for (; row + 2 <= a.rows; row += 2) units_of_rows<2>(a, row, first, last);
    if (row < a.rows) units_of_rows<1>(a, row, first, last);
  }
}

}  // namespace figurate::FIGURATE_ISA
