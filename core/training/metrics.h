// Metrics: each is a quotient of two sums over figures, so that batches, epochs and threads add up alike.
#pragma once

#include <memory>

#include "loss.h"

namespace figurate {

// What one figure adds above and below the line.
struct Fraction {
  float over = 0, under = 0;
};

class Metric {
 public:
  virtual ~Metric() = default;
  // `predictions` (n) of one figure; `figure` finds its truth.
  virtual Fraction of(const float* predictions, size_t n, const Targets& targets, size_t figure) const = 0;
};

// kinds: sparse_categorical_accuracy, categorical_accuracy, binary_accuracy, sparse_top_k_categorical_accuracy,
// top_k_categorical_accuracy, precision, recall.
std::unique_ptr<Metric> make_metric(const Spec& spec);

}  // namespace figurate
