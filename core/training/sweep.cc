#include "sweep.h"

#include <algorithm>

namespace figurate {

namespace {

// Calls take(rows) for a few rows at a time of all rows of a slice.
template <class Take>
void for_rows(Range rows, size_t at_once, const Take& take) {
  const size_t times = (rows.size() + at_once - 1) / at_once;
  for (size_t i = 0; i < times; ++i) {
    const Range some = share(rows.size(), i, times);
    take(Range{rows.first + some.first, rows.first + some.last});
  }
}

}  // namespace

Sweep::Sweep(const Network& network, const Workspace& workspace, size_t depth)
    : network_(network), plan_(workspace.plan()) {
  if (plan_.local()) room_ = std::make_unique<Room>(network, workspace, depth);
}

void Sweep::take(const Batch& batch, Range rows, size_t slice) {
  if (room_ != nullptr) {
    room_->point(batch.passes(), rows, passes_);
    rows_ = {0, rows.size()};
  } else {
    passes_ = batch.passes();
    rows_ = rows;
  }
  for (Pass& pass : passes_) pass.slice = slice;
}

void Sweep::clear_sums(const Batch& batch, size_t slice) const {
  for (size_t i = 0; i < batch.passes().size(); ++i) {
    const Layer& layer = *network_.layers()[i];
    const Pass& pass = batch.passes()[i];
    std::fill_n(pass.gradient + slice * layer.gradient_size(), layer.gradient_size(), 0.0f);
    std::fill_n(pass.statistics + slice * layer.statistics_size(), layer.statistics_size(), 0.0f);
  }
}

void Sweep::forward(const Batch& batch, const Figures& data, size_t slice, size_t stage, const Judge& judge) {
  const Range layers = plan_.stages()[stage];
  const bool last = stage + 1 == plan_.stages().size();
  if (stage == 0) clear_sums(batch, slice);
  for_rows(slice_rows(batch.rows(), slice), plan_.rows_at_once(), [&](Range rows) {
    take(batch, rows, slice);
    if (stage == 0) {
      for (size_t r = 0; r < rows.size(); ++r) batch.load(data, rows.first + r, passes_[0].input.row(rows_.first + r));
    }
    for (size_t i = layers.first; i < layers.last; ++i) {
      const Layer& layer = *network_.layers()[i];
      if (!layer.passes_through(true)) layer.forward(passes_[i], rows_);
    }
    if (last) {
      judge(rows);
      layers_back(stage);
    } else {
      network_.layers()[layers.last]->add_statistics(passes_[layers.last], rows_);
    }
  });
}

void Sweep::backward(const Batch& batch, size_t slice, size_t stage) {
  const size_t next = plan_.stages()[stage].last;
  if (next < plan_.first_trained()) return;
  for_rows(slice_rows(batch.rows(), slice), plan_.rows_at_once(), [&](Range rows) {
    take(batch, rows, slice);
    if (passes_[next].input_gradient.data != nullptr) network_.layers()[next]->backward(passes_[next], rows_);
    layers_back(stage);
  });
}

// From the stage's last layer to its first, which only adds up what it must know before it goes back.
void Sweep::layers_back(size_t stage) {
  const Range layers = plan_.stages()[stage];
  for (size_t i = layers.last; i-- > std::max(layers.first, plan_.first_trained());) {
    const Layer& layer = *network_.layers()[i];
    if (i == layers.first && stage > 0) {
      layer.add_gradient_statistics(passes_[i], rows_);
    } else if (!layer.passes_gradient_through() &&
               (passes_[i].input_gradient.data != nullptr || layer.gradient_size() > 0)) {
      layer.backward(passes_[i], rows_);
    }
  }
}

}  // namespace figurate
