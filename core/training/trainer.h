// Trains a network: the loop over batches, on all threads together.
//
// A step has three phases with a barrier between them:
//   1. by shard: each thread loads its own part of every figure of the batch and sums its share of the first layer;
//   2. by row: the rest of the way forward, the loss, and all the way back;
//   3. by shard: weight gradients and the optimizer, each thread on the weights it owns.
// Phase 3 of one step and phase 1 of the next touch only what their thread owns, so no barrier parts them. Where the
// first layer is not summed by shard, phase 1 goes by row too, and a barrier ends the step instead.
//
// A network that is taken by slice (plan.h) has other phases: what is derived from the weights; a stage after the other
// forward, the last one back again, the others back; then weight gradients and the optimizer.
//
// Where norms of gradients are limited, the last phase is three (clipping.h).
//
// Steps run in stretches of a few hundredths of a second (pace.h); between them the caller hears of progress and may
// stop.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "../thread_pool.h"
#include "clipping.h"
#include "evaluate.h"
#include "handout.h"
#include "optimizer.h"
#include "pace.h"
#include "sweep.h"

namespace figurate {

class Trainer {
 public:
  // The optimizer's state starts anew.
  Trainer(Network& network, const Spec& loss, const Spec& optimizer, const std::vector<Spec>& metrics, uint64_t seed,
          int threads);
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  struct Epoch {
    uint64_t epoch;
    size_t batch_size;
    bool shuffle;
    const float* learning_rates;  // one a step of the whole epoch
    size_t first_step, last_step;
    bool augments = true;  // whether figures are changed by chance
  };

  // Runs steps [first_step, last_step) of an epoch; returns the mean loss and metrics since the epoch's first step. A
  // step whose loss is not finite is not taken: the run ends there and stopped_nonfinite() is true.
  std::vector<double> fit(const Labelled& data, const Epoch& epoch, const Tick& tick);

  // Mean loss and metrics, without learning.
  std::vector<double> evaluate(const Labelled& data, const Tick& tick) const {
    return figurate::evaluate(network_, criteria_, data, threads_, tick);
  }

  // The weights' averages, which the optimizer must keep: put in the weights' place, or exchanged with them.
  void take_averages();
  void swap_averages();

  uint64_t iterations = 0;  // optimizer steps made so far
  bool stopped_nonfinite() const { return nonfinite_.load(); }
  const Optimizer& optimizer() const { return *optimizer_; }
  Network& network() { return network_; }
  const Loss& loss() const { return *criteria_.loss; }

 private:
  void prepare(const Labelled& data, const Epoch& epoch);
  void run(Team& team, int rank, const Labelled& data, const Epoch& epoch, Handout& handout);
  void step_by_shard(Team& team, size_t rank, const Labelled& data, Batch& batch);
  void step_by_slice(Team& team, size_t rank, const Labelled& data, Batch& batch, Sweep& sweep, Turns& turns);
  void judge(const Labelled& data, const Batch& batch, Range rows);
  void update(Team& team, size_t rank, const Batch& batch, const Update& step);

  Network& network_;
  Criteria criteria_;
  std::unique_ptr<Optimizer> optimizer_;
  std::unique_ptr<NormClipping> clipping_;  // where norms of gradients are limited
  uint64_t seed_;
  int threads_;

  // The order of the figures, kept from call to call within an epoch.
  std::vector<uint32_t> order_;
  uint64_t order_epoch_ = 0;
  bool order_shuffled_ = false;

  // Room for one batch.
  size_t batch_rows_ = 0;
  std::unique_ptr<Workspace> workspace_;
  std::unique_ptr<Scores> scores_;
  alignas(64) Sums sums_;  // written at every step, on lines that nobody else reads
  alignas(64) std::atomic<bool> nonfinite_{false};
  Pace pace_;
};

}  // namespace figurate
