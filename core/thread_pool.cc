#include "thread_pool.h"

#include <pthread.h>
#include <sched.h>

#include <chrono>
#include <exception>
#include <mutex>
#include <thread>

#include "cpu.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace figurate {

namespace {

// How long a thread waits at a barrier, or for a worker to finish, before it sleeps. First with pauses: a barrier
// inside a training step is met within a few microseconds, and 500 pauses are about 10 µs. Then giving its core away
// each time, in case the one it waits for needs it: a yield with nobody waiting takes under 1 µs, and a sleep is not
// worth it before about a millisecond, since being woken costs 50 µs and more on a virtual machine. With more threads
// than cores somebody always waits for a core.
constexpr int kPauses = 500, kYields = 2000;

inline void pause_briefly() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

using Clock = std::chrono::steady_clock;

// Returns once `ready()`; `sleep()` blocks until something changed. The time that it took longer than the pauses.
template <class Ready, class Sleep>
Clock::duration wait_until(int pauses, const Ready& ready, const Sleep& sleep) {
  for (int i = 0; i < pauses; ++i) {
    if (ready()) return {};
    pause_briefly();
  }
  const auto start = Clock::now();
  for (int i = 0; i < kYields; ++i) {
    if (ready()) return Clock::now() - start;
    sched_yield();
  }
  while (!ready()) sleep();
  return Clock::now() - start;
}

}  // namespace

// One thread of the pool; does the jobs it is given, one at a time.
class Worker {
 public:
  Worker() : thread_([this] { serve(); }) { thread_.detach(); }

  void start(std::function<void()> job) {
    job_ = std::move(job);
    state_.store(kGiven, std::memory_order_release);
    state_.notify_one();
  }

  // Takes the job back; false if it has been begun.
  bool take_back() {
    uint32_t given = kGiven;
    return state_.compare_exchange_strong(given, kIdle, std::memory_order_relaxed);
  }

  void wait() {
    while (true) {
      const uint32_t state = state_.load(std::memory_order_acquire);
      if (state == kIdle) return;
      wait_until(
          kPauses, [&] { return state_.load(std::memory_order_acquire) != state; },
          [&] { state_.wait(state, std::memory_order_acquire); });
    }
  }

 private:
  static constexpr uint32_t kIdle = 0, kGiven = 1, kBusy = 2;

  void serve() {
    while (true) {
      for (int i = 0; i < kPauses && state_.load(std::memory_order_relaxed) == kIdle; ++i) pause_briefly();
      state_.wait(kIdle, std::memory_order_relaxed);
      uint32_t given = kGiven;
      if (!state_.compare_exchange_strong(given, kBusy, std::memory_order_acquire)) continue;
      job_();
      state_.store(kIdle, std::memory_order_release);
      state_.notify_one();
    }
  }

  std::function<void()> job_;
  alignas(64) std::atomic<uint32_t> state_{kIdle};
  std::thread thread_;  // last: it starts when all else is in place
};

namespace {

// The process-wide stock of workers. Never destroyed: its threads sleep until the process ends.
struct Pool {
  std::mutex mutex;
  std::vector<Worker*> idle;
};

Pool* pool() {
  static Pool* current = [] {
    static Pool* instance = new Pool;
    // Threads do not survive fork: the child forgets them (a few hundred bytes each) and makes its own.
    pthread_atfork([] { instance->mutex.lock(); }, [] { instance->mutex.unlock(); },
                   [] {
                     instance->idle.clear();
                     new (&instance->mutex) std::mutex;
                   });
    return instance;
  }();
  return current;
}

}  // namespace

namespace {

// Asked once: it opens several files.
int cores() {
  static const int count = default_threads();
  return count;
}

}  // namespace

Team::Team(int size) : pauses_(size > cores() ? 0 : kPauses) {
  const auto wanted = static_cast<size_t>(size > 1 ? size - 1 : 0);
  const std::lock_guard lock(pool()->mutex);
  auto& idle = pool()->idle;
  while (workers_.size() < wanted) {
    if (idle.empty()) {
      workers_.push_back(new Worker);
    } else {
      workers_.push_back(idle.back());
      idle.pop_back();
    }
  }
}

Team::~Team() {
  const std::lock_guard lock(pool()->mutex);
  for (Worker* worker : workers_) pool()->idle.push_back(worker);
}

void Team::run(const std::function<void(int)>& job, bool all) {
  std::exception_ptr first;
  std::mutex first_mutex;
  const auto guarded = [&](int rank) {
    const FlushDenormals scope;
    try {
      job(rank);
    } catch (...) {
      const std::lock_guard lock(first_mutex);
      if (!first) first = std::current_exception();
    }
  };
  for (size_t i = 0; i < workers_.size(); ++i) {
    workers_[i]->start([&guarded, rank = static_cast<int>(i) + 1] { guarded(rank); });
  }
  guarded(0);
  for (Worker* worker : workers_) {
    if (all || !worker->take_back()) worker->wait();
  }
  if (first) std::rethrow_exception(first);
}

void wait_for(const std::atomic<size_t>& count, size_t wanted) {
  const auto there = [&] { return count.load(std::memory_order_acquire) == wanted; };
  for (int i = 0; i < kPauses; ++i) {
    if (there()) return;
    pause_briefly();
  }
  while (!there()) sched_yield();
}

void Team::meet() {
  const uint32_t generation = generation_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == size()) {
    arrived_.store(0, std::memory_order_relaxed);
    generation_.store(generation + 1, std::memory_order_release);
    generation_.notify_all();
    return;
  }
  const Clock::duration waited = wait_until(
      pauses_, [&] { return generation_.load(std::memory_order_acquire) != generation; },
      [&] { generation_.wait(generation, std::memory_order_acquire); });
  if (waited.count() > 0) waited_.fetch_add(std::chrono::nanoseconds(waited).count(), std::memory_order_relaxed);
}

}  // namespace figurate
