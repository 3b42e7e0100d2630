// Batch normalization: a batch worked by hand, statistics of numbers far from zero, kernels against their twins.
#include "layers/batch_normalization.h"

#include <cmath>

#include "kernels/reference.h"
#include "one_layer.h"
#include "training.h"

using figurate::BatchNormalization;
using figurate::ChannelScale;
using figurate::Kernels;
using figurate::Pixels;
using testing::kUnit;
using testing::LayerBatch;
using testing::spec;

namespace {

figurate::Options options(bool relu = false) {
  return spec("", {{"momentum", 0.75}, {"epsilon", 1.0}, {"relu", relu}}).options;
}

// What the optimizer was given, parameter by parameter.
struct Gradients final : figurate::Update {
  mutable std::vector<std::vector<float>> all;
  void operator()(figurate::Parameter&, size_t, size_t count, const float* gradient) const override {
    all.emplace_back(gradient, gradient + count);
  }
};

void give(BatchNormalization& layer, const std::vector<std::vector<float>>& values) {
  for (size_t i = 0; i < values.size(); ++i)
    std::copy(values[i].begin(), values[i].end(), layer.parameters()[i].values.data());
}

// One step as the trainer takes it, `slices` slices of the rows; returns gamma's and beta's gradients.
std::vector<std::vector<float>> step(BatchNormalization& layer, LayerBatch& batch) {
  const size_t rows = batch.pass.input.rows, slices = batch.pass.slices;
  const auto each = [&](const auto& body) {
    for (size_t slice = 0; slice < slices; ++slice) {
      batch.pass.slice = slice;
      body(figurate::share(rows, slice, slices));
    }
  };
  std::fill(batch.statistics.begin(), batch.statistics.end(), 0.0f);
  each([&](figurate::Range r) { layer.add_statistics(batch.pass, r); });
  each([&](figurate::Range r) { layer.forward(batch.pass, r); });
  each([&](figurate::Range r) { layer.add_gradient_statistics(batch.pass, r); });
  each([&](figurate::Range r) { layer.backward(batch.pass, r); });
  Gradients gradients;
  layer.update(batch.pass, {0, 1}, gradients);
  return gradients.all;
}

}  // namespace

// Two figures of two pixels of one channel: 1 3 | 5 7. Mean 4, variance (9 + 1 + 1 + 9) / 4 = 5, and with epsilon 1
// x^ = (x - 4) / sqrt(6). gamma = 2, beta = 1.
TEST(batch_normalization_worked_by_hand) {
  const double root = std::sqrt(6.0);
  for (const bool relu : {false, true}) {
    for (const size_t slices : {1, 2}) {
      BatchNormalization layer({1, 2, 1}, options(relu));
      give(layer, {{2}, {1}, {10}, {20}});
      LayerBatch batch(layer, 2, slices);
      LayerBatch::fill(batch.input, {1, 3, 5, 7});
      LayerBatch::fill(batch.output_gradient, {1, 0, 0, 2});
      const auto gradients = step(layer, batch);
      const auto output = LayerBatch::values(batch.output), back = LayerBatch::values(batch.input_gradient);
      const double away[] = {-3, -1, 1, 3};
      // 2 * -3 / sqrt(6) + 1 < 0: a ReLU lets nothing through there, and no gradient.
      const double g[] = {relu ? 0.0 : 1.0, 0, 0, 2};
      double sum = 0, product = 0;
      for (size_t i = 0; i < 4; ++i) sum += g[i], product += g[i] * away[i] / root;
      for (size_t i = 0; i < 4; ++i) {
        const double y = 2 * away[i] / root + 1;
        CHECK_NEAR(output[i], relu ? std::fmax(0, y) : y, 16 * kUnit);
        CHECK_NEAR(back[i], 2 / root * (g[i] - sum / 4 - away[i] / root * product / 4), 32 * kUnit);
      }
      CHECK_NEAR(gradients[0][0], product, 16 * kUnit);
      CHECK_NEAR(gradients[1][0], sum, 16 * kUnit);
      CHECK_NEAR(layer.parameters()[2].values[0], 0.75 * 10 + 0.25 * 4, 16 * kUnit);
      CHECK_NEAR(layer.parameters()[3].values[0], 0.75 * 20 + 0.25 * 5, 32 * kUnit);
      // Outside training: moving averages, 8.5 and 16.25.
      batch.pass.training = false;
      layer.forward(batch.pass, {0, 2});
      float scale = 0, shift = 0;
      CHECK_EQUAL(layer.scale_and_shift(&scale, &shift), relu);
      for (size_t i = 0; i < 4; ++i) {
        const double x = batch.input.view().row(i / 2)[i % 2], y = 2 * (x - 8.5) / std::sqrt(17.25) + 1;
        CHECK_NEAR(LayerBatch::values(batch.output)[i], relu ? std::fmax(0, y) : y, 32 * kUnit);
        CHECK_NEAR(x * scale + shift, y, 32 * kUnit);
      }
    }
  }
}

TEST(batch_normalization_parameters) {
  const auto names = [](bool scale, bool center) {
    const BatchNormalization layer({3, 4, 5}, spec("", {{"scale", scale}, {"center", center}}).options);
    std::string all;
    for (const figurate::Parameter& parameter : layer.parameters()) {
      CHECK_EQUAL(figurate::to_string(parameter.shape), "(5,)");
      all += parameter.name + (parameter.trainable ? " " : "* ");
    }
    return all;
  };
  CHECK_EQUAL(names(true, true), "gamma beta moving_mean* moving_variance* ");
  CHECK_EQUAL(names(true, false), "gamma moving_mean* moving_variance* ");
  CHECK_EQUAL(names(false, true), "beta moving_mean* moving_variance* ");
  CHECK_EQUAL(names(false, false), "moving_mean* moving_variance* ");
  CHECK_THROWS(figurate::ValueError, "epsilon", BatchNormalization({3}, spec("", {{"epsilon", 0.0}}).options));
}

// Numbers around 10,000 with deviations of about 1: a variance from sums of squares would be lost (10^8 * 2^-24 = 6).
TEST(batch_normalization_of_numbers_far_from_zero) {
  constexpr size_t kRows = 50, kPixels = 150, kChannels = 5;
  BatchNormalization layer({kPixels, 1, kChannels}, spec("", {{"momentum", 0.0}}).options);
  LayerBatch batch(layer, kRows, 8);
  std::vector<float> x = testing::normals(kRows * kPixels * kChannels, 2);
  for (float& value : x) value += 1e4f;
  LayerBatch::fill(batch.input, x);
  step(layer, batch);
  for (size_t c = 0; c < kChannels; ++c) {
    double mean = 0, variance = 0;
    const double n = kRows * kPixels;
    for (size_t i = c; i < x.size(); i += kChannels) mean += x[i] / n;
    for (size_t i = c; i < x.size(); i += kChannels) variance += (x[i] - mean) * (x[i] - mean) / n;
    // Blocks of 64 are summed, so that the mean is off by at most 64 u times its size, which its square adds.
    const double off = 1e4 * 64 * kUnit;
    CHECK_NEAR(layer.parameters()[2].values[c], mean, off);
    CHECK_NEAR(layer.parameters()[3].values[c], variance, off * off + 200 * kUnit * variance);
  }
}

// A ReLU that follows is taken in; the bits are those of two layers.
TEST(batch_normalization_takes_in_a_relu) {
  const testing::Examples examples(30, 48, 3, false);
  const auto after = [&](const testing::Layers& relu, size_t layers) {
    testing::Layers all = {testing::dense(48), spec("reshape", {{"target_shape", std::vector<int64_t>{4, 4, 3}}}),
                           spec("batch_normalization")};
    all.insert(all.end(), relu.begin(), relu.end());
    all.push_back(spec("flatten"));
    all.push_back(testing::dense(3));
    testing::Course course({48}, all, spec("sparse_categorical_crossentropy", {{"from_logits", true}}), spec("sgd"), {},
                           2);
    CHECK_EQUAL(course.network.layers().size(), layers);
    course.fit(examples.labelled(true), 0, 7);
    return testing::state_of(course.network);
  };
  // A linear activation between them parts them.
  testing::check_same_state(after({testing::activation("relu")}, 5),
                            after({testing::activation("linear"), testing::activation("relu")}, 7));
}

namespace {

// Numbers of some pixels, with gaps between them if `gap` is not 0.
struct Planes {
  Pixels pixels;
  std::vector<float> in, gradient, means, scales, shifts, slopes, offsets;
  Planes(size_t count, size_t channels, size_t gap)
      : pixels{count, channels + gap, channels},
        in(testing::normals(count * pixels.step, 1)),
        gradient(testing::normals(count * pixels.step, 2)),
        means(testing::normals(channels, 3)),
        scales(testing::normals(channels, 4)),
        shifts(testing::normals(channels, 5)),
        slopes(testing::normals(channels, 6)),
        offsets(testing::normals(channels, 7)) {}
  ChannelScale scale(bool relu) const { return {means.data(), scales.data(), shifts.data(), relu}; }
};

void check_near(const std::vector<float>& found, const testing::Numbers& exact, double tolerance) {
  for (size_t i = 0; i < found.size(); ++i) CHECK_NEAR(found[i], exact[i], tolerance);
}

template <class Body>
void for_planes(const Body& body) {
  for (const size_t count : {1, 3, 64, 150}) {
    for (const size_t channels : {1, 3, 4, 8, 13, 16, 24, 32, 50, 70}) {
      for (const size_t gap : {0, 5}) {
        testing::in_case(std::to_string(count) + " pixels of " + std::to_string(channels),
                         [&] { body(Planes(count, channels, gap)); });
      }
    }
  }
}

}  // namespace

// Numbers are below 5 or so, their products below 25, and every term of a sum is rounded up to four times.
TEST(moments_kernels_follow_their_twins) {
  for_planes([](const Planes& planes) {
    const auto count = static_cast<double>(planes.pixels.count);
    const testing::Numbers in = testing::widened(planes.in);
    testing::Numbers means = testing::widened(planes.means), squares(planes.pixels.channels, 9.0);
    figurate::reference::add_moments(planes.pixels, in.data(), 17.0, means.data(), squares.data());
    testing::for_each_table([&](const Kernels& table) {
      std::vector<float> found_means = planes.means, found_squares(planes.pixels.channels, 9.0f);
      table.add_moments(planes.pixels, planes.in.data(), 17.0f, found_means.data(), found_squares.data());
      check_near(found_means, means, 5 * 4 * kUnit * (count + 8));
      check_near(found_squares, squares, 25 * 4 * kUnit * (count + 8) * count);
    });
  });
}

TEST(normalize_kernels_follow_their_twins) {
  for_planes([](const Planes& planes) {
    for (const bool relu : {false, true}) {
      const testing::Numbers in = testing::widened(planes.in), gradient = testing::widened(planes.gradient);
      const ChannelScale scale = planes.scale(relu);
      testing::Numbers out(in.size(), 7.0), back(in.size(), 7.0), sums(planes.pixels.channels, 1.0), products = sums;
      figurate::reference::normalize(planes.pixels, scale, in.data(), out.data());
      figurate::reference::add_normalize_sums(planes.pixels, scale, in.data(), gradient.data(), sums.data(),
                                              products.data());
      figurate::reference::normalize_backward(planes.pixels, scale, in.data(), gradient.data(), planes.slopes.data(),
                                              planes.offsets.data(), back.data());
      testing::for_each_table([&](const Kernels& table) {
        std::vector<float> y(in.size(), 7.0f), b(in.size(), 7.0f), s(planes.pixels.channels, 1.0f), p = s;
        table.normalize(planes.pixels, scale, planes.in.data(), y.data());
        table.add_normalize_sums(planes.pixels, scale, planes.in.data(), planes.gradient.data(), s.data(), p.data());
        table.normalize_backward(planes.pixels, scale, planes.in.data(), planes.gradient.data(), planes.slopes.data(),
                                 planes.offsets.data(), b.data());
        const auto count = static_cast<double>(planes.pixels.count);
        check_near(y, out, 50 * 4 * kUnit);
        check_near(b, back, 50 * 8 * kUnit);
        check_near(s, sums, 5 * 4 * kUnit * (count + 8));
        check_near(p, products, 50 * 4 * kUnit * (count + 8));
      });
    }
  });
}
