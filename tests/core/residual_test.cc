// Residual blocks: worked by hand, predicted as the formulas have it, and what is refused.
#include <algorithm>

#include "formulas.h"
#include "planes.h"
#include "training.h"
#include "training/plan.h"
#include "training/predict.h"

using figurate::Network;
using figurate::Plan;
using testing::dense;
using testing::Layers;
using testing::spec;

namespace {

const figurate::Spec kBegin = spec("residual_begin"), kShortcut = spec("residual_shortcut"),
                     kEnd = spec("residual_end"), kRelu = testing::activation("relu");

std::vector<float> predicted(const Network& network, const std::vector<float>& x, int threads = 1) {
  std::vector<float> outputs(x.size() / network.inputs() * network.outputs());
  figurate::Predictor(network).predict(x.data(), x.size() / network.inputs(), threads, outputs.data());
  return outputs;
}

void set(Network& network, size_t place, const std::vector<float>& values) {
  std::copy(values.begin(), values.end(), network.weights()[place].parameter().values.data());
}

}  // namespace

TEST(residual_worked_by_hand) {
  const figurate::Spec two = spec("dense", {{"units", int64_t{2}}, {"use_bias", false}});
  Network identity({2}, {kBegin, two, kEnd});
  set(identity, 0, {1, 2, 3, 4});
  CHECK_SAME_BITS(predicted(identity, {1, 10, -1, 0}), (std::vector<float>{1 + 31, 10 + 42, -1 - 1, 0 - 2}));
  Network rectified({2}, {kBegin, two, kEnd, kRelu});
  CHECK_EQUAL(rectified.layers().size(), size_t{3});
  set(rectified, 0, {1, 2, 3, 4});
  CHECK_SAME_BITS(predicted(rectified, {1, -1, -1, 0}), (std::vector<float>{0, 0, 0, 0}));
  Network around({2}, {kBegin, two, kShortcut, two, kEnd});
  CHECK_EQUAL(around.weights().size(), size_t{2});
  set(around, 0, {1, 2, 3, 4});
  set(around, 1, {0, 1, 1, 0});
  CHECK_SAME_BITS(predicted(around, {1, 10}), (std::vector<float>{31 + 10, 42 + 1}));
}

// Roundings: the terms of every sum, of numbers below 100.
TEST(residual_predictions_follow_the_reference) {
  const Layers layers = {testing::planes(4, 5, 3),
                         kBegin,
                         testing::conv2d(6, {{3, 3}, "same", {2, 2}}),
                         kRelu,
                         kBegin,
                         testing::conv2d(6, {{3, 3}, "same"}),
                         kEnd,
                         kShortcut,
                         testing::conv2d(6, {{1, 1}, "valid", {2, 2}}),
                         kEnd,
                         kRelu,
                         spec("flatten"),
                         dense(5)};
  Network network({60}, layers);
  testing::give_weights(network, 3);
  const testing::ReferenceNetwork reference(network, layers);
  const std::vector<float> x = testing::normals(100 * 60, 8), y = predicted(network, x);
  for (size_t f = 0; f < 100; ++f) {
    const testing::Numbers exact = reference(
        {x.begin() + static_cast<std::ptrdiff_t>(f * 60), x.begin() + static_cast<std::ptrdiff_t>(f * 60 + 60)});
    for (size_t i = 0; i < 5; ++i) CHECK_NEAR(y[f * 5 + i], exact[i], 100 * 200 * testing::kUnit);
  }
  for (const int threads : {2, 3}) CHECK_SAME_BITS(predicted(network, x, threads), y);
}

// What has a single value has a single place.
TEST(residual_ways_share_memory) {
  const Network network({4}, {dense(4), kBegin, dense(4), kShortcut, dense(4), kEnd});
  const Plan plan(network, 6, true);
  CHECK_EQUAL(plan.activation_place(2), size_t{1});  // behind the beginning
  CHECK_EQUAL(plan.activation_place(4), size_t{1});  // behind the shortcut
  CHECK_EQUAL(plan.activation_place(3), size_t{3});
  CHECK_EQUAL(plan.activation_place(6), size_t{6});
  CHECK_EQUAL(plan.gradient_place(5), size_t{6});  // both ways' ends
  CHECK_EQUAL(plan.gradient_place(3), size_t{6});
  CHECK_EQUAL(plan.gradient_place(2), size_t{2});
  CHECK_EQUAL(plan.gradient_place(1), size_t{1});
  CHECK(!plan.has_gradient(0));
  // Nobody asks for gradients before the first weights, on either way.
  const Network first({4}, {kBegin, kRelu, dense(4), kShortcut, dense(4), kEnd});
  const Plan without(first, 6, true);
  for (size_t i = 0; i <= 6; ++i) CHECK_EQUAL(without.has_gradient(i), i == 3 || i >= 5);
}

TEST(residual_refuses_what_does_not_fit) {
  CHECK_THROWS(figurate::ValueError, "expects a 'residual_begin' before it", Network({4}, {dense(4), kEnd}));
  CHECK_THROWS(figurate::ValueError, "expects a 'residual_begin' before it", Network({4}, {kShortcut}));
  CHECK_THROWS(figurate::ValueError, "expects a 'residual_end' behind it", Network({4}, {kBegin, dense(4)}));
  CHECK_THROWS(figurate::ValueError, "expects a 'residual_end' behind it", Network({4}, {kBegin, kBegin, kEnd}));
  CHECK_THROWS(figurate::ValueError, "one 'residual_shortcut'", Network({4}, {kBegin, kShortcut, kShortcut, kEnd}));
  CHECK_THROWS(figurate::ShapeError, "received (5,) from its layers and (4,) as its input",
               Network({4}, {kBegin, dense(5), kEnd}));
  CHECK_THROWS(figurate::ShapeError, "received (5,) from its layers and (6,) from its shortcut",
               Network({4}, {kBegin, dense(5), kShortcut, dense(6), kEnd}));
}
