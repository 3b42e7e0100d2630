// The figures of a fit, held ready for batches: one byte a pixel where that loses nothing, else one float; and packed,
// without the quads that are blank, where enough are.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "../buffer.h"
#include "../check.h"
#include "../kernels/ink.h"
#include "../kernels/table.h"
#include "../view.h"

namespace figurate {

// The scale with which the kernel makes byte * scale + offset of a byte, k / 255 as float64 would round it.
ByteScale split_scale(double scale, double offset);

// What to throw for a pixel that is NaN, infinite or beyond float32.
ValueError not_finite(double value, size_t figure, size_t position);

class Figures {
 public:
  // `count` figures of `features` numbers, C order. Floats are held as bytes if every value is exactly k / 255, or
  // exactly k, for a k of 0..255. Bytes, and floats that do not fit bytes, are used where they are unless they are
  // packed, and must outlive this object. Where `copies` is false, bytes and floats are used where they are in any
  // case, as suits figures that are larger than memory and mapped from a file. Throws ValueError, naming the figure,
  // for a value that is not finite.
  Figures(const uint8_t* x, size_t count, size_t features, int threads, bool copies = true);
  Figures(const float* x, size_t count, size_t features, int threads, bool copies = true);
  Figures(const double* x, size_t count, size_t features, int threads, bool copies = true);

  size_t count() const { return count_; }
  size_t features() const { return features_; }
  size_t quads() const { return quads_; }
  double minimum() const { return minimum_; }
  double maximum() const { return maximum_; }
  bool held_as_bytes() const { return as_bytes_; }
  bool packed() const { return !places_.empty(); }

  // Where figures are packed: a bit for each quad of a figure, 0 where all four numbers are zero.
  const uint64_t* ink(size_t figure) const { return records_.data() + places_[figure]; }

  // How many of some quads have ink.
  size_t inked(size_t figure, Range quads) const {
    const uint64_t* const bits = ink(figure);
    size_t count = 0;
    for (size_t first = quads.first; first < quads.last; first += 64) {
      count +=
          static_cast<size_t>(__builtin_popcountll(ink_window(bits, first, std::min<size_t>(quads.last - first, 64))));
    }
    return count;
  }

  // The scale with which `load` must be called so that x becomes x * scale + offset.
  ByteScale byte_scale(double scale, double offset) const;
  // Quads [first, last) of a figure, scaled; behind its last number stand zeros.
  void load(size_t figure, Range quads, const ByteScale& scale, float* to) const;
  // The same without those that are blank, for packed figures; needs room for kLanes floats more.
  void load_packed(size_t figure, Range quads, const ByteScale& scale, float* to) const;
  // Asks the cache for what `load` and `load_packed` will read; of a packed figure for all, since where its quads are
  // is not known before its ink is read.
  void prefetch(size_t figure, Range quads) const;

 private:
  Figures(size_t count, size_t features);
  template <class T>
  bool worth_packing(const T* x) const;
  void prepare_records(size_t value_size);
  template <class T>
  size_t pack(size_t figure, const T* row, size_t place);
  template <class T, class RowOf>
  bool scan(int threads, const RowOf& row_of);
  template <class T>
  void hold(const T* x, int threads, bool copies);
  template <class T>
  bool hold_as_bytes(const T* x, T divisor, int threads);
  template <class T>
  void hold_as_floats(const T* x, int threads);

  size_t value_size() const { return as_bytes_ ? 1 : sizeof(float); }
  // 64-bit words of the longest record: a figure's ink and all its quads.
  size_t record_words(size_t value_size) const { return ink_words_ + (quads_ * kQuad * value_size + 7) / 8; }
  const unsigned char* packed_values(size_t figure, size_t first_quad) const {
    return reinterpret_cast<const unsigned char*>(ink(figure) + ink_words_) +
           inked(figure, {0, first_quad}) * kQuad * value_size();
  }
  void convert(const unsigned char* from, size_t count, const ByteScale& scale, float* to) const;
  void unpack(size_t figure, Range quads, const ByteScale& scale, float* to) const;

  size_t count_, features_, quads_, ink_words_;
  double minimum_ = 0, maximum_ = 0;
  bool as_bytes_ = true;
  double unit_ = 1.0;            // what a byte of 1 stands for
  const void* plain_ = nullptr;  // (count, features) bytes or floats, unless packed
  Buffer<uint8_t> own_bytes_;    // where plain_ points if they are ours
  Buffer<float> own_floats_;
  Buffer<uint64_t> records_;      // packed: of each figure its ink, then the values of the quads that have ink
  std::vector<uint32_t> places_;  // where each figure's record begins
};

}  // namespace figurate
