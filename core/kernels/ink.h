// Ink: a bit for each quad of a row (table.h). Always inlined, so that it belongs to whichever instruction set includes
// it.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace figurate {

// The bits of quads [first, first + count), count <= 64, from the lowest bit on.
static inline __attribute__((always_inline)) uint64_t ink_window(const uint64_t* ink, size_t first, size_t count) {
  const size_t word = first / 64, shift = first % 64;
  uint64_t bits = ink[word] >> shift;
  if (shift + count > 64) bits |= ink[word + 1] << (64 - shift);
  return count < 64 ? bits & ~(~uint64_t{0} << count) : bits;
}

}  // namespace figurate
