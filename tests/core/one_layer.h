// One layer on its own: a figure passed through it and back.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "layers/layer.h"
#include "numbers.h"

namespace testing {

// The memory of a batch of one layer.
struct LayerBatch {
  figurate::Tensor input, output, input_gradient, output_gradient;
  std::vector<float> scratch, gradient, statistics, prepared;
  std::vector<uint32_t> figures;
  figurate::Pass pass;

  LayerBatch(const figurate::Layer& layer, size_t rows, size_t slices = 1)
      : input(rows, layer.inputs()),
        output(rows, layer.outputs()),
        input_gradient(rows, layer.inputs()),
        output_gradient(rows, layer.outputs()),
        scratch(layer.scratch_size(rows)),
        gradient(slices * layer.gradient_size()),
        statistics(slices * layer.statistics_size()),
        prepared(layer.prepared_size()),
        figures(rows) {
    pass.input = input.view(), pass.output = output.view();
    pass.input_gradient = input_gradient.view(), pass.output_gradient = output_gradient.view();
    pass.capacity = rows, pass.scratch = scratch.data(), pass.slices = slices;
    pass.gradient = gradient.data(), pass.statistics = statistics.data(), pass.figures = figures.data();
    pass.prepared = prepared.data(), pass.training = true;
    for (size_t r = 0; r < rows; ++r) figures[r] = static_cast<uint32_t>(r);
    layer.prepare(pass, {0, layer.shards()});
  }

  // Row after row, without padding.
  static void fill(const figurate::Tensor& tensor, const std::vector<float>& values) {
    const figurate::Matrix m = tensor.view();
    for (size_t r = 0; r < m.rows; ++r) std::copy_n(values.data() + r * m.columns, m.columns, m.row(r));
  }
  static std::vector<float> values(const figurate::Tensor& tensor) {
    const figurate::Matrix m = tensor.view();
    std::vector<float> all;
    for (size_t r = 0; r < m.rows; ++r) all.insert(all.end(), m.row(r), m.row(r) + m.columns);
    return all;
  }
};

// Keeps every gradient it is given, by the name of its parameter.
struct Keep final : figurate::Update {
  mutable std::map<std::string, std::vector<float>> gradients;
  void operator()(figurate::Parameter& parameter, size_t offset, size_t count, const float* gradient) const override {
    std::vector<float>& kept = gradients[parameter.name];
    kept.resize(parameter.values.size());
    for (size_t i = 0; i < count; ++i) kept[offset + i] += gradient[i];
  }
};

struct Passed {
  std::vector<float> output, input_gradient;
};

// Figures, one or more, through a layer in training and their gradient back.
inline Passed pass_through(const figurate::Layer& layer, const std::vector<float>& figures,
                           const std::vector<float>& output_gradient) {
  LayerBatch batch(layer, figures.size() / layer.inputs());
  LayerBatch::fill(batch.input, figures);
  LayerBatch::fill(batch.output_gradient, output_gradient);
  layer.forward(batch.pass, {0, batch.pass.input.rows});
  layer.backward(batch.pass, {0, batch.pass.input.rows});
  return {LayerBatch::values(batch.output), LayerBatch::values(batch.input_gradient)};
}

// A range of rows, and nothing else, is written; its padding is left zero.
inline void check_rows_apart(const figurate::Layer& layer) {
  constexpr size_t kRows = 4;
  const figurate::Range rows{1, 3};
  LayerBatch batch(layer, kRows);
  LayerBatch::fill(batch.input, normals(kRows * layer.inputs(), 3));
  LayerBatch::fill(batch.output_gradient, normals(kRows * layer.outputs(), 4));
  layer.forward(batch.pass, rows);
  layer.backward(batch.pass, rows);
  for (const figurate::Tensor* tensor : {&batch.output, &batch.input_gradient}) {
    const figurate::Matrix m = tensor->view();
    for (size_t r = 0; r < kRows; ++r) {
      const bool written = r >= rows.first && r < rows.last;
      CHECK_EQUAL(written, std::any_of(m.row(r), m.row(r) + m.columns, [](float v) { return v != 0.0f; }));
      for (size_t i = m.columns; i < m.stride; ++i) CHECK_EQUAL(m.row(r)[i], 0.0f);
    }
  }
}

}  // namespace testing
