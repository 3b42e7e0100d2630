// How a batch goes through a network: in which stages, how many rows at once, and what must be kept of all rows.
//
// A layer that must know all rows before it can go on (batch normalization) begins a new stage; all threads meet before
// it. Networks whose gradients are summed by slice (layers/layer.h) are taken a few rows at a time through all layers
// of a stage, so that activations stay in the cache; with a single stage, these few rows go forward, are judged and go
// back, and room for them is all that is needed.
#pragma once

#include <vector>

#include "network.h"

namespace figurate {

class Plan {
 public:
  // For the first `depth` layers.
  Plan(const Network& network, size_t depth, bool training);

  // Whether rows are taken by slice.
  bool sliced() const { return sliced_; }
  // Whether most activations are kept of a few rows only, each thread's own.
  bool local() const { return sliced_ && stages_.size() == 1; }
  // The layers of each stage.
  const std::vector<Range>& stages() const { return stages_; }
  // The first layer with weights: no gradient flows back further.
  size_t first_trained() const { return first_trained_; }
  // Rows taken at once.
  size_t rows_at_once() const { return rows_at_once_; }

  // Of activations (before the first layer, and after each): the first one that it shares memory with.
  size_t activation_place(size_t i) const { return activation_places_[i]; }
  // The same of gradients: the last one.
  size_t gradient_place(size_t i) const { return gradient_places_[i]; }
  // Whether there are weights before it, or nothing but the loss behind it.
  bool has_gradient(size_t i) const { return has_gradient_[i]; }
  // Whether they are kept of all rows of a batch.
  bool keeps_activation(size_t i) const { return !local() || keeps_activation_[activation_places_[i]]; }
  bool keeps_gradient(size_t i) const { return !local() || keeps_gradient_[gradient_places_[i]]; }

 private:
  void find_gradients(const Network& network, size_t depth);

  bool training_, sliced_ = false;
  size_t first_trained_ = 0, rows_at_once_ = 0;
  std::vector<Range> stages_;
  std::vector<size_t> activation_places_, gradient_places_;
  std::vector<bool> has_gradient_, keeps_activation_, keeps_gradient_;
};

// The slices of a batch of `rows`, and the rows of one.
size_t slice_count(size_t rows);
Range slice_rows(size_t rows, size_t slice);

}  // namespace figurate
