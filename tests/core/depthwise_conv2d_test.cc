// DepthwiseConv2D: a figure worked by hand, its kernels against plain loops in float64 as conv_test.cc has others, and
// a Conv2D with as many groups as channels. Its gradients are in network_test.cc.
#include "layers/depthwise_conv2d.h"

#include "geometries.h"
#include "kernels/reference.h"
#include "one_layer.h"
#include "planes.h"

using figurate::kBlock;
using figurate::Kernels;
using figurate::Windows;
using testing::depthwise;
using testing::Geometry;
using testing::kUntouched;
using testing::LayerBatch;
using testing::Numbers;
using testing::roundings;
using testing::small_numbers;
using testing::Source;
using testing::Sums;

namespace {

using Values = std::vector<float>;

// What a layer makes of figures and their gradient, by two slices, and the gradients of its weights.
struct Made {
  Values output, input_gradient, kernel, bias;
};

Made made(const figurate::Spec& spec, const figurate::Shape& shape, const Values& figures, const Values& slopes,
          const Values& kernel, const Values& bias) {
  const auto layer = figurate::make_layer(spec, shape, 0);
  std::copy(kernel.begin(), kernel.end(), layer->parameters()[0].values.data());
  std::copy(bias.begin(), bias.end(), layer->parameters()[1].values.data());
  const size_t rows = figures.size() / layer->inputs();
  LayerBatch batch(*layer, rows, 2);
  LayerBatch::fill(batch.input, figures);
  LayerBatch::fill(batch.output_gradient, slopes);
  layer->forward(batch.pass, {0, rows});
  for (size_t slice = 0; slice < 2; ++slice) {
    batch.pass.slice = slice;
    layer->backward(batch.pass, figurate::share(rows, slice, 2));
  }
  testing::Keep keep;
  layer->update(batch.pass, {0, layer->shards()}, keep);
  Values &kernel_gradient = keep.gradients["kernel"], &bias_gradient = keep.gradients["bias"];
  kernel_gradient.resize(kernel.size()), bias_gradient.resize(bias.size());
  return {LayerBatch::values(batch.output), LayerBatch::values(batch.input_gradient), kernel_gradient, bias_gradient};
}

void check_equal(const Values& found, const Values& expected) {
  CHECK_EQUAL(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) CHECK_EQUAL(found[i], expected[i]);
}

}  // namespace

// 2 x 2 pixels of two channels, a window of 1 x 2 and two of them a channel: one output row of two pixels of four.
// Channel 0: 1 2 | 3 4, windows (1, 2) and (0, 1); channel 1: 5 6 | 7 8, windows (-1, 0) and (3, 1).
TEST(depthwise_worked_by_hand) {
  const Made found = made(depthwise({{1, 2}}, 2), {2, 2, 2}, {1, 5, 2, 6, 3, 7, 4, 8}, {1, 2, 3, 4, 0, 0, 0, 1},
                          {1, 0, -1, 3, 2, 1, 0, 1}, {10, 20, 30, 40});
  // 1 * 1 + 2 * 2 + 10, 0 * 1 + 1 * 2 + 20, -1 * 5 + 0 * 6 + 30, 3 * 5 + 1 * 6 + 40, and the row below.
  CHECK_SAME_BITS(found.output, (Values{15, 22, 25, 61, 21, 24, 23, 69}));
  // Channel 0, left: 1 * 1 + 2 * 0, right: 1 * 2 + 2 * 1; channel 1, left: 3 * -1 + 4 * 3, right: 3 * 0 + 4 * 1.
  CHECK_SAME_BITS(found.input_gradient, (Values{1, 9, 4, 4, 0, 3, 0, 1}));
  // Window 0 of channel 0: 1 * (1, 2); 1: 2 * (1, 2); of channel 1: 3 * (5, 6); 4 * (5, 6) + 1 * (7, 8).
  CHECK_SAME_BITS(found.kernel, (Values{1, 2, 15, 27, 2, 4, 18, 32}));
  CHECK_SAME_BITS(found.bias, (Values{1, 2, 3, 5}));
}

TEST(depthwise_is_a_convolution_with_as_many_groups_as_channels) {
  for (const size_t channels : {1, 3, 16, 21, 40}) {
    for (const int64_t multiplier : {1, 2, 3}) {
      for (const testing::Window& window :
           {testing::Window{}, testing::Window{{3, 3}, "same"}, testing::Window{{2, 5}, "same", {2, 2}},
            testing::Window{{1, 1}, "valid", {2, 3}}, testing::Window{{3, 2}, "same", {1, 1}, {2, 3}},
            testing::Window{{5, 1}, "valid", {1, 1}, {1, 1}}}) {
        const figurate::Shape shape = {7, 6, channels};
        const figurate::Spec apart = depthwise(window, multiplier),
                             grouped = testing::conv2d(static_cast<int64_t>(channels) * multiplier, window,
                                                       static_cast<int64_t>(channels));
        const auto layer = figurate::make_layer(apart, shape, 0);
        CHECK_EQUAL(figurate::to_string(layer->output_shape()),
                    figurate::to_string(figurate::make_layer(grouped, shape, 0)->output_shape()));
        const size_t rows = 5;
        const Values figures = small_numbers(rows * layer->inputs(), 1),
                     slopes = small_numbers(rows * layer->outputs(), 2),
                     kernel = small_numbers(figurate::element_count(layer->parameters()[0].shape), 3),
                     bias = small_numbers(layer->output_shape()[2], 4);
        const Made one = made(apart, shape, figures, slopes, kernel, bias),
                   other = made(grouped, shape, figures, slopes, kernel, bias);
        check_equal(one.output, other.output);
        check_equal(one.input_gradient, other.input_gradient);
        check_equal(one.kernel, other.kernel);
        check_equal(one.bias, other.bias);
      }
    }
  }
}

namespace {

// The geometry's windows over each of its channels; groups and filters don't matter.
Windows windows_of(const Geometry& g) {
  Windows w = g.windows();
  w.runs = g.kernel_x, w.run_step = g.dilation_x * g.channels, w.run = 1;
  return w;
}

// `turned`: the kernel turned around.
void check_forward(const Geometry& g, Source source, bool use_bias, bool turned) {
  const Windows w = windows_of(g);
  const size_t taps = g.kernel_y * g.kernel_x;
  const Values input = source(g.inputs() + kBlock, 1), weights = source(taps * g.channels + kBlock, 2),
               bias = source(g.channels + kBlock, 3);
  const Sums exact(roundings(source, taps + 1), [&](const auto& as, Numbers& out) {
    const Numbers x = as(input), k = as(weights), b = as(bias);
    figurate::reference::for_depthwise(w, g.channels, [&](size_t c, size_t begin, size_t) {
      double sum = use_bias ? b[c] : 0.0;
      figurate::reference::for_window(
          w, begin, [&](size_t n, size_t place) { sum += x[place] * k[(turned ? taps - 1 - n : n) * g.channels + c]; });
      out.push_back(sum);
    });
  });
  const auto step = static_cast<ptrdiff_t>(g.channels);
  testing::for_each_table([&](const Kernels& table) {
    Values output(g.rows * g.columns * g.channels + kBlock, kUntouched);
    table.depthwise_forward({w, g.channels, input.data(), weights.data() + (turned ? (taps - 1) * g.channels : 0),
                             turned ? -step : step, use_bias ? bias.data() : nullptr, output.data()});
    for (size_t at = 0; at < output.size() - kBlock; ++at) exact.check(output[at], at);
    for (size_t at = output.size() - kBlock; at < output.size(); ++at) CHECK_EQUAL(output[at], kUntouched);
  });
}

// Where the kernels add to, there stand numbers already.
void check_gradient(const Geometry& g, Source source, bool use_bias) {
  const Windows w = windows_of(g);
  const size_t weights = g.kernel_y * g.kernel_x * g.channels;
  const Values input = source(g.inputs() + kBlock, 1), delta = source(g.rows * g.columns * g.channels + kBlock, 2),
               before = source(weights + g.channels, 3);
  const Sums exact(roundings(source, g.rows * g.columns + 1), [&](const auto& as, Numbers& out) {
    const Numbers x = as(input), d = as(delta);
    out = as(before);
    figurate::reference::for_depthwise(w, g.channels, [&](size_t c, size_t begin, size_t from) {
      out[weights + c] += d[from];
      figurate::reference::for_window(w, begin,
                                      [&](size_t n, size_t place) { out[n * g.channels + c] += x[place] * d[from]; });
    });
  });
  testing::for_each_table([&](const Kernels& table) {
    Values gradient(before.data(), before.data() + weights),
        bias(before.data() + weights, before.data() + before.size());
    gradient.resize(weights + kBlock, kUntouched);
    bias.resize(g.channels + kBlock, kUntouched);
    table.depthwise_gradient(
        {w, g.channels, input.data(), delta.data(), gradient.data(), use_bias ? bias.data() : nullptr});
    for (size_t at = 0; at < weights; ++at) exact.check(gradient[at], at);
    for (size_t c = 0; use_bias && c < g.channels; ++c) exact.check(bias[c], weights + c);
    for (size_t i = 0; i < kBlock; ++i) {
      CHECK_EQUAL(gradient[weights + i], kUntouched);
      CHECK_EQUAL(bias[g.channels + i], kUntouched);
    }
  });
}

}  // namespace

TEST(depthwise_kernels_of_every_geometry) {
  size_t number = 0;
  testing::for_each_geometry([&](const Geometry& g, Source source) {
    ++number;
    check_forward(g, source, number % 3 > 0, number % 5 > 2);
    check_gradient(g, source, number % 3 > 0);
  });
  // Windows larger than a tile.
  check_forward({3, 14, 5, 1, 2, 16}, small_numbers, true, false);
  check_gradient({3, 14, 5, 1, 2, 16}, small_numbers, true);
}

TEST(depthwise_refuses_what_does_not_fit) {
  const auto of = [](const figurate::Shape& input, const figurate::Spec& spec) {
    return figurate::make_layer(spec, input, 0);
  };
  CHECK_THROWS(figurate::ShapeError, "DepthwiseConv2D expects figures of three axes", of({28, 28}, depthwise()));
  CHECK_THROWS(figurate::ShapeError, "DepthwiseConv2D expects figures of at least 3 rows", of({2, 9, 1}, depthwise()));
  CHECK_THROWS(figurate::ValueError, "as kernel_size", of({9, 9, 1}, depthwise({{3}})));
  CHECK_THROWS(figurate::ValueError, "received 'full'", of({9, 9, 1}, depthwise({{3, 3}, "full"})));
  CHECK_THROWS(figurate::ValueError, "depth_multiplier of at least 1", of({9, 9, 1}, depthwise({}, 0)));
  CHECK_THROWS(figurate::ValueError, "depth_multiplier of at least 1", of({9, 9, 1}, depthwise({}, -2)));
}

// A range of rows, and nothing else, is written, and its padding is left zero.
TEST(depthwise_leaves_padding_and_other_rows_alone) {
  for (const int64_t multiplier : {1, 2}) {
    figurate::DepthwiseConv2D layer({5, 5, 3}, depthwise({{3, 3}, "same"}, multiplier).options);
    const Values kernel = testing::normals(27 * static_cast<size_t>(multiplier), 1);
    std::copy(kernel.begin(), kernel.end(), layer.parameters()[0].values.data());
    testing::check_rows_apart(layer);
  }
}
