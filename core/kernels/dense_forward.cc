// output = input x weights: two rows and up to three vectors of units at a time, a quad of inputs after the other.
//
// Even and odd inputs have accumulators of their own: 2 x 2 x 3 of them cover the latency of the fused multiply-add (4
// cycles at 2 a cycle) and fit 16 registers with the operands. Twelve products need three loads of weights and two
// broadcasts, within two loads a cycle. The sum of one output is the same chain of operations in whichever tile it
// falls, so a row's bits do not depend on its neighbours.
#include "columns.h"
#include "ink.h"
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

namespace {

// `yes` if `bit` is 1, `no` if it is 0: without a branch, which would be wrong half the time at the edges of strokes.
FIGURATE_INLINE const float* chosen(uint64_t bit, const float* yes, const float* no) {
  const auto a = reinterpret_cast<uintptr_t>(yes), b = reinterpret_cast<uintptr_t>(no);
  return reinterpret_cast<const float*>(b ^ ((a ^ b) & (0 - bit)));
}

// What a packed row has where it has no ink.
alignas(kQuad * sizeof(float)) constexpr float kBlank[kQuad] = {};

// What is read of a tile's last vector: behind the last unit stand weights that another thread may be changing.
enum class Last { kWhole, kFour, kPart };

template <Last L>
FIGURATE_INLINE V load_last(const float* from, const Lanes& lanes) {
  if constexpr (L == Last::kWhole) return load(from);
  if constexpr (L == Last::kFour) return load_four(from);
  return load_first(from, lanes);
}

template <size_t Rows, size_t Vectors, Last L>
struct Tile {
  V sums[2][Rows][Vectors] = {};

  // `x` is the quad in each row, `weights` its first input's at these units.
  static FIGURATE_LAMBDA inline void add(Tile& tile, const float* const (&x)[Rows], const float* weights, size_t units,
                                         const Lanes& last) {
#pragma GCC unroll 4
    for (size_t i = 0; i < kQuad; ++i, weights += units) {
      V values[Rows];
#pragma GCC unroll 2
      for (size_t r = 0; r < Rows; ++r) values[r] = splat(x[r][i]);
#pragma GCC unroll 3
      for (size_t v = 0; v < Vectors; ++v) {
        const float* const from = weights + v * kWidth;
        const V weight = v + 1 == Vectors ? load_last<L>(from, last) : load(from);
#pragma GCC unroll 2
        for (size_t r = 0; r < Rows; ++r) accumulate(tile.sums[i % 2][r][v], values[r], weight);
      }
    }
  }
};

template <size_t Rows, size_t Vectors, Last L>
FIGURATE_INLINE void tile_of(const DenseForward& a, size_t row, size_t column, const Lanes& last) {
  Tile<Rows, Vectors, L> tile;
  const float* const w = a.weights + column;
  const size_t units = a.units;
  const float* x[Rows];
#pragma GCC unroll 2
  for (size_t r = 0; r < Rows; ++r) {
    x[r] = a.packed != nullptr ? a.packed[row + r] : a.input + (row + r) * a.input_stride;
  }
  if (a.packed == nullptr) {
    for (size_t quad = a.first; quad < a.last; ++quad) {
      Tile<Rows, Vectors, L>::add(tile, x, w + quad * kQuad * units, units, last);
#pragma GCC unroll 2
      for (size_t r = 0; r < Rows; ++r) x[r] += kQuad;
    }
  } else {
    for (size_t first = a.first; first < a.last; first += 64) {
      const size_t count = a.last - first < 64 ? a.last - first : 64;
      uint64_t ink[Rows], bits = 0;
#pragma GCC unroll 2
      for (size_t r = 0; r < Rows; ++r) bits |= ink[r] = ink_window(a.ink[row + r], first, count);
      for (; bits != 0; bits &= bits - 1) {
        const auto bit = static_cast<size_t>(__builtin_ctzll(bits));
        const float* quads[Rows];
#pragma GCC unroll 2
        for (size_t r = 0; r < Rows; ++r) {
          quads[r] = chosen(ink[r] >> bit & 1, x[r], kBlank);
          x[r] += kQuad * (ink[r] >> bit & 1);
        }
        Tile<Rows, Vectors, L>::add(tile, quads, w + (first + bit) * kQuad * units, units, last);
      }
    }
  }
#pragma GCC unroll 2
  for (size_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 3
    for (size_t v = 0; v < Vectors; ++v) {
      store(a.output + (row + r) * a.output_stride + column + v * kWidth, tile.sums[0][r][v] + tile.sums[1][r][v]);
    }
  }
}

// A function of its own for each form, so that each has all registers.
template <size_t Vectors, Last L>
__attribute__((noinline)) void all_rows(const DenseForward& a, size_t column, Lanes last) {
  size_t row = 0;
  for (; row + 2 <= a.rows; row += 2) tile_of<2, Vectors, L>(a, row, column, last);
  if (row < a.rows) tile_of<1, Vectors, L>(a, row, column, last);
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
