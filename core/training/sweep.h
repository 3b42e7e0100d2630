// One thread's way with a batch through a network whose rows are taken by slice (plan.h).
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "batch.h"

namespace figurate {

class Sweep {
 public:
  Sweep(const Network& network, const Workspace& workspace, size_t depth);

  // Judges rows of the batch that went all the way forward, and writes the loss' gradient.
  using Judge = std::function<void(Range rows)>;

  // One stage of the way forward, for the rows of a slice; at the last stage they are judged and go back to the stage's
  // first layer.
  void forward(const Batch& batch, const Figures& data, size_t slice, size_t stage, const Judge& judge);
  // One stage of the way back.
  void backward(const Batch& batch, size_t slice, size_t stage);

 private:
  void take(const Batch& batch, Range rows, size_t slice);
  void clear_sums(const Batch& batch, size_t slice) const;
  void layers_back(size_t stage);

  const Network& network_;
  const Plan& plan_;
  std::unique_ptr<Room> room_;  // where the plan is local
  std::vector<Pass> passes_;    // of the rows taken at once
  Range rows_{0, 0};            // these rows, as `passes_` count them
};

}  // namespace figurate
