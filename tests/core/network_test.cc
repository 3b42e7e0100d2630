// Whole networks: the gradient of every weight, through every layer and to every loss, against central differences in
// float64.
//
// A step of SGD at rate 1 subtracts the gradient, so the difference of the weights is the engine's gradient. To first
// order it is off by u R S: u = 2^-24, R the roundings on the way (the terms of every sum, the kernels' exponentials)
// and S the size of what is rounded, |x| times the norms of the weights that it passes.
#include "training/network.h"

#include <cmath>

#include "formulas.h"
#include "planes.h"
#include "training.h"

using figurate::Network;
using testing::activation;
using testing::conv2d;
using testing::Course;
using testing::depthwise;
using testing::Examples;
using testing::Formula;
using testing::kUnit;
using testing::Layers;
using testing::Numbers;
using testing::planes;
using testing::spec;

namespace {

double norm(const Numbers& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum);
}

void check_gradients(const Layers& layers, const Formula& formula, const Examples& examples, bool weighted = false) {
  Course course({examples.features}, layers, formula.spec(), spec("sgd"), {}, 2, 1.0f);
  testing::ReferenceNetwork reference(course.network, layers);
  const auto labelled = examples.labelled(formula.sparse(), weighted);
  const std::vector<double> means = course.fit(labelled, 0, examples.count, false);

  std::vector<Numbers> x(examples.count), y(examples.count);
  double size = 0, roundings = 64 + static_cast<double>(examples.count) + 2 * testing::kExponential / kUnit;
  for (size_t f = 0; f < examples.count; ++f) {
    for (size_t i = 0; i < examples.features; ++i) x[f].push_back(examples.pixel(f, i));
    for (size_t i = 0; i < examples.outputs; ++i) {
      y[f].push_back(formula.sparse() ? examples.classes[f] == static_cast<int32_t>(i)
                                      : examples.values[f * examples.outputs + i]);
    }
    Numbers loaded = x[f];
    for (double& value : loaded) value = value * course.network.scale() + course.network.offset();
    size = std::fmax(size, norm(loaded));
  }
  for (const auto& weight : course.network.weights()) {
    const figurate::Shape& shape = weight.parameter().shape;
    // A convolution's kernel sums a window, and its gradient all pixels; a pixel lies in as many windows as these have
    // pixels.
    const bool kernel = shape.size() == 4;
    roundings += 8 + static_cast<double>(kernel ? shape[0] * shape[1] * shape[2] + weight.layer->inputs() : shape[0]);
    if (weight.index > 0) continue;
    size *= 1 + norm(reference.weights[static_cast<size_t>(&weight - course.network.weights().data())]) *
                    (kernel ? std::sqrt(shape[0] * shape[1]) : 1.0);
  }
  const double tolerance = kUnit * roundings * size;

  const auto loss = [&] {
    double sum = 0;
    const std::vector<Numbers> outputs = reference.of(x);
    for (size_t f = 0; f < examples.count; ++f)
      sum += (weighted ? examples.weights[f] : 1.0) * formula(outputs[f], y[f]);
    return sum / static_cast<double>(examples.count);
  };
  CHECK_NEAR(means[0], loss(), tolerance);
  double largest = 0;
  for (size_t k = 0; k < reference.weights.size(); ++k) {
    const auto& after = course.network.weights()[k].parameter().values;
    if (!course.network.weights()[k].parameter().trainable) continue;
    for (size_t i = 0; i < reference.weights[k].size(); ++i) {
      const double gradient = reference.weights[k][i] - after[i];
      if (reference.weights[k][i] == 0.0) {
        CHECK_EQUAL(after[i], 0.0f);  // padding
        continue;
      }
      // Steps small enough to stay on one side of a kink.
      const double slope = testing::derivative(reference.weights[k][i], 1e-6, loss);
      CHECK_NEAR(gradient, slope, tolerance + kUnit * std::fabs(reference.weights[k][i]));
      largest = std::fmax(largest, std::fabs(slope));
    }
  }
  CHECK(largest > 20 * tolerance);  // or the comparison would say nothing
}

const Formula kSparse{"sparse_categorical_crossentropy"};

}  // namespace

// Every layer stands between two dense ones, so that gradients pass through it.
TEST(network_gradients_through_every_layer) {
  const Examples examples(7, 12, 4, false);
  const auto between = [](const Layers& middle) {
    Layers layers = {spec("dense", {{"units", 6}})};
    layers.insert(layers.end(), middle.begin(), middle.end());
    layers.push_back(spec("dense", {{"units", 4}}));
    layers.push_back(spec("activation", {{"function", "softmax"}}));
    return layers;
  };
  for (const char* function : {"linear", "relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid", "softmax"}) {
    testing::in_case(
        function, [&] { check_gradients(between({spec("activation", {{"function", function}})}), kSparse, examples); });
  }
  check_gradients(between({spec("activation", {{"function", "gelu"}, {"alpha", 1.0}})}), kSparse, examples);
  check_gradients(between({spec("activation", {{"function", "elu"}, {"alpha", 0.5}})}), kSparse, examples);
  check_gradients(between({spec("rescaling", {{"scale", 1.5}, {"offset", -0.25}})}), kSparse, examples);
  check_gradients(between({spec("reshape", {{"target_shape", std::vector<int64_t>{2, 3}}}), spec("flatten")}), kSparse,
                  examples);
  check_gradients(
      between({spec("dense", {{"units", 5}, {"use_bias", false}}), spec("activation", {{"function", "tanh"}})}),
      kSparse, examples);
  check_gradients(between({spec("dropout", {{"rate", 0.0}})}), kSparse, examples);
  check_gradients(between({spec("batch_normalization"), spec("activation", {{"function", "relu"}})}), kSparse,
                  examples);
}

// Layers of figures with height, width and channels stand between two dense ones too.
TEST(network_gradients_through_layers_of_planes) {
  using Pair = std::vector<int64_t>;
  const Examples examples(7, 12, 4, false);
  const auto between = [&](const std::vector<int64_t>& shape, const Layers& middle) {
    Layers layers = {spec("dense", {{"units", shape[0] * shape[1] * shape[2]}}),
                     spec("reshape", {{"target_shape", shape}})};
    layers.insert(layers.end(), middle.begin(), middle.end());
    for (const figurate::Spec& more :
         {spec("flatten"), spec("dense", {{"units", 4}}), spec("activation", {{"function", "softmax"}})})
      layers.push_back(more);
    testing::in_case(middle[0].kind, [&] { check_gradients(layers, kSparse, examples); });
  };
  const auto normalization = [](bool center, bool scale) {
    return spec("batch_normalization", {{"center", center}, {"scale", scale}, {"epsilon", 1e-2}});
  };
  const figurate::Spec relu = spec("activation", {{"function", "relu"}});
  between({4, 3, 5}, {normalization(true, true)});
  between({4, 3, 5}, {normalization(true, true), relu});
  between({3, 2, 16}, {normalization(true, false), relu});
  between({3, 2, 17},
          {normalization(false, true), spec("activation", {{"function", "tanh"}}), normalization(true, true)});
  between({1, 1, 9}, {normalization(false, false)});
  for (const bool center : {false, true}) {
    for (const bool scale : {false, true}) {
      const figurate::Spec layer =
          spec("layer_normalization", {{"center", center}, {"scale", scale}, {"epsilon", 1e-2}});
      between({2, 3, 5}, {layer});
      between({1, 3, 16}, {layer});
      between({1, 1, 18}, {layer});
    }
  }
  between({2, 3, 4}, {spec("zero_padding2d", {{"padding", Pair{1, 0, 2, 3}}})});
  between({2, 3, 4}, {spec("zero_padding2d", {{"padding", Pair{0, 0, 0, 0}}})});
  between({2, 3, 4}, {spec("spatial_dropout2d", {{"rate", 0.0}})});
  for (const char* kind : {"max_pooling2d", "average_pooling2d"}) {
    between({4, 6, 2}, {testing::pooling(kind)});
    between({5, 4, 3}, {testing::pooling(kind, {3, 2}, {2, 1}, "same")});
    between({5, 4, 1}, {testing::pooling(kind, {1, 2}, {2, 3})});
  }
  between({3, 2, 5}, {spec("global_average_pooling2d")});
  between({3, 2, 5}, {spec("global_max_pooling2d")});
}

namespace {

// These layers as a network's first, with a dense layer behind them.
void check_first(const std::string& name, int64_t height, int64_t width, int64_t channels, const Layers& middle,
                 const Layers& before = {}) {
  Layers layers = before;
  for (const Layers& more : {Layers{planes(height, width, channels)}, middle,
                             Layers{spec("flatten"), testing::dense(3), activation("softmax")}}) {
    layers.insert(layers.end(), more.begin(), more.end());
  }
  const size_t inputs = before.empty() ? static_cast<size_t>(height * width * channels) : 8;
  testing::in_case(name, [&] { check_gradients(layers, kSparse, Examples(5, inputs, 3, false)); });
}

// And behind a dense layer, which their input's gradient flows back to.
void check_both(const std::string& name, int64_t height, int64_t width, int64_t channels, const Layers& middle) {
  check_first(name, height, width, channels, middle);
  check_first(name + ", behind a dense layer", height, width, channels, middle,
              {testing::dense(height * width * channels), activation("tanh")});
}

}  // namespace

// In every form that the engine computes in its own way: windows that stay within or reach out, taken whole or in runs,
// followed by ReLU and pooling or not.
TEST(network_gradients_through_convolutions) {
  const figurate::Spec relu = activation("relu"), pool = testing::max_pooling();
  check_both("valid", 4, 5, 2, {conv2d(3)});
  check_both("same", 4, 5, 2, {conv2d(3, {{3, 3}, "same"})});
  check_both("same, even window", 4, 3, 2, {conv2d(5, {{2, 4}, "same"})});
  check_both("a pixel", 3, 3, 5, {conv2d(9, {{1, 1}})});
  check_both("no bias", 3, 4, 3, {conv2d(2, {{2, 2}, "valid", {1, 1}, {1, 1}, false})});
  check_both("strides", 5, 6, 1, {conv2d(4, {{3, 2}, "valid", {2, 3}})});
  check_both("strides, same", 5, 6, 2, {conv2d(4, {{3, 3}, "same", {2, 2}})});
  check_both("strides past the window", 5, 7, 1, {conv2d(4, {{1, 2}, "same", {2, 3}})});
  check_both("gaps", 5, 6, 2, {conv2d(3, {{2, 3}, "valid", {1, 1}, {3, 2}})});
  check_both("gaps, same", 4, 5, 2, {conv2d(3, {{3, 2}, "same", {1, 1}, {2, 2}})});
  check_both("gaps down", 5, 3, 2, {conv2d(3, {{2, 2}, "valid", {1, 1}, {3, 1}})});
  check_both("groups", 3, 4, 4, {conv2d(6, {{2, 2}}, 2)});
  check_both("groups, same", 3, 3, 6, {conv2d(6, {{3, 3}, "same"}, 6)});
  check_both("relu", 4, 4, 2, {conv2d(5), relu});
  check_both("relu, strides", 5, 5, 2, {conv2d(5, {{3, 3}, "same", {2, 2}}), relu});
  check_both("pooled", 5, 6, 1, {conv2d(4, {{2, 3}}), pool});
  check_both("relu, pooled", 6, 5, 2, {conv2d(3), relu, pool});
  check_both("pooled, relu, an odd row left over", 5, 4, 2, {conv2d(6, {{3, 3}, "same"}), pool, relu});
  check_both("strides, relu, pooled", 7, 8, 1, {conv2d(3, {{2, 2}, "same", {2, 2}}), relu, pool});
  check_both("a large window, pooled", 6, 6, 2, {conv2d(3, {{5, 4}, "same"}), relu, pool});
  check_first("two", 5, 5, 1, {conv2d(4, {{2, 2}}), conv2d(3, {{3, 3}, "same"})});
  check_first("two, relu", 5, 5, 1, {conv2d(4, {{2, 2}}), relu, conv2d(3), relu});
  check_first("two, pooled", 8, 8, 1, {conv2d(3), relu, pool, conv2d(4, {{2, 2}}), relu, pool});
  check_both("groups, relu, pooled", 4, 5, 2, {conv2d(4, {{1, 2}}, 2), relu, pool});
  check_both("normalized", 4, 4, 1, {conv2d(3), spec("batch_normalization", {{"epsilon", 1e-2}}), relu, pool});
}

TEST(network_gradients_through_depthwise_convolutions) {
  const figurate::Spec relu = activation("relu");
  check_both("valid", 4, 5, 2, {depthwise()});
  check_both("same", 4, 5, 3, {depthwise({{3, 3}, "same"})});
  check_both("same, even window", 4, 3, 2, {depthwise({{2, 4}, "same"}), relu});
  check_both("a pixel", 3, 3, 5, {depthwise({{1, 1}})});
  check_both("no bias", 3, 4, 3, {depthwise({{2, 2}, "valid", {1, 1}, {1, 1}, false})});
  check_both("strides", 5, 6, 2, {depthwise({{3, 2}, "valid", {2, 3}})});
  check_both("strides, same", 5, 6, 2, {depthwise({{3, 3}, "same", {2, 2}})});
  check_both("gaps", 5, 6, 2, {depthwise({{2, 3}, "same", {1, 1}, {3, 2}})});
  check_both("two windows a channel", 4, 4, 2, {depthwise({{3, 2}, "same"}, 2)});
  check_both("three windows a channel, strides", 5, 4, 1, {depthwise({{2, 2}, "valid", {2, 1}}, 3), relu});
  check_first("separable", 5, 5, 2, {depthwise({{3, 3}, "same"}, 2), conv2d(3, {{1, 1}}), relu});
  check_first("behind another", 5, 5, 2, {conv2d(4, {{2, 2}}), relu, depthwise({{3, 3}, "same", {2, 2}})});
}

// Ways that part and meet: over all rows at once and a few at a time, in stages, within each other, at the network's
// beginning and at its end, with nothing on one of them.
TEST(network_gradients_through_residual_blocks) {
  const figurate::Spec begin = spec("residual_begin"), shortcut = spec("residual_shortcut"), end = spec("residual_end"),
                       relu = activation("relu"), tanh = activation("tanh"), six = testing::dense(6);
  const Examples examples(6, 6, 4, false);
  const auto check = [&](const char* name, const Layers& layers) {
    testing::in_case(name, [&] { check_gradients(layers, kSparse, examples); });
  };
  const figurate::Spec four = testing::dense(4), softmax = activation("softmax");
  check("identity", {six, begin, six, tanh, end, four, softmax});
  check("first of all", {begin, six, tanh, six, end, tanh, four, softmax});
  check("last of all", {six, tanh, four, begin, four, tanh, end, softmax});
  check("a ReLU behind", {six, begin, six, tanh, six, end, relu, four, softmax});
  check("a way around", {six, begin, testing::dense(5), tanh, shortcut, testing::dense(5), end, tanh, four, softmax});
  check("a way around, a ReLU behind",
        {six, begin, testing::dense(5), shortcut, testing::dense(5), end, relu, four, softmax});
  check("weights on the way around alone", {begin, tanh, shortcut, six, end, tanh, four, softmax});
  check("no weights on the way around, first of all", {begin, six, shortcut, tanh, end, relu, four, softmax});
  check("nothing on the way around", {six, begin, six, tanh, shortcut, end, four, softmax});
  check("nothing within", {six, tanh, begin, shortcut, six, end, four, softmax});
  check("nothing at all", {six, tanh, begin, end, four, softmax});
  check("within each other", {six, begin, begin, six, tanh, end, six, end, four, softmax});
  check("beside each other", {six, begin, six, tanh, end, begin, six, end, begin, tanh, end, four, softmax});
  check("on the way around of another",
        {six, begin, six, tanh, shortcut, begin, six, shortcut, six, tanh, end, relu, end, four, softmax});
  check("a few rows at a time", {six, begin, spec("layer_normalization"), six, tanh, end, begin, six, shortcut,
                                 spec("layer_normalization"), end, relu, four, softmax});
  const figurate::Spec normalization = spec("batch_normalization", {{"epsilon", 1e-2}});
  check("in stages", {six, begin, normalization, relu, six, normalization, end, relu, four, softmax});
  check("in stages, normalized on both ways",
        {begin, six, normalization, shortcut, six, normalization, end, relu, four, softmax});
  check("in stages, first of all", {begin, normalization, six, end, four, softmax});

  const Examples figures(5, 32, 3, false);
  const auto same = conv2d(2, {{3, 3}, "same", {1, 1}, {1, 1}, false});
  const auto check_planes = [&](const char* name, const Layers& middle) {
    Layers layers = {planes(4, 4, 2)};
    layers.insert(layers.end(), middle.begin(), middle.end());
    for (const figurate::Spec& more : {spec("flatten"), testing::dense(3), softmax}) layers.push_back(more);
    testing::in_case(name, [&] { check_gradients(layers, kSparse, figures); });
  };
  check_planes("convolutions", {same, begin, same, relu, end, relu});
  check_planes("convolutions, a smaller shortcut", {begin, conv2d(4, {{3, 3}, "same", {2, 2}}), relu, shortcut,
                                                    conv2d(4, {{1, 1}, "valid", {2, 2}}), end, relu});
  check_planes("convolutions, pooled ways",
               {begin, same, testing::max_pooling(), shortcut, testing::pooling("average_pooling2d"), end});
  check_planes("convolutions, normalized",
               {begin, same, normalization, relu, shortcut, conv2d(2, {{1, 1}}), normalization, end, relu});
}

TEST(network_gradients_of_every_loss) {
  const Examples examples(6, 10, 5, false);
  for (const bool weighted : {false, true}) {
    const auto ending = [&](const char* function, const Formula& formula) {
      testing::in_case(formula.kind + " after " + function, [&] {
        check_gradients({spec("dense", {{"units", 7}}), spec("activation", {{"function", "tanh"}}),
                         spec("dense", {{"units", 5}}), spec("activation", {{"function", function}})},
                        formula, examples, weighted);
      });
    };
    ending("softmax", {"sparse_categorical_crossentropy"});
    ending("linear", {"sparse_categorical_crossentropy", true});
    ending("sigmoid", {"sparse_categorical_crossentropy"});
    ending("softmax", {"categorical_crossentropy", false, 0.1});
    ending("linear", {"categorical_crossentropy", true, 0.1});
    ending("sigmoid", {"categorical_crossentropy"});
    ending("sigmoid", {"binary_crossentropy", false, 0.2});
    ending("linear", {"binary_crossentropy", true});
    ending("softmax", {"binary_crossentropy"});
    ending("softmax", {"mean_squared_error"});
    ending("linear", {"mean_squared_error"});
  }
}

// Bytes, scaled as they are loaded; blank octets skipped; a first layer large enough to be summed by shard.
TEST(network_gradients_from_drawings) {
  const Layers tail = {spec("dense", {{"units", 3}}), spec("activation", {{"function", "softmax"}})};
  const auto with = [&](Layers layers) {
    layers.insert(layers.end(), tail.begin(), tail.end());
    return layers;
  };
  check_gradients(with({spec("rescaling", {{"scale", 1.0 / 255}})}), kSparse, Examples(5, 400, 3, true));
  check_gradients(with({spec("rescaling", {{"scale", 2.0 / 255}, {"offset", -1.0}})}), kSparse,
                  Examples(5, 60, 3, true));
  check_gradients(with({spec("flatten"), spec("rescaling", {{"scale", 1.0 / 51}}),
                        spec("rescaling", {{"scale", 0.2}, {"offset", 0.1}})}),
                  kSparse, Examples(5, 60, 3, true));
  check_gradients(with({}), kSparse, Examples(70, 50, 3, false));
}

TEST(network_shapes) {
  const Network network({28, 28, 1}, {spec("rescaling", {{"scale", 0.5}}), spec("flatten"),
                                      spec("dense", {{"units", 20}}), spec("activation", {{"function", "relu"}}),
                                      spec("dropout"), spec("dense", {{"units", 10}, {"use_bias", false}}),
                                      spec("reshape", {{"target_shape", std::vector<int64_t>{5, 2}}})});
  CHECK_EQUAL(network.inputs(), size_t{784});
  CHECK_EQUAL(figurate::to_string(network.output_shape()), "(5, 2)");
  CHECK_EQUAL(network.weights().size(), size_t{3});
  CHECK_EQUAL(figurate::to_string(network.weights()[0].parameter().shape), "(784, 20)");
  CHECK_EQUAL(figurate::to_string(network.weights()[1].parameter().shape), "(20,)");
  CHECK_EQUAL(network.scale(), 0.5);
  CHECK_EQUAL(network.layers().size(), size_t{6});  // the rescaling is part of loading
  CHECK_THROWS(figurate::ValueError, "no layer 'pool'", Network({4}, {spec("pool")}));
  CHECK_THROWS(figurate::ValueError, "no activation 'swish'",
               Network({4}, {spec("activation", {{"function", "swish"}})}));
  CHECK_THROWS(figurate::ShapeError, "(4,)",
               Network({4}, {spec("reshape", {{"target_shape", std::vector<int64_t>{5}}})}));
  CHECK_THROWS(figurate::ShapeError, "at least one number", Network({0, 3}, {}));
}
