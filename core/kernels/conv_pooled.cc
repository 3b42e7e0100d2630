// Gradients of a convolution that 2 x 2 max-pooling (and a ReLU) follows: of each square of its outputs at most one has
// a gradient. Only these are visited, filter by filter, and a window of the input, contiguous row by row, is taken as
// vectors: either added to the filter's gradient, or the filter's weights added to it.
#include "simd.h"
#include "table.h"
#include "tiles.h"

namespace figurate::FIGURATE_ISA {

namespace {

// One output with a gradient: where its window (or its filter's weights) begin, and the gradient.
struct Entry {
  uint32_t place;
  float gradient;
};

constexpr size_t kMostEntries = 1024;
// Accumulators of a tile.
constexpr size_t kMostSums = kRegisters == 32 ? 24 : 12;

// to += the sum over all entries of gradient * (Rows rows of Vectors vectors that begin at `from` + place)
template <size_t Rows, size_t Vectors>
__attribute__((noinline)) void add_tile(const Entry* entries, size_t count, const float* from, size_t from_step,
                                        float* to, size_t to_step) {
  // A few accumulators alone would wait for each other: these tiles take two entries at a time.
  constexpr size_t kSets = Rows * Vectors >= 8 ? 1 : Rows * Vectors >= 4 ? 2 : 4;
  V sums[kSets][Rows][Vectors] = {};
  size_t e = 0;
  for (; e + kSets <= count; e += kSets) {
#pragma GCC unroll 4
    for (size_t set = 0; set < kSets; ++set) {
      const float* const x = from + entries[e + set].place;
      const V gradient = splat(entries[e + set].gradient);
#pragma GCC unroll 7
      for (size_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 24
        for (size_t v = 0; v < Vectors; ++v) {
          accumulate(sums[set][r][v], gradient, load(x + r * from_step + v * kWidth));
        }
      }
    }
  }
  for (; e < count; ++e) {
    const float* const x = from + entries[e].place;
    const V gradient = splat(entries[e].gradient);
#pragma GCC unroll 7
    for (size_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 24
      for (size_t v = 0; v < Vectors; ++v) accumulate(sums[0][r][v], gradient, load(x + r * from_step + v * kWidth));
    }
  }
#pragma GCC unroll 7
  for (size_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 24
    for (size_t v = 0; v < Vectors; ++v) {
      V sum = sums[0][r][v];
#pragma GCC unroll 4
      for (size_t set = 1; set < kSets; ++set) sum = sum + sums[set][r][v];
      float* const at = to + r * to_step + v * kWidth;
      store(at, load(at) + sum);
    }
  }
}

using AddTile = void (*)(const Entry*, size_t, const float*, size_t, float*, size_t);

template <size_t Rows, size_t... Vectors>
FIGURATE_INLINE AddTile tile_of(size_t vectors, Sequence<Vectors...>) {
  AddTile found = nullptr;
  (void)((vectors == Vectors + 1 && (found = add_tile<Rows, Vectors + 1>, true)) || ...);
  return found;
}

template <size_t Rows>
FIGURATE_INLINE void add_rows(const Entry* entries, size_t count, const float* from, size_t from_step, float* to,
                              size_t to_step, size_t vectors) {
  constexpr size_t kMost = kMostSums / Rows;
  const size_t tiles = (vectors + kMost - 1) / kMost;
  for (size_t t = 0; t < tiles; ++t) {
    const size_t first = vectors * t / tiles, some = vectors * (t + 1) / tiles - first;
    tile_of<Rows>(some, MakeSequence<kMost>{})(entries, count, from + first * kWidth, from_step, to + first * kWidth,
                                               to_step);
  }
}

// `rows` rows of `vectors` vectors.
void add_windows(const Entry* entries, size_t count, const float* from, size_t from_step, float* to, size_t to_step,
                 size_t rows, size_t vectors) {
  if (count == 0) return;
  size_t row = 0;
  const auto at = [&](auto of) FIGURATE_LAMBDA {
    add_rows<of.value>(entries, count, from + row * from_step, from_step, to + row * to_step, to_step, vectors);
    row += of.value;
  };
  // Rows are taken together as long as a tile has room for them.
  if (rows == 3 && vectors * 3 <= kMostSums) return at(Constant<size_t{3}>{});
  if (rows == 5 && vectors * 5 <= kMostSums) return at(Constant<size_t{5}>{});
  while (row + 2 <= rows && vectors * 2 <= kMostSums) at(Constant<size_t{2}>{});
  while (row < rows) at(Constant<size_t{1}>{});
}

size_t blocks(size_t run) { return (run + kBlock - 1) / kBlock * kBlock; }

// The offset of a window from that of its square's first pixel.
struct Offsets {
  explicit Offsets(const Windows& w) : of{0, w.column_step, w.row_step, w.row_step + w.column_step} {}
  size_t of[4];
};

}  // namespace

void pooled_gradient(const PooledGradient& a) {
  const Windows& w = a.windows;
  const size_t rows = w.rows / 2, columns = w.columns / 2, filter_size = w.window_rows * blocks(w.run);
  const Offsets offsets(w);
  const size_t vectors = (w.run + kWidth - 1) / kWidth;
  Entry entries[kMostEntries + 1];
  for (size_t filter = 0; filter < a.filters; ++filter) {
    size_t count = 0;
    float bias = 0;
    float* const gradient = a.gradient + filter * filter_size;
    const auto add = [&]() FIGURATE_LAMBDA {
      add_windows(entries, count, a.input, w.window_row_step, gradient, blocks(w.run), w.window_rows, vectors);
      count = 0;
    };
    for (size_t figure = 0; figure < a.figures; ++figure) {
      const float* delta = a.output_gradient + figure * a.output_gradient_step + filter;
      const int32_t* where = a.where + figure * a.output_gradient_step + filter;
      for (size_t row = 0; row < rows; ++row) {
        if (count + columns > kMostEntries) add();
        size_t place = figure * a.input_step + 2 * row * w.row_step;
        for (size_t column = 0; column < columns; ++column) {
          // Always written, and written over by the next one if it was blocked.
          entries[count] = {static_cast<uint32_t>(place + offsets.of[*where & 3]), *delta};
          const bool counts = *where >= 0;
          bias += counts ? *delta : 0.0f;
          count += counts;
          place += 2 * w.column_step;
          delta += a.filters;
          where += a.filters;
        }
      }
    }
    add();
    if (a.bias_gradient != nullptr) a.bias_gradient[filter] += bias;
  }
}

void pooled_backward(const PooledBackward& a) {
  const Windows& w = a.windows;
  const size_t filter_size = w.window_rows * blocks(w.run);
  const size_t vectors = (w.run + kWidth - 1) / kWidth;
  const Offsets offsets(w);
  const float* delta = a.output_gradient;
  const int32_t* where = a.where;
  Entry entries[4][kMostEntries + 1];
  for (size_t row = 0; row < w.rows / 2; ++row) {
    for (size_t column = 0; column < w.columns / 2; ++column, delta += a.filters, where += a.filters) {
      float* const to = a.input_gradient + 2 * row * w.row_step + 2 * column * w.column_step;
      for (size_t first = 0; first < a.filters; first += kMostEntries) {
        const size_t last = first + kMostEntries < a.filters ? first + kMostEntries : a.filters;
        size_t counts[5] = {};
        for (size_t f = first; f < last; ++f) {
          const size_t square = static_cast<size_t>(where[f]) & 3;
          entries[square][counts[square]] = {static_cast<uint32_t>(f * filter_size), delta[f]};
          counts[square] += where[f] >= 0;
        }
        for (size_t square = 0; square < 4; ++square) {
          add_windows(entries[square], counts[square], a.weights, blocks(w.run), to + offsets.of[square],
                      w.window_row_step, w.window_rows, vectors);
        }
      }
    }
  }
}

}  // namespace figurate::FIGURATE_ISA
