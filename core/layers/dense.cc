#include "dense.h"

#include <algorithm>

#include "../kernels/table.h"

namespace figurate {

namespace {

// A shard of fewer inputs is not worth a barrier (128 inputs of 32 rows and 20 units are about 1 µs); more than four
// shards would only serve more than four cores, and every one costs a row of partial sums.
constexpr size_t kMinShardInputs = 128, kMaxShards = 4;
// Bytes of gradient that wait in L1 for the optimizer.
constexpr size_t kGradientBytes = 8192;

// For each quad of ink word `word` a bit for each of rows [row, row + 64), by transposing a square of 64 x 64 bits
// (Warren, "Hacker's Delight", 7-3).
void transpose_ink(const uint64_t* const* ink, size_t row, size_t rows, size_t word, uint64_t (&square)[64]) {
  for (size_t i = 0; i < 64; ++i) square[i] = row + i < rows ? ink[row + i][word] : 0;
  uint64_t mask = 0x00000000ffffffffu;
  for (size_t j = 32; j != 0; j >>= 1, mask ^= mask << j) {
    for (size_t k = 0; k < 64; k = (k + j + 1) & ~j) {
      const uint64_t swapped = (square[k] >> j ^ square[k + j]) & mask;
      square[k] ^= swapped << j;
      square[k + j] ^= swapped;
    }
  }
}

}  // namespace

Dense::Dense(const Shape& input, const Options& options)
    : Layer(input, input),
      units_(static_cast<size_t>(options.integer("units", 0))),
      use_bias_(options.flag("use_bias", true)) {
  check(input.size() == 1,
        "Dense expects one row of numbers a figure, received shape " + to_string(input) + ". Add Flatten() before it.");
  check<ValueError>(units_ > 0, "Dense expects at least one unit");
  output_shape_ = {units_};
  quads_ = round_up(inputs(), kQuad) / kQuad;
  shards_ = std::clamp<size_t>(inputs() / kMinShardInputs, 1, kMaxShards);
  parameters_.push_back({"kernel", {inputs(), units_}, Buffer<float>(quads_ * kQuad * units_ + kSlack), {}});
  if (use_bias_) parameters_.push_back({"bias", {units_}, Buffer<float>(round_up(units_, kLanes)), {}});
}

// Whole cache lines of inputs: 16 of them are four quads.
Range Dense::shard_quads(size_t shard) const { return share(quads_, shard, shards_, kLanes / kQuad); }

Range Dense::shard_inputs(size_t shard) const {
  const Range quads = shard_quads(shard);
  return {quads.first * kQuad, std::min(quads.last * kQuad, inputs())};
}

size_t Dense::scratch_size(size_t rows) const { return shards_ * rows * (round_up(units_, kLanes) + kLanes) + kSlack; }

// The shard's partial sums of rows [first, last), into scratch (shard, row, unit).
void Dense::forward_shard(const Pass& p, size_t shard, Range rows) const {
  const Range quads = shard_quads(shard);
  const size_t stride = round_up(units_, kLanes) + kLanes;
  kernels().dense_forward({p.input.row(rows.first), p.input.stride, rows.size(),
                           p.ink != nullptr ? p.ink + rows.first : nullptr, quads.first, quads.last,
                           parameters_[0].values.data(), units_,
                           p.scratch + (shard * p.output.rows + rows.first) * stride, stride});
}

void Dense::forward_shards(const Pass& p, Range shards) const {
  for (size_t shard = shards.first; shard < shards.last; ++shard) forward_shard(p, shard, {0, p.output.rows});
}

// output = bias + ((shard 0 + shard 1) + (shard 2 + shard 3))
void Dense::finish(const Pass& p, Range rows) const {
  const size_t stride = round_up(units_, kLanes) + kLanes, shard_size = p.output.rows * stride;
  const float* bias = use_bias_ ? parameters_[1].values.data() : nullptr;
  for (size_t r = rows.first; r < rows.last; ++r) {
    const float* part = p.scratch + r * stride;
    float* out = p.output.row(r);
    switch (shards_) {
      case 1:
        for (size_t u = 0; u < units_; ++u) out[u] = part[u];
        break;
      case 2:
        for (size_t u = 0; u < units_; ++u) out[u] = part[u] + part[u + shard_size];
        break;
      case 3:
        for (size_t u = 0; u < units_; ++u) out[u] = part[u] + part[u + shard_size] + part[u + 2 * shard_size];
        break;
      default:
        for (size_t u = 0; u < units_; ++u) {
          out[u] = (part[u] + part[u + shard_size]) + (part[u + 2 * shard_size] + part[u + 3 * shard_size]);
        }
    }
    if (bias != nullptr) {
      for (size_t u = 0; u < units_; ++u) out[u] += bias[u];
    }
  }
}

void Dense::forward(const Pass& p, Range rows) const {
  for (size_t shard = 0; shard < shards_; ++shard) forward_shard(p, shard, rows);
  finish(p, rows);
}

void Dense::backward(const Pass& p, Range rows) const {
  kernels().dense_backward({p.output_gradient.row(rows.first), p.output_gradient.stride, rows.size(),
                            parameters_[0].values.data(), inputs(), units_, p.input_gradient.row(rows.first),
                            p.input_gradient.stride});
}

// The gradient of a few quads of weights over the rows that have ink there; it stays in L1 until the optimizer has used
// it.
void Dense::update(const Pass& p, Range shards, const Update& update) {
  const size_t rows = p.input.rows, words = (rows + 63) / 64, quad_weights = kQuad * units_;
  const size_t group = std::clamp<size_t>(kGradientBytes / (quad_weights * sizeof(float)), 1, 64);
  thread_local std::vector<float> gradient;
  thread_local std::vector<uint64_t> rows_of_quads;
  gradient.resize(std::max(gradient.size(), group * quad_weights + round_up(units_, kLanes) + kSlack));
  rows_of_quads.resize(std::max(rows_of_quads.size(), 64 * words));
  if (shards.size() > 0) {
    const Range quads{shard_quads(shards.first).first, shard_quads(shards.last - 1).last};
    size_t next = 0;
    for (size_t first = quads.first; first < quads.last; first = next) {
      next = std::min({first + group, quads.last, (first / 64 + 1) * 64});
      if (p.ink != nullptr && (first == quads.first || first % 64 == 0)) {
        for (size_t w = 0; w < words; ++w) {
          uint64_t square[64];
          transpose_ink(p.ink, w * 64, rows, first / 64, square);
          for (size_t q = 0; q < 64; ++q) rows_of_quads[q * words + w] = square[q];
        }
      }
      kernels().dense_gradient({p.input.data, p.input.stride, p.output_gradient.data, p.output_gradient.stride, rows,
                                p.ink != nullptr ? rows_of_quads.data() + first % 64 * words : nullptr, words, first,
                                next, units_, gradient.data()});
      update(parameters_[0], first * quad_weights, (next - first) * quad_weights, gradient.data());
    }
  }
  if (use_bias_ && shards.last == shards_) {
    kernels().sum_rows(p.output_gradient.data, rows, p.output_gradient.stride, round_up(units_, kLanes),
                       gradient.data());
    update(parameters_[1], 0, units_, gradient.data());
  }
}

}  // namespace figurate
