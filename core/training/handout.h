// Hands a batch's slices out to the threads of a team.
//
// Each thread has a share of them and takes it in order, so that it finds in its cache what it left there a stage
// before. One that is done with its own takes the last ones of others, whose cores may be slower just now, or busy with
// something else. What is computed for a slice does not depend on who takes it.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "../view.h"

namespace figurate {

class Handout {
 public:
  // For a team of so many threads.
  explicit Handout(size_t ranks) : left_(ranks) {}

 private:
  friend class Turns;

  static constexpr size_t kNothing = ~size_t{0};

  // A slice of `count` that nobody took in this round, or kNothing. Rounds are numbered from 1 by every thread alike.
  size_t take(size_t rank, uint32_t round, size_t count);

  // What is left of a thread's share, and in which round: 32 bits, 16 for the first slice, 16 for the one behind the
  // last. Whoever comes first in a round brings it up to date.
  struct alignas(64) Left {
    std::atomic<uint64_t> bits{0};
  };

  std::vector<Left> left_;
};

// One thread's turns.
class Turns {
 public:
  Turns(Handout& handout, size_t rank) : handout_(handout), rank_(rank) {}

  // Calls take(slice) for one slice of `count` after another until nobody has any left to begin. Every thread of the
  // team makes the same calls; they meet between two of them.
  template <class Take>
  void take_all(size_t count, const Take& take) {
    ++round_;
    size_t slice;
    while ((slice = handout_.take(rank_, round_, count)) != Handout::kNothing) take(slice);
  }

 private:
  Handout& handout_;
  size_t rank_;
  uint32_t round_ = 0;
};

}  // namespace figurate
