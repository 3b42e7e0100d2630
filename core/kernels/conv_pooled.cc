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

// Accumulators of a tile.
constexpr size_t kMostSums = kRegisters == 32 ? 24 : 12;

// to += the sum over all entries of gradient * (Rows rows of Vectors vectors that begin at `from` + place)
template <size_t Rows, size_t Vectors>
__attribute__((noinline)) void add_tile(const Entry* entries, size_t count, const float* from, size_t from_step,
                                        float* to, size_t to_step) {
  // A few accumulators alone would wait for each other: these tiles take two entries at a time.
  constexpr size_t kSets = Rows * Vectors >= 8 ? 1 : Rows * Vectors >= 4 ? 2 : 4;
  V sums[kSets][Rows][Vectors] = {};
  const auto take = [&](const Entry& entry, V(&into)[Rows][Vectors]) FIGURATE_LAMBDA {
    const V gradient = splat(entry.gradient);
    const float* x = from + entry.place;
#pragma GCC unroll 7
    for (size_t r = 0; r < Rows; ++r, x += from_step) {
      x = apart(x);
#pragma GCC unroll 24
      for (size_t v = 0; v < Vectors; ++v) accumulate_from(into[r][v], gradient, x + v * kWidth);
    }
  };
  size_t e = 0;
  for (; e + kSets <= count; e += kSets) {
#pragma GCC unroll 4
    for (size_t set = 0; set < kSets; ++set) take(entries[e + set], sums[set]);
  }
  for (; e < count; ++e) take(entries[e], sums[0]);
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

// A row of 3 × 3 over one channel is too little of a vector. Filters are the lanes then, and each of the four pixels of
// a square is taken with the gradients of those filters for which it was the largest: four times the multiplications,
// but all lanes full and no lists. Rows of 5 are faster as vectors (1.4 times with 8 lanes).
constexpr size_t kSmallWindow = 32, kShortRow = 4;

constexpr size_t most_numbers(size_t vectors) { return kRegisters == 32 ? 13 : 12 / vectors; }

// Numbers [first, first + Numbers) of the window, for Vectors vectors of filters.
template <size_t Numbers, size_t Vectors>
__attribute__((noinline)) void small_tile(const PooledGradient& a, const size_t* places, float* sums, size_t filter) {
  const Windows& w = a.windows;
  const Offsets offsets(w);
  V totals[Numbers][Vectors] = {};
  for (size_t figure = 0; figure < a.figures; ++figure) {
    const float* delta = a.output_gradient + figure * a.output_gradient_step + filter;
    const int32_t* where = a.where + figure * a.output_gradient_step + filter;
    for (size_t row = 0; row < w.rows; row += 2) {
      const float* x = a.input + figure * a.input_step + row * w.row_step;
      for (size_t column = 0; column < w.columns; column += 2, x += 2 * w.column_step) {
#pragma GCC unroll 4
        for (int32_t square = 0; square < 4; ++square) {
          V parts[Vectors];
#pragma GCC unroll 2
          for (size_t v = 0; v < Vectors; ++v) {
            const I largest = as_int(load(reinterpret_cast<const float*>(where) + v * kWidth)) == I{} + square;
            parts[v] = select(largest, load(delta + v * kWidth), V{});
          }
          const float* const from = x + offsets.of[square];
#pragma GCC unroll 13
          for (size_t i = 0; i < Numbers; ++i) {
            const V value = splat(from[places[i]]);
#pragma GCC unroll 2
            for (size_t v = 0; v < Vectors; ++v) accumulate(totals[i][v], value, parts[v]);
          }
        }
        delta += a.filters, where += a.filters;
      }
    }
  }
  for (size_t i = 0; i < Numbers; ++i) {
    for (size_t v = 0; v < Vectors; ++v) store(sums + (i * Vectors + v) * kWidth, totals[i][v]);
  }
}

using SmallTile = void (*)(const PooledGradient&, const size_t*, float*, size_t);

template <size_t Vectors, size_t... Numbers>
FIGURATE_INLINE SmallTile small_tile_of(size_t numbers, Sequence<Numbers...>) {
  SmallTile found = nullptr;
  (void)((numbers == Numbers + 1 && (found = small_tile<Numbers + 1, Vectors>, true)) || ...);
  return found;
}

template <size_t Vectors>
void small_filters(const PooledGradient& a, size_t filter) {
  const Windows& w = a.windows;
  constexpr size_t kMost = most_numbers(Vectors);
  const size_t numbers = w.window_rows * w.run, tiles = (numbers + kMost - 1) / kMost;
  const size_t filter_size = w.window_rows * blocks(w.run);
  for (size_t t = 0; t < tiles; ++t) {
    const size_t first = numbers * t / tiles, count = numbers * (t + 1) / tiles - first;
    size_t places[kMost];
    float sums[kMost * Vectors * kWidth];
    for (size_t i = 0; i < count; ++i) places[i] = (first + i) / w.run * w.window_row_step + (first + i) % w.run;
    small_tile_of<Vectors>(count, MakeSequence<kMost>{})(a, places, sums, filter);
    for (size_t i = 0; i < count; ++i) {
      float* const to = a.gradient + (first + i) / w.run * blocks(w.run) + (first + i) % w.run;
      for (size_t f = filter; f < a.filters && f < filter + Vectors * kWidth; ++f) {
        to[f * filter_size] += sums[i * Vectors * kWidth + f - filter];
      }
    }
  }
}

// Filters are taken a few at a time, each with a list of its outputs.
constexpr size_t kLists = 16, kListEntries = 64;

void add_bias(const PooledGradient& a) {
  const size_t pixels = a.windows.rows / 2 * (a.windows.columns / 2);
  for (size_t filter = 0; filter < a.filters; filter += kWidth) {
    V sum = {};
    for (size_t figure = 0; figure < a.figures; ++figure) {
      const size_t at = figure * a.output_gradient_step + filter;
      for (size_t pixel = 0; pixel < pixels; ++pixel) {
        const I where = as_int(load(reinterpret_cast<const float*>(a.where + at + pixel * a.filters)));
        sum = sum + select(where < I{}, V{}, load(a.output_gradient + at + pixel * a.filters));
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

void pooled_gradient(const PooledGradient& a) {
  const Windows& w = a.windows;
  if (a.bias_gradient != nullptr) add_bias(a);
  if (w.window_rows * w.run <= kSmallWindow && w.run <= kShortRow) {
    for (size_t filter = 0; filter < a.filters; filter += 2 * kWidth) {
      if (a.filters - filter > kWidth) {
        small_filters<2>(a, filter);
      } else {
        small_filters<1>(a, filter);
      }
    }
    return;
  }
  const size_t rows = w.rows / 2, columns = w.columns / 2, filter_size = w.window_rows * blocks(w.run);
  const Offsets offsets(w);
  const size_t vectors = (w.run + kWidth - 1) / kWidth;
  Entry lists[kLists][kListEntries];
  for (size_t first = 0; first < a.filters; first += kLists) {
    const size_t filters = a.filters - first < kLists ? a.filters - first : kLists;
    size_t counts[kLists] = {}, most = 0;
    const auto add = [&]() FIGURATE_LAMBDA {
      for (size_t f = 0; f < filters; ++f) {
        add_windows(lists[f], counts[f], a.input, w.window_row_step, a.gradient + (first + f) * filter_size,
                    blocks(w.run), w.window_rows, vectors);
        counts[f] = 0;
      }
      most = 0;
    };
    for (size_t figure = 0; figure < a.figures; ++figure) {
      const float* delta = a.output_gradient + figure * a.output_gradient_step + first;
      const int32_t* where = a.where + figure * a.output_gradient_step + first;
      for (size_t pixel = 0; pixel < rows * columns; ++pixel, delta += a.filters, where += a.filters) {
        if (most++ == kListEntries) add(), most = 1;
        const size_t place =
            figure * a.input_step + pixel / columns * 2 * w.row_step + pixel % columns * 2 * w.column_step;
        for (size_t f = 0; f < filters; ++f) {
          // Always written, and written over by the next one if it was blocked.
          lists[f][counts[f]] = {static_cast<uint32_t>(place + offsets.of[where[f] & 3]), delta[f]};
          counts[f] += where[f] >= 0;
        }
      }
      // Before the next figure takes this one's place in the cache.
      add();
    }
  }
}

// A group of filters at a time, whose weights stay in L1 while all pixels pass.
void pooled_backward(const PooledBackward& a) {
  constexpr size_t kWeightBytes = 40960, kMostFilters = 64;
  const Windows& w = a.windows;
  const size_t filter_size = w.window_rows * blocks(w.run);
  const size_t vectors = (w.run + kWidth - 1) / kWidth;
  const Offsets offsets(w);
  size_t group = kWeightBytes / (filter_size * sizeof(float));
  group = group < 4 ? 4 : group > kMostFilters ? kMostFilters : group;
  Entry lists[4][kMostFilters + 1];
  for (size_t first = 0; first < a.filters; first += group) {
    const size_t filters = a.filters - first < group ? a.filters - first : group;
    const float* delta = a.output_gradient + first;
    const int32_t* where = a.where + first;
    for (size_t row = 0; row < w.rows; row += 2) {
      float* to = a.input_gradient + row * w.row_step;
      for (size_t column = 0; column < w.columns; column += 2, to += 2 * w.column_step) {
        size_t counts[4] = {};
        for (size_t f = 0; f < filters; ++f) {
          const size_t square = static_cast<size_t>(where[f]) & 3;
          lists[square][counts[square]] = {static_cast<uint32_t>(f * filter_size), delta[f]};
          counts[square] += where[f] >= 0;
        }
        for (size_t square = 0; square < 4; ++square) {
          add_windows(lists[square], counts[square], a.weights + first * filter_size, blocks(w.run),
                      to + offsets.of[square], w.window_row_step, w.window_rows, vectors);
        }
        delta += a.filters, where += a.filters;
      }
    }
  }
}

}  // namespace figurate::FIGURATE_ISA
