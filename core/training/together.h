// One figure's way through a network on several threads, where it is long: each layer's output is cut into parts, which
// whoever is free computes, and nobody goes on to the next layer before all are done.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "network.h"

namespace figurate {

class Together {
 public:
  explicit Together(const Network& network);

  // How many threads one figure is worth; 1 for small networks.
  int most_threads() const { return most_threads_; }

  // All layers' forward of the first row of `passes`, on up to `threads` threads; to the last bit what one thread
  // gives. False, and nothing done, while it serves another caller: then the cores have enough to do.
  bool forward(const std::vector<Pass>& passes, int threads);

 private:
  struct Turn {
    alignas(64) std::atomic<size_t> next{0};  // the part that is taken next
    alignas(64) std::atomic<size_t> done{0};
  };

  size_t parts(size_t layer, int threads) const;
  void compute(const Layer& layer, const Pass& pass, size_t part, size_t parts) const;

  const Network& network_;
  int most_threads_;
  std::unique_ptr<Turn[]> turns_;  // one a layer
  std::atomic_flag busy_;
};

}  // namespace figurate
