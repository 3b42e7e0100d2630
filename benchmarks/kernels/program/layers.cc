#include "layers.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <sstream>

#include "clock.h"
#include "kernels/table.h"
#include "training/plan.h"

namespace figurate {

namespace {

using Work = std::function<void(int rank)>;

// Hands no gradient to anybody.
struct NoUpdate final : Update {
  void operator()(Parameter&, size_t, size_t, const float*) const override {}
};

void fill(const Matrix& m, float scale, float least, std::mt19937& generator) {
  std::normal_distribution<float> normal(0.0f, scale);
  for (size_t r = 0; r < m.rows; ++r) {
    for (size_t i = 0; i < m.columns; ++i) m.row(r)[i] = std::max(least, normal(generator));
  }
}

// The memory of one batch of one layer, filled as a ReLU before it would leave it.
struct Batch {
  Tensor input, output, input_gradient, output_gradient;
  Buffer<float> scratch, gradient, prepared;
  Pass pass;

  Batch(const Layer& layer, size_t rows, std::mt19937& generator)
      : input(rows, layer.inputs()),
        output(rows, layer.outputs()),
        input_gradient(rows, layer.inputs()),
        output_gradient(rows, layer.outputs()),
        scratch(layer.scratch_size(rows) + kSlack),
        gradient(layer.gradient_size() + kSlack),
        prepared(layer.prepared_size() + kSlack) {
    pass.input = input.view(), pass.output = output.view();
    pass.input_gradient = input_gradient.view(), pass.output_gradient = output_gradient.view();
    pass.capacity = rows, pass.scratch = scratch.data(), pass.training = true;
    pass.slices = 1, pass.gradient = gradient.data(), pass.prepared = prepared.data();
    fill(pass.input, 1.0f, 0.0f, generator);
    fill(pass.output_gradient, 1e-3f, -1.0f, generator);
  }
};

void draw_weights(Layer& layer, std::mt19937& generator) {
  for (Parameter& parameter : layer.parameters()) {
    const size_t count = element_count(parameter.shape), fan_in = count / parameter.shape.back();
    std::normal_distribution<float> normal(0.0f, std::sqrt(2.0f / static_cast<float>(fan_in)));
    for (size_t i = 0; i < count; ++i) parameter.values[i] = normal(generator);
  }
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

// Median seconds of one pass of each of the works, which take turns.
std::vector<double> seconds_of_each(const std::vector<Work>& works, const Effort& effort) {
  Team team(effort.threads);
  size_t passes = 1;
  const auto seconds_of_passes = [&](const Work& work) {
    return seconds_of(team, [&](int rank) {
      for (size_t pass = 0; pass < passes; ++pass) work(rank);
    });
  };
  for (double longest = 0; longest < effort.seconds;) {
    longest = 0, passes *= 2;
    for (const Work& work : works) longest = std::max(longest, seconds_of_passes(work));
  }
  std::vector<std::vector<double>> found(works.size());
  for (int repeat = 0; repeat < effort.repeats; ++repeat) {
    for (size_t i = 0; i < works.size(); ++i) {
      found[i].push_back(seconds_of_passes(works[i]) / static_cast<double>(passes));
    }
  }
  std::vector<double> medians;
  for (const auto& values : found) medians.push_back(median(values));
  return medians;
}

double rate(double operations, double seconds) { return seconds > 0 ? operations / seconds * 1e-9 : 0; }

Options::Value square(size_t extent) {
  return std::vector<int64_t>{static_cast<int64_t>(extent), static_cast<int64_t>(extent)};
}

struct Convolution {
  size_t height, width, channels, filters, window, strides;
  std::string padding, activation, pooling, place;

  bool pooled() const { return pooling == "pooled"; }
  bool first() const { return place == "first"; }
  std::vector<Spec> layers() const {
    Spec conv{"conv2d", {}}, relu{"activation", {}}, pool{"max_pooling2d", {}};
    conv.options.set("filters", static_cast<int64_t>(filters));
    conv.options.set("kernel_size", square(window));
    conv.options.set("strides", square(strides));
    conv.options.set("dilation_rate", square(1));
    conv.options.set("padding", padding);
    relu.options.set("function", std::string("relu"));
    pool.options.set("pool_size", square(2));
    pool.options.set("strides", square(2));
    pool.options.set("padding", std::string("valid"));
    std::vector<Spec> all = {conv};
    if (activation == "relu") all.push_back(relu);
    if (pooled()) all.push_back(pool);
    return all;
  }
};

// Each thread takes as many figures at once, forward and back, as a network would.
Measured measure(const Convolution& c, const Effort& effort) {
  Network network({c.height, c.width, c.channels}, c.layers());
  check<ValueError>(network.layers().size() == 1, "the engine no longer takes ReLU and pooling into a convolution");
  Layer& layer = *network.layers()[0];
  std::mt19937 generator(1);
  draw_weights(layer, generator);
  const size_t rows = Plan(network, 1, true).rows_at_once();
  std::vector<Batch> batches;
  for (int rank = 0; rank < effort.threads; ++rank) {
    batches.emplace_back(layer, rows, generator);
    layer.prepare(batches.back().pass, {0, layer.shards()});
  }
  const size_t lost = c.padding == "same" ? 0 : c.window - 1;
  const auto places = [&](size_t size) { return (size - lost + c.strides - 1) / c.strides; };
  const double outputs = static_cast<double>(places(c.height) * places(c.width) * c.filters);

  std::vector<Pass> weights_alone;
  for (const Batch& batch : batches) {
    weights_alone.push_back(batch.pass);
    weights_alone.back().input_gradient.data = nullptr;
  }
  const auto at = [](int rank) { return static_cast<size_t>(rank); };
  std::vector<Work> works = {[&](int rank) { layer.forward(batches[at(rank)].pass, {0, rows}); },
                             [&](int rank) { layer.backward(weights_alone[at(rank)], {0, rows}); }};
  if (!c.first()) works.push_back([&](int rank) { layer.backward(batches[at(rank)].pass, {0, rows}); });
  const std::vector<double> seconds = seconds_of_each(works, effort);

  Measured found{2 * outputs * static_cast<double>(c.window * c.window * c.channels), rows};
  const double operations = found.operations * static_cast<double>(rows) * effort.threads;
  found.forward = rate(operations, seconds[0]);
  found.weights = rate(operations, seconds[1]);
  if (!c.first()) found.inputs = rate(operations, seconds[2] - seconds[1]);
  if (c.pooled()) {
    size_t live = 0;
    const Matrix out = batches[0].pass.output;
    for (size_t r = 0; r < rows; ++r) live += out.columns - std::count(out.row(r), out.row(r) + out.columns, 0.0f);
    found.live = static_cast<double>(live) / (outputs * static_cast<double>(rows));
  }
  return found;
}

// All threads share one batch: forward and back by rows, the weights' gradient by shards.
Measured measure_dense(size_t inputs, size_t units, size_t rows, const Effort& effort) {
  Spec spec{"dense", {}};
  spec.options.set("units", static_cast<int64_t>(units));
  Network network({inputs}, {spec});
  Layer& layer = *network.layers()[0];
  std::mt19937 generator(1);
  draw_weights(layer, generator);
  Batch batch(layer, rows, generator);
  const auto part = [&](size_t count, int rank) {
    return share(count, static_cast<size_t>(rank), static_cast<size_t>(effort.threads));
  };
  const std::vector<double> seconds =
      seconds_of_each({[&](int rank) { layer.forward(batch.pass, part(rows, rank)); },
                       [&](int rank) { layer.update(batch.pass, part(layer.shards(), rank), NoUpdate()); },
                       [&](int rank) { layer.backward(batch.pass, part(rows, rank)); }},
                      effort);
  Measured found{2 * static_cast<double>(inputs * units), rows};
  const double operations = found.operations * static_cast<double>(rows);
  found.forward = rate(operations, seconds[0]);
  found.weights = rate(operations, seconds[1]);
  found.inputs = rate(operations, seconds[2]);
  return found;
}

}  // namespace

Measured measure(const std::string& description, const Effort& effort) {
  std::istringstream words(description);
  std::string kind;
  words >> kind;
  if (kind == "conv") {
    Convolution c{};
    words >> c.height >> c.width >> c.channels >> c.filters >> c.window >> c.strides;
    words >> c.padding >> c.activation >> c.pooling >> c.place;
    if (words) return measure(c, effort);
  } else if (kind == "dense") {
    size_t inputs = 0, units = 0, rows = 0;
    words >> inputs >> units >> rows;
    if (words) return measure_dense(inputs, units, rows, effort);
  }
  throw ValueError("expected a layer in the words of layers.h, received '" + description + "'");
}

}  // namespace figurate
