// One figure on several threads: the same bits as on one, for every convolution and whoever comes to help.
#include "training/together.h"

#include <thread>

#include "planes.h"
#include "training.h"
#include "training/predict.h"

using figurate::Network;
using testing::Layers;
using testing::spec;

namespace {

void give_weights(Network& network) {
  testing::give_weights(network, 3, 0.1f);
  for (const auto& weight : network.weights()) {
    figurate::Parameter& parameter = weight.parameter();
    for (size_t i = 0; parameter.name == "moving_variance" && i < parameter.shape[0]; ++i) {
      parameter.values[i] = 0.5f + std::fabs(parameter.values[i]);
    }
  }
}

std::vector<float> predicted(const Network& network, const std::vector<float>& x, int threads) {
  std::vector<float> outputs(x.size() / network.inputs() * network.outputs());
  figurate::Predictor(network).predict(x.data(), x.size() / network.inputs(), threads, outputs.data());
  return outputs;
}

// Convolutions of every kind, the first three long enough to be cut, with an odd row left over by the pooling.
Layers layers() {
  const figurate::Spec relu = testing::activation("relu");
  return {testing::conv2d(24, {{5, 5}}),
          relu,
          testing::max_pooling(),
          spec("residual_begin"),
          testing::conv2d(24, {{3, 3}, "same"}),
          spec("batch_normalization"),
          relu,
          spec("residual_end"),
          testing::conv2d(64, {{3, 3}, "same"}, 2),
          testing::conv2d(40, {{3, 3}, "valid", {2, 2}}),
          spec("flatten"),
          testing::dense(5)};
}

}  // namespace

TEST(together_the_bits_are_one_threads) {
  Network network({30, 27, 3}, layers());
  CHECK(figurate::Together(network).most_threads() > 2);
  give_weights(network);
  const std::vector<float> x = testing::normals(7 * network.inputs(), 9), expected = predicted(network, x, 1);
  for (const float value : expected) CHECK(std::isfinite(value));
  for (const int threads : {2, 3, 8}) {
    for (int time = 0; time < 20; ++time) CHECK_SAME_BITS(predicted(network, x, threads), expected);
  }
}

TEST(together_several_callers_at_once) {
  Network network({30, 27, 3}, layers());
  give_weights(network);
  const std::vector<float> x = testing::normals(4 * network.inputs(), 9), expected = predicted(network, x, 1);
  figurate::Predictor predictor(network);
  std::vector<std::vector<float>> found(3, std::vector<float>(expected.size()));
  std::vector<std::thread> callers;
  for (auto& outputs : found) {
    callers.emplace_back([&] {
      for (int time = 0; time < 10; ++time) predictor.predict(x.data(), 4, 2, outputs.data());
    });
  }
  for (auto& caller : callers) caller.join();
  for (const auto& outputs : found) CHECK_SAME_BITS(outputs, expected);
}

TEST(together_is_for_long_ways_alone) {
  Network small({28, 28, 1}, {testing::conv2d(8, {{5, 5}}), spec("flatten"), testing::dense(10)});
  Network flat({784}, {testing::dense(2000), testing::dense(10)});
  CHECK_EQUAL(figurate::Together(small).most_threads(), 1);
  CHECK_EQUAL(figurate::Together(flat).most_threads(), 1);
}
