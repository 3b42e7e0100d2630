// Metrics, each worked by hand on the same three figures.
#include "training/metrics.h"

#include <cmath>
#include <limits>

#include "numbers.h"

using figurate::Fraction;
using figurate::Targets;
using testing::spec;

namespace {

// Predictions of four classes; the labels are 2, 1, 3.
//   figure 0: 2 is first; figure 1: 1 is second, after 0; figure 2: 3 is last.
constexpr float kPredictions[3][4] = {{0.1f, 0.2f, 0.6f, 0.1f}, {0.6f, 0.3f, 0.1f, 0.0f}, {0.1f, 0.7f, 0.15f, 0.05f}};
constexpr int32_t kClasses[3] = {2, 1, 3};
constexpr float kOneHot[3][4] = {{0, 0, 1, 0}, {0, 1, 0, 0}, {0, 0, 0, 1}};

double mean(const figurate::Spec& metric) {
  const auto made = figurate::make_metric(metric);
  double values[2];
  for (const bool sparse : {true, false}) {
    const Targets targets{sparse ? kClasses : nullptr, sparse ? nullptr : kOneHot[0], 4};
    double over = 0, under = 0;
    for (size_t figure = 0; figure < 3; ++figure) {
      const Fraction part = made->of(kPredictions[figure], 4, targets, figure);
      over += part.over, under += part.under;
    }
    values[sparse] = under > 0 ? over / under : 0;
  }
  CHECK_EQUAL(values[0], values[1]);  // classes and one-hot numbers say the same
  return values[0];
}

}  // namespace

TEST(metrics_accuracy) {
  for (const char* name : {"sparse_categorical_accuracy", "categorical_accuracy"})
    CHECK_NEAR(mean(spec(name)), 1.0 / 3, 1e-7);
}

TEST(metrics_top_k) {
  for (const char* name : {"sparse_top_k_categorical_accuracy", "top_k_categorical_accuracy"}) {
    CHECK_NEAR(mean(spec(name, {{"k", 1}})), 1.0 / 3, 1e-7);
    CHECK_NEAR(mean(spec(name, {{"k", 2}})), 2.0 / 3, 1e-7);
    CHECK_NEAR(mean(spec(name, {{"k", 4}})), 1.0, 1e-7);
  }
}

// Above 0.5 stand 2, 0 and 1: of the 12 outputs 2, 0, 1, 1, 3 are wrong in figures 1 and 2 only: 4 wrong.
TEST(metrics_binary_accuracy) {
  CHECK_NEAR(mean(spec("binary_accuracy")), 8.0 / 12, 1e-7);
  // Above 0.25 stand 2; 0 and 1; 1: class 0 of figure 1, classes 1 and 3 of figure 2 are wrong.
  CHECK_NEAR(mean(spec("binary_accuracy", {{"threshold", 0.25}})), 9.0 / 12, 1e-7);
}

TEST(metrics_precision_and_recall) {
  CHECK_NEAR(mean(spec("precision")), 1.0 / 3, 1e-7);                         // predicted 2, 0, 1; right is 2
  CHECK_NEAR(mean(spec("recall")), 1.0 / 3, 1e-7);                            // of three figures one
  CHECK_NEAR(mean(spec("precision", {{"threshold", 0.25}})), 2.0 / 4, 1e-7);  // 2; 0, 1; 1
  CHECK_NEAR(mean(spec("recall", {{"threshold", 0.25}})), 2.0 / 3, 1e-7);
  CHECK_NEAR(mean(spec("precision", {{"threshold", 0.25}, {"class_id", 1}})), 0.5,
             1e-7);  // 1 in figure 1, not in figure 2
  CHECK_NEAR(mean(spec("recall", {{"threshold", 0.25}, {"class_id", 1}})), 1.0, 1e-7);
  CHECK_NEAR(mean(spec("recall", {{"class_id", 3}})), 0.0, 1e-7);
  CHECK_NEAR(mean(spec("precision", {{"top_k", 2}})), 2.0 / 6, 1e-7);
  CHECK_NEAR(mean(spec("recall", {{"top_k", 2}})), 2.0 / 3, 1e-7);
}

TEST(metrics_count_no_nan_as_right) {
  const float nan = std::numeric_limits<float>::quiet_NaN(), predictions[2] = {nan, nan};
  const int32_t label = 0;
  const Targets targets{&label, nullptr, 0};
  CHECK_EQUAL(
      figurate::make_metric(spec("sparse_top_k_categorical_accuracy", {{"k", 1}}))->of(predictions, 2, targets, 0).over,
      0.0f);
  CHECK_THROWS(figurate::ValueError, "no metric 'f1'", figurate::make_metric(spec("f1")));
}
