// Training: the same bits on any number of threads, in one go or in pieces.
#include "training/trainer.h"

#include <algorithm>
#include <cmath>

#include "planes.h"
#include "training.h"

using figurate::Spec;
using testing::activation;
using testing::Arrays;
using testing::check_same_state;
using testing::conv2d;
using testing::Course;
using testing::dense;
using testing::Examples;
using testing::kMetrics;
using testing::kSparse;
using testing::Layers;
using testing::max_pooling;
using testing::planes;
using testing::pooling;
using testing::spec;
using testing::state_of;

namespace {

Spec dropout(double rate, int64_t stream) { return spec("dropout", {{"rate", rate}, {"stream", stream}}); }

// A way to train: by shard and by row, drawings and numbers, every optimizer, dropout before and between.
struct Way {
  const char* name;
  Layers layers;
  Spec loss, optimizer;
  size_t features;
  bool drawn, weighted;
};

std::vector<Way> ways() {
  const Spec begin = spec("residual_begin"), end = spec("residual_end");
  return {
      {"by shard",
       {spec("rescaling", {{"scale", 1.0 / 255}}), dense(8), activation("relu"), dense(4), activation("softmax")},
       kSparse,
       spec("adam"),
       784,
       true,
       false},
      {"by shard with dropout",
       {dense(9), activation("gelu"), dropout(0.3, 2), dense(4)},
       spec("categorical_crossentropy", {{"from_logits", true}, {"label_smoothing", 0.1}}),
       spec("sgd", {{"momentum", 0.9}, {"nesterov", true}}),
       400,
       false,
       true},
      {"by row",
       {dropout(0.2, 0), dense(21), activation("tanh"), dropout(0.5, 3), dense(4), activation("sigmoid")},
       spec("binary_crossentropy"),
       spec("rmsprop", {{"centered", true}, {"momentum", 0.5}}),
       30,
       false,
       false},
      {"by shard, clipped together and averaged",
       {dense(8), activation("relu"), dense(4), activation("softmax")},
       kSparse,
       spec("adam", {{"global_clipnorm", 0.1}, {"ema_momentum", 0.9}, {"ema_overwrite_frequency", 2}}),
       784,
       true,
       false},
      {"by row, clipped weight by weight",
       {dense(21), activation("tanh"), dense(4), activation("sigmoid")},
       spec("binary_crossentropy"),
       spec("rmsprop", {{"centered", true}, {"clipnorm", 0.05}, {"ema_momentum", 0.5}}),
       120,
       false,
       false},
      {"by slice",
       {planes(6, 5, 3), spec("zero_padding2d", {{"padding", std::vector<int64_t>{1, 1, 0, 1}}}),
        spec("layer_normalization"), pooling("average_pooling2d"), spec("spatial_dropout2d", {{"rate", 0.3}}),
        spec("flatten"), dense(20), spec("layer_normalization", {{"center", false}}), activation("silu"), dense(4),
        activation("softmax")},
       kSparse,
       spec("adam"),
       90,
       true,
       false},
      {"by slice, in stages",
       {planes(6, 5, 3), spec("batch_normalization"), spec("flatten"), dense(48), planes(4, 4, 3),
        pooling("average_pooling2d"), spec("batch_normalization", {{"momentum", 0.9}}), activation("relu"),
        spec("flatten"), dense(4), spec("batch_normalization", {{"center", false}}), activation("softmax")},
       kSparse,
       spec("adam", {{"global_clipnorm", 0.5}}),
       90,
       false,
       true},
      {"by row, residual",
       {begin, dense(120), activation("tanh"), dropout(0.5, 3), end, activation("relu"), dense(4),
        activation("sigmoid")},
       spec("binary_crossentropy"),
       spec("adam"),
       120,
       false,
       false},
      {"by slice, residual",
       {planes(6, 5, 3),
        begin,
        spec("layer_normalization"),
        conv2d(4, {{3, 3}, "same", {2, 2}}),
        activation("relu"),
        dropout(0.2, 1),
        spec("residual_shortcut"),
        pooling("average_pooling2d", {2, 2}, {2, 2}, "same"),
        conv2d(4, {{1, 1}}),
        end,
        activation("relu"),
        begin,
        conv2d(4, {{3, 3}, "same"}),
        end,
        spec("flatten"),
        begin,
        dense(36),
        end,
        dense(4),
        activation("softmax")},
       kSparse,
       spec("adam"),
       90,
       true,
       false},
      {"by slice, in stages, residual",
       {planes(6, 5, 3), conv2d(4, {{3, 3}, "same"}), begin, spec("batch_normalization"), activation("relu"),
        conv2d(6, {{3, 3}, "same", {2, 2}}), spec("batch_normalization"), spec("residual_shortcut"),
        conv2d(6, {{1, 1}, "valid", {2, 2}}), spec("batch_normalization"), end, activation("relu"),
        spec("global_average_pooling2d"), dense(4), activation("softmax")},
       kSparse,
       spec("sgd", {{"momentum", 0.9}}),
       90,
       false,
       false},
      {"by slice, convolutions that pool",
       {spec("rescaling", {{"scale", 1.0 / 255}}), planes(9, 10, 1), conv2d(6, {{3, 3}, "same"}), activation("relu"),
        max_pooling(), dropout(0.25, 5), conv2d(9, {{2, 3}}), max_pooling(), activation("relu"), spec("flatten"),
        dense(4), activation("softmax")},
       kSparse,
       spec("adam"),
       90,
       true,
       true},
      {"by slice, behind a dense layer",
       {dense(84), activation("relu"), planes(6, 7, 2), conv2d(40, {{3, 3}, "same", {2, 1}}), activation("tanh"),
        conv2d(8, {{2, 2}, "valid", {1, 1}, {1, 2}, false}, 4), pooling("max_pooling2d", {2, 2}, {1, 1}),
        spec("flatten"), dropout(0.5, 3), dense(4)},
       spec("categorical_crossentropy", {{"from_logits", true}}),
       spec("sgd", {{"momentum", 0.9}}),
       20,
       false,
       false},
      {"by slice, in stages with convolutions",
       {planes(6, 5, 3), conv2d(16, {{3, 3}, "same", {1, 1}, {1, 1}, false}), spec("batch_normalization"),
        activation("relu"), max_pooling(), testing::depthwise({{3, 2}, "same"}, 2), activation("tanh"),
        conv2d(5, {{2, 2}}), activation("relu"), spec("batch_normalization"), spec("global_average_pooling2d"),
        dense(4), activation("softmax")},
       kSparse,
       spec("rmsprop"),
       90,
       false,
       false},
  };
}

struct Outcome {
  Arrays state;
  std::vector<double> means;
};

Outcome trained(const Way& way, const Examples& examples, size_t batch_size, int threads) {
  Course course({way.features}, way.layers, way.loss, way.optimizer, kMetrics, threads);
  const auto labelled = examples.labelled(way.loss.kind == kSparse.kind, way.weighted);
  Outcome outcome;
  for (uint64_t epoch = 0; epoch < 2; ++epoch) {
    for (const double mean : course.fit(labelled, epoch, batch_size)) outcome.means.push_back(mean);
  }
  CHECK_EQUAL(course.trainer.iterations, 2 * Course::steps(labelled, batch_size));
  outcome.state = state_of(course.network);
  return outcome;
}

}  // namespace

TEST(trainer_gives_the_same_bits_on_any_number_of_threads) {
  for (const Way& way : ways()) {
    const Examples examples(75, way.features, 4, way.drawn);
    for (const size_t batch_size : {1, 7, 32, 75, 1000}) {
      const Outcome alone = trained(way, examples, batch_size, 1);
      for (const double mean : alone.means) CHECK(std::isfinite(mean));
      for (const int threads : {2, 3, 4, 8}) {
        testing::in_case(std::string(way.name) + ", batches of " + std::to_string(batch_size) + ", threads " +
                             std::to_string(threads),
                         [&] {
                           const Outcome together = trained(way, examples, batch_size, threads);
                           check_same_state(together.state, alone.state);
                           CHECK_SAME_BITS(together.means, alone.means);
                         });
      }
    }
  }
}

// Seed and epoch make a difference; nothing else does.
TEST(trainer_shuffles_by_epoch) {
  const Way way = ways()[0];
  const Examples examples(40, way.features, 4, way.drawn);
  const auto after = [&](uint64_t epoch, bool shuffle) {
    Course course({way.features}, way.layers, way.loss, way.optimizer);
    course.fit(examples.labelled(true), epoch, 8, shuffle);
    return state_of(course.network);
  };
  CHECK(after(0, true) == after(0, true));
  CHECK(after(0, true) != after(1, true));
  CHECK(after(0, true) != after(0, false));
  CHECK(after(0, false) == after(1, false));
}

namespace {

// One epoch of 60 steps, ended by the first tick and taken up again, by the same trainer or by a new one with its
// state.
void check_interrupted(const Way& way, int threads, bool anew) {
  const Examples examples(240, way.features, 4, way.drawn);
  const auto labelled = examples.labelled(way.loss.kind == kSparse.kind, way.weighted);
  Course whole({way.features}, way.layers, way.loss, way.optimizer, kMetrics, threads);
  const std::vector<double> means = whole.fit(labelled, 3, 4);

  Course first({way.features}, way.layers, way.loss, way.optimizer, kMetrics, threads);
  size_t told = 0;
  const std::vector<double> so_far =
      first.fit(labelled, 3, 4, true, 0, SIZE_MAX, [&](size_t steps, const std::vector<double>& values) {
        told = steps;
        CHECK_EQUAL(values.size(), size_t{3});
        return false;
      });
  const auto done = static_cast<size_t>(first.trainer.iterations);
  CHECK(done > 0 && done < 60);
  CHECK_EQUAL(told, done);
  if (!anew) {
    const std::vector<double> all = first.fit(labelled, 3, 4, true, done);
    CHECK_SAME_BITS(all, means);
    CHECK(so_far != means);
    check_same_state(state_of(first.network), state_of(whole.network));
    return;
  }
  Course second({way.features}, way.layers, way.loss, way.optimizer, kMetrics, threads);
  testing::restore(second.network, state_of(first.network));
  second.trainer.iterations = done;
  CHECK_EQUAL(second.fit(labelled, 3, 4, true, done).size(), size_t{3});
  CHECK_EQUAL(second.trainer.iterations, uint64_t{60});
  check_same_state(state_of(second.network), state_of(whole.network));
}

}  // namespace

TEST(trainer_interrupted_goes_on_to_the_same_bits) {
  for (const Way& way : ways()) {
    for (const int threads : {1, 2, 3}) {
      for (const bool anew : {false, true}) testing::in_case(way.name, [&] { check_interrupted(way, threads, anew); });
    }
  }
}

TEST(trainer_steps_one_by_one_are_an_epoch) {
  for (const Way& way : ways()) {
    const Examples examples(30, way.features, 4, way.drawn);
    const auto labelled = examples.labelled(way.loss.kind == kSparse.kind, way.weighted);
    Course whole({way.features}, way.layers, way.loss, way.optimizer, kMetrics),
        pieces({way.features}, way.layers, way.loss, way.optimizer, kMetrics, 2);
    const std::vector<double> means = whole.fit(labelled, 0, 8);
    for (size_t step = 0; step < 4; ++step) {
      const std::vector<double> so_far = pieces.fit(labelled, 0, 8, true, step, step + 1);
      if (step == 3) CHECK_SAME_BITS(so_far, means);
    }
    check_same_state(state_of(pieces.network), state_of(whole.network));
  }
}

// With a rate of 1, plain descent's change of the weights is the gradient, which is held against the clipped ones.
TEST(trainer_clips_gradients_by_their_norms) {
  const Examples examples(64, 300, 4, true);
  const Layers layers = {spec("rescaling", {{"scale", 1.0 / 255}}), dense(30), activation("relu"), dense(4),
                         activation("softmax")};
  const auto gradients = [&](const Spec& optimizer) {
    Course course({300}, layers, kSparse, optimizer, {}, 2, 1.0f);
    const Arrays before = state_of(course.network);
    course.fit(examples.labelled(true), 0, 64);
    Arrays change = state_of(course.network);
    for (size_t w = 0; w < change.size(); ++w) {
      for (size_t i = 0; i < change[w].size(); ++i) change[w][i] = before[w][i] - change[w][i];
    }
    return change;
  };
  const auto norm = [](const std::vector<float>& values) {
    double sum = 0;
    for (const float value : values) sum += static_cast<double>(value) * value;
    return std::sqrt(sum);
  };
  const Arrays plain = gradients(spec("sgd"));
  std::vector<double> norms;
  double all = 0;
  for (const auto& gradient : plain) norms.push_back(norm(gradient)), all += norms.back() * norms.back();
  all = std::sqrt(all);
  const double limit = (*std::min_element(norms.begin(), norms.end()) + all) / 2;  // some are above it, some are not
  const Arrays single = gradients(spec("sgd", {{"clipnorm", limit}}));
  const Arrays together = gradients(spec("sgd", {{"global_clipnorm", limit}}));
  const Arrays wide = gradients(spec("sgd", {{"global_clipnorm", 2 * all}}));
  for (size_t w = 0; w < plain.size(); ++w) {
    for (size_t i = 0; i < plain[w].size(); ++i) {
      // Weights and changes are below 4. A weight is rounded by the step and its change by the difference, 2 units
      // each; that for both runs, and the factor's two roundings of a change.
      const double error = (2 * (2 + 2) + 2 * 4) * testing::kUnit;
      CHECK_NEAR(single[w][i], plain[w][i] * std::min(1.0, limit / norms[w]), error);
      CHECK_NEAR(together[w][i], plain[w][i] * (limit / all), error);
    }
    CHECK_SAME_BITS(wide[w], plain[w]);
  }
}

TEST(trainer_puts_averages_in_the_place_of_weights) {
  const Examples examples(40, 30, 4, false);
  Course course({30}, {dense(5), activation("tanh"), dense(4), activation("softmax")}, kSparse,
                spec("adam", {{"ema_momentum", 0.5}}));
  course.fit(examples.labelled(true), 0, 8);
  const Arrays trained = state_of(course.network);  // of each weight: itself, two moments, its average
  course.trainer.swap_averages();
  const Arrays swapped = state_of(course.network);
  for (size_t w = 0; w < trained.size(); w += 4) {
    CHECK(trained[w] != trained[w + 3]);
    CHECK_SAME_BITS(swapped[w], trained[w + 3]);
    CHECK_SAME_BITS(swapped[w + 3], trained[w]);
  }
  course.trainer.swap_averages();
  check_same_state(state_of(course.network), trained);
  course.trainer.take_averages();
  const Arrays taken = state_of(course.network);
  for (size_t w = 0; w < trained.size(); w += 4) {
    CHECK_SAME_BITS(taken[w], trained[w + 3]);
    CHECK_SAME_BITS(taken[w + 3], trained[w + 3]);
  }
}
