// The channels of a pixel: whole vectors of them, and a rest of fewer lanes. Included by kernels only.
#pragma once

#include "simd.h"

namespace figurate::FIGURATE_ISA {

struct WholeVector {
  FIGURATE_INLINE V get(const float* from) { return load(from); }
  FIGURATE_INLINE void put(float* to, V value) { store(to, value); }
  FIGURATE_INLINE V keep(V value) { return value; }
};

// Nothing behind the rest is read or written: there stands the next pixel.
struct RestOfVector {
  FIGURATE_LAMBDA V get(const float* from) const { return load_first(from, lanes); }
  FIGURATE_LAMBDA void put(float* to, V value) const { store_first(to, value, lanes.count); }
  // The rest's lanes; the others zero, as `get` has them.
  FIGURATE_LAMBDA V keep(V value) const { return first_lanes(value, lanes.count, V{}); }
  Lanes lanes;
};

class Channels {
 public:
  explicit Channels(size_t count) : whole_(count / kWidth * kWidth), rest_{Lanes(count % kWidth)} {}

  // Calls body(first channel, access), `access` a WholeVector or a RestOfVector.
  template <class Body>
  FIGURATE_LAMBDA void each(const Body& body) const {
    for (size_t c = 0; c < whole_; c += kWidth) body(c, WholeVector{});
    if (rest_.lanes.count > 0) body(whole_, rest_);
  }

 private:
  size_t whole_;
  RestOfVector rest_;
};

}  // namespace figurate::FIGURATE_ISA
