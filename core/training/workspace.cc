#include "workspace.h"

#include "../kernels/table.h"

namespace figurate {

Workspace::Workspace(const Network& network, size_t depth, size_t rows, Use use)
    : capacity_(rows), first_(network.first_layer(use == Use::kTraining)) {
  const bool training = use == Use::kTraining;
  const auto new_matrix = [&](size_t columns) {
    tensors_.emplace_back(rows, columns);
    return tensors_.back().view();
  };
  const size_t parts = use != Use::kPrediction && first_ < depth ? network.layers()[first_]->parts_size(rows) : 0;
  if (parts > 0) {
    const Layer& layer = *network.layers()[first_];
    parts_ = Buffer<float>::unfilled(parts);
    packed_.resize(layer.shards() * rows);
    rows_of_quads_.resize(round_up(network.inputs(), kQuad) / kQuad * (round_up(rows, 32) / 32));
  }
  activations_.push_back(parts > 0 ? Matrix{} : new_matrix(network.inputs()));
  for (size_t i = 0; i < depth; ++i) {
    const Layer& layer = *network.layers()[i];
    activations_.push_back(layer.passes_through(training) ? activations_.back() : new_matrix(layer.outputs()));
    scratch_.emplace_back(layer.scratch_size(rows));
  }
  gradients_.resize(depth + 1);
  if (!training) return;
  // Gradients flow back to the first layer that has weights and stop there.
  size_t first = 0;
  while (first < depth && network.layers()[first]->parameters().empty()) ++first;
  for (size_t i = depth + 1; i-- > first + 1;) {
    const bool shared = i < depth && network.layers()[i]->passes_through(training);
    gradients_[i] = shared ? gradients_[i + 1] : new_matrix(activations_[i].columns);
  }
  if (gradients_.back().data == nullptr) gradients_.back() = new_matrix(activations_.back().columns);
}

std::vector<Pass> Workspace::passes(size_t rows) {
  std::vector<Pass> passes(scratch_.size());
  for (size_t i = 0; i < passes.size(); ++i) {
    passes[i].input = with_rows(activations_[i], rows);
    passes[i].output = with_rows(activations_[i + 1], rows);
    passes[i].input_gradient = with_rows(gradients_[i], rows);
    passes[i].output_gradient = with_rows(gradients_[i + 1], rows);
    passes[i].capacity = capacity_;
    if (i == first_ && parts_.size() > 0) {
      passes[i].parts = parts_.data();
      passes[i].packed = packed_.data();
      passes[i].rows_of_quads = rows_of_quads_.data();
    }
    passes[i].scratch = scratch_[i].data();
  }
  return passes;
}

}  // namespace figurate
