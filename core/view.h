// Views of rows of floats: a pointer, two counts and the distance between rows. They own nothing.
#pragma once

#include <cstddef>

#include "buffer.h"

namespace figurate {

// Rows [first, last) of a batch, or of anything else that is shared out.
struct Range {
  size_t first;
  size_t last;
  size_t size() const { return last - first; }
};

// The share of `count` things that `rank` of `ranks` owns, in units of `unit`. Contiguous, balanced, the same for
// everybody.
inline Range share(size_t count, size_t rank, size_t ranks, size_t unit = 1) {
  const size_t units = (count + unit - 1) / unit;
  const size_t first = units * rank / ranks * unit, last = units * (rank + 1) / ranks * unit;
  return {first < count ? first : count, last < count ? last : count};
}

// (rows, columns) floats; row r starts at data + r * stride. Lanes from `columns` to the next block are zero.
struct Matrix {
  float* data = nullptr;
  size_t rows = 0;
  size_t columns = 0;
  size_t stride = 0;
  float* row(size_t r) const { return data + r * stride; }
};

// The distance between rows of `columns` floats: whole blocks, and never a multiple of 1 KiB, where the rows of a batch
// would fall on the same few sets of the L1 cache.
inline constexpr size_t row_stride(size_t columns) {
  const size_t stride = round_up(columns, kLanes);
  return stride % 256 == 0 && stride > 0 ? stride + kLanes : stride;
}

// A Matrix with its own memory.
class Tensor {
 public:
  Tensor() = default;
  Tensor(size_t rows, size_t columns)
      // With room behind, since whole vectors are read.
      : buffer_(rows * row_stride(columns) + kLanes), view_{buffer_.data(), rows, columns, row_stride(columns)} {}
  const Matrix& view() const { return view_; }

 private:
  Buffer<float> buffer_;
  Matrix view_;
};

}  // namespace figurate
