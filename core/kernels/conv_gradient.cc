// The gradient of a convolution's weights: for a tile of consecutive numbers of the window and filters, the sum over
// all pixels of some figures stays in registers.
#include "simd.h"
#include "table.h"
#include "tiles.h"

namespace figurate::FIGURATE_ISA {

namespace {

// The most numbers of the window in a tile of so many vectors of filters.
constexpr size_t most_numbers(size_t vectors) {
  if (kRegisters == 32) return vectors == 3 ? 9 : 14;
  return vectors == 3 ? 4 : vectors == 2 ? 6 : 8;
}

template <size_t Numbers, size_t Vectors>
__attribute__((noinline)) void tile(const ConvGradient& a, const float* input, float* gradient, size_t filter) {
  V sums[Numbers][Vectors] = {};
  for (size_t figure = 0; figure < a.figures; ++figure) {
    for (size_t row = 0; row < a.windows.rows; ++row) {
      const float* x = input + figure * a.input_step + row * a.windows.row_step;
      const float* delta =
          a.output_gradient + figure * a.output_gradient_step + row * a.output_gradient_row_step + filter;
      for (size_t column = 0; column < a.windows.columns; ++column) {
        V parts[Vectors];
#pragma GCC unroll 3
        for (size_t v = 0; v < Vectors; ++v) parts[v] = load(delta + v * kWidth);
#pragma GCC unroll 14
        for (size_t i = 0; i < Numbers; ++i) {
          const V value = splat(x[i]);
#pragma GCC unroll 3
          for (size_t v = 0; v < Vectors; ++v) accumulate(sums[i][v], value, parts[v]);
        }
        x += a.windows.column_step;
        delta += a.output_gradient_column_step;
      }
    }
  }
  const size_t left = a.filters - filter;
#pragma GCC unroll 14
  for (size_t i = 0; i < Numbers; ++i) {
#pragma GCC unroll 3
    for (size_t v = 0; v < Vectors; ++v) {
      float* const to = gradient + i * a.gradient_step + v * kWidth;
      if (left >= (v + 1) * kWidth) {
        store(to, load(to) + sums[i][v]);
      } else {
        store_first(to, load(to) + sums[i][v], left - v * kWidth);
      }
    }
  }
}

using Tile = void (*)(const ConvGradient&, const float*, float*, size_t);

template <size_t Vectors, size_t... Numbers>
FIGURATE_INLINE Tile tile_of(size_t numbers, Sequence<Numbers...>) {
  Tile found = nullptr;
  (void)((numbers == Numbers + 1 && (found = tile<Numbers + 1, Vectors>, true)) || ...);
  return found;
}

template <size_t Vectors>
void filters_of(const ConvGradient& a, size_t filter) {
  constexpr size_t kMost = most_numbers(Vectors);
  const Windows& w = a.windows;
  const size_t tiles = (w.run + kMost - 1) / kMost;
  float* gradient = a.gradient + filter;
  for (size_t row = 0; row < w.window_rows; ++row) {
    for (size_t run = 0; run < w.runs; ++run, gradient += w.run * a.gradient_step) {
      const float* const input = a.input + row * w.window_row_step + run * w.run_step;
      for (size_t t = 0; t < tiles; ++t) {
        const size_t first = w.run * t / tiles, count = w.run * (t + 1) / tiles - first;
        tile_of<Vectors>(count, MakeSequence<kMost>{})(a, input + first, gradient + first * a.gradient_step, filter);
      }
    }
  }
}

void add_bias(const ConvGradient& a) {
  for (size_t filter = 0; filter < a.filters; filter += kWidth) {
    V sum = {};
    for (size_t figure = 0; figure < a.figures; ++figure) {
      for (size_t row = 0; row < a.windows.rows; ++row) {
        const float* delta =
            a.output_gradient + figure * a.output_gradient_step + row * a.output_gradient_row_step + filter;
        for (size_t c = 0; c < a.windows.columns; ++c, delta += a.output_gradient_column_step) sum = sum + load(delta);
      }
    }
    float* const to = a.bias_gradient + filter;
    if (a.filters - filter >= kWidth) {
      store(to, load(to) + sum);
    } else {
      store_first(to, load(to) + sum, a.filters - filter);
    }
  }
}

}  // namespace

void conv_gradient(const ConvGradient& a) {
  for_chunks(a.filters, [&](auto vectors, size_t filter) FIGURATE_LAMBDA { filters_of<vectors.value>(a, filter); });
  if (a.bias_gradient != nullptr) add_bias(a);
}

}  // namespace figurate::FIGURATE_ISA
