// Prediction: a figure's bits depend on the figure and the network alone, not on its neighbours, the threads or how it
// is held.
#include "training/predict.h"

#include <algorithm>
#include <cmath>
#include <thread>

#include "formulas.h"
#include "training.h"

using figurate::Network;
using testing::Layers;
using testing::spec;

namespace {

// Large enough for several threads, and not a whole number of batches.
constexpr size_t kCount = 1100, kInputs = 400, kOutputs = 5;

Layers layers() {
  return {spec("dense", {{"units", 12}}), spec("activation", {{"function", "gelu"}}), spec("dropout", {{"rate", 0.5}}),
          spec("dense", {{"units", static_cast<int64_t>(kOutputs)}}), spec("activation", {{"function", "softmax"}})};
}

template <class T>
std::vector<float> predicted(const Network& network, const std::vector<T>& x, int threads) {
  std::vector<float> outputs(x.size() / network.inputs() * network.outputs());
  figurate::Predictor(network).predict(x.data(), x.size() / network.inputs(), threads, outputs.data());
  return outputs;
}

std::vector<float> rows_of(const std::vector<float>& all, size_t first, size_t last, size_t width) {
  return {all.begin() + static_cast<std::ptrdiff_t>(first * width),
          all.begin() + static_cast<std::ptrdiff_t>(last * width)};
}

}  // namespace

TEST(predict_one_is_predict_many) {
  Network network({kInputs}, layers());
  testing::give_weights(network, 3);
  const std::vector<float> x = testing::normals(kCount * kInputs, 9);
  const std::vector<float> all = predicted(network, x, 1);
  for (const int threads : {2, 3, 8}) CHECK_SAME_BITS(predicted(network, x, threads), all);
  for (const size_t first : {0, 1, 63, 64, 700, 1099}) {
    for (const size_t size : {1, 2, 3, 64, 65}) {
      const size_t last = std::min(first + size, kCount);
      CHECK_SAME_BITS(predicted(network, rows_of(x, first, last, kInputs), 1), rows_of(all, first, last, kOutputs));
    }
  }
  CHECK(predicted(network, std::vector<float>(), 1).empty());
}

// Roundings: each sum's terms and the exponentials, of numbers as large as the logits can be.
TEST(predict_follows_the_reference) {
  const Layers made = layers();
  Network network({kInputs}, made);
  testing::give_weights(network, 3, 0.05f);
  const testing::ReferenceNetwork reference(network, made);
  const std::vector<float> x = testing::normals(20 * kInputs, 10), y = predicted(network, x, 1);
  for (size_t f = 0; f < 20; ++f) {
    const testing::Numbers exact = reference({x.begin() + static_cast<std::ptrdiff_t>(f * kInputs),
                                              x.begin() + static_cast<std::ptrdiff_t>((f + 1) * kInputs)});
    for (size_t i = 0; i < kOutputs; ++i) CHECK_NEAR(y[f * kOutputs + i], exact[i], (kInputs + 100) * testing::kUnit);
  }
}

TEST(predict_takes_bytes_floats_and_doubles_alike) {
  const std::vector<uint8_t> bytes = testing::pixels(300 * kInputs, 4);
  const std::vector<float> whole(bytes.begin(), bytes.end());
  std::vector<float> divided;
  for (const uint8_t byte : bytes) divided.push_back(static_cast<float>(byte) / 255.0f);
  Layers scaled = layers();
  scaled.insert(scaled.begin(), spec("rescaling", {{"scale", 1.0 / 255}}));
  Network plain({kInputs}, layers()), rescaling({kInputs}, scaled);
  testing::give_weights(plain, 3);
  testing::give_weights(rescaling, 3);
  const std::vector<float> expected = predicted(plain, divided, 1);
  CHECK_SAME_BITS(predicted(plain, std::vector<double>(divided.begin(), divided.end()), 1), expected);
  CHECK_SAME_BITS(predicted(rescaling, bytes, 1), expected);
  CHECK_SAME_BITS(predicted(plain, bytes, 2), predicted(plain, whole, 1));
}

// A probability too small for a normal float is zero, whoever computes it.
TEST(predict_flushes_denormals_on_any_thread) {
  Network network({1},
                  {spec("dense", {{"units", 3}, {"use_bias", false}}), spec("activation", {{"function", "softmax"}})});
  const float kernel[] = {0.0f, 0.0f, -87.2f};  // exp(-87.2) / 2 = 6.7e-39
  std::copy_n(kernel, 3, network.weights()[0].parameter().values.data());
  const std::vector<float> x(600, 1.0f);
  const std::vector<float> one = predicted(network, std::vector<float>(1, 1.0f), 1);
  CHECK_SAME_BITS(rows_of(predicted(network, x, 2), 599, 600, 3), one);
  CHECK_SAME_BITS(rows_of(predicted(network, x, 1), 599, 600, 3), one);
  const volatile float least = FLT_MIN, half = 0.5f;
  CHECK(least * half > 0.0f);  // the caller's own numbers are as they were
}

TEST(predict_from_several_threads_at_once) {
  Network network({kInputs}, layers());
  testing::give_weights(network, 6);
  const std::vector<float> x = testing::normals(600 * kInputs, 9), expected = predicted(network, x, 1);
  std::vector<std::vector<float>> found(3);
  std::vector<std::thread> threads;
  for (auto& outputs : found) threads.emplace_back([&outputs, &network, &x] { outputs = predicted(network, x, 2); });
  for (auto& thread : threads) thread.join();
  for (const auto& outputs : found) CHECK_SAME_BITS(outputs, expected);
}

TEST(predict_refuses_what_is_not_finite) {
  Network network({4}, {spec("rescaling", {{"scale", 0.5}}), spec("dense", {{"units", 2}})});
  std::vector<float> x(700 * 4, 1.0f);
  x[100 * 4 + 3] = NAN;
  for (const int threads : {1, 2, 4}) {
    CHECK_THROWS(figurate::ValueError, "received nan in figure 100 at position 3", predicted(network, x, threads));
  }
  std::vector<double> large(4, 1.0);
  large[2] = -1e39;  // no float
  CHECK_THROWS(figurate::ValueError, "received -1e+39 in figure 0 at position 2", predicted(network, large, 1));
}

// A normalization right behind a convolution is folded into it for prediction; behind a change of shape it is not.
TEST(predict_folds_normalization) {
  for (const bool relu : {false, true}) {
    for (const bool use_bias : {false, true}) {
      const figurate::Spec convolution = spec("conv2d", {{"filters", 20},
                                                         {"kernel_size", std::vector<int64_t>{3, 3}},
                                                         {"strides", std::vector<int64_t>{1, 1}},
                                                         {"dilation_rate", std::vector<int64_t>{1, 1}},
                                                         {"padding", "same"},
                                                         {"use_bias", use_bias}});
      Layers folded = {convolution, spec("batch_normalization")};
      Layers apart = {convolution, spec("reshape", {{"target_shape", std::vector<int64_t>{6, 9, 20}}}),
                      spec("batch_normalization")};
      for (Layers* layers : {&folded, &apart}) {
        if (relu) layers->push_back(testing::activation("relu"));
      }
      Network one({9, 6, 3}, folded), other({9, 6, 3}, apart);
      for (Network* network : {&one, &other}) {
        testing::give_weights(*network, 5);
        figurate::Parameter& variance = network->weights().back().parameter();
        for (size_t i = 0; i < 20; ++i) variance.values[i] = 0.5f + std::fabs(variance.values[i]);
      }
      const std::vector<float> x = testing::normals(7 * 9 * 6 * 3, 11);
      const std::vector<float> received = predicted(one, x, 2), expected = predicted(other, x, 2);
      // Sums of 27 products of numbers below 6, and a few roundings more, in two orders.
      for (size_t i = 0; i < expected.size(); ++i) CHECK_NEAR(received[i], expected[i], 2 * 40 * 6 * testing::kUnit);
    }
  }
}
