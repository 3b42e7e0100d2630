// What the figures of a batch score: losses and metrics row by row, and the means of many.
#pragma once

#include <memory>
#include <vector>

#include "batch.h"
#include "loss.h"
#include "metrics.h"

namespace figurate {

// Figures with their truth.
struct Labelled {
  const Figures* figures;
  Targets targets;
  const float* sample_weight = nullptr;  // (count) or null
};

// What networks are judged by.
struct Criteria {
  std::unique_ptr<Loss> loss;
  std::vector<std::unique_ptr<Metric>> metrics;
};

struct Sums {
  double loss = 0, count = 0;
  std::vector<double> over, under;

  explicit Sums(size_t metrics = 0) : over(metrics), under(metrics) {}
  void add(const Sums& other);
  // Of the loss, then of each metric.
  std::vector<double> means() const;
};

class Scores {
 public:
  // For batches of up to `rows` figures.
  Scores(const Criteria& criteria, const Workspace& workspace, size_t rows, size_t outputs);

  // Judges some rows of a batch that went forward; writes the loss' gradient, for the mean over the batch, if the
  // workspace has room for it. False if a loss is not finite.
  bool judge(const Labelled& data, const Batch& batch, Range rows);
  void add_to(Sums& sums, size_t rows) const;

 private:
  const Criteria& criteria_;
  const Workspace& workspace_;
  size_t capacity_;
  Tensor predictions_;
  std::vector<float> losses_, scratch_;
  std::vector<Fraction> fractions_;  // (metric, row)
};

}  // namespace figurate
