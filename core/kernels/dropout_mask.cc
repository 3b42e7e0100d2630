// Which activations of one figure are dropped: Philox4x32-10 (random.h), eight counters side by side.
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

namespace {

constexpr size_t kCounters = 8;

// words[j][c] is word j of the block of counter `first` + c.
FIGURATE_INLINE void philox_blocks(uint32_t first, uint64_t key, uint32_t (&words)[4][kCounters]) {
  uint32_t c0[kCounters], c1[kCounters] = {}, c2[kCounters] = {}, c3[kCounters];
  for (size_t i = 0; i < kCounters; ++i) c0[i] = first + static_cast<uint32_t>(i), c3[i] = 0;
  uint32_t k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    for (size_t i = 0; i < kCounters; ++i) {
      const uint64_t p0 = uint64_t{0xD2511F53} * c0[i], p1 = uint64_t{0xCD9E8D57} * c2[i];
      c0[i] = static_cast<uint32_t>(p1 >> 32) ^ c1[i] ^ k0;
      c1[i] = static_cast<uint32_t>(p1);
      c2[i] = static_cast<uint32_t>(p0 >> 32) ^ c3[i] ^ k1;
      c3[i] = static_cast<uint32_t>(p0);
    }
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  for (size_t i = 0; i < kCounters; ++i)
    words[0][i] = c0[i], words[1][i] = c1[i], words[2][i] = c2[i], words[3][i] = c3[i];
}

}  // namespace

// Unit i of the figure takes word (i / 8) % 4 of counter i / 32 * 8 + i % 8.
void dropout_mask(float* mask, size_t count, uint64_t key, uint32_t threshold, float scale) {
  for (size_t i = 0; i < count; i += 4 * kCounters) {
    uint32_t words[4][kCounters];
    philox_blocks(static_cast<uint32_t>(i / 4), key, words);
    for (size_t j = 0; j < 4 * kCounters && i + j < count; ++j) {
      mask[i + j] = words[j / kCounters][j % kCounters] < threshold ? scale : 0.0f;
    }
  }
}

}  // namespace figurate::FIGURATE_ISA
