// Losses: a number for each figure, and its gradient at the network's output.
//
// Where the network ends in softmax (or sigmoid) and the loss is a cross-entropy, the two are one: the loss starts from
// the logits, which is stable and needs no division, and writes the probabilities for the metrics.
#pragma once

#include <memory>

#include "../layers/layer.h"
#include "network.h"

namespace figurate {

// The truth for each figure: a class, or one number for each output.
struct Targets {
  const int32_t* classes = nullptr;
  const float* values = nullptr;
  size_t width = 0;  // numbers a figure in `values`
};

// A batch at the network's end. Row r holds figure figures[r].
struct LossPass {
  Matrix output;       // of the last layer that was run: logits where the loss is fused
  Matrix predictions;  // what the network predicts; the same memory unless fused
  Matrix gradient;     // data may be null: nothing to learn
  const Targets* targets;
  const float* sample_weight;  // by figure, or null
  const uint32_t* figures;
  float* losses;   // (rows): the unweighted loss times the figure's weight
  float* scratch;  // (rows)
  float scale;     // of the gradient: 1 / batch size
};

class Loss {
 public:
  virtual ~Loss() = default;
  virtual void rows(const LossPass& pass, Range rows) const = 0;

  // Layers of the network that run before the loss: all, or all but the activation that is fused with it.
  size_t depth() const { return depth_; }
  bool fused() const { return fused_; }
  bool sparse() const { return sparse_; }

 protected:
  size_t depth_ = 0;
  bool fused_ = false;
  bool sparse_ = false;
  friend std::unique_ptr<Loss> make_loss(const Spec& spec, const Network& network);
};

// kinds: sparse_categorical_crossentropy, categorical_crossentropy, binary_crossentropy, mean_squared_error.
std::unique_ptr<Loss> make_loss(const Spec& spec, const Network& network);

}  // namespace figurate
