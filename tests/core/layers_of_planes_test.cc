// Zero padding, spatial dropout and layer normalization: figures worked by hand, shapes and messages, and the kernel
// against its twin.
#include <cmath>

#include "kernels/reference.h"
#include "layers/dropout.h"
#include "one_layer.h"

using figurate::Kernels;
using figurate::make_layer;
using figurate::Pixels;
using testing::kUnit;
using testing::LayerBatch;
using testing::spec;

namespace {

using Values = std::vector<float>;
using Numbers64 = std::vector<int64_t>;

figurate::Spec padding(const Numbers64& margins) { return spec("zero_padding2d", {{"padding", margins}}); }

}  // namespace

TEST(zero_padding_worked_by_hand) {
  const auto layer = make_layer(padding({1, 0, 0, 2}), {2, 1, 2}, 0);
  CHECK_EQUAL(figurate::to_string(layer->output_shape()), "(3, 3, 2)");
  LayerBatch batch(*layer, 1);
  LayerBatch::fill(batch.output, Values(18, 9.0f));  // whatever was there
  LayerBatch::fill(batch.input, {1, 2, 3, 4});
  Values gradient(18);
  for (size_t i = 0; i < 18; ++i) gradient[i] = static_cast<float>(i);
  LayerBatch::fill(batch.output_gradient, gradient);
  layer->forward(batch.pass, {0, 1});
  layer->backward(batch.pass, {0, 1});
  CHECK_SAME_BITS(LayerBatch::values(batch.output), (Values{0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 3, 4, 0, 0, 0, 0}));
  CHECK_SAME_BITS(LayerBatch::values(batch.input_gradient), (Values{6, 7, 12, 13}));
  testing::check_rows_apart(*layer);
  CHECK(make_layer(padding({0, 0, 0, 0}), {2, 1, 2}, 0)->passes_through(true));
  CHECK_THROWS(figurate::ShapeError, "received shape (4,)", make_layer(padding({1, 1, 1, 1}), {4}, 0));
  CHECK_THROWS(figurate::ValueError, "four numbers", make_layer(padding({1, 1}), {2, 2, 1}, 0));
  CHECK_THROWS(figurate::ValueError, "at least 0", make_layer(padding({1, 1, -1, 1}), {2, 2, 1}, 0));
}

// The mask is dropout's, one number a channel, the same at every pixel.
TEST(spatial_dropout_drops_whole_channels) {
  constexpr size_t kRows = 6, kPixels = 6, kChannels = 20;
  const auto layer =
      make_layer(spec("spatial_dropout2d", {{"rate", 0.5}, {"stream", int64_t{3}}}), {2, 3, kChannels}, 0);
  LayerBatch batch(*layer, kRows);
  LayerBatch::fill(batch.input, Values(kRows * layer->inputs(), 1.0f));
  LayerBatch::fill(batch.output_gradient, Values(kRows * layer->inputs(), 3.0f));
  layer->forward(batch.pass, {0, kRows});
  layer->backward(batch.pass, {0, kRows});
  size_t dropped = 0;
  for (size_t r = 0; r < kRows; ++r) {
    Values mask(kChannels);
    figurate::draw_mask(batch.pass, r, 0.5, 3, mask.data(), kChannels);
    for (size_t i = 0; i < kPixels * kChannels; ++i) {
      CHECK_EQUAL(batch.output.view().row(r)[i], mask[i % kChannels]);
      CHECK_EQUAL(batch.input_gradient.view().row(r)[i], 3 * mask[i % kChannels]);
      dropped += mask[i % kChannels] == 0.0f;
    }
  }
  CHECK(dropped > 0 && dropped < kRows * kPixels * kChannels);
  CHECK(layer->passes_through(false));
  testing::check_rows_apart(*layer);
  CHECK_THROWS(figurate::ShapeError, "received shape (4,)", make_layer(spec("spatial_dropout2d"), {4}, 0));
  CHECK_THROWS(figurate::ValueError, "below 1", make_layer(spec("spatial_dropout2d", {{"rate", 1.0}}), {2, 2, 1}, 0));
}

// Two pixels of two channels: 1 5 | 2 2. The first has mean 3 and variance 4, with epsilon 1 x^ = -+2 / sqrt(5); the
// second is all mean. gamma = (3, 1), beta = (0, 1).
TEST(layer_normalization_worked_by_hand) {
  const auto layer = make_layer(spec("layer_normalization", {{"epsilon", 1.0}}), {1, 2, 2}, 0);
  CHECK_EQUAL(layer->parameters().size(), size_t{2});
  layer->parameters()[0].values[0] = 3, layer->parameters()[0].values[1] = 1, layer->parameters()[1].values[1] = 1;
  LayerBatch batch(*layer, 1);
  LayerBatch::fill(batch.input, {1, 5, 2, 2});
  LayerBatch::fill(batch.output_gradient, {1, 1, 1, 0});
  layer->forward(batch.pass, {0, 1});
  layer->backward(batch.pass, {0, 1});
  const double x = 2 / std::sqrt(5.0), output[] = {-3 * x, x + 1, 0, 1};
  // g = gamma * gradient = (3, 1), its mean 2, and the mean of g * x^ is (-3x + x) / 2 = -x.
  const double back[] = {(3 - 2 - x * x) / std::sqrt(5.0), (1 - 2 + x * x) / std::sqrt(5.0), 1.5, -1.5};
  for (size_t i = 0; i < 4; ++i) {
    CHECK_NEAR(batch.output.view().row(0)[i], output[i], 16 * kUnit);
    CHECK_NEAR(batch.input_gradient.view().row(0)[i], back[i], 32 * kUnit);
  }
  CHECK_NEAR(batch.gradient[0], -x, 16 * kUnit);
  CHECK_NEAR(batch.gradient[1], x, 16 * kUnit);
  CHECK_EQUAL(batch.gradient[layer->gradient_size() / 2], 2.0f);
  CHECK_EQUAL(batch.gradient[layer->gradient_size() / 2 + 1], 1.0f);
  CHECK_THROWS(figurate::ValueError, "epsilon", make_layer(spec("layer_normalization", {{"epsilon", 0.0}}), {4}, 0));
}

// Numbers below 5, means below 5, inverse roots below 10 with this epsilon; sums of up to 70 channels.
TEST(normalize_pixels_kernels_follow_their_twins) {
  constexpr size_t kCount = 3;
  constexpr float kEpsilon = 0.01f;
  for (const size_t channels : {1, 2, 3, 4, 5, 8, 11, 16, 17, 32, 45, 70}) {
    const Pixels pixels{kCount, channels + 2, channels};
    const Values in = testing::normals(kCount * pixels.step, 1), gradient = testing::normals(in.size(), 2),
                 gamma = testing::normals(channels, 3), beta = testing::normals(channels, 4);
    const testing::Numbers wide_gamma = testing::widened(gamma), wide_beta = testing::widened(beta),
                           wide_in = testing::widened(in), wide_gradient = testing::widened(gradient);
    testing::Numbers out(in.size(), 7.0), back(in.size(), 7.0), moments(2 * kCount), sums(2 * channels, 1.0);
    figurate::reference::normalize_pixels<double>(pixels, wide_gamma.data(), wide_beta.data(), kEpsilon, wide_in.data(),
                                                  out.data(), moments.data());
    figurate::reference::normalize_pixels_backward<double>(pixels, wide_gamma.data(), moments.data(), wide_in.data(),
                                                           wide_gradient.data(), back.data(), sums.data(),
                                                           sums.data() + channels);
    testing::for_each_table([&](const Kernels& table) {
      Values y(in.size(), 7.0f), b(in.size(), 7.0f), m(2 * kCount), s(2 * channels, 1.0f);
      table.normalize_pixels(pixels, gamma.data(), beta.data(), kEpsilon, in.data(), y.data(), m.data());
      table.normalize_pixels_backward(pixels, gamma.data(), m.data(), in.data(), gradient.data(), b.data(), s.data(),
                                      s.data() + channels);
      const double roundings = kUnit * (static_cast<double>(channels) + 16);
      for (size_t i = 0; i < y.size(); ++i) {
        CHECK_NEAR(y[i], out[i], 10 * 25 * roundings);
        CHECK_NEAR(b[i], back[i], 10 * 125 * roundings);
      }
      for (size_t i = 0; i < s.size(); ++i) CHECK_NEAR(s[i], sums[i], 10 * 25 * roundings);
      Values again(2 * channels, 1.0f);
      table.normalize_pixels_backward(pixels, gamma.data(), m.data(), in.data(), gradient.data(), nullptr, again.data(),
                                      again.data() + channels);
      CHECK_SAME_BITS(again, s);
    });
  }
}
