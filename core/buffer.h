// Aligned, zero-filled memory for numbers. Owns, moves, never copies by accident.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace figurate {

// Numbers in one block: rows of kernels start at multiples of it, and padding lanes up to it are zero.
inline constexpr size_t kLanes = 16;

inline constexpr size_t round_up(size_t count, size_t unit) { return (count + unit - 1) / unit * unit; }

template <class T>
class Buffer {
 public:
  Buffer() = default;

  // `count` zeros.
  explicit Buffer(size_t count) : Buffer(count, Unfilled{}) { zero(); }

  // Memory to be written before it is read.
  static Buffer unfilled(size_t count) { return Buffer(count, Unfilled{}); }

  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), count_(std::exchange(other.count_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(count_, other.count_);
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { std::free(data_); }

  T* data() { return data_; }
  const T* data() const { return data_; }
  size_t size() const { return count_; }
  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }
  void zero() {
    if (count_ > 0) std::memset(data_, 0, count_ * sizeof(T));
  }

 private:
  struct Unfilled {};

  Buffer(size_t count, Unfilled) : count_(count) {
    if (count == 0) return;
    // Large buffers start on a huge page so that a shuffled pass over the figures does not pay for a page walk each.
    const size_t bytes = round_up(count * sizeof(T), kAlignment);
    const bool large = bytes >= kHugePage;
    data_ =
        static_cast<T*>(std::aligned_alloc(large ? kHugePage : kAlignment, large ? round_up(bytes, kHugePage) : bytes));
    if (data_ == nullptr) throw std::bad_alloc();
    if (large) madvise(data_, bytes, MADV_HUGEPAGE);
  }

  static constexpr size_t kAlignment = 64;
  static constexpr size_t kHugePage = size_t{2} << 20;
  T* data_ = nullptr;
  size_t count_ = 0;
};

}  // namespace figurate
