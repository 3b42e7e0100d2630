#include "figures.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

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

template <class T>
bool has_ink(const T* quad) {
  return (quad[0] != T(0)) | (quad[1] != T(0)) | (quad[2] != T(0)) | (quad[3] != T(0));
}
bool has_ink(const uint8_t* quad) {
  uint32_t all;
  std::memcpy(&all, quad, sizeof all);
  return all != 0;
}

// Calls each(quad, its four numbers) for every quad of a row; the last is filled up with zeros.
template <class T, class Each>
void for_quads(const T* row, size_t features, const Each& each) {
  size_t quad = 0;
  for (; (quad + 1) * kQuad <= features; ++quad) each(quad, row + quad * kQuad);
  if (quad * kQuad == features) return;
  T last[kQuad] = {};
  std::copy(row + quad * kQuad, row + features, last);
  each(quad, last);
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
  const std::string received =
      std::string(text) + " in figure " + std::to_string(figure) + " at position " + std::to_string(position);
  if (std::isfinite(value)) {
    return ValueError("expected pixels that float32 can hold, received " + received + ". Divide the figures first.");
  }
  return ValueError("expected finite pixels, received " + received +
                    ". Replace such values first, e.g. with numpy.nan_to_num.");
}

// Packing pays where it saves a quarter of the bytes. Up to 256 figures, evenly spread, tell.
template <class T>
bool Figures::worth_packing(const T* x) const {
  constexpr size_t kSample = 256;
  // Places are counted in 32 bits.
  if (count_ * record_words(sizeof(float)) > UINT32_MAX) return false;
  size_t packed = 0, plain = 0;
  for (size_t f = 0; f < count_; f += (count_ + kSample - 1) / kSample) {
    size_t inked = 0;
    for_quads(x + f * features_, features_, [&](size_t, const T* quad) { inked += has_ink(quad); });
    packed += (ink_words_ + (inked * kQuad + 7) / 8) * sizeof(uint64_t) + sizeof(uint32_t);
    plain += features_;
  }
  return packed * 4 <= plain * 3;
}

// Writes a figure's record at `place` and returns the place behind it.
template <class T>
size_t Figures::pack(size_t figure, const T* row, size_t place) {
  uint64_t* const ink = records_.data() + place;
  auto* const values = reinterpret_cast<unsigned char*>(ink + ink_words_);
  unsigned char* to = values;
  uint64_t bits = 0;
  for_quads(row, features_, [&](size_t quad, const T* numbers) {
    // Always written, and written over by the next one if it was blank.
    const bool inked = has_ink(numbers);
    std::memcpy(to, numbers, kQuad * sizeof(T));
    to += inked ? kQuad * sizeof(T) : 0;
    bits |= uint64_t{inked} << (quad % 64);
    if (quad % 64 == 63 || quad + 1 == quads_) ink[quad / 64] = std::exchange(bits, 0);
  });
  places_[figure] = static_cast<uint32_t>(place);
  return place + ink_words_ + (static_cast<size_t>(to - values) + 7) / 8;
}

// Room for every figure's record, however many quads have ink; what is not written takes no memory.
void Figures::prepare_records(size_t value_size) {
  constexpr size_t kReadBehind = kLanes * sizeof(float) / sizeof(uint64_t);
  records_ = Buffer<uint64_t>::unfilled(count_ * record_words(value_size) + kReadBehind);
  places_.resize(count_);
}

// Takes the figures in a thread's share at a time: row_of(figure, room) is a figure's numbers, null if they cannot be
// held so, which ends it.
template <class T, class RowOf>
bool Figures::scan(int threads, const RowOf& row_of) {
  std::atomic<bool> held{true};
  const size_t ranks = static_cast<size_t>(std::max(threads, 1));
  std::vector<T> low(ranks, std::numeric_limits<T>::max()), high(ranks, std::numeric_limits<T>::lowest());
  in_shares(count_, threads, [&](size_t first, size_t last, size_t rank) {
    std::vector<T> room(features_);
    size_t place = first * record_words(sizeof(T));
    for (size_t f = first; f < last; ++f) {
      const T* const row = row_of(f, room.data());
      if (row == nullptr) held.store(false, std::memory_order_relaxed);
      if (!held.load(std::memory_order_relaxed)) return;
      scan_extremes(row, features_, low[rank], high[rank]);
      if (packed()) place = pack(f, row, place);
    }
  });
  minimum_ = *std::min_element(low.begin(), low.end()) * unit_;
  maximum_ = *std::max_element(high.begin(), high.end()) * unit_;
  return held;
}

template <class T>
bool Figures::hold_as_bytes(const T* x, T divisor, int threads) {
  unit_ = 1.0 / static_cast<double>(divisor);
  return scan<uint8_t>(threads, [&](size_t f, uint8_t* room) -> const uint8_t* {
    uint8_t* const row = packed() ? room : own_bytes_.data() + f * features_;
    return to_bytes(x + f * features_, row, features_, divisor) ? row : nullptr;
  });
}

template <class T>
void Figures::hold_as_floats(const T* x, int threads) {
  unit_ = 1.0;
  as_bytes_ = false;
  const size_t ranks = static_cast<size_t>(std::max(threads, 1));
  std::vector<T> low(ranks, x[0]), high(ranks, x[0]);
  std::vector<size_t> wrong(ranks, SIZE_MAX);  // the first place in each share
  in_shares(count_, threads, [&](size_t first, size_t last, size_t rank) {
    for (size_t i = first * features_; i < last * features_ && wrong[rank] == SIZE_MAX; ++i) {
      if (!std::isfinite(static_cast<float>(x[i]))) wrong[rank] = i;
    }
    scan_extremes(x + first * features_, (last - first) * features_, low[rank], high[rank]);
  });
  if (const size_t first = *std::min_element(wrong.begin(), wrong.end()); first != SIZE_MAX) {
    throw not_finite(static_cast<double>(x[first]), first / features_, first % features_);
  }
  const bool own = !packed() && !std::is_same_v<T, float>;
  if (packed()) prepare_records(sizeof(float));
  if (own) own_floats_ = Buffer<float>::unfilled(count_ * features_);
  if (!packed()) plain_ = own ? static_cast<const void*>(own_floats_.data()) : x;
  const auto row_of = [&](size_t f, float* room) -> const float* {
    const T* const from = x + f * features_;
    if constexpr (std::is_same_v<T, float>) return from;
    float* const row = own ? own_floats_.data() + f * features_ : room;
    for (size_t i = 0; i < features_; ++i) row[i] = static_cast<float>(from[i]);
    return row;
  };
  if (packed() || own) scan<float>(threads, row_of);
  minimum_ = *std::min_element(low.begin(), low.end());
  maximum_ = *std::max_element(high.begin(), high.end());
}

template <class T>
void Figures::hold(const T* x, int threads, bool copies) {
  if (!copies) return hold_as_floats(x, threads);
  if (worth_packing(x)) {
    prepare_records(1);
  } else {
    own_bytes_ = Buffer<uint8_t>::unfilled(count_ * features_);
    plain_ = own_bytes_.data();
  }
  if (hold_as_bytes(x, T(255), threads) || hold_as_bytes(x, T(1), threads)) return;
  own_bytes_ = Buffer<uint8_t>();
  hold_as_floats(x, threads);
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

Figures::Figures(size_t count, size_t features)
    : count_(count),
      features_(features),
      quads_(round_up(features, kQuad) / kQuad),
      ink_words_(round_up(quads_, 64) / 64) {
  check(count > 0 && features > 0, "expected at least one figure, received none");
  check(count <= UINT32_MAX, "expected at most 4,294,967,295 figures");
}

Figures::Figures(const uint8_t* x, size_t count, size_t features, int threads, bool copies) : Figures(count, features) {
  if (copies && worth_packing(x)) {
    prepare_records(1);
  } else {
    plain_ = x;
  }
  scan<uint8_t>(threads, [&](size_t f, uint8_t*) { return x + f * features_; });
}

Figures::Figures(const float* x, size_t count, size_t features, int threads, bool copies) : Figures(count, features) {
  hold(x, threads, copies);
}

Figures::Figures(const double* x, size_t count, size_t features, int threads, bool copies) : Figures(count, features) {
  hold(x, threads, copies);
}

ByteScale Figures::byte_scale(double scale, double offset) const { return split_scale(unit_ * scale, offset); }

void Figures::convert(const unsigned char* from, size_t count, const ByteScale& scale, float* to) const {
  if (as_bytes_) return kernels().bytes_to_floats(from, to, count, scale);
  std::memcpy(to, from, count * sizeof(float));
  const float factor = scale.high + scale.low;
  if (factor == 1.0f && scale.offset == 0.0f) return;
  for (size_t i = 0; i < count; ++i) to[i] = to[i] * factor + scale.offset;
}

void Figures::load_packed(size_t figure, Range quads, const ByteScale& scale, float* to) const {
  const size_t count = round_up(inked(figure, quads) * kQuad, kLanes);
  convert(packed_values(figure, quads.first), count, scale, to);
}

void Figures::load(size_t figure, Range quads, const ByteScale& scale, float* to) const {
  const size_t first = quads.first * kQuad, count = std::min(quads.last * kQuad, features_) - first;
  if (packed()) {
    unpack(figure, quads, scale, to);
  } else {
    convert(static_cast<const unsigned char*>(plain_) + (figure * features_ + first) * value_size(), count, scale, to);
  }
  std::fill(to + count, to + quads.size() * kQuad, 0.0f);
}

// From the last quad to the first, so that the packed quads can wait at the front of the same memory.
void Figures::unpack(size_t figure, Range quads, const ByteScale& scale, float* to) const {
  const uint64_t* const bits = ink(figure);
  size_t left = inked(figure, quads);
  convert(packed_values(figure, quads.first), left * kQuad, scale, to);
  for (size_t quad = quads.last; left < quad - quads.first; --quad) {
    float* const place = to + (quad - 1 - quads.first) * kQuad;
    if (bits[(quad - 1) / 64] >> (quad - 1) % 64 & 1) {
      std::memmove(place, to + --left * kQuad, kQuad * sizeof(float));
    } else {
      std::fill_n(place, kQuad, scale.offset);
    }
  }
}

void Figures::prefetch(size_t figure, Range quads) const {
  const auto ask = [](const void* from, size_t size) {
    for (size_t i = 0; i < size; i += 64) __builtin_prefetch(static_cast<const char*>(from) + i, 0, 3);
  };
  const size_t size = kQuad * value_size();
  if (!packed()) {
    ask(static_cast<const unsigned char*>(plain_) + figure * features_ * value_size() + quads.first * size,
        quads.size() * size);
    return;
  }
  const size_t place = places_[figure], next = figure + 1 < count_ ? places_[figure + 1] : SIZE_MAX;
  ask(ink(figure), std::min(next - place, record_words(value_size())) * sizeof(uint64_t));
}

}  // namespace figurate
