// Slices handed out to threads: each once, its own first, and what others leave.
//
// Run by itself (`figurate_tests handout`) under ThreadSanitizer.
#include "training/handout.h"

#include <vector>

#include "testing.h"
#include "thread_pool.h"

using figurate::Handout;
using figurate::Team;
using figurate::Turns;

// Plain numbers, so that a slice taken twice shows as a race to the sanitizer, too.
TEST(handout_gives_each_slice_once_a_round) {
  for (const int threads : {1, 2, 3, 4}) {
    for (const size_t count : {1, 2, 7, 8}) {
      constexpr int kRounds = 300;
      Team team(threads);
      Handout handout(static_cast<size_t>(threads));
      std::vector<int> taken(count);
      team.run([&](int rank) {
        Turns turns(handout, static_cast<size_t>(rank));
        for (int round = 0; round < kRounds; ++round) {
          turns.take_all(count, [&](size_t slice) { ++taken[slice]; });
          team.barrier();
        }
      });
      for (size_t slice = 0; slice < count; ++slice) CHECK_EQUAL(taken[slice], kRounds);
    }
  }
}

// One thread plays two: the second comes when the first is at its second slice, which stays busy with it.
TEST(handout_gives_a_thread_its_own_in_order_then_the_last_of_others) {
  Handout handout(2);
  Turns first(handout, 0), second(handout, 1);
  for (int round = 0; round < 3; ++round) {
    std::vector<size_t> by_first, by_second;
    first.take_all(8, [&](size_t slice) {
      by_first.push_back(slice);
      if (by_first.size() == 2) second.take_all(8, [&](size_t other) { by_second.push_back(other); });
    });
    CHECK(by_first == (std::vector<size_t>{0, 1}));
    CHECK(by_second == (std::vector<size_t>{4, 5, 6, 7, 3, 2}));
  }
}

TEST(handout_leaves_nothing_to_a_thread_that_comes_late) {
  Handout handout(3);
  Turns first(handout, 0), late(handout, 2);
  std::vector<size_t> taken;
  first.take_all(8, [&](size_t slice) { taken.push_back(slice); });
  CHECK(taken == (std::vector<size_t>{0, 1, 4, 3, 2, 7, 6, 5}));
  late.take_all(8, [&](size_t) { CHECK(false); });
}
