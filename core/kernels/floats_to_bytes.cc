// Floats that are bytes in disguise: k / 255 or k, back to k.
//
// Plain loops that the compiler vectorises; the division is exact where the multiplication by a reciprocal would not
// be.
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

namespace {

template <class T>
FIGURATE_INLINE bool to_bytes(const T* from, uint8_t* to, size_t count, T divisor) {
  int32_t wrong = 0;
  for (size_t i = 0; i < count; ++i) {
    const T value = from[i];
    // Out of range and NaN both fail the comparison below, whatever the conversion makes of them.
    const T bounded = value >= T(0) ? (value <= T(255) ? value : T(255)) : T(0);
    const T scaled = bounded * divisor + T(0.5);
    const auto k = static_cast<int32_t>(scaled < T(256) ? scaled : T(255));
    to[i] = static_cast<uint8_t>(k);
    wrong |= static_cast<T>(k) / divisor == value ? 0 : 1;
  }
  return wrong == 0;
}

}  // namespace

bool floats_to_bytes(const float* from, uint8_t* to, size_t count, float divisor) {
  return to_bytes(from, to, count, divisor);
}
bool doubles_to_bytes(const double* from, uint8_t* to, size_t count, double divisor) {
  return to_bytes(from, to, count, divisor);
}

}  // namespace figurate::FIGURATE_ISA
