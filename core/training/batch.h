// One thread's view of a batch on its way through a network: which figures stand in its rows, and each layer's pass.
//
// Forward goes in two steps: `load` reads figures and, where the first layer can, starts it by shard (of inputs);
// `forward` does the rest by row.
#pragma once

#include <vector>

#include "figures.h"
#include "workspace.h"

namespace figurate {

class Batch {
 public:
  // What a pass is told of its batch.
  struct Setting {
    bool training = false;
    uint64_t seed = 0, epoch = 0;
    bool augments = true;
  };

  Batch(const Network& network, Workspace& workspace, size_t rows, const Setting& setting);

  size_t rows() const { return rows_; }
  const uint32_t* figures() const { return figures_; }
  const std::vector<Pass>& passes() const { return passes_; }

  // The figure in each row, here and in the batch after this one.
  void take(const Figures& data, const uint32_t* figures, const uint32_t* next = nullptr, size_t next_rows = 0);

  // Whether `load` starts the first layer by shard: then each part is to be loaded for all rows at once. If not, each
  // row is to be loaded for all parts.
  bool started_by_shard() const { return by_shard_; }
  // Parts of the inputs.
  size_t parts() const { return parts_.size(); }
  void load(const Figures& data, Range rows, Range parts) const;
  // One row, whole, to somewhere else.
  void load(const Figures& data, size_t row, float* to) const;
  void forward(Range rows) const;
  // From the gradient at the output to that at the first layer with weights.
  void backward(Range rows) const;

 private:
  void load_parts(const Figures& data, size_t row, Range parts, const ByteScale& scale) const;
  void load_packed_parts(const Figures& data, size_t row, Range parts, Range quads, const ByteScale& scale) const;

  const Network& network_;
  size_t rows_;
  bool training_;
  const uint32_t* figures_ = nullptr;
  const uint32_t* next_ = nullptr;
  size_t next_rows_ = 0;
  std::vector<Pass> passes_;
  std::vector<const uint64_t*> ink_;
  Matrix input_;
  size_t place_;  // of the first layer
  const Layer* first_ = nullptr;
  bool in_parts_, by_shard_;
  std::vector<Range> parts_;  // the quads in each
};

}  // namespace figurate
