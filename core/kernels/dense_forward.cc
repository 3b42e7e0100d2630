// output = input x weights: two rows and up to three vectors of units at a time, a quad of inputs after the other.
//
// Even and odd inputs have accumulators of their own: 2 x 2 x 3 of them cover the latency of the fused multiply-add (4
// cycles at 2 a cycle) and fit 16 registers with the operands. Twelve products need three loads of weights and two
// broadcasts, within two loads a cycle. The sum of one output is the same chain of operations in whichever tile it
// falls, so a row's bits do not depend on its neighbours.
#include "columns.h"
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

namespace {

// The quads of word `word` that the rows' sums must visit.
template <size_t Rows>
FIGURATE_INLINE uint64_t quads_of(const DenseForward& a, size_t row, size_t word) {
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

// What is read of a tile's last vector: behind the last unit stand weights that another thread may be changing.
enum class Last { kWhole, kFour, kPart };

template <Last L>
FIGURATE_INLINE V load_last(const float* from, const Lanes& lanes) {
  if constexpr (L == Last::kWhole) return load(from);
  if constexpr (L == Last::kFour) return load_four(from);
  return load_first(from, lanes);
}

template <size_t Rows, size_t Vectors, Last L>
FIGURATE_INLINE void tile(const DenseForward& a, size_t row, size_t column, const Lanes& last) {
  V sums[2][Rows][Vectors] = {};
  const float* const x = a.input + row * a.input_stride;
  const float* const w = a.weights + column;
  const size_t units = a.units, stride = a.input_stride;
  for (size_t word = a.first / 64; word * 64 < a.last; ++word) {
    for (uint64_t bits = quads_of<Rows>(a, row, word); bits != 0; bits &= bits - 1) {
      const size_t quad = word * 64 + static_cast<size_t>(__builtin_ctzll(bits));
      const float* const xq = x + quad * kQuad;
      const float* wq = w + quad * kQuad * units;
#pragma GCC unroll 4
      for (size_t i = 0; i < kQuad; ++i, wq += units) {
        V values[Rows];
#pragma GCC unroll 2
        for (size_t r = 0; r < Rows; ++r) values[r] = splat(xq[r * stride + i]);
#pragma GCC unroll 3
        for (size_t v = 0; v < Vectors; ++v) {
          const float* const from = wq + v * kWidth;
          const V weight = v + 1 == Vectors ? load_last<L>(from, last) : load(from);
#pragma GCC unroll 2
          for (size_t r = 0; r < Rows; ++r) accumulate(sums[i % 2][r][v], values[r], weight);
        }
      }
    }
  }
#pragma GCC unroll 2
  for (size_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 3
    for (size_t v = 0; v < Vectors; ++v) {
      store(a.output + (row + r) * a.output_stride + column + v * kWidth, sums[0][r][v] + sums[1][r][v]);
    }
  }
}

// A function of its own for each form, so that each has all registers.
template <size_t Vectors, Last L>
__attribute__((noinline)) void all_rows(const DenseForward& a, size_t column, Lanes last) {
  size_t row = 0;
  for (; row + 2 <= a.rows; row += 2) tile<2, Vectors, L>(a, row, column, last);
  if (row < a.rows) tile<1, Vectors, L>(a, row, column, last);
}

}  // namespace

// A chunk of units whose weights stay in the cache while all rows pass.
void dense_forward(const DenseForward& a) {
  for_chunks(a.units, [&](auto vectors, size_t column) FIGURATE_LAMBDA {
    const size_t left = a.units - column, before = (vectors.value - 1) * kWidth;
    if (left >= before + kWidth) {
      all_rows<vectors.value, Last::kWhole>(a, column, Lanes(kWidth));
    } else if (left == before + 4) {
      all_rows<vectors.value, Last::kFour>(a, column, Lanes(4));
    } else {
      all_rows<vectors.value, Last::kPart>(a, column, Lanes(left - before));
    }
  });
}

}  // namespace figurate::FIGURATE_ISA
