// Direct convolution, channels last: a tile of pixels and filters is summed in registers over the whole window.
//
// For each number of the window the tile takes a row of weights and, for each of its pixels, one number of the input
// for all lanes. Tiles of 12 (16 registers) or up to 28 vectors (32) cover the latency of the fused multiply-add; their
// widths are chosen so that a row of pixels is cut evenly. Where 2 x 2 max-pooling follows, a tile has two rows, and
// only the largest of each square is written.
//
// Sources: Zhang, Franchetti and Low, arXiv 1809.10170 (direct convolution without copies); oneDNN's
// jit_avx2_conv_kernel_f32 (the register tile).
#include "simd.h"
#include "table.h"
#include "tiles.h"

namespace figurate::FIGURATE_ISA {

namespace {

// The most pixels of one row in a tile of so many vectors of filters.
constexpr size_t most_columns(size_t vectors, bool pooled) {
  if (kRegisters == 32) return pooled ? (vectors == 3 ? 4 : 6) : (vectors == 3 ? 9 : 14);
  return pooled ? (vectors == 1 ? 6 : 2) : (vectors == 3 ? 4 : vectors == 2 ? 6 : 8);
}

// Pointers to pixels that the compiler takes as unrelated: three pixels each are addressed from one of them, instead of
// every one from a register of its own.
constexpr size_t kPixelsPerPointer = 3;

// Windows of few numbers are taken number by number, by their places: their runs are too short for loops of their own.
constexpr size_t kSmallWindow = 32;

template <size_t Rows, size_t Columns, size_t Vectors>
struct Pixels {
  static constexpr size_t kPointers = (Columns + kPixelsPerPointer - 1) / kPixelsPerPointer;
  const float* at[Rows * kPointers];

  FIGURATE_LAMBDA Pixels(const Windows& w, const float* first) {
#pragma GCC unroll 2
    for (size_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 5
      for (size_t p = 0; p < kPointers; ++p) {
        at[r * kPointers + p] = apart(first + r * w.row_step + p * kPixelsPerPointer * w.column_step);
      }
    }
  }

  // sums += number `i` from each pixel's pointer on, times a row of weights
  FIGURATE_LAMBDA void add(size_t i, size_t step, const float* weights, V (&sums)[Rows * Columns][Vectors]) const {
    V row[Vectors];
#pragma GCC unroll 3
    for (size_t v = 0; v < Vectors; ++v) row[v] = load(weights + v * kWidth);
#pragma GCC unroll 2
    for (size_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 14
      for (size_t c = 0; c < Columns; ++c) {
        const V value = splat(at[r * kPointers + c / kPixelsPerPointer][(c % kPixelsPerPointer) * step + i]);
#pragma GCC unroll 3
        for (size_t v = 0; v < Vectors; ++v) accumulate(sums[r * Columns + c][v], value, row[v]);
      }
    }
  }
};

template <size_t Rows, size_t Columns, size_t Vectors>
FIGURATE_INLINE void sum_windows(const ConvForward& a, const size_t* places, const float* input, const float* weights,
                                 V (&sums)[Rows * Columns][Vectors]) {
  const Windows& w = a.windows;
  if (places != nullptr) {
    const Pixels<Rows, Columns, Vectors> pixels(w, input);
    const size_t size = w.size();
    for (size_t n = 0; n < size; ++n, weights += a.weights_step) pixels.add(places[n], w.column_step, weights, sums);
    return;
  }
  for (size_t row = 0; row < w.window_rows; ++row) {
    for (size_t run = 0; run < w.runs; ++run) {
      const Pixels<Rows, Columns, Vectors> pixels(w, input + row * w.window_row_step + run * w.run_step);
      for (size_t i = 0; i < w.run; ++i, weights += a.weights_step) pixels.add(i, w.column_step, weights, sums);
    }
  }
}

FIGURATE_INLINE void put(float* to, V value, size_t left) {
  if (left >= kWidth) {
    store(to, value);
  } else {
    store_first(to, value, left);
  }
}

FIGURATE_INLINE V finished(V sum, const float* scale, V bias, size_t filter, bool relu) {
  sum = scale != nullptr ? fma(sum, load(scale + filter), bias) : sum + bias;
  return relu ? maximum(splat(0.0f), sum) : sum;
}

template <size_t Columns, size_t Vectors>
__attribute__((noinline)) void plain_tile(const ConvForward& a, const size_t* places, size_t row, size_t column,
                                          size_t filter) {
  V sums[Columns][Vectors] = {};
  sum_windows<1, Columns, Vectors>(a, places, a.input + row * a.windows.row_step + column * a.windows.column_step,
                                   a.weights + filter, sums);
  float* to = a.output + row * a.output_row_step + column * a.output_column_step + filter;
  const size_t left = a.filters - filter;
#pragma GCC unroll 3
  for (size_t v = 0; v < Vectors; ++v) {
    const V bias = a.bias != nullptr ? load(a.bias + filter + v * kWidth) : V{};
#pragma GCC unroll 14
    for (size_t c = 0; c < Columns; ++c) {
      put(to + c * a.output_column_step + v * kWidth, finished(sums[c][v], a.scale, bias, filter + v * kWidth, a.relu),
          left - v * kWidth);
    }
  }
}

template <size_t Columns, size_t Vectors>
__attribute__((noinline)) void pooled_tile(const ConvForward& a, const size_t* places, size_t row, size_t column,
                                           size_t filter) {
  V sums[2 * Columns][Vectors] = {};
  sum_windows<2, Columns, Vectors>(a, places, a.input + row * a.windows.row_step + column * a.windows.column_step,
                                   a.weights + filter, sums);
  const size_t place = row / 2 * a.output_row_step + column / 2 * a.output_column_step + filter;
#pragma GCC unroll 3
  for (size_t v = 0; v < Vectors; ++v) {
    const V bias = a.bias != nullptr ? load(a.bias + filter + v * kWidth) : V{};
    const size_t left = a.filters - filter - v * kWidth;
#pragma GCC unroll 7
    for (size_t c = 0; c < Columns; c += 2) {
      const size_t at = place + c / 2 * a.output_column_step + v * kWidth;
      const V square[4] = {sums[c][v], sums[c + 1][v], sums[Columns + c][v], sums[Columns + c + 1][v]};
      V best = finished(square[0], a.scale, bias, filter + v * kWidth, false);
      I which = {};
#pragma GCC unroll 3
      for (int32_t i = 1; i < 4; ++i) {
        const V other = finished(square[i], a.scale, bias, filter + v * kWidth, false);
        which = as_int(select(other > best, as_float(I{} + i), as_float(which)));
        best = maximum(other, best);
      }
      if (a.relu) {
        which = as_int(select(best > splat(0.0f), as_float(which), as_float(I{} - 1)));
        best = maximum(splat(0.0f), best);
      }
      put(a.output + at, best, left);
      if (a.where != nullptr) put(reinterpret_cast<float*>(a.where + at), as_float(which), left);
    }
  }
}

using Tile = void (*)(const ConvForward&, const size_t*, size_t, size_t, size_t);

// tiles[columns - 1], for so many vectors of filters.
template <bool Pooled, size_t Vectors, size_t... Columns>
constexpr Tile tile_of(size_t columns, Sequence<Columns...>) {
  Tile tile = nullptr;
  (void)((columns == Columns + 1 &&
          (tile = Pooled ? pooled_tile<(Columns + 2) / 2 * 2, Vectors> : plain_tile<Columns + 1, Vectors>, true)) ||
         ...);
  return tile;
}

template <bool Pooled, size_t Vectors>
void filters_of(const ConvForward& a, const size_t* places, size_t filter) {
  // Pooled tiles are pairs of columns.
  constexpr size_t kUnit = Pooled ? 2 : 1, kMost = most_columns(Vectors, Pooled) / kUnit;
  const size_t columns = a.windows.columns / kUnit, tiles = (columns + kMost - 1) / kMost;
  for (size_t row = 0; row < a.windows.rows; row += kUnit) {
    for (size_t t = 0; t < tiles; ++t) {
      const size_t first = columns * t / tiles, count = columns * (t + 1) / tiles - first;
      tile_of<Pooled, Vectors>(count * kUnit, MakeSequence<kMost * kUnit>{})(a, places, row, first * kUnit, filter);
    }
  }
}

}  // namespace

void conv_forward(const ConvForward& a) {
  const Windows& w = a.windows;
  size_t numbers[kSmallWindow];
  const size_t* places = nullptr;
  if (w.size() <= kSmallWindow) {
    size_t n = 0;
    for (size_t row = 0; row < w.window_rows; ++row) {
      for (size_t run = 0; run < w.runs; ++run) {
        for (size_t i = 0; i < w.run; ++i) numbers[n++] = row * w.window_row_step + run * w.run_step + i;
      }
    }
    places = numbers;
  }
  for_chunks(a.filters, [&](auto vectors, size_t filter) FIGURATE_LAMBDA {
    if (a.pooled) {
      filters_of<true, vectors.value>(a, places, filter);
    } else {
      filters_of<false, vectors.value>(a, places, filter);
    }
  });
}

}  // namespace figurate::FIGURATE_ISA
