#include "figures.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>

#include "../check.h"
#include "../thread_pool.h"

namespace figurate {

namespace {

// Calls job(first, last, rank) for every thread's share of `count`.
template <class Job>
void in_shares(size_t count, int threads, const Job& job) {
  Team team(count > 256 ? threads : 1);
  team.run([&](int rank) {
    const Range range = share(count, static_cast<size_t>(rank), static_cast<size_t>(team.size()));
    job(range.first, range.last, static_cast<size_t>(rank));
  });
}

// The ink bits of one row: two quads at a time.
void scan_ink(const uint8_t* row, size_t features, uint64_t* ink) {
  size_t quad = 0;
  for (; (quad + 2) * kQuad <= features; quad += 2) {
    uint64_t both;
    std::memcpy(&both, row + quad * kQuad, sizeof both);
    const uint64_t bits =
        static_cast<uint64_t>(static_cast<uint32_t>(both) != 0) | static_cast<uint64_t>((both >> 32) != 0) << 1;
    ink[quad / 64] |= bits << (quad % 64);
  }
  for (size_t i = quad * kQuad; i < features; ++i) ink[i / kQuad / 64] |= uint64_t{row[i] != 0} << (i / kQuad % 64);
}

template <class T>
void scan_ink(const T* row, size_t features, uint64_t* ink) {
  for (size_t i = 0; i < features; ++i) ink[i / kQuad / 64] |= uint64_t{row[i] != T(0)} << (i / kQuad % 64);
}

// Loops of one operation each, which compilers vectorise.
template <class T>
void scan_extremes(const T* row, size_t features, T& lowest, T& highest) {
  T low = lowest, high = highest;
  for (size_t i = 0; i < features; ++i) low = std::min(low, row[i]);
  for (size_t i = 0; i < features; ++i) high = std::max(high, row[i]);
  lowest = low;
  highest = high;
}

bool to_bytes(const float* from, uint8_t* to, size_t count, float divisor) {
  return kernels().floats_to_bytes(from, to, count, divisor);
}
bool to_bytes(const double* from, uint8_t* to, size_t count, double divisor) {
  return kernels().doubles_to_bytes(from, to, count, divisor);
}

}  // namespace

ValueError not_finite(double value, size_t figure, size_t position) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return ValueError("expected finite pixels, received " + std::string(text) + " in figure " + std::to_string(figure) +
                    " at position " + std::to_string(position) +
                    ". Replace such values first, e.g. with numpy.nan_to_num.");
}

void Figures::allocate(size_t count, size_t features) {
  check(count > 0 && features > 0, "expected at least one figure, received none");
  check(count <= 0xffffffffu, "expected at most 4,294,967,295 figures");
  count_ = count;
  features_ = features;
  ink_words_ = (features + kQuad * 64 - 1) / (kQuad * 64);
  ink_ = Buffer<uint64_t>(count * ink_words_);
}

// Fills the bytes if need be (`fill(figure)` is false where they cannot hold it), the ink and the extremes, a figure
// after the other.
template <class Fill>
bool Figures::scan_bytes(int threads, const Fill& fill) {
  std::atomic<bool> held{true};
  std::vector<uint8_t> low(static_cast<size_t>(std::max(threads, 1)), 255), high(low.size(), 0);
  in_shares(count_, threads, [&](size_t first, size_t last, size_t rank) {
    for (size_t f = first; f < last; ++f) {
      if (!fill(f)) held.store(false, std::memory_order_relaxed);
      if (!held.load(std::memory_order_relaxed)) return;
      const uint8_t* row = bytes_ + f * features_;
      scan_ink(row, features_, ink_.data() + f * ink_words_);
      scan_extremes(row, features_, low[rank], high[rank]);
    }
  });
  minimum_ = *std::min_element(low.begin(), low.end()) * unit_;
  maximum_ = *std::max_element(high.begin(), high.end()) * unit_;
  return held;
}

template <class T>
bool Figures::hold_as_bytes(const T* x, T divisor, int threads) {
  unit_ = 1.0 / static_cast<double>(divisor);
  ink_.zero();
  return scan_bytes(threads, [&](size_t f) {
    return to_bytes(x + f * features_, own_bytes_.data() + f * features_, features_, divisor);
  });
}

template <class T>
void Figures::hold(const T* x, int threads) {
  own_bytes_ = Buffer<uint8_t>::unfilled(count_ * features_);
  bytes_ = own_bytes_.data();
  if (hold_as_bytes(x, T(255), threads) || hold_as_bytes(x, T(1), threads)) return;
  bytes_ = nullptr;
  own_bytes_ = Buffer<uint8_t>();
  ink_.zero();
  scan_floats(x, threads);
  if constexpr (std::is_same_v<T, float>) {
    floats_ = x;
  } else {
    own_floats_ = Buffer<float>::unfilled(count_ * features_);
    in_shares(count_, threads, [&](size_t first, size_t last, size_t) {
      for (size_t i = first * features_; i < last * features_; ++i) own_floats_[i] = static_cast<float>(x[i]);
    });
    floats_ = own_floats_.data();
  }
}

template <class T>
void Figures::scan_floats(const T* x, int threads) {
  const size_t ranks = static_cast<size_t>(std::max(threads, 1));
  std::vector<T> low(ranks, x[0]), high(ranks, x[0]);
  std::vector<size_t> wrong(ranks, SIZE_MAX);  // the first place in each share
  in_shares(count_, threads, [&](size_t first, size_t last, size_t rank) {
    for (size_t f = first; f < last; ++f) {
      const T* row = x + f * features_;
      for (size_t i = 0; i < features_; ++i) {
        if (std::isfinite(static_cast<float>(row[i]))) continue;
        wrong[rank] = f * features_ + i;
        return;
      }
      scan_ink(row, features_, ink_.data() + f * ink_words_);
      scan_extremes(row, features_, low[rank], high[rank]);
    }
  });
  if (const size_t first = *std::min_element(wrong.begin(), wrong.end()); first != SIZE_MAX) {
    throw not_finite(static_cast<double>(x[first]), first / features_, first % features_);
  }
  minimum_ = *std::min_element(low.begin(), low.end());
  maximum_ = *std::max_element(high.begin(), high.end());
}

// The high part has 16 significant bits: its product with a byte is exact, so that the sum is rounded once with fused
// operations or without.
ByteScale split_scale(double scale, double offset) {
  const auto nearest = static_cast<float>(scale);
  uint32_t bits;
  std::memcpy(&bits, &nearest, sizeof bits);
  bits &= 0xffffff00u;
  float high;
  std::memcpy(&high, &bits, sizeof high);
  return {high, static_cast<float>(scale - high), static_cast<float>(offset)};
}

Figures::Figures(const uint8_t* x, size_t count, size_t features, int threads) {
  allocate(count, features);
  bytes_ = x;
  scan_bytes(threads, [](size_t) { return true; });
}

Figures::Figures(const float* x, size_t count, size_t features, int threads) {
  allocate(count, features);
  hold(x, threads);
}

Figures::Figures(const double* x, size_t count, size_t features, int threads) {
  allocate(count, features);
  hold(x, threads);
}

ByteScale Figures::byte_scale(double scale, double offset) const { return split_scale(unit_ * scale, offset); }

void Figures::load(size_t figure, Range range, const ByteScale& scale, float* row) const {
  if (bytes_ != nullptr) {
    kernels().bytes_to_floats(bytes_ + figure * features_ + range.first, row + range.first, range.size(), scale);
    return;
  }
  const float* from = floats_ + figure * features_;
  const float factor = scale.high + scale.low;
  if (factor == 1.0f && scale.offset == 0.0f) {
    std::memcpy(row + range.first, from + range.first, range.size() * sizeof(float));
  } else {
    for (size_t i = range.first; i < range.last; ++i) row[i] = from[i] * factor + scale.offset;
  }
}

void Figures::prefetch(size_t figure, Range range) const {
  const size_t size = bytes_ != nullptr ? 1 : sizeof(float);
  const char* from = bytes_ != nullptr ? reinterpret_cast<const char*>(bytes_) : reinterpret_cast<const char*>(floats_);
  from += (figure * features_ + range.first) * size;
  __builtin_prefetch(ink(figure), 0, 2);
  for (size_t i = 0; i < range.size() * size; i += 64)
    __builtin_prefetch(from + i, 0, 2);  // into L2: a whole batch would crowd the weights out of L1
}

}  // namespace figurate
