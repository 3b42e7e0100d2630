// Convolutions to try: every width of a tile, every rest of a vector, windows of every kind.
#pragma once

#include <string>

#include "kernels/table.h"
#include "sums.h"

namespace testing {

struct Geometry {
  size_t rows, columns;  // of windows
  size_t channels, filters;
  size_t kernel_y = 3, kernel_x = 3, stride_y = 1, stride_x = 1, dilation_y = 1, dilation_x = 1, groups = 1;
  size_t rest = 0;  // rows and columns of the input that no window meets

  size_t height() const { return (rows - 1) * stride_y + (kernel_y - 1) * dilation_y + 1 + rest; }
  size_t width() const { return (columns - 1) * stride_x + (kernel_x - 1) * dilation_x + 1 + rest; }
  size_t inputs() const { return height() * width() * channels; }
  size_t group_channels() const { return channels / groups; }
  size_t group_filters() const { return filters / groups; }
  size_t window() const { return kernel_y * kernel_x * group_channels(); }
  // Without an odd last row or column, whose input is left over.
  Geometry even() const {
    Geometry g = *this;
    g.rows -= rows % 2, g.columns -= columns % 2, g.rest += rows % 2 + columns % 2;
    return g;
  }
  figurate::Windows windows() const {
    const bool whole = groups == 1 && dilation_x == 1;
    figurate::Windows w{};
    w.rows = rows, w.columns = columns;
    w.row_step = stride_y * width() * channels, w.column_step = stride_x * channels;
    w.window_rows = kernel_y, w.window_row_step = dilation_y * width() * channels;
    w.runs = whole ? 1 : kernel_x, w.run_step = dilation_x * channels;
    w.run = whole ? kernel_x * channels : group_channels();
    return w;
  }
};

inline std::string to_string(const Geometry& g) {
  const auto by = [](size_t a, size_t b) { return std::to_string(a) + " x " + std::to_string(b); };
  return by(g.rows, g.columns) + " windows of " + by(g.kernel_y, g.kernel_x) + ", strides " +
         by(g.stride_y, g.stride_x) + ", gaps " + by(g.dilation_y, g.dilation_x) + ", " + std::to_string(g.channels) +
         " channels, " + std::to_string(g.filters) + " filters, " + std::to_string(g.groups) + " groups";
}

using Source = std::vector<float> (*)(size_t count, uint64_t seed);

// What is added to a sum of so many products; whole numbers need no tolerance.
inline size_t roundings(Source source, size_t products) { return source == small_numbers ? 0 : products; }

// Calls check(geometry, source) for all of them.
template <class Check>
void for_each_geometry(const Check& check) {
  const auto exact = [&](const Geometry& g) { in_case(to_string(g), [&] { check(g, small_numbers); }); };
  const auto rounded = [&](const Geometry& g) { in_case(to_string(g), [&] { check(g, normals); }); };
  constexpr size_t kChannels[] = {1, 2, 3, 8, 16, 17, 32, 48}, kFilters[] = {1, 3, 8, 16, 20, 32, 48, 70};
  for (size_t columns = 1; columns <= 30; ++columns) {
    for (const size_t filters : kFilters) exact({2, columns, 2, filters, 2, 3});
  }
  for (const size_t channels : kChannels) {
    for (const size_t filters : kFilters) exact({4, 6, channels, filters});
    for (size_t side = 1; side <= 7; ++side) {
      exact({4, 5, channels, kFilters[side], side, side});
      exact({3, 4, channels, kFilters[(side + channels) % 8], side, 8 - side});
    }
  }
  for (const size_t filters : {6, 18, 36}) {
    for (const auto& [y, x] : {std::pair<size_t, size_t>{1, 2}, {2, 1}, {2, 2}, {3, 3}, {1, 3}}) {
      exact({4, 7, 4, filters, 3, 3, y, x});        // strides
      exact({5, 4, 4, filters, 2, 3, 1, 1, y, x});  // gaps
      exact({5, 4, 4, filters, 3, 2, y, x, x, y});
      exact({4, 6, 6, filters, y, x, 1, 1, 1, 1, 2});  // groups
      exact({4, 6, 6, filters, y, x, x, y, 1, 1, 3});
      exact({4, 3, 6, filters, 2, 2, 1, 1, y, x, 6});
    }
    exact({4, 4, 3, filters, 3, 3, 2, 2, 1, 1, 1, 1});  // input left over
    exact({5, 7, 1, filters, 2, 2, 3, 3, 1, 1, 1, 2});
  }
  exact({3, 5, 34, 34, 3, 3, 1, 1, 1, 1, 17});
  exact({3, 5, 2, 96, 3, 3, 1, 1, 1, 1, 2});
  for (const size_t channels : {1, 3, 32}) {
    for (const size_t filters : {1, 20, 48}) {
      for (const size_t side : {1, 3, 5}) rounded({6, 8, channels, filters, side, side});
      rounded({6, 8, channels, filters, 3, 2, 2, 1});
    }
  }
  rounded({4, 6, 8, 12, 3, 3, 1, 1, 1, 1, 4});
}

}  // namespace testing
