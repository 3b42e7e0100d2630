#include "random.h"

#include <cmath>
#include <numeric>

namespace figurate {

namespace {

std::array<uint32_t, 4> counter_of(uint64_t index, uint64_t stream, Stream purpose) {
  return {static_cast<uint32_t>(index), static_cast<uint32_t>(index >> 32), static_cast<uint32_t>(stream),
          static_cast<uint32_t>(stream >> 32) ^ (static_cast<uint32_t>(purpose) << 24)};
}

}  // namespace

std::array<uint32_t, 4> philox(const std::array<uint32_t, 4>& counter, uint64_t key) {
  auto [c0, c1, c2, c3] = counter;
  auto k0 = static_cast<uint32_t>(key);
  auto k1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = uint64_t{0xD2511F53} * c0;
    const uint64_t p1 = uint64_t{0xCD9E8D57} * c2;
    c0 = static_cast<uint32_t>(p1 >> 32) ^ c1 ^ k0;
    c1 = static_cast<uint32_t>(p1);
    c2 = static_cast<uint32_t>(p0 >> 32) ^ c3 ^ k1;
    c3 = static_cast<uint32_t>(p0);
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  return {c0, c1, c2, c3};
}

void fill_uniform(float* out, size_t count, uint64_t seed, uint64_t stream) {
  for (size_t i = 0; i < count; i += 4) {
    const auto bits = philox(counter_of(i / 4, stream, Stream::kUser), seed);
    for (size_t j = 0; j < 4 && i + j < count; ++j) out[i + j] = static_cast<float>(bits[j] >> 8) * 0x1p-24f;
  }
}

void fill_normal(float* out, size_t count, uint64_t seed, uint64_t stream) {
  constexpr double kTwoPi = 6.283185307179586476925286766559;
  for (size_t i = 0; i < count; i += 2) {
    const auto bits = philox(counter_of(i / 2, stream, Stream::kUser), seed);
    const uint64_t a = (uint64_t{bits[0]} << 32 | bits[1]) >> 11, b = (uint64_t{bits[2]} << 32 | bits[3]) >> 11;
    const double radius = std::sqrt(-2.0 * std::log((static_cast<double>(a) + 1.0) * 0x1p-53));
    const double angle = kTwoPi * static_cast<double>(b) * 0x1p-53;
    out[i] = static_cast<float>(radius * std::cos(angle));
    if (i + 1 < count) out[i + 1] = static_cast<float>(radius * std::sin(angle));
  }
}

void shuffled_order(std::vector<uint32_t>& order, size_t count, uint64_t seed, uint64_t epoch) {
  order.resize(count);
  std::iota(order.begin(), order.end(), 0u);
  std::array<uint32_t, 4> bits{};
  for (size_t i = count; i > 1; --i) {
    const size_t draw = count - i;
    if (draw % 4 == 0) bits = philox(counter_of(draw / 4, epoch, Stream::kShuffle), seed);
    // Lemire's multiply-shift: a bias under count / 2^32, of no consequence for an order.
    const auto j = static_cast<size_t>(uint64_t{bits[draw % 4]} * i >> 32);
    std::swap(order[i - 1], order[j]);
  }
}

}  // namespace figurate
