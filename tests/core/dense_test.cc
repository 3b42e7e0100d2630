// The dense layer: shards, skipped ink and row ranges never change a bit; weights survive packing; the reference's
// products are the layer's gradients.
#include "layers/dense.h"

#include <cmath>
#include <memory>

#include "formulas.h"

using figurate::Dense;
using figurate::Pass;
using figurate::Range;
using testing::derivative;
using testing::normals;
using testing::Numbers;

namespace {

// A dense layer with weights, and a batch of drawings for it.
struct Batch {
  size_t rows, inputs, units;
  Dense layer;
  std::vector<float> kernel, bias;
  figurate::Tensor input, output, input_gradient, output_gradient;
  figurate::Buffer<float> scratch;
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
        bits(rows, std::vector<uint64_t>(inputs / 512 + 1)) {
    layer.pack(0, kernel.data(), layer.parameters()[0].values.data());
    if (use_bias) layer.pack(1, bias.data(), layer.parameters()[1].values.data());
    const std::vector<uint8_t> drawn = testing::pixels(rows * inputs, inputs);
    const std::vector<float> slopes = normals(rows * units, 3);
    for (size_t r = 0; r < rows; ++r) {
      for (size_t i = 0; i < inputs; ++i) {
        input.view().row(r)[i] = static_cast<float>(drawn[r * inputs + i]) / 255.0f;
        if (drawn[r * inputs + i] != 0) bits[r][i / 512] |= uint64_t{1} << (i / 8 % 64);
      }
      for (size_t u = 0; u < units; ++u) output_gradient.view().row(r)[u] = slopes[r * units + u];
      ink.push_back(bits[r].data());
    }
  }

  Pass pass(bool with_ink) const {
    Pass p{};
    p.input = input.view(), p.output = output.view();
    p.input_gradient = input_gradient.view(), p.output_gradient = output_gradient.view();
    p.scratch = const_cast<float*>(scratch.data());
    p.ink = with_ink ? ink.data() : nullptr;
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

// Keeps every gradient it is given.
struct Keep final : figurate::Update {
  mutable std::vector<float> kernel, bias;
  void operator()(figurate::Parameter& parameter, size_t offset, size_t count, const float* gradient) const override {
    std::vector<float>& kept = parameter.name == "kernel" ? kernel : bias;
    kept.resize(parameter.values.size());
    for (size_t i = 0; i < count; ++i) kept[offset + i] += gradient[i];
  }
};

}  // namespace

TEST(dense_packs_weights_and_back) {
  for (const size_t inputs : {1, 7, 8, 9, 16, 100}) {
    for (const size_t units : {1, 3, 20}) {
      const Batch batch(1, inputs, units);
      const figurate::Buffer<float>& values = batch.layer.parameters()[0].values;
      double sum = 0;
      for (size_t i = 0; i < inputs; ++i) {
        for (size_t u = 0; u < units; ++u)
          CHECK_EQUAL(values[figurate::reference::weight_index(i, u, units)], batch.kernel[i * units + u]);
      }
      // The rest is padding: zero.
      for (size_t i = 0; i < values.size(); ++i) sum += std::fabs(values[i]);
      for (const float weight : batch.kernel) sum -= std::fabs(weight);
      CHECK_NEAR(sum, 0.0, 1e-9);
      std::vector<float> kernel(batch.kernel.size()), bias(batch.bias.size());
      batch.layer.unpack(0, values.data(), kernel.data());
      batch.layer.unpack(1, batch.layer.parameters()[1].values.data(), bias.data());
      CHECK_SAME_BITS(kernel, batch.kernel);
      CHECK_SAME_BITS(bias, batch.bias);
    }
  }
}

TEST(dense_forward_has_one_result) {
  for (const auto& [inputs, units] : {std::pair<size_t, size_t>{5, 3}, {784, 20}, {400, 7}, {600, 130}, {2100, 10}}) {
    for (const bool use_bias : {true, false}) {
      const Batch batch(9, inputs, units, use_bias);
      const Dense& layer = batch.layer;
      layer.forward(batch.pass(false), {0, 9});
      const std::vector<float> whole = Batch::taken(batch.output);
      layer.forward(batch.pass(true), {0, 9});
      CHECK_SAME_BITS(Batch::taken(batch.output), whole);
      // By pieces of an even start, and row by row.
      for (const Range rows : {Range{4, 9}, {0, 2}, {2, 4}}) layer.forward(batch.pass(true), rows);
      CHECK_SAME_BITS(Batch::taken(batch.output), whole);
      for (size_t r = 0; r < 9; ++r) layer.forward(batch.pass(r % 2 == 0), {r, r + 1});
      CHECK_SAME_BITS(Batch::taken(batch.output), whole);
      // By shard, in any order.
      for (size_t shard = layer.shards(); shard-- > 0;) layer.forward_shards(batch.pass(true), {shard, shard + 1});
      layer.finish(batch.pass(true), {5, 9});
      layer.finish(batch.pass(true), {0, 5});
      CHECK_SAME_BITS(Batch::taken(batch.output), whole);
    }
  }
}

TEST(dense_shards_cover_the_inputs) {
  for (const size_t inputs : {1, 100, 400, 784, 3000}) {
    const Dense layer({inputs}, testing::spec("dense", {{"units", 4}}).options);
    size_t next = 0;
    for (size_t shard = 0; shard < layer.shards(); ++shard) {
      const Range range = layer.shard_inputs(shard);
      CHECK_EQUAL(range.first, next);
      CHECK(range.last > range.first);
      next = range.last;
    }
    CHECK_EQUAL(next, inputs);
  }
}

// The gradient of the weights: off by n u of the sum of magnitudes for n rows, with ink or without, and the same shard
// by shard.
TEST(dense_gradients_are_the_references) {
  for (const auto& [inputs, units] : {std::pair<size_t, size_t>{5, 3}, {784, 20}, {400, 41}, {2100, 10}}) {
    for (const size_t rows : {1, 6, 70}) {
      Batch batch(rows, inputs, units);
      Dense& layer = batch.layer;
      const figurate::Matrix x = batch.input.view(), g = batch.output_gradient.view();
      for (const bool with_ink : {true, false}) {
        Keep keep, again;
        layer.update(batch.pass(with_ink), {0, layer.shards()}, keep);
        for (size_t shard = layer.shards(); shard-- > 0;) layer.update(batch.pass(with_ink), {shard, shard + 1}, again);
        CHECK_SAME_BITS(again.kernel, keep.kernel);
        CHECK_SAME_BITS(again.bias, keep.bias);
        std::vector<float> kernel(inputs * units);
        layer.unpack(0, keep.kernel.data(), kernel.data());
        for (size_t u = 0; u < units; ++u) {
          const double n = static_cast<double>(rows) * 1.01 * testing::kUnit;
          double sum = 0, size = 0;
          for (size_t r = 0; r < rows; ++r) sum += g.row(r)[u], size += std::fabs(g.row(r)[u]);
          CHECK_NEAR(keep.bias[u], sum, n * size);
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
      layer.backward(batch.pass(true), {0, rows});
      const std::vector<float> all = Batch::taken(batch.input_gradient);
      for (size_t first = 0; first < rows; ++first) layer.backward(batch.pass(true), {first, first + 1});
      CHECK_SAME_BITS(Batch::taken(batch.input_gradient), all);
    }
  }
}

// In float64, with the reference's products used as the layer uses them: the loss sum(g * output) is linear in weights
// and inputs, so differences are exact but for rounding, whatever their step.
TEST(dense_reference_gradients_are_derivatives) {
  constexpr size_t kRows = 3, kInputs = 11, kUnits = 5, kPadded = 16;
  const std::vector<float> numbers = normals(kRows * kPadded + kPadded * kUnits + kUnits + kRows * kUnits + 3, 4);
  auto next = numbers.begin();
  const auto take = [&](size_t count) {
    const auto first = next;
    next += static_cast<std::ptrdiff_t>(count);
    return Numbers(first, next);
  };
  Numbers x = take(kRows * kPadded), w = take(kPadded * kUnits), b = take(kUnits);
  const Numbers g = take(kRows * kUnits + 3);  // an octet may be read from its last row
  const auto loss = [&] {
    Numbers y(kRows * kUnits);
    figurate::reference::dense_forward(x.data(), kPadded, kRows, kInputs, w.data(), kUnits, y.data(), kUnits);
    double sum = 0;
    for (size_t i = 0; i < y.size(); ++i) sum += g[i] * (y[i] + b[i % kUnits]);
    return sum;
  };
  constexpr double kTolerance = 1e-12;  // some hundreds of roundings of numbers near 1, over a step of 1
  const double one = 1.0;
  Numbers dw(kPadded * kUnits), dx(kRows * kPadded), db(2 * 8);
  figurate::reference::octet_product(g.data(), 1, kUnits, kUnits, x.data(), kPadded, 8, nullptr, kRows, 2, dw.data(), 8,
                                     kUnits * 8);
  figurate::reference::octet_product(g.data(), kUnits, 1, kRows, w.data(), 8, kUnits * 8, nullptr, kUnits, 2, dx.data(),
                                     kPadded, 8);
  figurate::reference::octet_product(&one, 0, 0, 1, g.data(), kUnits, 0, nullptr, kRows, 1, db.data(), 8, 0);
  for (size_t i = 0; i < kInputs; ++i) {
    for (size_t u = 0; u < kUnits; ++u) {
      const size_t at = figurate::reference::weight_index(i, u, kUnits);
      CHECK_NEAR(dw[at], derivative(w[at], 1.0, loss), kTolerance);
    }
    for (size_t r = 0; r < kRows; ++r)
      CHECK_NEAR(dx[r * kPadded + i], derivative(x[r * kPadded + i], 1.0, loss), kTolerance);
  }
  for (size_t u = 0; u < kUnits; ++u) CHECK_NEAR(db[u], derivative(b[u], 1.0, loss), kTolerance);
}

TEST(dense_refuses_what_does_not_fit) {
  CHECK_THROWS(figurate::ShapeError, "Add Flatten() before it",
               Dense({28, 28}, testing::spec("dense", {{"units", 3}}).options));
  CHECK_THROWS(figurate::ValueError, "at least one unit", Dense({28}, testing::spec("dense", {{"units", 0}}).options));
}
