#include "workspace.h"

#include "../kernels/table.h"

namespace figurate {

namespace {

// Room for `rows` of the activations or gradients that `wanted` names; those that share memory have one place.
template <class Wanted, class PlaceOf>
std::vector<Matrix> make_matrices(const std::vector<size_t>& columns, size_t rows, std::vector<Tensor>& tensors,
                                  const Wanted& wanted, const PlaceOf& place_of) {
  std::vector<Matrix> matrices(columns.size());
  for (size_t i = 0; i < columns.size(); ++i) {
    matrices[i] = {nullptr, rows, columns[i], row_stride(columns[i])};
    if (!wanted(i) || place_of(i) != i) continue;
    tensors.emplace_back(rows, columns[i]);
    matrices[i] = tensors.back().view();
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    if (wanted(i)) matrices[i] = matrices[place_of(i)], matrices[i].columns = columns[i];
  }
  return matrices;
}

std::vector<size_t> columns_of(const Network& network, size_t depth) {
  std::vector<size_t> columns = {network.inputs()};
  for (size_t i = 0; i < depth; ++i) columns.push_back(network.layers()[i]->outputs());
  return columns;
}

Matrix rows_from(Matrix m, Range rows) {
  if (m.data != nullptr) m.data = m.row(rows.first);
  m.rows = rows.size();
  return m;
}

}  // namespace

Workspace::Workspace(const Network& network, size_t depth, size_t rows, Use use)
    : plan_(network, depth, use == Use::kTraining),
      capacity_(rows),
      first_(network.first_layer(use == Use::kTraining)),
      links_(network.links()) {
  if (use != Use::kPrediction && !plan_.sliced() && first_ < depth) make_parts(network);
  const std::vector<size_t> columns = columns_of(network, depth);
  activations_ = make_matrices(
      columns, rows, tensors_,
      [&](size_t i) { return plan_.keeps_activation(i) && (parts_.size() == 0 || plan_.activation_place(i) > 0); },
      [&](size_t i) { return plan_.activation_place(i); });
  gradients_ = make_matrices(
      columns, rows, tensors_, [&](size_t i) { return plan_.has_gradient(i) && plan_.keeps_gradient(i); },
      [&](size_t i) { return plan_.gradient_place(i); });
  for (size_t i = 0; i < depth; ++i) {
    const Layer& layer = *network.layers()[i];
    const bool training = use == Use::kTraining;
    const size_t slices = training ? slice_count(rows) : 0;
    scratch_.emplace_back(plan_.local() ? 0 : layer.scratch_size(rows));
    gradient_sums_.emplace_back(slices * layer.gradient_size());
    statistics_.emplace_back(slices * layer.statistics_size());
    prepared_.emplace_back(training ? layer.prepared_size() : 0);
  }
}

void Workspace::make_parts(const Network& network) {
  const Layer& layer = *network.layers()[first_];
  const size_t parts = layer.parts_size(capacity_);
  if (parts == 0) return;
  parts_ = Buffer<float>::unfilled(parts);
  packed_.resize(layer.shards() * capacity_);
  rows_of_quads_.resize(round_up(network.inputs(), kQuad) / kQuad * (round_up(capacity_, 32) / 32));
}

std::vector<Pass> Workspace::passes(size_t rows) {
  std::vector<Pass> passes(scratch_.size());
  for (size_t i = 0; i < passes.size(); ++i) {
    passes[i].input = with_rows(activations_[i], rows);
    passes[i].output = with_rows(activations_[i + 1], rows);
    passes[i].input_gradient = with_rows(gradients_[i], rows);
    passes[i].output_gradient = with_rows(gradients_[i + 1], rows);
    if (links_[i].beside != kNone) passes[i].side = with_rows(activations_[links_[i].beside], rows);
    if (links_[i].gradient_beside != kNone) {
      passes[i].side_gradient = with_rows(gradients_[links_[i].gradient_beside], rows);
    }
    passes[i].capacity = capacity_;
    if (i == first_ && parts_.size() > 0) {
      passes[i].parts = parts_.data();
      passes[i].packed = packed_.data();
      passes[i].rows_of_quads = rows_of_quads_.data();
    }
    passes[i].scratch = scratch_[i].data();
    passes[i].slices = slice_count(rows);
    passes[i].gradient = gradient_sums_[i].data();
    passes[i].statistics = statistics_[i].data();
    passes[i].prepared = prepared_[i].data();
  }
  return passes;
}

Room::Room(const Network& network, const Workspace& workspace, size_t depth)
    : capacity_(workspace.plan().rows_at_once()), links_(network.links()) {
  const Plan& plan = workspace.plan();
  const std::vector<size_t> columns = columns_of(network, depth);
  activations_ = make_matrices(
      columns, capacity_, tensors_, [&](size_t i) { return !plan.keeps_activation(i); },
      [&](size_t i) { return plan.activation_place(i); });
  gradients_ = make_matrices(
      columns, capacity_, tensors_, [&](size_t i) { return plan.has_gradient(i) && !plan.keeps_gradient(i); },
      [&](size_t i) { return plan.gradient_place(i); });
  for (size_t i = 0; i < depth; ++i) scratch_.emplace_back(network.layers()[i]->scratch_size(capacity_));
}

void Room::point(const std::vector<Pass>& whole, Range rows, std::vector<Pass>& passes) const {
  passes = whole;
  const Range own{0, rows.size()};
  const auto choose = [&](const Matrix& all, const Matrix& ours) {
    return ours.data != nullptr ? rows_from(ours, own) : rows_from(all, rows);
  };
  for (size_t i = 0; i < passes.size(); ++i) {
    passes[i].input = choose(whole[i].input, activations_[i]);
    passes[i].output = choose(whole[i].output, activations_[i + 1]);
    passes[i].input_gradient = choose(whole[i].input_gradient, gradients_[i]);
    passes[i].output_gradient = choose(whole[i].output_gradient, gradients_[i + 1]);
    if (links_[i].beside != kNone) passes[i].side = choose(whole[i].side, activations_[links_[i].beside]);
    if (links_[i].gradient_beside != kNone) {
      passes[i].side_gradient = choose(whole[i].side_gradient, gradients_[links_[i].gradient_beside]);
    }
    passes[i].capacity = capacity_;
    passes[i].scratch = const_cast<float*>(scratch_[i].data());
    passes[i].figures = whole[i].figures + rows.first;
  }
}

}  // namespace figurate
