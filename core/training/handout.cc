#include "handout.h"

namespace figurate {

namespace {

uint64_t packed(uint32_t round, Range left) { return uint64_t{round} << 32 | left.first << 16 | left.last; }

}  // namespace

size_t Handout::take(size_t rank, uint32_t round, size_t count) {
  const size_t ranks = left_.size();
  for (size_t i = 0; i < ranks; ++i) {
    const size_t owner = (rank + i) % ranks;
    std::atomic<uint64_t>& bits = left_[owner].bits;
    // What a slice's thread reads and writes is ordered by the meetings between rounds, not by this word.
    uint64_t found = bits.load(std::memory_order_relaxed);
    while (true) {
      Range left = share(count, owner, ranks);
      if (found >> 32 == round) left = {found >> 16 & 0xffff, found & 0xffff};
      if (left.size() == 0) break;
      const size_t slice = owner == rank ? left.first++ : --left.last;
      if (bits.compare_exchange_weak(found, packed(round, left), std::memory_order_relaxed)) return slice;
    }
  }
  return kNothing;
}

}  // namespace figurate
