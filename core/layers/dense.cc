#include "dense.h"

#include <algorithm>

#include "../kernels/table.h"

namespace figurate {

namespace {

// Units whose gradients of two octets wait in L1 for the optimizer: 64 units x 64 bytes.
constexpr size_t kMaxUnits = 20;
// A shard of fewer blocks than this spends more on adding up lanes than on products (12 blocks are 24 vectors of AVX2 against an
// addition tree of about 5 instructions an output); more than four shards would only serve more than four cores.
constexpr size_t kMinShardBlocks = 12, kMaxShards = 4;

// Columns of ink: for each octet a bit for each row, 64 rows a word, by transposing squares of 64 x 64 bits (Warren, "Hacker's
// Delight", 7-3). columns[octet - first] holds rows [row, row + 64).
void ink_columns(const uint64_t* const* ink, Range rows, size_t word, std::array<uint64_t, 64>& columns) {
  for (size_t i = 0; i < 64; ++i) columns[i] = rows.first + i < rows.last ? ink[rows.first + i][word] : 0;
  uint64_t mask = 0x00000000ffffffffu;
  for (size_t j = 32; j != 0; j >>= 1, mask ^= mask << j) {
    for (size_t k = 0; k < 64; k = (k + j + 1) & ~j) {
      const uint64_t swapped = (columns[k] >> j ^ columns[k + j]) & mask;
      columns[k] ^= swapped << j;
      columns[k + j] ^= swapped;
    }
  }
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
  shards_ = std::clamp<size_t>(blocks_ / kMinShardBlocks, 1, kMaxShards);
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
  kernels().dense_forward({p.input.row(rows.first), p.input.stride, rows.size(), p.ink != nullptr ? p.ink + rows.first : nullptr,
                           2 * blocks.first, 2 * blocks.last, parameters_[0].values.data(), units_,
                           p.scratch + (shard * p.output.rows + rows.first) * stride, stride});
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

// input_gradient (rows, inputs) = output_gradient (rows, units) x kernel transposed, two octets of inputs at a time.
void Dense::backward(const Pass& p, Range rows) const {
  const size_t octet_weights = units_ * kOctet;
  for (size_t block = 0; block < blocks_; ++block) {
    kernels().octet_product({p.output_gradient.row(rows.first), p.output_gradient.stride, 1, rows.size(),
                             parameters_[0].values.data() + 2 * block * octet_weights, kOctet, octet_weights, nullptr, units_, 2,
                             p.input_gradient.row(rows.first) + block * kLanes, p.input_gradient.stride, kOctet});
  }
}

// The gradient of an octet of weights (units, 8) is output_gradient transposed x input, over the rows that have ink there; two octets at a
// time, unless they are inked in very different rows. It stays in L1 until the optimizer has used it.
void Dense::update(const Pass& p, Range shards, const Update& update) {
  float gradient[kMaxUnits * kLanes];
  const size_t rows = p.input.rows, words = (rows + 63) / 64;
  const bool skip = p.ink != nullptr;
  std::vector<uint64_t> inked(skip ? 3 * words : 0);
  uint64_t *const low = inked.data(), *const high = low + words, *const either = high + words;
  std::vector<std::array<uint64_t, 64>> columns(skip ? words : 0);
  size_t held = SIZE_MAX;
  for (size_t shard = shards.first; shard < shards.last; ++shard) {
    const Range blocks = shard_blocks(shard);
    for (size_t block = blocks.first; block < blocks.last; ++block) {
      size_t apart = 2 * rows, together = rows;
      if (skip) {
        if (held != block / 32) {
          held = block / 32;
          for (size_t w = 0; w < words; ++w) ink_columns(p.ink, {w * 64, rows}, held, columns[w]);
        }
        apart = together = 0;
        for (size_t w = 0; w < words; ++w) {
          low[w] = columns[w][block % 32 * 2];
          high[w] = columns[w][block % 32 * 2 + 1];
          either[w] = low[w] | high[w];
          apart += static_cast<size_t>(__builtin_popcountll(low[w]) + __builtin_popcountll(high[w]));
          together += static_cast<size_t>(__builtin_popcountll(either[w]));
        }
      }
      for (size_t unit = 0; unit < units_; unit += kMaxUnits) {
        const size_t units = std::min(kMaxUnits, units_ - unit);
        OctetProduct product{p.output_gradient.data + unit, 1, p.output_gradient.stride, units, p.input.data + block * kLanes,
                             p.input.stride, kOctet, skip ? either : nullptr, rows, 2, gradient, kOctet, units * kOctet};
        // A step of one octet costs about 11 loads for 10 units, one of both 14 for the same and twice the products.
        if (11 * apart < 20 * together) {
          product.octets = 1;
          product.steps = low;
          kernels().octet_product(product);
          product.vectors += kOctet;
          product.c += product.c_octet;
          product.steps = high;
        }
        kernels().octet_product(product);
        for (size_t o = 0; o < 2; ++o) {
          update(parameters_[0], ((2 * block + o) * units_ + unit) * kOctet, units * kOctet, gradient + o * units * kOctet);
        }
      }
    }
  }
  if (use_bias_ && shards.last == shards_) {
    const float one = 1.0f;
    for (size_t unit = 0; unit < units_; unit += kLanes) {
      kernels().octet_product({&one, 0, 0, 1, p.output_gradient.data + unit, p.output_gradient.stride, kOctet, nullptr, rows, 2, gradient,
                               kOctet, kOctet});
      update(parameters_[1], unit, kLanes, gradient);
    }
  }
}

void Dense::pack(size_t parameter, const float* keras, float* packed) const {
  if (parameter == 1) return Layer::pack(parameter, keras, packed);
  for (size_t i = 0; i < inputs(); ++i) {
    for (size_t u = 0; u < units_; ++u) packed[((i / kOctet) * units_ + u) * kOctet + i % kOctet] = keras[i * units_ + u];
  }
}

void Dense::unpack(size_t parameter, const float* packed, float* keras) const {
  if (parameter == 1) return Layer::unpack(parameter, packed, keras);
  for (size_t i = 0; i < inputs(); ++i) {
    for (size_t u = 0; u < units_; ++u) keras[i * units_ + u] = packed[((i / kOctet) * units_ + u) * kOctet + i % kOctet];
  }
}

}  // namespace figurate
