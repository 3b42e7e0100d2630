// Pixels of one byte to floats, scaled.
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

void bytes_to_floats(const uint8_t* from, float* to, size_t count, ByteScale scale) {
  const V high = splat(scale.high), low = splat(scale.low), offset = splat(scale.offset);
  size_t i = 0;
  for (; i + kWidth <= count; i += kWidth) {
    const V value = from_bytes(from + i);
    store(to + i, fma(value, high, fma(value, low, offset)));
  }
  if (i == count) return;
  uint8_t rest[kWidth] = {};
  for (size_t j = i; j < count; ++j) rest[j - i] = from[j];
  const V value = from_bytes(rest);
  const V last = fma(value, high, fma(value, low, offset));
  for (size_t j = i; j < count; ++j) to[j] = last[j - i];
}

}  // namespace figurate::FIGURATE_ISA
