// How many threads the next stretch of steps takes: all, or one while others need the cores.
//
// Threads that meet at a barrier every few microseconds are only as fast as the one that waits for a core. When waiting
// at barriers takes much of their time, a short stretch on one thread shows which way is faster now; from then on the
// slower way is tried again now and then. Results do not depend on the choice, only time does.
#pragma once

#include <algorithm>
#include <cstddef>

namespace figurate {

class Pace {
 public:
  explicit Pace(int threads) : all_(threads), now_(threads) {}

  struct Stretch {
    int threads;
    size_t steps;
  };

  // The next stretch: about as many steps as fit kStretch, fewer for a trial.
  Stretch next() {
    trial_ = all_ > 1 && (now_ == 1 ? since_trial_ >= kTrialEvery : crowded_);
    const int threads = trial_ ? other() : now_;
    const double known = seconds(threads) > 0 ? seconds(threads) : seconds(other_than(threads));
    const double time = trial_ ? kTrial : kStretch;
    // The first step tells how long they are: a few microseconds, or a tenth of a second.
    const size_t steps = known > 0 ? static_cast<size_t>(time / known) : 1;
    return {threads, std::clamp<size_t>(steps, 1, 100000)};
  }

  // The seconds it took, and those that its threads, added up, waited at barriers.
  void took(const Stretch& stretch, double time, double waited) {
    seconds(stretch.threads) = time / static_cast<double>(stretch.steps);
    since_trial_ += time;
    crowded_ = stretch.threads > 1 && waited > kCrowded * time * stretch.threads && since_trial_ >= kTrialEvery;
    if (trial_) {
      since_trial_ = 0;
      crowded_ = false;
      now_ = per_step_[0] < per_step_[1] ? 1 : all_;
    }
  }

 private:
  // In seconds. A stretch is short enough that Ctrl-C and progress wait for no longer.
  static constexpr double kStretch = 0.03, kTrial = 0.002, kTrialEvery = 0.05;
  // Of two threads that wait a fifth of their time one and a half are left; a trial on one costs as much as it may
  // bring.
  static constexpr double kCrowded = 0.2;

  int other() const { return other_than(now_); }
  int other_than(int threads) const { return threads == 1 ? all_ : 1; }
  double& seconds(int threads) { return per_step_[threads > 1 ? 1 : 0]; }

  int all_, now_;
  bool trial_ = false, crowded_ = false;
  double since_trial_ = kTrialEvery;
  double per_step_[2] = {0, 0};  // on one thread, on all
};

}  // namespace figurate
