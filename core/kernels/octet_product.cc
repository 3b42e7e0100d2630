// c (octets, rows, 8) = coefficients x vectors: the gradient of an octet of weights, and of an octet of inputs.
//
// A tile holds as many rows as its accumulators fit the registers: 12 of 16 with AVX2 and SSE, 24 of 32 with NEON and AVX-512. Each
// needs at least 8 to cover the latency of the multiply-add.
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

namespace {

#if defined(__aarch64__) || defined(__AVX512F__)
constexpr size_t kAccumulators = 24;
#else
constexpr size_t kAccumulators = 12;
#endif

template <size_t Rows, size_t Octets>
struct Tile {
  static constexpr size_t kVectors = Octets * kOctet / kWidth, kPerOctet = kOctet / kWidth;
  V sums[Rows][kVectors] = {};

  FIGURATE_INLINE void add(Tile& tile, const OctetProduct& a, const float* coefficients, size_t step) {
    const float* const vector = a.vectors + step * a.vector_stride;
    const float* const coefficient = coefficients + step * a.step_stride;
    V parts[kVectors];
#pragma GCC unroll 4
    for (size_t v = 0; v < kVectors; ++v) parts[v] = load(vector + v / kPerOctet * a.vector_octet + v % kPerOctet * kWidth);
#pragma GCC unroll 24
    for (size_t r = 0; r < Rows; ++r) {
      const V c = splat(coefficient[r * a.row_stride]);
#pragma GCC unroll 4
      for (size_t v = 0; v < kVectors; ++v) tile.sums[r][v] = fma(c, parts[v], tile.sums[r][v]);
    }
  }
};

template <size_t Rows, size_t Octets>
void tile(const OctetProduct& a, size_t first) {
  using T = Tile<Rows, Octets>;
  T tile;
  const float* const coefficients = a.coefficients + first * a.row_stride;
  if (a.steps == nullptr) {
    for (size_t step = 0; step < a.count; ++step) T::add(tile, a, coefficients, step);
  } else {
    for (size_t word = 0; word * 64 < a.count; ++word) {
      for (uint64_t bits = a.steps[word]; bits != 0; bits &= bits - 1) {
        T::add(tile, a, coefficients, word * 64 + static_cast<size_t>(__builtin_ctzll(bits)));
      }
    }
  }
#pragma GCC unroll 24
  for (size_t r = 0; r < Rows; ++r) {
    for (size_t v = 0; v < T::kVectors; ++v) {
      store(a.c + v / T::kPerOctet * a.c_octet + (first + r) * a.c_stride + v % T::kPerOctet * kWidth, tile.sums[r][v]);
    }
  }
}

// tile<rows, Octets>, for `rows` known at run time.
template <size_t Octets, size_t Most>
FIGURATE_INLINE void tile_of_rows(const OctetProduct& a, size_t first, size_t rows) {
  if constexpr (Most == 1) {
    tile<1, Octets>(a, first);
  } else {
    if (rows == Most) return tile<Most, Octets>(a, first);
    tile_of_rows<Octets, Most - 1>(a, first, rows);
  }
}

// Tiles of nearly equal height: 20 rows are four of five, not three of six and one of two.
template <size_t Octets>
void product(const OctetProduct& a) {
  constexpr size_t kMaxRows = kAccumulators / (Octets * kOctet / kWidth);
  const size_t tiles = (a.rows + kMaxRows - 1) / kMaxRows;
  for (size_t t = 0; t < tiles; ++t) {
    const size_t first = a.rows * t / tiles, last = a.rows * (t + 1) / tiles;
    tile_of_rows<Octets, kMaxRows>(a, first, last - first);
  }
}

}  // namespace

void octet_product(const OctetProduct& a) {
  if (a.octets == 2) return product<2>(a);
  product<1>(a);
}

}  // namespace figurate::FIGURATE_ISA
