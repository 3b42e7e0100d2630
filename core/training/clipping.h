// Clipping of gradients by their norms: Keras' clipnorm, for the gradient of each weight by itself, and
// global_clipnorm, for all gradients together.
//
// A norm needs all gradients before any step is made. So they are kept, and an update has three phases with a barrier
// between them: gradients by the layers' shards; sums of squares, and then steps, by pieces of the weights. Pieces are
// a matter of the shapes alone and their sums are added in one order, so the bits do not depend on the number of
// threads.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "network.h"

namespace figurate {

class NormClipping {
 public:
  // No norm stays above `norm`, of each weight's gradient or of all.
  NormClipping(const Network& network, double norm, bool global);

  // Takes gradients where a layer hands them to the optimizer.
  const Update& keeper() const { return keeper_; }
  // The thread's share of the squares; then, once all threads have come there, of the steps.
  void square(size_t rank, size_t ranks);
  void step(const Update& step, size_t rank, size_t ranks);

 private:
  using Gradients = std::unordered_map<const Parameter*, Buffer<float>>;

  struct Keeper final : Update {
    explicit Keeper(Gradients& to) : gradients(to) {}
    void operator()(Parameter& parameter, size_t offset, size_t count, const float* gradient) const override;
    Gradients& gradients;
  };

  struct Piece {
    size_t weight;  // among `weights_`
    size_t offset, count;
    float* gradient;
  };

  // What each weight's gradient is multiplied by.
  std::vector<float> scales() const;

  double norm_;
  bool global_;
  std::vector<Network::Weight> weights_;
  Gradients gradients_;
  Keeper keeper_{gradients_};
  std::vector<Piece> pieces_;
  std::vector<double> squares_;  // of each piece
};

}  // namespace figurate
