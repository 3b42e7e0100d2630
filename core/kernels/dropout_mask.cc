// Which activations of one figure are dropped: Philox4x32-10 (random.h), as many counters side by side as there are
// lanes.
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

namespace {

// 32-bit numbers in the low halves of 64-bit lanes; what stands in the high halves is of no consequence.
struct Block {
  U c0, c1, c2, c3;
};

FIGURATE_INLINE Block philox(U counters, uint64_t key) {
  Block b = {counters, U{}, U{}, U{}};
  auto k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const U p0 = multiply_low_halves(b.c0, 0xD2511F53), p1 = multiply_low_halves(b.c2, 0xCD9E8D57);
    b = {(p1 >> 32) ^ b.c1 ^ k0, p1, (p0 >> 32) ^ b.c3 ^ k1, p0};
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  return b;
}

// Units that share a run of eight counters: half a word each.
constexpr size_t kUnits = 64, kCounters = 8;

FIGURATE_INLINE void store_masks(float* to, I words, uint32_t threshold, V scale) {
  const I limit = I{} + static_cast<int32_t>(threshold);
  store(to, select((words & 0xffff) < limit, scale, V{}));
  store(to + kUnits / 2, select((words >> 16 & 0xffff) < limit, scale, V{}));
}

FIGURATE_INLINE void masks(float* to, uint64_t first, uint64_t key, uint32_t threshold, V scale) {
  constexpr size_t kAtOnce = kWidth / 2;  // counters of a vector
  U counters;
  for (size_t i = 0; i < kAtOnce; ++i) counters[i] = first + i;
  if constexpr (kAtOnce == kCounters) {
    const Block run = philox(counters, key);
    store_masks(to, low_halves(run.c0, run.c1), threshold, scale);
    store_masks(to + 16, low_halves(run.c2, run.c3), threshold, scale);
  } else {
    for (size_t lane = 0; lane < kCounters; lane += kWidth) {
      const Block low = philox(counters + lane, key), high = philox(counters + lane + kAtOnce, key);
      store_masks(to + lane, low_halves(low.c0, high.c0), threshold, scale);
      store_masks(to + 8 + lane, low_halves(low.c1, high.c1), threshold, scale);
      store_masks(to + 16 + lane, low_halves(low.c2, high.c2), threshold, scale);
      store_masks(to + 24 + lane, low_halves(low.c3, high.c3), threshold, scale);
    }
  }
}

}  // namespace

// Unit i of the figure takes half (i / 32) % 2, from the low one, of word (i / 8) % 4 of counter i / 64 * 8 + i % 8.
void dropout_mask(float* mask, size_t count, uint64_t key, uint32_t threshold, float scale) {
  size_t i = 0;
  for (; i + kUnits <= count; i += kUnits) masks(mask + i, i / kUnits * kCounters, key, threshold, splat(scale));
  if (i == count) return;
  float rest[kUnits];
  masks(rest, i / kUnits * kCounters, key, threshold, splat(scale));
  for (size_t j = i; j < count; ++j) mask[j] = rest[j - i];
}

}  // namespace figurate::FIGURATE_ISA
