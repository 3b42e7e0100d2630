// output = input x weights. The sum of one output is the same chain of operations, input after input, in whichever way
// and tile it falls, so a row's bits depend neither on its neighbours nor on how it is held.
//
// Plain rows: up to 12 accumulators, which cover the latency of the fused multiply-add (4 cycles at 2 a cycle) and fit
// 16 registers with the operands: four rows of three vectors of units. Packed rows: a quad of inputs after the other;
// its 12 vectors of weights stay in registers while the rows that have ink there pass.
#include "columns.h"
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

namespace {

// What is read of a tile's last vector: behind the last unit stand weights that another thread may be changing.
enum class Last { kWhole, kFour, kPart };

template <size_t Vectors, Last L>
FIGURATE_INLINE V load_weights(const float* from, size_t v, const Lanes& last) {
  from += v * kWidth;
  if (v + 1 < Vectors || L == Last::kWhole) return load(from);
  return L == Last::kFour ? load_four(from) : load_first(from, last);
}

template <size_t Rows, size_t Vectors, Last L>
FIGURATE_INLINE void plain_tile(const DenseForward& a, size_t row, size_t column, const Lanes& last) {
  V sums[Rows][Vectors] = {};
  const float* const x = a.input.plain + row * a.input.stride;
  const float* w = a.weights + a.input.first * kQuad * a.units + column;
  const size_t inputs = (a.input.last - a.input.first) * kQuad, stride = a.input.stride;
  for (size_t i = 0; i < inputs; ++i, w += a.units) {
    V weights[Vectors];
#pragma GCC unroll 3
    for (size_t v = 0; v < Vectors; ++v) weights[v] = load_weights<Vectors, L>(w, v, last);
#pragma GCC unroll 8
    for (size_t r = 0; r < Rows; ++r) {
      const V value = splat(x[r * stride + i]);
#pragma GCC unroll 3
      for (size_t v = 0; v < Vectors; ++v) accumulate(sums[r][v], value, weights[v]);
    }
  }
#pragma GCC unroll 8
  for (size_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 3
    for (size_t v = 0; v < Vectors; ++v)
      store(a.output + (row + r) * a.output_stride + column + v * kWidth, sums[r][v]);
  }
}

template <size_t Vectors, Last L>
FIGURATE_INLINE void packed_tile(const DenseForward& a, size_t quad, size_t column, const Lanes& last) {
  V weights[kQuad][Vectors];
#pragma GCC unroll 4
  for (size_t i = 0; i < kQuad; ++i) {
    const float* const w = a.weights + (quad * kQuad + i) * a.units + column;
#pragma GCC unroll 3
    for (size_t v = 0; v < Vectors; ++v) weights[i][v] = load_weights<Vectors, L>(w, v, last);
  }
  float* const out = a.output + column;
  const uint32_t* const words = a.input.rows_of_quads + (quad - a.input.first) * a.input.words;
  const size_t done = column + Vectors * kWidth < a.units ? 0 : kQuad;
  for (size_t word = 0; word < a.input.words; ++word) {
    for (uint32_t bits = words[word]; bits != 0; bits &= bits - 1) {
      const size_t row = word * 32 + static_cast<size_t>(__builtin_ctz(bits));
      const float* const x = a.input.packed[row];
      a.input.packed[row] = x + done;
      float* const to = out + row * a.output_stride;
      V sums[Vectors];
#pragma GCC unroll 3
      for (size_t v = 0; v < Vectors; ++v) sums[v] = load(to + v * kWidth);
#pragma GCC unroll 4
      for (size_t i = 0; i < kQuad; ++i) {
        const V value = splat(x[i]);
#pragma GCC unroll 3
        for (size_t v = 0; v < Vectors; ++v) accumulate(sums[v], value, weights[i][v]);
      }
#pragma GCC unroll 3
      for (size_t v = 0; v < Vectors; ++v) store(to + v * kWidth, sums[v]);
    }
  }
}

// Functions of their own for each form, so that each has all registers.
template <size_t Vectors, Last L>
__attribute__((noinline)) void plain_rows(const DenseForward& a, size_t column, Lanes last) {
  constexpr size_t kRows = Vectors == 1 || kRegisters == 32 ? 8 : 4;
  size_t row = 0;
  for (; row + kRows <= a.input.rows; row += kRows) plain_tile<kRows, Vectors, L>(a, row, column, last);
  for (; row < a.input.rows; ++row) plain_tile<1, Vectors, L>(a, row, column, last);
}

template <size_t Vectors, Last L>
__attribute__((noinline)) void packed_rows(const DenseForward& a, size_t first, size_t last_quad, size_t column,
                                           Lanes last) {
  for (size_t quad = first; quad < last_quad; ++quad) packed_tile<Vectors, L>(a, quad, column, last);
}

// Calls tile(vectors, last, column, lanes) for each chunk of units.
template <class Tile>
FIGURATE_INLINE void for_tiles(size_t units, const Tile& tile) {
  for_chunks(units, [&](auto vectors, size_t column) FIGURATE_LAMBDA {
    const size_t left = units - column, before = (vectors.value - 1) * kWidth;
    if (left >= before + kWidth) {
      tile(vectors, Constant<Last::kWhole>{}, column, Lanes(kWidth));
    } else if (kWidth == 8 && left == before + 4) {
      tile(vectors, Constant<Last::kFour>{}, column, Lanes(4));
    } else {
      tile(vectors, Constant<Last::kPart>{}, column, Lanes(left - before));
    }
  });
}

void forward_packed(const DenseForward& a) {
  for (size_t r = 0; r < a.input.rows; ++r) {
    for (size_t u = 0; u < a.units; u += kWidth) store(a.output + r * a.output_stride + u, V{});
  }
  // All chunks of a quad before the next, since rows move on with the last one.
  const size_t step = a.units > kChunk * kWidth ? 1 : a.input.last - a.input.first;
  for (size_t quad = a.input.first; quad < a.input.last; quad += step) {
    for_tiles(a.units, [&](auto vectors, auto last, size_t column, Lanes lanes) FIGURATE_LAMBDA {
      packed_rows<vectors.value, last.value>(a, quad, quad + step, column, lanes);
    });
  }
}

}  // namespace

void dense_forward(const DenseForward& a) {
  if (a.input.packed != nullptr) return forward_packed(a);
  // A chunk of units whose weights stay in the cache while all rows pass.
  for_tiles(a.units, [&](auto vectors, auto last, size_t column, Lanes lanes)
                         FIGURATE_LAMBDA { plain_rows<vectors.value, last.value>(a, column, lanes); });
}

}  // namespace figurate::FIGURATE_ISA
