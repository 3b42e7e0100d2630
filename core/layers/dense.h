// A fully connected layer: output = input x kernel + bias.
//
// The inputs are cut into a fixed number of shards, a matter of the shape alone; each shard's partial sums are added in
// a fixed tree. A thread that owns shards keeps their weights and moments in its own cache from step to step, and only
// partial sums travel between cores.
#pragma once

#include "../kernels/table.h"
#include "layer.h"

namespace figurate {

class Dense final : public Layer {
 public:
  Dense(const Shape& input, const Options& options);

  size_t scratch_size(size_t rows) const override;
  void forward(const Pass& pass, Range rows) const override;
  void backward(const Pass& pass, Range rows) const override;

  size_t shards() const override { return shards_; }
  void update(const Pass& pass, Range shards, const Update& update) override;

  bool forwards_by_shard() const override { return shards_ > 1 && shards_ * units_ <= inputs(); }
  void forward_shards(const Pass& pass, Range shards) const override;
  void finish(const Pass& pass, Range rows) const override;
  size_t parts_size(size_t rows) const override { return rows * part_places_.back(); }
  Range part_quads(size_t shard) const override;
  float* part_row(const Pass& pass, size_t shard, size_t row) const override;

 private:
  size_t part_stride(size_t shard) const { return part_places_[shard + 1] - part_places_[shard]; }
  void index_ink(const Pass& pass, size_t shard, Range rows, uint32_t* to) const;
  // Where the index of a shard is kept from its forward pass to its update.
  uint32_t* indexed(const Pass& pass, size_t shard) const;
  InputRows input_rows(const Pass& pass, size_t shard, Range rows, const uint32_t* rows_of_quads,
                       std::vector<const float*>& packed) const;
  void forward_shard(const Pass& pass, size_t shard, Range rows, const uint32_t* rows_of_quads) const;
  // Floats from one row's partial sums to the next's.
  size_t sum_stride() const { return round_up(units_, kLanes) + kLanes; }
  void update_shard(const Pass& pass, size_t shard, const Update& update);

  size_t units_;
  size_t quads_;
  size_t shards_;
  std::vector<size_t> part_places_;  // where each part begins, in floats a row; and where the last ends
  bool use_bias_;
};

}  // namespace figurate
