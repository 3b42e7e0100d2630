// Teams of threads that run one function together and meet at barriers.
//
// The threads belong to one process-wide pool: they spin briefly at a barrier inside a call, and after it for the next
// one, and then sleep. Two teams never share a thread, so several callers may work at once. After fork the child starts
// with an empty pool.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

namespace figurate {

class Worker;

// `size` threads of which the caller is one. Create, run (as often as wanted), destroy; from one thread.
class Team {
 public:
  explicit Team(int size);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  int size() const { return static_cast<int>(workers_.size()) + 1; }

  // Calls job(rank) once on every thread, rank 0 on the caller's, and returns when all have ended. Denormals are
  // flushed meanwhile. A job that meets at barriers must not throw; of others the first exception is thrown here.
  void run(const std::function<void(int rank)>& job) { run(job, true); }

  // The same, but workers that have not woken up by the time the caller's own job ends are not waited for, and do not
  // run it: for work of some ten microseconds, of which the caller does what nobody else has taken.
  void run_with_whoever_comes(const std::function<void(int rank)>& job) { run(job, false); }

  // Inside `run`: returns once every thread of the team has come here. What was written before is seen after.
  void barrier() {
    if (!workers_.empty()) meet();
  }

  // The seconds since the last call, of all threads together, that somebody waited at a barrier for longer than it
  // pauses.
  double take_waited() { return 1e-9 * static_cast<double>(waited_.exchange(0, std::memory_order_relaxed)); }

 private:
  void run(const std::function<void(int rank)>& job, bool all);
  void meet();

  std::vector<Worker*> workers_;
  int pauses_;
  std::atomic<int64_t> waited_{0};  // nanoseconds
  alignas(64) std::atomic<int> arrived_{0};
  alignas(64) std::atomic<uint32_t> generation_{0};
};

// Returns once `count`, which other threads count up, has come to `wanted`. What they wrote before is seen after.
void wait_for(const std::atomic<size_t>& count, size_t wanted);

}  // namespace figurate
