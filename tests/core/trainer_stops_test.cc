// Training: what stops it, what evaluation makes of it, and that it learns.
#include <algorithm>
#include <cmath>

#include "training.h"

using figurate::Spec;
using testing::activation;
using testing::Arrays;
using testing::check_same_state;
using testing::Course;
using testing::dense;
using testing::Examples;
using testing::kMetrics;
using testing::kSparse;
using testing::Layers;
using testing::spec;
using testing::state_of;

// The third batch holds a target whose square no float can hold: its step is not taken.
TEST(trainer_stops_before_a_loss_that_is_not_finite) {
  const Layers layers = {dense(6), activation("relu"), dense(4)};
  for (const size_t features : {30, 400}) {
    for (const int threads : {1, 2, 3}) {
      Examples examples(40, features, 4, false);
      Course good({features}, layers, spec("mean_squared_error"), spec("adam")),
          bad({features}, layers, spec("mean_squared_error"), spec("adam"), {}, threads);
      good.fit(examples.labelled(false), 0, 8, false, 0, 2);
      examples.values[(2 * 8 + 5) * 4] = 1e30f;
      bad.fit(examples.labelled(false), 0, 8, false);
      CHECK(bad.trainer.stopped_nonfinite());
      CHECK_EQUAL(bad.trainer.iterations, uint64_t{2});
      check_same_state(state_of(bad.network), state_of(good.network));
      // It can be mended and taken up again.
      examples.values[(2 * 8 + 5) * 4] = 0.0f;
      CHECK(std::isfinite(bad.fit(examples.labelled(false), 0, 8, false, 2)[0]));
      CHECK(!bad.trainer.stopped_nonfinite());
      CHECK_EQUAL(bad.trainer.iterations, uint64_t{5});
    }
  }
}

// A weight that is no number reaches the loss through every activation, so that training stops.
TEST(trainer_stops_where_a_weight_is_nan) {
  for (const char* function : {"relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid", "softmax"}) {
    testing::in_case(function, [&] {
      const Examples examples(16, 12, 4, false);
      Course course({12}, {dense(6), activation(function), dense(4), activation("softmax")}, kSparse, spec("sgd"));
      course.network.weights()[0].parameter().values[3] = NAN;
      course.fit(examples.labelled(true), 0, 8);
      CHECK(course.trainer.stopped_nonfinite());
      CHECK_EQUAL(course.trainer.iterations, uint64_t{0});
    });
  }
}

// One batch of everything: the loss and metrics of the epoch's only step are those of the network before it.
TEST(trainer_evaluates_as_it_trains) {
  for (const bool fused : {true, false}) {
    const Layers layers = {dense(8), activation("relu"), dense(4), activation(fused ? "softmax" : "linear")};
    const Spec loss = spec(kSparse.kind, {{"from_logits", !fused}});
    for (const size_t features : {30, 784}) {
      for (const bool weighted : {false, true}) {
        const Examples examples(200, features, 4, features == 784);
        const auto labelled = examples.labelled(true, weighted);
        std::vector<double> alone;
        for (const int threads : {1, 2, 5}) {
          Course course({features}, layers, loss, spec("adam"), kMetrics, threads);
          const Arrays before = state_of(course.network);
          const std::vector<double> evaluated = course.trainer.evaluate(labelled, {});
          check_same_state(state_of(course.network), before);
          if (threads == 1) alone = evaluated;
          CHECK_SAME_BITS(evaluated, alone);
          const std::vector<double> trained = course.fit(labelled, 0, 200, false);
          // Fused, they are the same sums; else evaluation takes the library's exponential, of as many terms as
          // classes.
          for (size_t m = 0; m < 3; ++m) {
            CHECK_NEAR(trained[m], evaluated[m],
                       fused || m > 0 ? 0.0 : 4 * (testing::kExponential + 8 * testing::kUnit) * (1 + evaluated[m]));
          }
        }
      }
    }
  }
}

TEST(trainer_learns) {
  Examples examples(300, 20, 3, false);
  // The class is the largest of the first three numbers.
  for (size_t f = 0; f < 300; ++f) {
    const float* x = examples.floats.data() + f * 20;
    examples.classes[f] = static_cast<int32_t>(std::max_element(x, x + 3) - x);
  }
  Course course({20}, {dense(16), activation("relu"), dense(3), activation("softmax")}, kSparse, spec("adam"), kMetrics,
                2);
  const double before = course.trainer.evaluate(examples.labelled(true), {})[0];
  for (uint64_t epoch = 0; epoch < 15; ++epoch) course.fit(examples.labelled(true), epoch, 16);
  const std::vector<double> after = course.trainer.evaluate(examples.labelled(true), {});
  CHECK(after[0] < before / 5 && after[1] > 0.95);
}

TEST(trainer_refuses_other_figures) {
  const Examples examples(10, 12, 4, false);
  Course course({13}, {dense(4), activation("softmax")}, kSparse, spec("sgd"));
  CHECK_THROWS(figurate::ShapeError, "figures of 13 numbers, received 12", course.fit(examples.labelled(true), 0, 5));
  CHECK_THROWS(figurate::ShapeError, "figures of 13 numbers, received 12",
               course.trainer.evaluate(examples.labelled(true), {}));
}
