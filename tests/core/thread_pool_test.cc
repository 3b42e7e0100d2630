// The pool: barriers, exceptions, teams side by side and inside each other, reuse, and life after fork.
//
// Run by itself (`figurate_tests pool`) under ThreadSanitizer.
#include "thread_pool.h"

#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cfloat>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <thread>

#include "testing.h"

#if defined(__SANITIZE_THREAD__)
// It warns of threads made after fork, which is what the test is about.
extern "C" __attribute__((visibility("default"))) const char* __tsan_default_options();
extern "C" const char* __tsan_default_options() { return "die_after_fork=0"; }
#endif

using figurate::Team;

namespace {

// Each round every rank writes its own plain number, and after the barrier reads all others': a barrier that lets one
// through early, or does not publish what was written, shows as a wrong sum, and as a race to the sanitizer.
bool rounds_add_up(Team& team, long rounds) {
  const size_t size = static_cast<size_t>(team.size());
  std::vector<long> numbers(size);
  std::atomic<bool> right{true};
  team.run([&](int rank) {
    for (long round = 0; round < rounds; ++round) {
      numbers[static_cast<size_t>(rank)] = round * (rank + 1);
      team.barrier();
      long sum = 0;
      for (const long number : numbers) sum += number;
      if (sum != round * static_cast<long>(size * (size + 1) / 2)) right = false;
      team.barrier();
    }
  });
  return right;
}

int threads_of_this_process() {
  int count = 0;
  DIR* const tasks = opendir("/proc/self/task");
  if (tasks == nullptr) return -1;
  while (const dirent* entry = readdir(tasks)) count += entry->d_name[0] != '.';
  closedir(tasks);
  return count;
}

}  // namespace

TEST(pool_runs_every_rank_once) {
  for (int size = 1; size <= 8; ++size) {
    Team team(size);
    CHECK_EQUAL(team.size(), size);
    std::vector<int> times(static_cast<size_t>(size));
    const auto caller = std::this_thread::get_id();
    std::atomic<bool> rank_0_is_the_caller{true};
    for (int call = 0; call < 20; ++call) {
      team.run([&](int rank) {
        ++times[static_cast<size_t>(rank)];
        if ((std::this_thread::get_id() == caller) != (rank == 0)) rank_0_is_the_caller = false;
      });
    }
    for (const int count : times) CHECK_EQUAL(count, 20);
    CHECK(rank_0_is_the_caller);
  }
  CHECK_EQUAL(Team(0).size(), 1);
  CHECK_EQUAL(Team(-3).size(), 1);
}

// Eight are more than this machine may have, and then each waits for a core.
TEST(pool_barriers_hold_and_publish) {
  for (int size = 1; size <= 8; ++size) {
    Team team(size);
    CHECK(rounds_add_up(team, size <= 2 ? 2000 : 200));
  }
}

// Ranks that come late, by turns, so that the others have stopped spinning and sleep.
TEST(pool_barriers_wake_sleepers) {
  Team team(3);
  std::vector<int> seen(3);
  team.run([&](int rank) {
    for (int round = 0; round < 6; ++round) {
      if (rank == round % 3) std::this_thread::sleep_for(std::chrono::milliseconds(3));
      team.barrier();
      ++seen[static_cast<size_t>(rank)];
      team.barrier();
      for (const int count : seen) {
        if (count != round + 1) std::terminate();
      }
      team.barrier();
    }
  });
  CHECK_EQUAL(seen[2], 6);
}

TEST(pool_throws_what_a_job_throws) {
  for (const int size : {1, 2, 5}) {
    Team team(size);
    for (int thrower = 0; thrower < size; ++thrower) {
      std::atomic<int> ended{0};
      const auto job = [&](int rank) {
        if (rank == thrower) throw std::runtime_error("rank " + std::to_string(rank));
        ++ended;
      };
      CHECK_THROWS(std::runtime_error, "rank " + std::to_string(thrower), (team.run(job), 0));
      CHECK_EQUAL(ended.load(), size - 1);
    }
    CHECK_THROWS(std::runtime_error, "all", (team.run([](int) { throw std::runtime_error("all"); }), 0));
    CHECK(rounds_add_up(team, 20));  // as good as before
  }
}

TEST(pool_flushes_denormals_in_jobs_alone) {
#if defined(__x86_64__) || defined(__aarch64__)
  const auto half_of_least = [] {
    const volatile float least = FLT_MIN, half = 0.5f;
    return least * half;
  };
  std::vector<float> inside(3, -1.0f);
  Team(3).run([&](int rank) { inside[static_cast<size_t>(rank)] = half_of_least(); });
  for (const float value : inside) CHECK_EQUAL(value, 0.0f);
  CHECK(half_of_least() > 0.0f);
#endif
}

// Whoever runs the job runs it once and is waited for; who has not begun by the caller's end never does.
TEST(pool_waits_for_nobody_who_has_not_come) {
  int helped = 0;
  for (int call = 0; call < 500; ++call) {
    Team team(3);
    std::atomic<int> begun{0}, ended{0};
    bool caller = false;
    team.run_with_whoever_comes([&](int rank) {
      ++begun;
      if (rank == 0) {
        caller = true;
        if (call % 2 == 0) std::this_thread::sleep_for(std::chrono::microseconds(100));
      }
      ++ended;
    });
    CHECK(caller);
    CHECK_EQUAL(begun.load(), ended.load());
    helped += begun.load() - 1;
  }
  CHECK(helped > 0);
  Team team(4);
  CHECK(rounds_add_up(team, 20));  // the same workers, and no job left with them
  CHECK_THROWS(std::runtime_error, "mine", team.run_with_whoever_comes([](int rank) {
    if (rank == 0) throw std::runtime_error("mine");
  }));
}

TEST(pool_serves_several_callers_at_once) {
  std::vector<std::thread> callers;
  std::atomic<int> right{0};
  for (int caller = 0; caller < 3; ++caller) {
    callers.emplace_back([&right, caller] {
      for (int call = 0; call < 10; ++call) {
        Team team(2 + (caller + call) % 3);
        right += rounds_add_up(team, 20);
      }
    });
  }
  for (auto& caller : callers) caller.join();
  CHECK_EQUAL(right.load(), 30);
}

TEST(pool_serves_teams_inside_teams) {
  std::atomic<int> right{0};
  Team(3).run([&](int) {
    Team inner(2);
    right += rounds_add_up(inner, 20);
  });
  CHECK_EQUAL(right.load(), 3);
}

TEST(pool_uses_its_threads_again) {
  {
    Team warm(4);
  }
  const int before = threads_of_this_process();
  for (int round = 0; round < 50; ++round) {
    Team team(4);
    CHECK(rounds_add_up(team, 2));
  }
  CHECK_EQUAL(threads_of_this_process(), before);
}

// Threads do not survive fork: the child makes its own, the parent keeps its.
TEST(pool_survives_fork) {
#if defined(FIGURATE_EMULATED)
  throw testing::Skip("qemu's user mode ends where a forked child makes threads");
#endif
  Team before(3);
  CHECK(rounds_add_up(before, 20));
  for (int time = 0; time < 2; ++time) {
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
      alarm(60);  // a child that hangs is a failure
      bool right = true;
      for (const int size : {1, 2, 4}) {
        Team team(size);
        right = right && rounds_add_up(team, 20);
      }
      // And a child of the child.
      const pid_t grandchild = fork();
      if (grandchild == 0) {
        alarm(60);
        Team team(3);
        _exit(rounds_add_up(team, 20) ? 0 : 1);
      }
      int status = 1;
      waitpid(grandchild, &status, 0);
      _exit(right && status == 0 ? 0 : 1);
    }
    CHECK(rounds_add_up(before, 20));
    int status = 1;
    CHECK_EQUAL(waitpid(child, &status, 0), child);
    CHECK_EQUAL(status, 0);
  }
  Team after(4);
  CHECK(rounds_add_up(after, 20));
}
