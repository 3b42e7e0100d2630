#include "thread_pool.h"

#include <pthread.h>

#include <exception>
#include <mutex>
#include <thread>

#include "cpu.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace figurate {

namespace {

// A barrier inside a training step is met within a few microseconds; 2,000 pauses are about 40 µs, after which the partner has
// lost its core and sleeping is cheaper than burning ours. With more threads than cores somebody always waits for a core.
constexpr int kSpins = 2000;
constexpr int kSpinsOversubscribed = 4;

inline void pause_briefly() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

// One sleeping thread of the pool; does the jobs it is given, one at a time.
class Worker {
 public:
  Worker() : thread_([this] { serve(); }) { thread_.detach(); }

  void start(std::function<void()> job) {
    job_ = std::move(job);
    state_.store(kBusy, std::memory_order_release);
    state_.notify_one();
  }

  void wait() {
    for (int i = 0; i < kSpins && state_.load(std::memory_order_acquire) == kBusy; ++i) pause_briefly();
    state_.wait(kBusy, std::memory_order_acquire);
  }

 private:
  static constexpr uint32_t kIdle = 0, kBusy = 1;

  void serve() {
    while (true) {
      state_.wait(kIdle, std::memory_order_acquire);
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

Team::Team(int size) : spins_(size > default_threads() ? kSpinsOversubscribed : kSpins) {
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

void Team::run(const std::function<void(int)>& job) {
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
  for (Worker* worker : workers_) worker->wait();
  if (first) std::rethrow_exception(first);
}

void Team::meet() {
  const uint32_t generation = generation_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == size()) {
    arrived_.store(0, std::memory_order_relaxed);
    generation_.store(generation + 1, std::memory_order_release);
    generation_.notify_all();
    return;
  }
  for (int i = 0; i < spins_; ++i) {
    if (generation_.load(std::memory_order_acquire) != generation) return;
    pause_briefly();
  }
  generation_.wait(generation, std::memory_order_acquire);
}

}  // namespace figurate
