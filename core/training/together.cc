#include "together.h"

#include <algorithm>

#include "../thread_pool.h"

namespace figurate {

namespace {

// Another thread is worth waking for so many multiplications, 20 to 40 µs of one core; a layer is cut from 2 µs on, as
// two threads meet in less.
constexpr size_t kMultiplicationsPerThread = 1'000'000, kMultiplicationsToCut = 100'000;
// Parts for each thread, so that one that comes late, or is held up, leaves more to the others.
constexpr size_t kPartsPerThread = 2;

}  // namespace

Together::Together(const Network& network) : network_(network), turns_(new Turn[network.layers().size()]) {
  size_t multiplications = 0;
  for (const auto& layer : network.layers()) {
    if (layer->bands() > 1) multiplications += layer->multiplications();
  }
  most_threads_ = static_cast<int>(std::clamp<size_t>(multiplications / kMultiplicationsPerThread, 1, 64));
}

size_t Together::parts(size_t layer, int threads) const {
  const Layer& it = *network_.layers()[layer];
  if (it.multiplications() < kMultiplicationsToCut) return 1;
  return std::min(it.bands(), kPartsPerThread * static_cast<size_t>(threads));
}

void Together::compute(const Layer& layer, const Pass& pass, size_t part, size_t parts) const {
  if (parts == 1) {
    layer.forward(pass, {0, 1});
  } else {
    layer.forward_bands(pass, 0, share(layer.bands(), part, parts));
  }
}

bool Together::forward(const std::vector<Pass>& passes, int threads) {
  if (busy_.test_and_set(std::memory_order_acquire)) return false;
  const size_t count = passes.size();
  for (size_t i = 0; i < count; ++i) {
    turns_[i].next.store(0, std::memory_order_relaxed);
    turns_[i].done.store(0, std::memory_order_relaxed);
  }
  Team team(std::min(threads, most_threads_));
  const int size = team.size();
  team.run_with_whoever_comes([&](int) {
    for (size_t i = 0; i < count; ++i) {
      const Layer& layer = *network_.layers()[i];
      if (layer.passes_through(false)) continue;
      Turn& turn = turns_[i];
      const size_t all = parts(i, size);
      for (size_t part; (part = turn.next.fetch_add(1, std::memory_order_relaxed)) < all;) {
        compute(layer, passes[i], part, all);
        turn.done.fetch_add(1, std::memory_order_release);
      }
      wait_for(turn.done, all);
    }
  });
  busy_.clear(std::memory_order_release);
  return true;
}

}  // namespace figurate
