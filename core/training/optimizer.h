// Optimizers: which numbers they keep for each weight, and their step. What every one of them can do beside its rule:
// clip each value of a gradient before it, and average the weights after it. Clipping by norm, which needs all
// gradients first, is clipping.h's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "../layers/layer.h"

namespace figurate {

class Optimizer {
 public:
  virtual ~Optimizer() = default;

  // The names of what is kept for each weight, in the order of Parameter::slots.
  virtual std::vector<std::string> slots() const = 0;
  // The step number `iteration` (from 1) at this learning rate.
  virtual std::unique_ptr<Update> step(uint64_t iteration, double learning_rate) const = 0;

  // The place of that slot. ValueError where there is none.
  size_t slot(const std::string& name) const;

  // Gives every parameter its slots, zero, unless it has them.
  void prepare(std::vector<Parameter>& parameters) const;
};

// The slot of the weights' averages: average = momentum * average + (1 - momentum) * weight after each step; after the
// first one, the weight.
inline const std::string kAverage = "average";

// kinds: adam, sgd, rmsprop; each with clipvalue, ema_momentum and ema_overwrite_frequency where they are wanted.
std::unique_ptr<Optimizer> make_optimizer(const Spec& spec);

}  // namespace figurate
