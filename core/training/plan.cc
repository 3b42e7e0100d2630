#include "plan.h"

#include <algorithm>

namespace figurate {

namespace {

// Activations and gradients of the rows taken at once stay in L2 beside the weights.
constexpr size_t kBytesAtOnce = size_t{256} << 10;
constexpr size_t kMostRowsAtOnce = 64;
// More would serve more threads, and every one costs a set of sums.
constexpr size_t kMostSlices = 8;

}  // namespace

Plan::Plan(const Network& network, size_t depth, bool training) : training_(training) {
  const auto& layers = network.layers();
  while (first_trained_ < depth && layers[first_trained_]->parameters().empty()) ++first_trained_;
  size_t stage = 0, floats = row_stride(network.inputs());
  for (size_t i = 0; i < depth; ++i) {
    const Layer& layer = *layers[i];
    sliced_ = sliced_ || (training && (layer.gradient_size() > 0 || layer.statistics_size() > 0));
    if (training && layer.statistics_size() > 0) {
      stages_.push_back({stage, i});
      stage = i;
    }
    if (!layer.passes_through(training)) floats += row_stride(layer.outputs()) * (training ? 2 : 1);
  }
  stages_.push_back({stage, depth});
  rows_at_once_ = std::clamp<size_t>(kBytesAtOnce / (floats * sizeof(float)), 1, kMostRowsAtOnce);

  for (size_t i = 0; i <= depth; ++i) {
    const bool shared = i > 0 && layers[i - 1]->passes_through(training);
    activation_places_.push_back(shared ? activation_places_[network.links()[i - 1].takes] : i);
  }
  find_gradients(network, depth);
  gradient_places_.resize(depth + 1);
  for (size_t i = depth + 1; i-- > 0;) {
    const bool shared = i < depth && has_gradient(i) && layers[i]->passes_gradient_through();
    gradient_places_[i] = shared ? gradient_places_[network.links()[i].gives_gradient_of] : i;
  }
  // The network's end is judged row by row where all threads can see it. A layer that takes its weights' gradient over
  // all rows needs what it comes from.
  keeps_activation_.resize(depth + 1);
  keeps_gradient_.resize(depth + 1);
  keeps_activation_[activation_places_[depth]] = keeps_gradient_[gradient_places_[depth]] = true;
  for (size_t i = 0; i < depth; ++i) {
    if (layers[i]->shards() == 0 || layers[i]->gradient_size() > 0) continue;
    keeps_activation_[activation_places_[i]] = keeps_gradient_[gradient_places_[i + 1]] = true;
  }
}

void Plan::find_gradients(const Network& network, size_t depth) {
  has_gradient_.assign(depth + 1, false);
  if (!training_) return;
  for (size_t i = 0; i < depth; ++i) {
    const Link& link = network.links()[i];
    // Where two ways meet, one gradient serves both.
    if (link.beside != kNone && has_gradient_[link.beside]) has_gradient_[i] = true;
    has_gradient_[i + 1] = has_gradient_[link.takes] || !network.layers()[i]->parameters().empty();
  }
  has_gradient_[depth] = true;
}

size_t slice_count(size_t rows) { return std::min(rows, kMostSlices); }

Range slice_rows(size_t rows, size_t slice) { return share(rows, slice, slice_count(rows)); }

}  // namespace figurate
