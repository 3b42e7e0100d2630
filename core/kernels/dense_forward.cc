// output = input x weights, as dot products over octets of inputs: two rows and four units at a time.
//
// Eight accumulators cover the latency of the fused multiply-add (4 cycles at 2 a cycle); six loads feed eight of them, within the
// two loads a cycle of every core since Haswell and Zen. The sum of one output is the same chain of operations in whichever tile it
// falls, so a row's bits do not depend on its neighbours.
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

namespace {

// The octets of word `word` that both rows' sums must visit.
template <size_t Rows>
FIGURATE_INLINE uint64_t octets_of(const DenseForward& a, size_t row, size_t word) {
  uint64_t bits = ~uint64_t{0};
  if (a.ink != nullptr) {
    bits = a.ink[row][word];
    if (Rows == 2) bits |= a.ink[row + 1][word];
  }
  const size_t start = word * 64;
  if (a.first > start) bits &= ~uint64_t{0} << (a.first - start);
  if (a.last < start + 64) bits &= ~(~uint64_t{0} << (a.last - start));
  return bits;
}

template <size_t Rows, size_t Units>
FIGURATE_INLINE void tile(const DenseForward& a, size_t row, size_t unit) {
  V sums[8] = {};
  const float* const x = a.input + row * a.input_stride;
  const float* const w = a.weights + unit * kOctet;
  const size_t octet_weights = a.units * kOctet;
  for (size_t word = a.first / 64; word * 64 < a.last; ++word) {
    for (uint64_t bits = octets_of<Rows>(a, row, word); bits != 0; bits &= bits - 1) {
      const size_t octet = word * 64 + static_cast<size_t>(__builtin_ctzll(bits));
      const float* const xo = x + octet * kOctet;
      const float* const wo = w + octet * octet_weights;
#pragma GCC unroll 2
      for (size_t v = 0; v < kOctet; v += kWidth) {
        V rows[Rows];
#pragma GCC unroll 2
        for (size_t r = 0; r < Rows; ++r) rows[r] = load(xo + r * a.input_stride + v);
#pragma GCC unroll 4
        for (size_t u = 0; u < Units; ++u) {
          V weight = load(wo + u * kOctet + v);
          if (Rows > 1) keep(weight);
#pragma GCC unroll 2
          for (size_t r = 0; r < Rows; ++r) sums[r * 4 + u] = fma(rows[r], weight, sums[r * 4 + u]);
        }
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
  size_t unit = first;
  for (; unit + 4 <= last; unit += 4) tile<Rows, 4>(a, row, unit);
  switch (last - unit) {
    case 3: return tile<Rows, 3>(a, row, unit);
    case 2: return tile<Rows, 2>(a, row, unit);
    case 1: return tile<Rows, 1>(a, row, unit);
    default: return;
  }
}

// Of a 32 KiB L1, 20 are for weights; the rows that pass by have the rest.
constexpr size_t kWeightBytes = 20480;

}  // namespace

// A group of units whose weights stay in L1 while all rows pass; inside, a pair of rows after the other, so that the length of the
// inner loop repeats from tile to tile and the processor foresees its end.
void dense_forward(const DenseForward& a) {
  const size_t fitting = kWeightBytes / ((a.last - a.first) * kOctet * sizeof(float) + 1) / 4 * 4;
  const size_t group = fitting < 4 ? 4 : fitting;
  for (size_t first = 0; first < a.units; first += group) {
    const size_t last = first + group < a.units ? first + group : a.units;
    size_t row = 0;
    for (; row + 2 <= a.rows; row += 2) units_of_rows<2>(a, row, first, last);
    if (row < a.rows) units_of_rows<1>(a, row, first, last);
  }
}

}  // namespace figurate::FIGURATE_ISA
