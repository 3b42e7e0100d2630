// The dense layer: shards, skipped ink and row ranges never change a bit; the reference's
// products are the layer's gradients.
#include "layers/dense.h"

#include <cmath>
#include <memory>

#include "formulas.h"
#include "one_layer.h"

using figurate::Dense;
using figurate::kQuad;
using figurate::Pass;
using figurate::Range;
using testing::derivative;
using testing::normals;
using testing::Numbers;

namespace {

// How a batch's inputs are handed over: in rows that are whole, in parts, or in parts that are packed.
enum class Given { kWhole, kInParts, kPacked };
constexpr Given kEveryWay[] = {Given::kWhole, Given::kInParts, Given::kPacked};

// A dense layer with weights, and a batch of drawings for it.
struct Batch {
  size_t rows, inputs, units;
  Dense layer;
  std::vector<float> kernel, bias;
  figurate::Tensor input, output, input_gradient, output_gradient;
  figurate::Buffer<float> scratch, parts, packed_parts;
  std::vector<const float*> packed;
  std::vector<uint32_t> rows_of_quads;
  std::vector<std::vector<uint64_t>> bits;
  std::vector<const uint64_t*> ink;

  Batch(size_t rows_, size_t inputs_, size_t units_, bool use_bias = true)
      : rows(rows_),
        inputs(inputs_),
        units(units_),
        layer({inputs},
              testing::spec("dense", {{"units", static_cast<int64_t>(units)}, {"use_bias", use_bias}}).options),
        kernel(normals(inputs * units, 1)),
        bias(normals(units, 2)),
        input(rows, inputs),
        output(rows, units),
        input_gradient(rows, inputs),
        output_gradient(rows, units),
        scratch(layer.scratch_size(rows)),
        parts(layer.parts_size(rows)),
        packed_parts(layer.parts_size(rows)),
        packed(layer.shards() * rows),
        rows_of_quads((inputs / kQuad + 1) * (rows / 32 + 1)),
        bits(rows, std::vector<uint64_t>(inputs / (64 * kQuad) + 1)) {
    std::copy(kernel.begin(), kernel.end(), layer.parameters()[0].values.data());
    if (use_bias) std::copy(bias.begin(), bias.end(), layer.parameters()[1].values.data());
    const std::vector<uint8_t> drawn = testing::pixels(rows * inputs, inputs);
    const std::vector<float> slopes = normals(rows * units, 3);
    for (size_t r = 0; r < rows; ++r) {
      for (size_t i = 0; i < inputs; ++i) {
        input.view().row(r)[i] = static_cast<float>(drawn[r * inputs + i]) / 255.0f;
        if (drawn[r * inputs + i] != 0) bits[r][i / (64 * kQuad)] |= uint64_t{1} << (i / kQuad % 64);
      }
      for (size_t u = 0; u < units; ++u) output_gradient.view().row(r)[u] = slopes[r * units + u];
      ink.push_back(bits[r].data());
    }
    for (size_t part = 0; part < layer.shards(); ++part) {
      for (size_t r = 0; r < rows; ++r) hand_over(part, r);
    }
  }

  // A row's quads to its place in a part, and those that have ink to its place in a packed part.
  void hand_over(size_t part, size_t row) {
    float* to = layer.part_row(pass(Given::kInParts), part, row);
    float* to_packed = layer.part_row(pass(Given::kPacked), part, row);
    packed[part * rows + row] = to_packed;
    const Range quads = layer.part_quads(part);
    for (size_t quad = quads.first; quad < quads.last; ++quad) {
      const float* const from = input.view().row(row) + quad * kQuad;
      to = std::copy_n(from, kQuad, to);
      if (bits[row][quad / 64] >> quad % 64 & 1) to_packed = std::copy_n(from, kQuad, to_packed);
    }
  }

  Pass pass(Given given) const {
    Pass p{};
    p.input = input.view(), p.output = output.view();
    p.input_gradient = input_gradient.view(), p.output_gradient = output_gradient.view();
    p.scratch = const_cast<float*>(scratch.data()), p.capacity = rows;
    if (given == Given::kInParts) p.parts = const_cast<float*>(parts.data());
    if (given == Given::kPacked) {
      p.parts = const_cast<float*>(packed_parts.data()), p.ink = ink.data();
      p.packed = const_cast<const float**>(packed.data());
      p.rows_of_quads = const_cast<uint32_t*>(rows_of_quads.data());
    }
    return p;
  }

  // What the batch's output, or another tensor, holds; then it is cleared.
  static std::vector<float> taken(const figurate::Tensor& tensor) {
    const figurate::Matrix& m = tensor.view();
    std::vector<float> all(m.data, m.data + m.rows * m.stride);
    std::fill_n(m.data, all.size(), 0.0f);
    return all;
  }
};

}  // namespace

TEST(dense_forward_has_one_result) {
  for (const auto& [inputs, units] : {std::pair<size_t, size_t>{5, 3}, {784, 20}, {400, 7}, {600, 130}, {2100, 10}}) {
    for (const bool use_bias : {true, false}) {
      const Batch batch(9, inputs, units, use_bias);
      const Dense& layer = batch.layer;
      layer.forward(batch.pass(Given::kWhole), {0, 9});
      const std::vector<float> whole = Batch::taken(batch.output);
      for (const Given given : kEveryWay) {
        const Pass pass = batch.pass(given);
        layer.forward(pass, {0, 9});
        CHECK_SAME_BITS(Batch::taken(batch.output), whole);
        // By pieces of an even start, and row by row.
        for (const Range rows : {Range{4, 9}, {0, 2}, {2, 4}}) layer.forward(pass, rows);
        CHECK_SAME_BITS(Batch::taken(batch.output), whole);
        for (size_t r = 0; r < 9; ++r) layer.forward(pass, {r, r + 1});
        CHECK_SAME_BITS(Batch::taken(batch.output), whole);
        // By shard, in any order.
        for (size_t shard = layer.shards(); shard-- > 0;) layer.forward_shards(pass, {shard, shard + 1});
        layer.finish(pass, {5, 9});
        layer.finish(pass, {0, 5});
        CHECK_SAME_BITS(Batch::taken(batch.output), whole);
      }
    }
  }
}

TEST(dense_shards_cover_the_inputs) {
  for (const size_t inputs : {1, 100, 400, 784, 3000}) {
    const Dense layer({inputs}, testing::spec("dense", {{"units", 4}}).options);
    size_t next = 0;
    for (size_t shard = 0; shard < layer.shards(); ++shard) {
      const Range range = layer.part_quads(shard);
      CHECK_EQUAL(range.first, next);
      CHECK(range.last > range.first);
      next = range.last;
    }
    CHECK_EQUAL(next, (inputs + kQuad - 1) / kQuad);
  }
}

// The gradient of the weights: off by n u of the sum of magnitudes for n rows, however the inputs are handed over, and
// the same shard by shard.
TEST(dense_gradients_are_the_references) {
  for (const auto& [inputs, units] : {std::pair<size_t, size_t>{5, 3}, {784, 20}, {400, 41}, {2100, 10}}) {
    for (const size_t rows : {1, 6, 70}) {
      Batch batch(rows, inputs, units);
      Dense& layer = batch.layer;
      const figurate::Matrix x = batch.input.view(), g = batch.output_gradient.view();
      for (const Given given : kEveryWay) {
        testing::Keep keep, again;
        // As in training: what goes forward first leaves the index of its ink.
        layer.forward_shards(batch.pass(given), {0, layer.shards()});
        layer.update(batch.pass(given), {0, layer.shards()}, keep);
        for (size_t shard = layer.shards(); shard-- > 0;) layer.update(batch.pass(given), {shard, shard + 1}, again);
        const std::vector<float>&kernel = keep.gradients["kernel"], &bias = keep.gradients["bias"];
        CHECK_SAME_BITS(again.gradients["kernel"], kernel);
        CHECK_SAME_BITS(again.gradients["bias"], bias);
        for (size_t u = 0; u < units; ++u) {
          const double n = static_cast<double>(rows) * 1.01 * testing::kUnit;
          double sum = 0, size = 0;
          for (size_t r = 0; r < rows; ++r) sum += g.row(r)[u], size += std::fabs(g.row(r)[u]);
          CHECK_NEAR(bias[u], sum, n * size);
          for (size_t i = 0; i < inputs; i += 3) {
            sum = size = 0;
            for (size_t r = 0; r < rows; ++r) {
              const double product = static_cast<double>(x.row(r)[i]) * g.row(r)[u];
              sum += product, size += std::fabs(product);
            }
            CHECK_NEAR(kernel[i * units + u], sum, n * size);
          }
        }
      }
      layer.backward(batch.pass(Given::kWhole), {0, rows});
      const std::vector<float> all = Batch::taken(batch.input_gradient);
      for (size_t first = 0; first < rows; ++first) layer.backward(batch.pass(Given::kWhole), {first, first + 1});
      CHECK_SAME_BITS(Batch::taken(batch.input_gradient), all);
    }
  }
}

// In float64: the loss sum(g * output) is linear in weights and inputs, so differences are exact but for rounding,
// whatever their step.
TEST(dense_reference_gradients_are_derivatives) {
  constexpr size_t kRows = 3, kInputs = 11, kUnits = 5, kStride = 16;
  const auto numbers = [](size_t count, uint64_t seed) { return testing::widened(normals(count, seed)); };
  Numbers x = numbers(kRows * kStride, 4), w = numbers(kInputs * kUnits, 5), b = numbers(kUnits, 6);
  const Numbers g = numbers(kRows * kUnits, 7);
  const auto loss = [&] {
    Numbers y(kRows * kUnits);
    figurate::reference::dense_forward(x.data(), kStride, kRows, kInputs, w.data(), kUnits, y.data(), kUnits);
    double sum = 0;
    for (size_t i = 0; i < y.size(); ++i) sum += g[i] * (y[i] + b[i % kUnits]);
    return sum;
  };
  constexpr double kTolerance = 1e-12;  // some hundreds of roundings of numbers near 1, over a step of 1
  Numbers dw(w.size()), dx(x.size()), db(kUnits);
  figurate::reference::dense_gradient(x.data(), kStride, g.data(), kUnits, kRows, kInputs, kUnits, dw.data());
  figurate::reference::dense_backward(g.data(), kUnits, kRows, w.data(), kInputs, kUnits, dx.data(), kStride);
  figurate::reference::sum_rows(g.data(), kRows, kUnits, kUnits, db.data());
  for (size_t i = 0; i < w.size(); ++i) CHECK_NEAR(dw[i], derivative(w[i], 1.0, loss), kTolerance);
  for (size_t i = 0; i < x.size(); ++i) CHECK_NEAR(dx[i], derivative(x[i], 1.0, loss), kTolerance);
  for (size_t u = 0; u < kUnits; ++u) CHECK_NEAR(db[u], derivative(b[u], 1.0, loss), kTolerance);
}

TEST(dense_refuses_what_does_not_fit) {
  CHECK_THROWS(figurate::ShapeError, "Add Flatten() before it",
               Dense({28, 28}, testing::spec("dense", {{"units", 3}}).options));
  CHECK_THROWS(figurate::ValueError, "at least one unit", Dense({28}, testing::spec("dense", {{"units", 0}}).options));
}
