// Conv2D: a figure worked by hand, padding by Keras' rule, what it takes in, and what it refuses. Its kernels are in
// conv_test.cc, its gradients in network_test.cc.
#include "layers/conv2d.h"

#include "one_layer.h"
#include "planes.h"
#include "sums.h"
#include "training.h"

using figurate::Conv2D;
using figurate::ConvAxis;
using figurate::Network;
using figurate::Range;
using testing::activation;
using testing::conv2d;
using testing::Keep;
using testing::LayerBatch;
using testing::Layers;
using testing::max_pooling;
using testing::planes;
using testing::small_numbers;
using testing::spec;

namespace {

using Values = std::vector<float>;

void give(figurate::Layer& layer, const std::vector<Values>& values) {
  for (size_t i = 0; i < values.size(); ++i)
    std::copy(values[i].begin(), values[i].end(), layer.parameters()[i].values.data());
}

Values begin_of(const Values& values, size_t count) {
  return {values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace

// 3 x 4 pixels of one channel, a window of 2 x 2, bias 1:   1 0 2 1     1 2     outputs  6 12 20
//                                                           0 1 1 3     3 4              9  8 11
//                                                           2 0 1 0
TEST(conv2d_worked_by_hand) {
  const Values figure = {1, 0, 2, 1, 0, 1, 1, 3, 2, 0, 1, 0}, slopes = {1, 0, 2, 0, -1, 1};
  Conv2D layer({3, 4, 1}, conv2d(1, {{2, 2}}).options);
  give(layer, {{1, 2, 3, 4}, {1}});
  LayerBatch batch(layer, 1);
  LayerBatch::fill(batch.input, figure);
  LayerBatch::fill(batch.output_gradient, slopes);
  layer.forward(batch.pass, {0, 1});
  // 1 + 2 * 0 + 3 * 0 + 4 * 1 and 1 more for the bias; and so on.
  CHECK_SAME_BITS(LayerBatch::values(batch.output), (Values{6, 12, 20, 9, 8, 11}));
  layer.backward(batch.pass, {0, 1});
  // The slope of each output times the window, where the window lies.
  CHECK_SAME_BITS(LayerBatch::values(batch.input_gradient), (Values{1, 2, 2, 4, 3, 3, 5, 10, 0, -3, -1, 4}));
  Keep keep;
  layer.update(batch.pass, {0, layer.shards()}, keep);
  CHECK_SAME_BITS(begin_of(keep.gradients["kernel"], 4), (Values{5, 4, 3, 6}));
  CHECK_SAME_BITS(begin_of(keep.gradients["bias"], 1), (Values{3}));
}

// Keras' rule, in its documentation's words: "valid" has as many windows as lie within; "same" has size / stride,
// rounded up, and zeros evenly on both sides, the odd one behind, just as many as the last window needs.
TEST(conv2d_axis_follows_keras_rule) {
  for (size_t size = 1; size <= 12; ++size) {
    for (size_t number = 0; number < 7 * 4 * 3; ++number) {
      ConvAxis valid{size, number % 7 + 1, number / 7 % 4 + 1, number / 28 + 1}, same = valid;
      same.fit(true, "Conv2D", "rows");
      CHECK_EQUAL(same.output * same.stride >= size && (same.output - 1) * same.stride < size, true);
      const size_t after = std::max(same.padded(), same.padding + size) - same.padding - size;
      CHECK(after == same.padding || after == same.padding + 1);
      if (after > 0) CHECK_EQUAL(same.padding + size + after, same.padded());
      size_t windows = 0;
      while (windows * valid.stride + valid.window() <= size) ++windows;
      if (windows == 0) {
        CHECK_THROWS(figurate::ShapeError, "at least " + std::to_string(valid.window()) + " rows",
                     valid.fit(false, "Conv2D", "rows"));
        continue;
      }
      valid.fit(false, "Conv2D", "rows");
      CHECK_EQUAL(valid.output, windows);
      CHECK_EQUAL(valid.padding, size_t{0});
      CHECK(valid.padded() <= size);
    }
  }
  // size, kernel, stride, dilation; zeros before, output
  const size_t known[][6] = {{28, 3, 1, 1, 1, 28}, {28, 2, 1, 1, 0, 28}, {28, 5, 2, 1, 1, 14}, {7, 3, 2, 1, 1, 4},
                             {8, 3, 2, 1, 0, 4},   {10, 3, 1, 2, 2, 10}, {5, 1, 3, 1, 0, 2},   {2, 7, 1, 1, 3, 2}};
  for (const auto& k : known) {
    ConvAxis axis{k[0], k[1], k[2], k[3]};
    axis.fit(true, "Conv2D", "rows");
    CHECK_EQUAL(axis.padding, k[4]);
    CHECK_EQUAL(axis.output, k[5]);
  }
}

namespace {

// Some layers passed through one after the other, as if nothing were merged.
struct Chain {
  std::vector<std::unique_ptr<figurate::Layer>> layers;
  Values output, input_gradient;
  Keep keep;

  Chain(const figurate::Shape& input, const Layers& specs) {
    figurate::Shape shape = input;
    for (const figurate::Spec& layer : specs) {
      layers.push_back(figurate::make_layer(layer, shape, layers.size()));
      shape = layers.back()->output_shape();
    }
  }

  // `rows` figures of small whole numbers, by slices, there and back.
  void pass(size_t rows) {
    std::vector<std::unique_ptr<LayerBatch>> batches;
    std::copy_n(small_numbers(10000, 1).data(), figurate::element_count(layers[0]->parameters()[0].shape),
                layers[0]->parameters()[0].values.data());
    output = small_numbers(rows * layers[0]->inputs(), 3);
    for (const auto& layer : layers) {
      batches.push_back(std::make_unique<LayerBatch>(*layer, rows, 3));
      LayerBatch::fill(batches.back()->input, output);
      layer->forward(batches.back()->pass, {0, rows});
      output = LayerBatch::values(batches.back()->output);
    }
    input_gradient = small_numbers(output.size(), 4);
    for (size_t i = layers.size(); i-- > 0;) {
      LayerBatch::fill(batches[i]->output_gradient, input_gradient);
      for (size_t slice = 0; slice < 3; ++slice) {
        batches[i]->pass.slice = slice;
        layers[i]->backward(batches[i]->pass, figurate::share(rows, slice, 3));
      }
      input_gradient = LayerBatch::values(batches[i]->input_gradient);
    }
    layers[0]->update(batches[0]->pass, {0, layers[0]->shards()}, keep);
  }
};

void check_equal(const Values& found, const Values& expected) {
  CHECK_EQUAL(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) CHECK_EQUAL(found[i], expected[i]);  // -0 is 0
}

}  // namespace

// Whole numbers are summed exactly, and many are equal, so the layers taken in must do the very same.
TEST(conv2d_takes_in_relu_and_pooling) {
  for (const auto& [shape, conv] : std::vector<std::pair<figurate::Shape, figurate::Spec>>{
           {{7, 9, 3}, conv2d(5)},
           {{6, 6, 1}, conv2d(20, {{1, 1}})},
           {{8, 5, 2}, conv2d(17, {{3, 3}, "same"})},
           {{8, 11, 2}, conv2d(33, {{2, 3}, "same", {2, 3}})},
           {{9, 9, 4}, conv2d(6, {{5, 5}})},
           {{5, 6, 16}, conv2d(48, {{3, 2}, "same"})},
           {{7, 6, 2}, conv2d(4, {{2, 2}, "same", {1, 1}, {3, 1}})}}) {
    const auto taken_in = [&](bool relu, bool pooled) {
      figurate::Spec merged = conv;
      merged.options.set("relu", relu);
      merged.options.set("pooled", pooled);
      return merged;
    };
    const auto same = [&](const Layers& one, const Layers& several) {
      Chain merged(shape, one), apart(shape, several);
      merged.pass(7);
      apart.pass(7);
      check_equal(merged.output, apart.output);
      check_equal(merged.input_gradient, apart.input_gradient);
      for (const char* name : {"kernel", "bias"}) check_equal(merged.keep.gradients[name], apart.keep.gradients[name]);
    };
    same({taken_in(true, false)}, {conv, activation("relu")});
    same({taken_in(false, true)}, {conv, max_pooling()});
    same({taken_in(true, true)}, {conv, activation("relu"), max_pooling()});
    same({taken_in(true, true)}, {conv, max_pooling(), activation("relu")});
  }
}

TEST(conv2d_takes_in_what_the_network_finds) {
  const auto layers = [](const Layers& found) { return Network({8, 8, 4}, found).layers().size(); };
  const figurate::Spec conv = conv2d(4), relu = activation("relu"), pool = max_pooling();
  CHECK_EQUAL(layers({conv}), size_t{1});
  CHECK_EQUAL(layers({conv, relu}), size_t{1});
  CHECK_EQUAL(layers({conv, pool}), size_t{1});
  CHECK_EQUAL(layers({conv, relu, pool}), size_t{1});
  CHECK_EQUAL(layers({conv, pool, relu}), size_t{1});
  CHECK_EQUAL(layers({conv, relu, pool, relu, pool}), size_t{3});
  CHECK_EQUAL(layers({conv, activation("tanh"), pool}), size_t{3});
  CHECK_EQUAL(layers({conv, conv, relu}), size_t{2});
  CHECK_EQUAL(layers({relu, conv}), size_t{2});
  // Not between groups or spread windows; only windows of 2 x 2 side by side.
  CHECK_EQUAL(layers({conv2d(4, {}, 2), relu, pool}), size_t{2});
  CHECK_EQUAL(layers({conv2d(4, {{3, 3}, "same", {1, 1}, {1, 2}}), relu, pool}), size_t{2});
  CHECK_EQUAL(layers({conv, relu, testing::pooling("max_pooling2d", {2, 2}, {1, 1})}), size_t{2});
  CHECK_EQUAL(layers({conv, relu, testing::pooling("max_pooling2d", {3, 3}, {2, 2})}), size_t{2});
  CHECK_EQUAL(layers({conv, relu, testing::pooling("max_pooling2d", {2, 2}, {2, 2}, "same")}), size_t{2});
  CHECK_EQUAL(layers({conv, relu, testing::pooling("average_pooling2d")}), size_t{2});
  const Network network({8, 9, 4}, {conv2d(6, {{2, 3}}, 2), relu, pool});
  CHECK_EQUAL(figurate::to_string(network.output_shape()), "(3, 3, 6)");
  CHECK_EQUAL(figurate::to_string(network.weights()[0].parameter().shape), "(2, 3, 2, 6)");
  CHECK_EQUAL(figurate::to_string(network.weights()[1].parameter().shape), "(6,)");
}

// A range of rows, and nothing else, is written, and its padding is left zero.
TEST(conv2d_leaves_padding_and_other_rows_alone) {
  for (const bool pooled : {false, true}) {
    for (const char* padding : {"valid", "same"}) {
      figurate::Spec made = conv2d(5, {{3, 2}, padding});
      made.options.set("pooled", pooled);
      Conv2D layer({5, 5, 3}, made.options);
      give(layer, {testing::normals(90, 1), testing::normals(5, 2)});
      testing::check_rows_apart(layer);
    }
  }
}

TEST(conv2d_refuses_what_does_not_fit) {
  const auto made = [](const figurate::Shape& input, const figurate::Spec& conv) {
    return figurate::make_layer(conv, input, 0);
  };
  CHECK_THROWS(figurate::ShapeError, "(height, width, channels), received shape (28, 28)", made({28, 28}, conv2d(3)));
  CHECK_THROWS(figurate::ShapeError, "at least 5 rows for its window, received 4",
               made({4, 9, 1}, conv2d(3, {{5, 1}})));
  CHECK_THROWS(figurate::ShapeError, "at least 7 columns for its window, received 6",
               made({4, 6, 1}, conv2d(3, {{1, 4}, "valid", {1, 1}, {1, 2}})));
  CHECK_THROWS(figurate::ValueError, "as kernel_size", made({9, 9, 1}, conv2d(3, {{0, 1}})));
  CHECK_THROWS(figurate::ValueError, "as strides", made({9, 9, 1}, conv2d(3, {{1, 1}, "same", {1}})));
  CHECK_THROWS(figurate::ValueError, "as dilation_rate", made({9, 9, 1}, conv2d(3, {{1, 1}, "same", {1, 1}, {1, -1}})));
  CHECK_THROWS(figurate::ValueError, "'valid' or 'same', received 'full'",
               made({9, 9, 1}, conv2d(3, {{1, 1}, "full"})));
  CHECK_THROWS(figurate::ValueError, "divide its channels and its filters", made({9, 9, 4}, conv2d(3, {}, 2)));
  CHECK_THROWS(figurate::ValueError, "divide its channels and its filters", made({9, 9, 3}, conv2d(4, {}, 2)));
  CHECK_THROWS(figurate::ValueError, "divide its channels and its filters", made({9, 9, 3}, conv2d(0)));
  CHECK_THROWS(figurate::ShapeError, "at least 2 x 2, received shape (1, 7, 3)",
               Network({3, 9, 1}, {conv2d(3), max_pooling()}));
}
