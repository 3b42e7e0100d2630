// c (rows, 16) = coefficients x vectors: the gradient of a block of weights, and of a block of inputs.
//
// A tile holds as many rows as its accumulators fit the registers: 12 of 16 with AVX2 and SSE, 24 of 32 with NEON, 12 of 32 with
// AVX-512, where the broadcast is part of the multiply-add. Each needs at least 8 to cover the latency of the multiply-add.
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

namespace {

#if defined(__aarch64__)
constexpr size_t kAccumulators = 24;
#else
constexpr size_t kAccumulators = 12;
#endif
constexpr size_t kMaxRows = kAccumulators / kVectors;

template <size_t Rows, bool Listed>
void tile(const BlockProduct& a, size_t first) {
  V sums[Rows][kVectors] = {};
  const float* const coefficients = a.coefficients + first * a.row_stride;
  for (size_t i = 0; i < a.count; ++i) {
    const size_t step = Listed ? a.steps[i] : i;
    const float* const vector = a.vectors + step * a.vector_stride;
    const float* const coefficient = coefficients + step * a.step_stride;
    V parts[kVectors];
#pragma GCC unroll 4
    for (size_t v = 0; v < kVectors; ++v) parts[v] = load(vector + v * kWidth);
#pragma GCC unroll 12
    for (size_t r = 0; r < Rows; ++r) {
      const V c = splat(coefficient[r * a.row_stride]);
#pragma GCC unroll 4
      for (size_t v = 0; v < kVectors; ++v) sums[r][v] = fma(c, parts[v], sums[r][v]);
    }
  }
#pragma GCC unroll 12
  for (size_t r = 0; r < Rows; ++r) {
    for (size_t v = 0; v < kVectors; ++v) store(a.c + (first + r) * a.c_stride + v * kWidth, sums[r][v]);
  }
}

template <size_t Rows>
void tile_of(const BlockProduct& a, size_t first) {
  if (a.steps != nullptr) {
    tile<Rows, true>(a, first);
  } else {
    tile<Rows, false>(a, first);
  }
}


// tile_of<rows>, for `rows` known at run time.
void tile_of_size(const BlockProduct& a, size_t first, size_t rows) {
  using Tile = void (*)(const BlockProduct&, size_t);
  static constexpr Tile tiles[] = {tile_of<1>, tile_of<2>, tile_of<3>,
#if !(defined(__x86_64__) && !defined(__AVX2__))
                                   tile_of<4>, tile_of<5>, tile_of<6>,
#endif
#if defined(__AVX512F__)
                                   tile_of<7>, tile_of<8>, tile_of<9>, tile_of<10>, tile_of<11>, tile_of<12>,
#endif
  };
  static_assert(sizeof tiles / sizeof tiles[0] == kMaxRows);
  tiles[rows - 1](a, first);
}

}  // namespace

// Tiles of nearly equal height: 20 rows are four of five, not three of six and one of two.
void block_product(const BlockProduct& a) {
  const size_t tiles = (a.rows + kMaxRows - 1) / kMaxRows;
  for (size_t t = 0; t < tiles; ++t) {
    const size_t first = a.rows * t / tiles, last = a.rows * (t + 1) / tiles;
    tile_of_size(a, first, last - first);
  }
}

}  // namespace figurate::FIGURATE_ISA
