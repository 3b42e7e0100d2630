#include "clipping.h"

#include <algorithm>
#include <cmath>

namespace figurate {

namespace {

// 8 KiB: a fraction of L1, and enough that handing a piece over costs nothing beside it.
constexpr size_t kPiece = 2048;

// In eight sums, so that additions need not wait for each other, which are added in a fixed tree.
double sum_of_squares(const float* values, size_t count) {
  double sums[8] = {};
  for (size_t i = 0; i < count; i += 8) {
    for (size_t lane = 0; lane < std::min<size_t>(count - i, 8); ++lane) {
      const double value = values[i + lane];
      sums[lane] += value * value;
    }
  }
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

}  // namespace

NormClipping::NormClipping(const Network& network, double norm, bool global)
    : norm_(norm), global_(global), weights_(network.trainable_weights()) {
  for (size_t w = 0; w < weights_.size(); ++w) {
    const Parameter& parameter = weights_[w].parameter();
    Buffer<float>& gradient = gradients_.emplace(&parameter, parameter.values.size()).first->second;
    const size_t count = element_count(parameter.shape);
    for (size_t offset = 0; offset < count; offset += kPiece) {
      pieces_.push_back({w, offset, std::min(kPiece, count - offset), gradient.data() + offset});
    }
  }
  squares_.resize(pieces_.size());
}

void NormClipping::Keeper::operator()(Parameter& parameter, size_t offset, size_t count, const float* gradient) const {
  std::copy_n(gradient, count, gradients.at(&parameter).data() + offset);
}

void NormClipping::square(size_t rank, size_t ranks) {
  const Range mine = share(pieces_.size(), rank, ranks);
  for (size_t p = mine.first; p < mine.last; ++p) squares_[p] = sum_of_squares(pieces_[p].gradient, pieces_[p].count);
}

std::vector<float> NormClipping::scales() const {
  std::vector<double> squares(weights_.size());
  for (size_t p = 0; p < pieces_.size(); ++p) squares[global_ ? 0 : pieces_[p].weight] += squares_[p];
  std::vector<float> scales(weights_.size());
  for (size_t w = 0; w < weights_.size(); ++w) {
    const double norm = std::sqrt(squares[global_ ? 0 : w]);
    scales[w] = norm > norm_ ? static_cast<float>(norm_ / norm) : 1.0f;
  }
  return scales;
}

void NormClipping::step(const Update& step, size_t rank, size_t ranks) {
  const std::vector<float> factors = scales();
  const Range mine = share(pieces_.size(), rank, ranks);
  for (size_t p = mine.first; p < mine.last; ++p) {
    const Piece& piece = pieces_[p];
    const float factor = factors[piece.weight];
    if (factor != 1.0f) {
      for (size_t i = 0; i < piece.count; ++i) piece.gradient[i] *= factor;
    }
    step(weights_[piece.weight].parameter(), piece.offset, piece.count, piece.gradient);
  }
}

}  // namespace figurate
