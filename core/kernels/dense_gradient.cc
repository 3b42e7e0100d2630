// gradient = input transposed x output_gradient: a quad of inputs and up to three vectors of units at a time; of plain
// rows two quads where there are registers for them.
//
// Twelve accumulators take one row after the other: three loads and four broadcasts feed twelve multiply-adds. Each
// element is one chain over the rows in their order, so how weights are shared out does not change a bit.
#include "columns.h"
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

namespace {

// `Inputs` inputs by `Vectors` vectors of units.
template <size_t Inputs, size_t Vectors>
struct Tile {
  V sums[Inputs][Vectors] = {};

  // `x` are the row's inputs, `delta` its gradient at these units.
  FIGURATE_INLINE void add(Tile& tile, const float* x, const float* delta) {
    V parts[Vectors];
#pragma GCC unroll 3
    for (size_t v = 0; v < Vectors; ++v) parts[v] = load(delta + v * kWidth);
#pragma GCC unroll 8
    for (size_t i = 0; i < Inputs; ++i) {
      const V value = splat(x[i]);
#pragma GCC unroll 3
      for (size_t v = 0; v < Vectors; ++v) accumulate(tile.sums[i][v], value, parts[v]);
    }
  }

  // To the gradient of these inputs, units from `column` on.
  FIGURATE_INLINE void put(const Tile& tile, const DenseGradient& a, size_t quad, size_t column) {
    float* const out = a.gradient + (quad - a.input.first) * kQuad * a.units + column;
    const size_t left = a.units - column;
#pragma GCC unroll 8
    for (size_t i = 0; i < Inputs; ++i) {
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
};

// The gradient of `Quads` quads, units from `column` on.
template <size_t Quads, size_t Vectors>
FIGURATE_INLINE void plain_tile(const DenseGradient& a, size_t quad, size_t column) {
  using Sums = Tile<Quads * kQuad, Vectors>;
  Sums tile;
  const float* const delta = a.output_gradient + column;
  const float* const x = a.input.plain + (quad - a.input.first) * kQuad;
  for (size_t row = 0; row < a.input.rows; ++row) {
    Sums::add(tile, x + row * a.input.stride, delta + row * a.output_gradient_stride);
  }
  Sums::put(tile, a, quad, column);
}

template <size_t Vectors>
FIGURATE_INLINE void packed_tile(const DenseGradient& a, size_t quad, size_t column) {
  using Sums = Tile<kQuad, Vectors>;
  Sums tile;
  const InputRows& in = a.input;
  const float* const delta = a.output_gradient + column;
  const uint32_t* const words = in.rows_of_quads + (quad - in.first) * in.words;
  const size_t done = column + Vectors * kWidth < a.units ? 0 : kQuad;
  for (size_t word = 0; word < in.words; ++word) {
    for (uint32_t bits = words[word]; bits != 0; bits &= bits - 1) {
      const size_t row = word * 32 + static_cast<size_t>(__builtin_ctz(bits));
      const float* const x = in.packed[row];
      in.packed[row] = x + done;
      Sums::add(tile, x, delta + row * a.output_gradient_stride);
    }
  }
  Sums::put(tile, a, quad, column);
}

}  // namespace

void dense_gradient(const DenseGradient& a) {
  size_t quad = a.input.first;
  if (a.input.packed != nullptr) {
    for (; quad < a.input.last; ++quad) {
      for_chunks(a.units,
                 [&](auto vectors, size_t column) FIGURATE_LAMBDA { packed_tile<vectors.value>(a, quad, column); });
    }
    return;
  }
  constexpr size_t kQuads = kRegisters / 16;
  for (; quad + kQuads <= a.input.last; quad += kQuads) {
    for_chunks(a.units, [&](auto vectors, size_t column)
                            FIGURATE_LAMBDA { plain_tile<kQuads, vectors.value>(a, quad, column); });
  }
  for (; quad < a.input.last; ++quad) {
    for_chunks(a.units,
               [&](auto vectors, size_t column) FIGURATE_LAMBDA { plain_tile<1, vectors.value>(a, quad, column); });
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
