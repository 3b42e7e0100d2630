// The figures of a fit, held ready for batches: one byte a pixel where that loses nothing, else one float.
#pragma once

#include <cstdint>
#include <vector>

#include "../buffer.h"
#include "../check.h"
#include "../kernels/table.h"
#include "../view.h"

namespace figurate {

// The scale with which the kernel makes byte * scale + offset of a byte, k / 255 as float64 would round it.
ByteScale split_scale(double scale, double offset);

// What to throw for a pixel that is NaN or infinite.
ValueError not_finite(double value, size_t figure, size_t position);

class Figures {
 public:
  // `count` figures of `features` numbers, C order. Bytes are used where they are and must outlive this object; so are
  // floats that do not fit bytes. Floats are held as bytes if every value is exactly k / 255, or exactly k, for a k of
  // 0..255. Throws ValueError, naming the figure, for a value that is not finite.
  Figures(const uint8_t* x, size_t count, size_t features, int threads);
  Figures(const float* x, size_t count, size_t features, int threads);
  Figures(const double* x, size_t count, size_t features, int threads);

  size_t count() const { return count_; }
  size_t features() const { return features_; }
  double minimum() const { return minimum_; }
  double maximum() const { return maximum_; }
  bool held_as_bytes() const { return bytes_ != nullptr; }
  size_t ink_words() const { return ink_words_; }

  // A bit for each quad of numbers of figure i: 0 where all four are zero.
  const uint64_t* ink(size_t figure) const { return ink_.data() + figure * ink_words_; }

  // The scale with which `load` must be called so that x becomes x * scale + offset.
  ByteScale byte_scale(double scale, double offset) const;
  // Numbers [range.first, range.last) of a figure, scaled, to the same places of `row`.
  void load(size_t figure, Range range, const ByteScale& scale, float* row) const;
  // Asks the cache for what `load` will read.
  void prefetch(size_t figure, Range range) const;

 private:
  void allocate(size_t count, size_t features);
  template <class Fill>
  bool scan_bytes(int threads, const Fill& fill);
  template <class T>
  void hold(const T* x, int threads);
  template <class T>
  bool hold_as_bytes(const T* x, T divisor, int threads);
  template <class T>
  void scan_floats(const T* x, int threads);

  size_t count_ = 0, features_ = 0, ink_words_ = 0;
  double minimum_ = 0, maximum_ = 0;
  double unit_ = 1.0;  // what a byte of 1 stands for
  Buffer<uint8_t> own_bytes_;
  Buffer<float> own_floats_;
  Buffer<uint64_t> ink_;
  const uint8_t* bytes_ = nullptr;
  const float* floats_ = nullptr;
};

}  // namespace figurate
