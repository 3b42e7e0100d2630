// gradient = input transposed x output_gradient: a quad of inputs and up to three vectors of units at a time.
//
// Twelve accumulators take one row after the other: three loads and four broadcasts feed twelve multiply-adds. Each
// element is one chain over the rows in their order, so how weights are shared out does not change a bit.
#include "columns.h"
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

namespace {

template <size_t Vectors>
struct Tile {
  V sums[kQuad][Vectors] = {};

  // `x` is the row's quad, `delta` its gradient at these units.
  FIGURATE_INLINE void add(Tile& tile, const float* x, const float* delta) {
    V parts[Vectors];
#pragma GCC unroll 3
    for (size_t v = 0; v < Vectors; ++v) parts[v] = load(delta + v * kWidth);
#pragma GCC unroll 4
    for (size_t i = 0; i < kQuad; ++i) {
      const V value = splat(x[i]);
#pragma GCC unroll 3
      for (size_t v = 0; v < Vectors; ++v) accumulate(tile.sums[i][v], value, parts[v]);
    }
  }
};

// The gradient of quad `quad`, units from `column` on.
template <size_t Vectors>
FIGURATE_INLINE void tile_of(const DenseGradient& a, size_t quad, size_t column) {
  Tile<Vectors> tile;
  const float* const delta = a.output_gradient + column;
  const InputRows& in = a.input;
  if (in.packed == nullptr) {
    const float* const x = in.plain + (quad - in.first) * kQuad;
    for (size_t row = 0; row < in.rows; ++row) {
      Tile<Vectors>::add(tile, x + row * in.stride, delta + row * a.output_gradient_stride);
    }
  } else {
    const uint32_t* const words = in.rows_of_quads + (quad - in.first) * in.words;
    const size_t done = column + Vectors * kWidth < a.units ? 0 : kQuad;
    for (size_t word = 0; word < in.words; ++word) {
      for (uint32_t bits = words[word]; bits != 0; bits &= bits - 1) {
        const size_t row = word * 32 + static_cast<size_t>(__builtin_ctz(bits));
        const float* const x = in.packed[row];
        in.packed[row] = x + done;
        Tile<Vectors>::add(tile, x, delta + row * a.output_gradient_stride);
      }
    }
  }
  float* const out = a.gradient + (quad - in.first) * kQuad * a.units + column;
  const size_t left = a.units - column;
#pragma GCC unroll 4
  for (size_t i = 0; i < kQuad; ++i) {
#pragma GCC unroll 3
    for (size_t v = 0; v < Vectors; ++v) {
      float* const to = out + i * a.units + v * kWidth;
      if (v + 1 < Vectors || left >= Vectors * kWidth) {
        store(to, tile.sums[i][v]);
      } else {
        store_first(to, tile.sums[i][v], left - v * kWidth);
      }
    }
  }
}

}  // namespace

void dense_gradient(const DenseGradient& a) {
  for (size_t quad = a.input.first; quad < a.input.last; ++quad) {
    for_chunks(a.units, [&](auto vectors, size_t column) FIGURATE_LAMBDA { tile_of<vectors.value>(a, quad, column); });
  }
}

void sum_rows(const float* data, size_t rows, size_t stride, size_t columns, float* sums) {
  for (size_t c = 0; c < columns; c += kWidth) {
    V sum = splat(0.0f);
    for (size_t r = 0; r < rows; ++r) sum = sum + load(data + r * stride + c);
    store(sums + c, sum);
  }
}

}  // namespace figurate::FIGURATE_ISA
