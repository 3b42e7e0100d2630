#include "dense.h"

#include <algorithm>

#include "../kernels/table.h"

namespace figurate {

namespace {

// Rows that one call of the forward kernel serves: their inputs of one shard stay in L1 beside four units' weights.
constexpr size_t kMaxRows = 64;
// Units whose gradients of one block wait in L1 for the optimizer: 64 units x 64 bytes.
constexpr size_t kMaxUnits = 64;
// A shard of fewer blocks than this spends more on adding up lanes than on products (12 blocks are 24 vectors of AVX2 against an
// addition tree of about 5 instructions an output); more than four shards would only serve more than four cores.
constexpr size_t kMinShardBlocks = 12, kMaxShards = 4;

// Bits [range.first, range.last) of a row of bits, at most 64 of them.
uint64_t bits_of(const uint64_t* words, Range range) {
  const size_t word = range.first / 64, shift = range.first % 64;
  uint64_t bits = words[word] >> shift;
  if (shift + range.size() > 64) bits |= words[word + 1] << (64 - shift);
  return bits;
}

}  // namespace

Dense::Dense(const Shape& input, const Options& options)
    : Layer(input, input),
      units_(static_cast<size_t>(options.integer("units", 0))),
      use_bias_(options.flag("use_bias", true)) {
  check(input.size() == 1, "Dense expects one row of numbers a figure, received shape " + to_string(input) +
                               ". Add Flatten() before it.");
  check<ValueError>(units_ > 0, "Dense expects at least one unit");
  output_shape_ = {units_};
  blocks_ = round_up(inputs(), kLanes) / kLanes;
  check(blocks_ <= 65535, "Dense expects at most 1,048,560 inputs, received " + std::to_string(inputs()));
  shards_ = std::clamp<size_t>(blocks_ / kMinShardBlocks, 1, kMaxShards);
  for (size_t b = 0; b < blocks_; ++b) all_blocks_.push_back(static_cast<uint16_t>(b));
  parameters_.push_back({"kernel", {inputs(), units_}, Buffer<float>(blocks_ * units_ * kLanes), {}});
  if (use_bias_) parameters_.push_back({"bias", {units_}, Buffer<float>(round_up(units_, kLanes)), {}});
}

size_t Dense::scratch_size(size_t rows) const { return shards_ * rows * row_stride(units_); }

Range Dense::shard_inputs(size_t shard) const {
  const Range blocks = shard_blocks(shard);
  return {blocks.first * kLanes, std::min(blocks.last * kLanes, inputs())};
}

// The shard's partial sums of rows [first, last), into scratch (shard, row, unit).
void Dense::forward_shard(const Pass& p, size_t shard, Range rows) const {
  const Range blocks = shard_blocks(shard);
  const size_t stride = p.output.stride;
  uint16_t inked[kMaxRows / 2 * 64];
  BlockList lists[kMaxRows / 2];
  const bool skip = p.ink != nullptr && blocks.size() <= 64;
  for (size_t first = rows.first; first < rows.last; first += kMaxRows) {
    const size_t count = std::min(kMaxRows, rows.last - first);
    uint16_t* next = inked;
    for (size_t pair = 0; pair < (count + 1) / 2; ++pair) {
      if (!skip) {
        lists[pair] = {all_blocks_.data() + blocks.first, blocks.size()};
        continue;
      }
      const size_t row = first + 2 * pair;
      uint64_t bits = bits_of(p.ink[row], blocks) | bits_of(p.ink[row + 1 < first + count ? row + 1 : row], blocks);
      uint16_t* const start = next;
      for (size_t block = blocks.first; block < blocks.last; ++block, bits >>= 1) {
        *next = static_cast<uint16_t>(block);
        next += bits & 1;
      }
      lists[pair] = {start, static_cast<size_t>(next - start)};
    }
    kernels().dense_forward({p.input.row(first), p.input.stride, count, lists, parameters_[0].values.data(), units_,
                             p.scratch + (shard * p.output.rows + first) * stride, stride});
  }
}

void Dense::forward_shards(const Pass& p, Range shards) const {
  for (size_t shard = shards.first; shard < shards.last; ++shard) forward_shard(p, shard, {0, p.output.rows});
}

// output = bias + ((shard 0 + shard 1) + (shard 2 + shard 3))
void Dense::finish(const Pass& p, Range rows) const {
  const size_t stride = p.output.stride, shard_size = p.output.rows * stride;
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

// input_gradient (rows, inputs) = output_gradient (rows, units) x kernel transposed, a block of inputs at a time.
void Dense::backward(const Pass& p, Range rows) const {
  for (size_t block = 0; block < blocks_; ++block) {
    kernels().block_product({p.output_gradient.row(rows.first), p.output_gradient.stride, 1, rows.size(),
                             parameters_[0].values.data() + block * units_ * kLanes, kLanes, nullptr, units_,
                             p.input_gradient.row(rows.first) + block * kLanes, p.input_gradient.stride});
  }
}

// The gradient of a block of weights (units, 16) is output_gradient transposed x input, over the rows that have ink in that block.
// It stays in L1 until the optimizer has used it.
void Dense::update(const Pass& p, Range shards, const Update& update) {
  float gradient[kMaxUnits * kLanes];
  const size_t rows = p.input.rows;
  std::vector<uint32_t> inked(p.ink != nullptr ? rows : 0);
  for (size_t shard = shards.first; shard < shards.last; ++shard) {
    const Range blocks = shard_blocks(shard);
    for (size_t block = blocks.first; block < blocks.last; ++block) {
      size_t count = rows;
      if (p.ink != nullptr) {
        count = 0;
        for (size_t r = 0; r < rows; ++r) {
          inked[count] = static_cast<uint32_t>(r);
          count += p.ink[r][block / 64] >> (block % 64) & 1;
        }
      }
      for (size_t unit = 0; unit < units_; unit += kMaxUnits) {
        const size_t units = std::min(kMaxUnits, units_ - unit);
        kernels().block_product({p.output_gradient.data + unit, 1, p.output_gradient.stride, units, p.input.data + block * kLanes,
                                 p.input.stride, p.ink != nullptr ? inked.data() : nullptr, count, gradient, kLanes});
        update(parameters_[0], (block * units_ + unit) * kLanes, units * kLanes, gradient);
      }
    }
  }
  if (use_bias_ && shards.last == shards_) {
    const float one = 1.0f;
    for (size_t unit = 0; unit < units_; unit += kLanes) {
      kernels().block_product({&one, 0, 0, 1, p.output_gradient.data + unit, p.output_gradient.stride, nullptr, rows, gradient, kLanes});
      update(parameters_[1], unit, kLanes, gradient);
    }
  }
}

void Dense::pack(size_t parameter, const float* keras, float* packed) const {
  if (parameter == 1) return Layer::pack(parameter, keras, packed);
  for (size_t i = 0; i < inputs(); ++i) {
    for (size_t u = 0; u < units_; ++u) packed[((i / kLanes) * units_ + u) * kLanes + i % kLanes] = keras[i * units_ + u];
  }
}

void Dense::unpack(size_t parameter, const float* packed, float* keras) const {
  if (parameter == 1) return Layer::unpack(parameter, packed, keras);
  for (size_t i = 0; i < inputs(); ++i) {
    for (size_t u = 0; u < units_; ++u) keras[i * units_ + u] = packed[((i / kLanes) * units_ + u) * kLanes + i % kLanes];
  }
}

}  // namespace figurate
