// Columns of a matrix in chunks of up to three vectors: the width of a tile. Included by kernels only.
#pragma once

#include "simd.h"

namespace figurate::FIGURATE_ISA {

inline constexpr size_t kChunk = 3;

// Calls tile(vectors, first column), `vectors` a compile-time constant of 1 to 3, for chunks of nearly equal width over
// all columns.
template <class Tile>
FIGURATE_INLINE void for_chunks(size_t columns, const Tile& tile) {
  const size_t vectors = (columns + kWidth - 1) / kWidth, chunks = (vectors + kChunk - 1) / kChunk;
  for (size_t c = 0; c < chunks; ++c) {
    const size_t first = vectors * c / chunks, count = vectors * (c + 1) / chunks - first;
    if (count == 3) tile(Constant<size_t{3}>{}, first * kWidth);
    if (count == 2) tile(Constant<size_t{2}>{}, first * kWidth);
    if (count == 1) tile(Constant<size_t{1}>{}, first * kWidth);
  }
}

}  // namespace figurate::FIGURATE_ISA
