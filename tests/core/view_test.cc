// Memory and its division: shares, strides, buffers.
#include "view.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "testing.h"

using figurate::Buffer;
using figurate::Range;
using figurate::share;

TEST(view_shares_cover_everything_once) {
  for (const size_t count : {0, 1, 2, 5, 31, 32, 33, 1000}) {
    for (const size_t ranks : {1, 2, 3, 8, 40}) {
      for (const size_t unit : {1, 2, 64}) {
        size_t next = 0, least = count, most = 0;
        for (size_t rank = 0; rank < ranks; ++rank) {
          const Range range = share(count, rank, ranks, unit);
          CHECK_EQUAL(range.first, next);
          CHECK(range.last >= range.first);
          CHECK(range.first % unit == 0 || range.first == count);
          next = range.last;
          least = std::min(least, range.size());
          most = std::max(most, range.size());
        }
        CHECK_EQUAL(next, count);
        CHECK(most - least < 2 * unit);  // balanced to a unit, the last of which may be cut short
      }
    }
  }
}

TEST(view_rows_stand_apart) {
  for (size_t columns = 1; columns < 2000; ++columns) {
    const size_t stride = figurate::row_stride(columns);
    CHECK(stride >= columns && stride % figurate::kLanes == 0 && stride < columns + 2 * figurate::kLanes);
    CHECK(stride * sizeof(float) % 1024 != 0);
  }
  const figurate::Tensor tensor(3, 20);
  CHECK_EQUAL(tensor.view().rows, size_t{3});
  CHECK_EQUAL(tensor.view().row(2) - tensor.view().row(0), std::ptrdiff_t{64});
}

TEST(buffer_is_aligned_zero_and_moves) {
  for (const size_t count : {1, 5, 1000, 600000}) {
    Buffer<float> buffer(count);
    CHECK_EQUAL(reinterpret_cast<uintptr_t>(buffer.data()) % 64, uintptr_t{0});
    for (size_t i = 0; i < count; ++i) CHECK(buffer[i] == 0.0f);
    buffer[count - 1] = 7.0f;
    float* const data = buffer.data();
    Buffer<float> moved(std::move(buffer)), assigned;
    CHECK(moved.data() == data && moved.size() == count && moved[count - 1] == 7.0f);
    assigned = std::move(moved);
    CHECK(assigned.data() == data && assigned.size() == count);
    assigned.zero();
    CHECK(assigned[count - 1] == 0.0f);
  }
  Buffer<float> none(0);
  CHECK(none.data() == nullptr && none.size() == 0);
  none.zero();
}
