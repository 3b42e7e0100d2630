#include "batch.h"

namespace figurate {

Batch::Batch(const Network& network, Workspace& workspace, size_t rows, const Setting& setting)
    : network_(network),
      rows_(rows),
      training_(setting.training),
      passes_(workspace.passes(rows)),
      ink_(rows),
      input_(workspace.input(rows)),
      place_(network.first_layer(setting.training)) {
  for (Pass& pass : passes_) {
    pass.training = setting.training, pass.augments = setting.augments;
    pass.seed = setting.seed, pass.epoch = setting.epoch;
  }
  if (place_ < passes_.size()) first_ = network.layers()[place_].get();
  in_parts_ = first_ != nullptr && passes_[place_].parts != nullptr;
  by_shard_ = in_parts_ && first_->forwards_by_shard();
  if (!in_parts_) parts_.push_back({0, round_up(network.inputs(), kQuad) / kQuad});
  for (size_t part = 0; in_parts_ && part < first_->shards(); ++part) parts_.push_back(first_->part_quads(part));
}

void Batch::take(const Figures& data, const uint32_t* figures, const uint32_t* next, size_t next_rows) {
  figures_ = figures, next_ = next, next_rows_ = next_rows;
  for (Pass& pass : passes_) pass.figures = figures;
  if (!in_parts_) return;
  // Zeros can be left out if loading leaves zeros zero.
  const bool packed = data.packed() && network_.offset() == 0.0;
  for (size_t r = 0; packed && r < rows_; ++r) ink_[r] = data.ink(figures[r]);
  passes_[place_].ink = packed ? ink_.data() : nullptr;
}

void Batch::load(const Figures& data, Range rows, Range parts) const {
  if (parts.size() == 0) return;
  const ByteScale scale = data.byte_scale(network_.scale(), network_.offset());
  const Range quads{parts_[parts.first].first, parts_[parts.last - 1].last};
  for (size_t r = rows.first; r < rows.last; ++r) {
    if (!in_parts_) {
      data.load(figures_[r], quads, scale, input_.row(r));
    } else if (passes_[place_].ink == nullptr) {
      load_parts(data, r, parts, scale);
    } else {
      load_packed_parts(data, r, parts, quads, scale);
    }
    // One figure of the next batch for each one loaded: all at once, more lines would be under way than a core can keep
    // track of.
    if (r < next_rows_) data.prefetch(next_[r], quads);
  }
  if (by_shard_) first_->forward_shards(passes_[place_], parts);
}

void Batch::load(const Figures& data, size_t row, float* to) const {
  const Range quads{0, round_up(network_.inputs(), kQuad) / kQuad};
  data.load(figures_[row], quads, data.byte_scale(network_.scale(), network_.offset()), to);
  if (row < next_rows_) data.prefetch(next_[row], quads);
}

void Batch::load_parts(const Figures& data, size_t row, Range parts, const ByteScale& scale) const {
  for (size_t part = parts.first; part < parts.last; ++part) {
    data.load(figures_[row], parts_[part], scale, first_->part_row(passes_[place_], part, row));
  }
}

// All of these parts at once, one behind the other.
void Batch::load_packed_parts(const Figures& data, size_t row, Range parts, Range quads, const ByteScale& scale) const {
  const Pass& pass = passes_[place_];
  float* to = first_->part_row(pass, parts.first, row);
  data.load_packed(figures_[row], quads, scale, to);
  for (size_t part = parts.first; part < parts.last; ++part) {
    pass.packed[part * pass.capacity + row] = to;
    to += kQuad * data.inked(figures_[row], parts_[part]);
  }
}

void Batch::forward(Range rows) const {
  for (size_t i = 0; i < passes_.size(); ++i) {
    const Layer& layer = *network_.layers()[i];
    if (layer.passes_through(training_)) continue;
    if (by_shard_ && i == place_) {
      layer.finish(passes_[i], rows);
    } else {
      layer.forward(passes_[i], rows);
    }
  }
}

void Batch::backward(Range rows) const {
  for (size_t i = passes_.size(); i-- > 0;) {
    const Layer& layer = *network_.layers()[i];
    if (passes_[i].input_gradient.data != nullptr && !layer.passes_gradient_through()) layer.backward(passes_[i], rows);
  }
}

}  // namespace figurate
