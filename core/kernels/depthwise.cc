// A convolution of each channel on its own, a vector of channels at a time. Forward, a tile of pixels of a row is
// summed in registers over the whole window; the weights' gradient, a row of the window over all pixels.
//
// Each multiply-add takes a number of the input of its own, so that loads, two a cycle, bound both: a tile's pixels
// share the weights, a row of the window shares the output's gradient.
#include "simd.h"
#include "table.h"
#include "tiles.h"

namespace figurate::FIGURATE_ISA {

namespace {

// The most pixels in a tile: sums enough to cover the latency of the fused multiply-add (4 cycles, two a cycle), with
// registers left for the weights and the input.
constexpr size_t kMostColumns = 12;
// The same of a window: the most pixels of a row, the most rows, and how many columns of the output are taken at once,
// where a tile has few pixels.
constexpr size_t kMostTaps = 7;
constexpr size_t most_rows(size_t taps) { return taps > 6 ? 1 : taps > 4 ? 2 : 3; }
constexpr size_t columns_at_once(size_t pixels) { return pixels > 6 ? 1 : pixels > 4 ? 2 : pixels > 3 ? 3 : 4; }

// Pointers to pixels that the compiler takes as unrelated: three pixels each are addressed from one of them, instead of
// every one from a register of its own.
constexpr size_t kPixelsPerPointer = 3;

template <size_t Count>
struct Pixels {
  static constexpr size_t kPointers = (Count + kPixelsPerPointer - 1) / kPixelsPerPointer;
  FIGURATE_LAMBDA void begin(const float* first, size_t step_) {
    step = step_;
#pragma GCC unroll 5
    for (size_t p = 0; p < kPointers; ++p) {
      at[p] = first + p * kPixelsPerPointer * step;
      __asm__("" : "+r"(at[p]));
    }
  }
  FIGURATE_LAMBDA V get(size_t i) const { return load(at[i / kPixelsPerPointer] + i % kPixelsPerPointer * step); }
  FIGURATE_LAMBDA void move(size_t distance) {
#pragma GCC unroll 5
    for (size_t p = 0; p < kPointers; ++p) at[p] += distance;
  }
  const float* at[kPointers];
  size_t step;
};

FIGURATE_INLINE void put(float* to, V value, size_t left) {
  if (left >= kWidth) {
    store(to, value);
  } else {
    store_first(to, value, left);
  }
}

template <size_t Columns>
__attribute__((noinline)) void forward_tile(const DepthwiseForward& a, const float* input, float* output,
                                            size_t channel) {
  const Windows& w = a.windows;
  V sums[Columns] = {};
  ptrdiff_t at = static_cast<ptrdiff_t>(channel);
  for (size_t row = 0; row < w.window_rows; ++row) {
    Pixels<Columns> x;
    x.begin(input + row * w.window_row_step, w.column_step);
    for (size_t run = 0; run < w.runs; ++run, at += a.weights_step, x.move(w.run_step)) {
      const V weight = load(a.weights + at);
#pragma GCC unroll 12
      for (size_t c = 0; c < Columns; ++c) accumulate(sums[c], x.get(c), weight);
    }
  }
  const V bias = a.bias != nullptr ? load(a.bias + channel) : V{};
#pragma GCC unroll 12
  for (size_t c = 0; c < Columns; ++c) put(output + c * a.channels, sums[c] + bias, a.channels - channel);
}

using ForwardTile = void (*)(const DepthwiseForward&, const float*, float*, size_t);

template <size_t... Columns>
FIGURATE_INLINE ForwardTile forward_tile_of(size_t columns, Sequence<Columns...>) {
  ForwardTile found = nullptr;
  (void)((columns == Columns + 1 && (found = forward_tile<Columns + 1>, true)) || ...);
  return found;
}

// Some pixels of some rows of the window.
template <size_t Rows, size_t Taps>
__attribute__((noinline)) void gradient_tile(const DepthwiseGradient& a, const float* input, float* gradient,
                                             size_t channel) {
  constexpr size_t kSets = columns_at_once(Rows * Taps);
  const Windows& w = a.windows;
  V sums[kSets][Rows][Taps] = {};
  const float* delta = a.output_gradient + channel;
  for (size_t row = 0; row < w.rows; ++row) {
    const float* const first = input + row * w.row_step;
    Pixels<Taps> x[Rows];
#pragma GCC unroll 3
    for (size_t r = 0; r < Rows; ++r) x[r].begin(first + r * w.window_row_step, w.run_step);
    size_t column = 0;
    const auto take = [&](V(&to)[Rows][Taps]) FIGURATE_LAMBDA {
      const V value = load(delta);
#pragma GCC unroll 3
      for (size_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 7
        for (size_t i = 0; i < Taps; ++i) accumulate(to[r][i], x[r].get(i), value);
        x[r].move(w.column_step);
      }
      delta += a.channels;
    };
    for (; column + kSets <= w.columns; column += kSets) {
#pragma GCC unroll 4
      for (size_t set = 0; set < kSets; ++set) take(sums[set]);
    }
    for (; column < w.columns; ++column) take(sums[0]);
  }
#pragma GCC unroll 3
  for (size_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 7
    for (size_t i = 0; i < Taps; ++i) {
      V sum = sums[0][r][i];
#pragma GCC unroll 4
      for (size_t set = 1; set < kSets; ++set) sum = sum + sums[set][r][i];
      float* const to = gradient + (r * w.runs + i) * a.channels;
      put(to, load(to) + sum, a.channels - channel);
    }
  }
}

using GradientTile = void (*)(const DepthwiseGradient&, const float*, float*, size_t);

template <size_t Taps, size_t... Rows>
FIGURATE_INLINE GradientTile gradient_tile_of(size_t rows, Sequence<Rows...>) {
  GradientTile found = nullptr;
  (void)((rows == Rows + 1 && (found = gradient_tile<Rows + 1, Taps>, true)) || ...);
  return found;
}

// Pixels [first, first + Taps) of all rows of the window.
template <size_t Taps>
void gradient_taps(const DepthwiseGradient& a, size_t first, size_t channel) {
  constexpr size_t kMost = most_rows(Taps);
  const Windows& w = a.windows;
  const size_t tiles = (w.window_rows + kMost - 1) / kMost;
  for (size_t t = 0; t < tiles; ++t) {
    const size_t row = w.window_rows * t / tiles, count = w.window_rows * (t + 1) / tiles - row;
    gradient_tile_of<Taps>(count, MakeSequence<kMost>{})(
        a, a.input + row * w.window_row_step + first * w.run_step + channel,
        a.gradient + (row * w.runs + first) * a.channels + channel, channel);
  }
}

using GradientTaps = void (*)(const DepthwiseGradient&, size_t, size_t);

template <size_t... Taps>
FIGURATE_INLINE GradientTaps gradient_taps_of(size_t taps, Sequence<Taps...>) {
  GradientTaps found = nullptr;
  (void)((taps == Taps + 1 && (found = gradient_taps<Taps + 1>, true)) || ...);
  return found;
}

void add_bias(const DepthwiseGradient& a, size_t channel) {
  V sum = {};
  const float* delta = a.output_gradient + channel;
  for (size_t pixel = 0; pixel < a.windows.rows * a.windows.columns; ++pixel, delta += a.channels) {
    sum = sum + load(delta);
  }
  put(a.bias_gradient + channel, load(a.bias_gradient + channel) + sum, a.channels - channel);
}

}  // namespace

void depthwise_forward(const DepthwiseForward& a) {
  const Windows& w = a.windows;
  const size_t tiles = (w.columns + kMostColumns - 1) / kMostColumns;
  for (size_t row = 0; row < w.rows; ++row) {
    for (size_t channel = 0; channel < a.channels; channel += kWidth) {
      for (size_t t = 0; t < tiles; ++t) {
        const size_t first = w.columns * t / tiles, count = w.columns * (t + 1) / tiles - first;
        forward_tile_of(count, MakeSequence<kMostColumns>{})(
            a, a.input + row * w.row_step + first * w.column_step + channel,
            a.output + (row * w.columns + first) * a.channels + channel, channel);
      }
    }
  }
}

void depthwise_gradient(const DepthwiseGradient& a) {
  const Windows& w = a.windows;
  const size_t tiles = (w.runs + kMostTaps - 1) / kMostTaps;
  for (size_t channel = 0; channel < a.channels; channel += kWidth) {
    for (size_t t = 0; t < tiles; ++t) {
      const size_t first = w.runs * t / tiles, count = w.runs * (t + 1) / tiles - first;
      gradient_taps_of(count, MakeSequence<kMostTaps>{})(a, first, channel);
    }
    if (a.bias_gradient != nullptr) add_bias(a, channel);
  }
}

}  // namespace figurate::FIGURATE_ISA
