// Optimizers: which numbers they keep for each weight, and their step.
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

  // Gives every parameter its slots, zero, unless it has them.
  void prepare(std::vector<Parameter>& parameters) const;
};

// kinds: adam, sgd, rmsprop.
std::unique_ptr<Optimizer> make_optimizer(const Spec& spec);

}  // namespace figurate
