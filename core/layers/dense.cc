#include "dense.h"

#include <algorithm>
#include <numeric>

#include "../kernels/ink.h"
#include "../kernels/table.h"

namespace figurate {

namespace {

// A shard of fewer inputs is not worth a barrier (128 inputs of 32 rows and 20 units are about 1 µs); more than four
// shards would only serve more than four cores, and every one costs a row of partial sums.
constexpr size_t kMinShardInputs = 128, kMaxShards = 4;
// Bytes of gradient that wait in L1 for the optimizer.
constexpr size_t kGradientBytes = 8192;

// Words of the index of ink, 32 rows each (kernels/table.h).
size_t index_words(size_t rows) { return round_up(rows, 32) / 32; }

// For each of quads [first, first + count), at most 64, a bit for each of rows [row, row + 32), by transposing two
// squares of 32 x 32 bits at once (Warren, "Hacker's Delight", 7-3); bit r of by_quad[q] is row + r.
void transpose_ink(const uint64_t* const* ink, size_t row, size_t rows, size_t first, size_t count,
                   uint32_t (&by_quad)[64]) {
  uint64_t squares[32];
  for (size_t i = 0; i < 32; ++i) squares[i] = row + i < rows ? ink_window(ink[row + i], first, count) : 0;
  uint64_t mask = 0x0000ffff0000ffffu;
  for (size_t j = 16; j != 0; j >>= 1, mask ^= mask << j) {
    for (size_t block = 0; block < 32; block += 2 * j) {
      for (size_t k = block; k < block + j; ++k) {
        const uint64_t swapped = (squares[k] >> j ^ squares[k + j]) & mask;
        squares[k] ^= swapped << j;
        squares[k + j] ^= swapped;
      }
    }
  }
  for (size_t i = 0; i < 32; ++i) {
    by_quad[i] = static_cast<uint32_t>(squares[i]);
    by_quad[32 + i] = static_cast<uint32_t>(squares[i] >> 32);
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
  // A part has room for those behind it too, and for what `load_packed` may write behind them.
  part_places_.push_back(0);
  for (size_t shard = 0; shard < shards_; ++shard) {
    part_places_.push_back(part_places_.back() + row_stride((quads_ - part_quads(shard).first) * kQuad + kLanes));
  }
  parameters_.push_back({"kernel", {inputs(), units_}, Buffer<float>(quads_ * kQuad * units_ + kSlack), {}});
  if (use_bias_) parameters_.push_back({"bias", {units_}, Buffer<float>(round_up(units_, kLanes)), {}});
}

// Whole cache lines of weights, so that no two threads write to one.
Range Dense::part_quads(size_t shard) const {
  constexpr size_t kQuadsPerLine = kLanes / kQuad;
  return share(quads_, shard, shards_, kQuadsPerLine / std::gcd(units_, kQuadsPerLine));
}

// The shards' partial sums of all rows, (shard, row, unit).
size_t Dense::scratch_size(size_t rows) const { return shards_ * rows * sum_stride() + kSlack; }

float* Dense::part_row(const Pass& p, size_t shard, size_t row) const {
  return p.parts + part_places_[shard] * p.capacity + row * part_stride(shard);
}

// Which rows [first, last) have ink in each quad of the shard, to `to`, as kernels take it.
void Dense::index_ink(const Pass& p, size_t shard, Range rows, uint32_t* to) const {
  const Range quads = part_quads(shard);
  const size_t words = index_words(rows.size());
  for (size_t first = quads.first; first < quads.last; first += 64) {
    const size_t count = std::min<size_t>(quads.last - first, 64);
    for (size_t w = 0; w < words; ++w) {
      uint32_t by_quad[64];
      transpose_ink(p.ink + rows.first, w * 32, rows.size(), first, count, by_quad);
      for (size_t q = 0; q < count; ++q) to[(first - quads.first + q) * words + w] = by_quad[q];
    }
  }
}

// Rows [first, last) of the shard's inputs; `packed` is room for where they stand.
InputRows Dense::input_rows(const Pass& p, size_t shard, Range rows, const uint32_t* rows_of_quads,
                            std::vector<const float*>& packed) const {
  const Range quads = part_quads(shard);
  InputRows in{};
  in.rows = rows.size(), in.first = quads.first, in.last = quads.last;
  if (p.ink != nullptr) {
    packed.assign(p.packed + shard * p.capacity + rows.first, p.packed + shard * p.capacity + rows.last);
    in.packed = packed.data(), in.rows_of_quads = rows_of_quads, in.words = index_words(in.rows);
  } else if (p.parts != nullptr) {
    in.plain = part_row(p, shard, rows.first), in.stride = part_stride(shard);
  } else {
    in.plain = p.input.row(rows.first) + quads.first * kQuad, in.stride = p.input.stride;
  }
  return in;
}

// The shard's partial sums of rows [first, last), into scratch.
void Dense::forward_shard(const Pass& p, size_t shard, Range rows, const uint32_t* rows_of_quads) const {
  thread_local std::vector<const float*> packed;
  const size_t stride = sum_stride();
  DenseForward args{};
  args.input = input_rows(p, shard, rows, rows_of_quads, packed);
  args.weights = parameters_[0].values.data(), args.units = units_;
  args.output = p.scratch + (shard * p.capacity + rows.first) * stride, args.output_stride = stride;
  kernels().dense_forward(args);
}

uint32_t* Dense::indexed(const Pass& p, size_t shard) const {
  if (p.ink == nullptr) return nullptr;
  return p.rows_of_quads + part_quads(shard).first * index_words(p.capacity);
}

void Dense::forward_shards(const Pass& p, Range shards) const {
  const Range rows{0, p.output.rows};
  for (size_t shard = shards.first; shard < shards.last; ++shard) {
    if (p.ink != nullptr) index_ink(p, shard, rows, indexed(p, shard));
    forward_shard(p, shard, rows, indexed(p, shard));
  }
}

// output = bias + ((shard 0 + shard 1) + (shard 2 + shard 3))
void Dense::finish(const Pass& p, Range rows) const {
  const size_t stride = sum_stride(), shard_size = p.capacity * stride;
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
  thread_local std::vector<uint32_t> rows_of_quads;
  if (p.ink != nullptr) rows_of_quads.resize(quads_ * index_words(rows.size()));
  for (size_t shard = 0; shard < shards_; ++shard) {
    if (p.ink != nullptr) index_ink(p, shard, rows, rows_of_quads.data());
    forward_shard(p, shard, rows, rows_of_quads.data());
  }
  finish(p, rows);
}

void Dense::backward(const Pass& p, Range rows) const {
  kernels().dense_backward({p.output_gradient.row(rows.first), p.output_gradient.stride, rows.size(),
                            parameters_[0].values.data(), inputs(), units_, p.input_gradient.row(rows.first),
                            p.input_gradient.stride});
}

// The gradient of a few quads of weights over the rows that have ink there; it stays in L1 until the optimizer has used
// it.
void Dense::update_shard(const Pass& p, size_t shard, const Update& update) {
  const size_t quad_weights = kQuad * units_;
  const size_t group = std::max<size_t>(kGradientBytes / (quad_weights * sizeof(float)), 1);
  thread_local std::vector<float> gradient;
  thread_local std::vector<const float*> packed;
  gradient.resize(std::max(gradient.size(), group * quad_weights + kSlack));
  // Started by shard, the forward pass has done this.
  if (p.ink != nullptr && !forwards_by_shard()) index_ink(p, shard, {0, p.output.rows}, indexed(p, shard));
  DenseGradient args{};
  args.input = input_rows(p, shard, {0, p.output.rows}, indexed(p, shard), packed);
  args.output_gradient = p.output_gradient.data, args.output_gradient_stride = p.output_gradient.stride;
  args.units = units_, args.gradient = gradient.data();
  for (const size_t last = args.input.last; args.input.first < last;) {
    args.input.last = std::min(args.input.first + group, last);
    kernels().dense_gradient(args);
    const size_t quads = args.input.last - args.input.first;
    update(parameters_[0], args.input.first * quad_weights, quads * quad_weights, gradient.data());
    args.input.first += quads;
    if (args.input.plain != nullptr) args.input.plain += quads * kQuad;
    if (args.input.packed != nullptr) args.input.rows_of_quads += quads * args.input.words;
  }
}

void Dense::update(const Pass& p, Range shards, const Update& update) {
  for (size_t shard = shards.first; shard < shards.last; ++shard) update_shard(p, shard, update);
  if (use_bias_ && shards.first == 0 && shards.last > 0) {
    std::vector<float> gradient(round_up(units_, kLanes) + kSlack);
    kernels().sum_rows(p.output_gradient.data, p.output.rows, p.output_gradient.stride, round_up(units_, kLanes),
                       gradient.data());
    update(parameters_[1], 0, units_, gradient.data());
  }
}

}  // namespace figurate
