// The memory that a batch passes through: activations, gradients and scratch of every layer. One for each batch under
// way.
#pragma once

#include <vector>

#include "network.h"
#include "plan.h"

namespace figurate {

class Workspace {
 public:
  // For batches of up to `rows` figures through the first `depth` layers: figures as they are given, figures loaded
  // from `Figures`, which may come in parts, or these and gradients too.
  enum class Use { kPrediction, kEvaluation, kTraining };
  Workspace(const Network& network, size_t depth, size_t rows, Use use);

  const Plan& plan() const { return plan_; }
  size_t capacity() const { return capacity_; }
  // Each layer's pass for a batch of `rows`; without data where that is not kept of all rows.
  std::vector<Pass> passes(size_t rows);
  // Where figures are loaded, the last layer's output, and the loss' gradient there.
  Matrix input(size_t rows) const { return with_rows(activations_.front(), rows); }
  Matrix output(size_t rows) const { return with_rows(activations_.back(), rows); }
  Matrix output_gradient(size_t rows) const { return with_rows(gradients_.back(), rows); }

 private:
  static Matrix with_rows(Matrix m, size_t rows) {
    m.rows = rows;
    return m;
  }
  void make_parts(const Network& network);

  Plan plan_;
  size_t capacity_;
  std::vector<Tensor> tensors_;
  std::vector<Buffer<float>> scratch_;
  std::vector<Buffer<float>> gradient_sums_, statistics_, prepared_;
  size_t first_;  // the layer that takes figures in parts, if there are any
  Buffer<float> parts_;
  std::vector<const float*> packed_;
  std::vector<uint32_t> rows_of_quads_;
  std::vector<Matrix> activations_, gradients_;  // before the first layer, and after each
  std::vector<Link> links_;
};

// A thread's own room for the rows it takes at once, where a plan is local.
class Room {
 public:
  Room(const Network& network, const Workspace& workspace, size_t depth);

  // Makes passes for rows [first, last) of the batch that `whole` passes are for; in them the rows count from 0.
  void point(const std::vector<Pass>& whole, Range rows, std::vector<Pass>& passes) const;
  // Where figures are loaded.
  const Matrix& input() const { return activations_.front(); }

 private:
  size_t capacity_;
  std::vector<Tensor> tensors_;
  std::vector<Buffer<float>> scratch_;
  std::vector<Matrix> activations_, gradients_;  // without data where they are the whole batch's
  std::vector<Link> links_;
};

}  // namespace figurate
