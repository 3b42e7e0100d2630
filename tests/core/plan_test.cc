// How a batch goes through a network: stages, what is kept of all rows, how many rows at once; and that a sweep takes
// every row once, whatever its slices and pieces.
#include "training/plan.h"

#include "planes.h"
#include "training.h"
#include "training/sweep.h"

using figurate::Network;
using figurate::Plan;
using figurate::Range;
using testing::activation;
using testing::conv2d;
using testing::dense;
using testing::Layers;
using testing::max_pooling;
using testing::spec;

namespace {

struct Planned {
  Network network;
  Plan plan;
  Planned(const figurate::Shape& input, const Layers& layers, bool training = true)
      : network(input, layers), plan(network, network.layers().size(), training) {}

  // "0-2 2-5": the layers of each stage.
  std::string stages() const {
    std::string text;
    for (const Range& stage : plan.stages())
      text += (text.empty() ? "" : " ") + std::to_string(stage.first) + "-" + std::to_string(stage.last);
    return text;
  }
  // For each activation, and each gradient: k where it is kept of all rows, - where not, . where there is none.
  std::string kept_activations() const {
    std::string text;
    for (size_t i = 0; i <= network.layers().size(); ++i) text += plan.keeps_activation(i) ? 'k' : '-';
    return text;
  }
  std::string kept_gradients() const {
    std::string text;
    for (size_t i = 0; i <= network.layers().size(); ++i)
      text += !plan.has_gradient(i) ? '.' : plan.keeps_gradient(i) ? 'k' : '-';
    return text;
  }
};

const figurate::Spec kFlatten = spec("flatten"), kNormalization = spec("batch_normalization");

}  // namespace

// Nothing is summed by slice: all threads see all activations.
TEST(plan_of_dense_layers) {
  const Planned dense_only({6, 6, 1}, {kFlatten, dense(5), activation("relu"), spec("dropout"), dense(3)});
  CHECK(!dense_only.plan.sliced() && !dense_only.plan.local());
  CHECK_EQUAL(dense_only.stages(), "0-5");
  CHECK_EQUAL(dense_only.plan.first_trained(), size_t{1});
  CHECK_EQUAL(dense_only.kept_activations(), "kkkkkk");
  CHECK_EQUAL(dense_only.kept_gradients(), "..kkkk");
  CHECK_EQUAL(dense_only.plan.activation_place(1), size_t{0});  // Flatten changes nothing
  CHECK_EQUAL(dense_only.plan.activation_place(2), size_t{2});
}

// The convolution sums on the way back; only the dense layer needs what met it, and the end is judged.
TEST(plan_of_convolutions_keeps_little) {
  const Layers layers = {conv2d(4), activation("relu"), max_pooling(), kFlatten, dense(3), activation("tanh")};
  const Planned training({8, 8, 1}, layers);
  CHECK(training.plan.sliced() && training.plan.local());
  CHECK_EQUAL(training.stages(), "0-4");  // convolution, ReLU and pooling are one
  CHECK_EQUAL(training.plan.first_trained(), size_t{0});
  CHECK_EQUAL(training.kept_activations(), "-kk-k");
  CHECK_EQUAL(training.kept_gradients(), ".--kk");
  CHECK_EQUAL(training.plan.activation_place(2), size_t{1});
  CHECK_EQUAL(training.plan.gradient_place(1), size_t{2});
  const Planned prediction({8, 8, 1}, layers, false);
  CHECK(!prediction.plan.sliced() && !prediction.plan.local());
  CHECK_EQUAL(prediction.kept_gradients(), ".....");
}

// A dense layer before a convolution needs its input and its output's gradient, which passes through the reshaping.
TEST(plan_of_a_convolution_behind_a_dense_layer) {
  const Planned found({10}, {spec("dropout"), dense(16), testing::planes(4, 4, 1), conv2d(2), kFlatten});
  CHECK(found.plan.local());
  CHECK_EQUAL(found.plan.first_trained(), size_t{1});
  CHECK_EQUAL(found.kept_activations(), "-k--kk");
  CHECK_EQUAL(found.kept_gradients(), "..kkkk");
  CHECK_EQUAL(found.plan.gradient_place(2), size_t{3});
  CHECK_EQUAL(found.plan.gradient_place(4), size_t{5});
}

// A layer that must know all rows begins a stage; then everything is kept.
TEST(plan_of_stages) {
  const Layers layers = {conv2d(4), kNormalization, activation("relu"), conv2d(4), kNormalization, kFlatten, dense(3)};
  const Planned training({8, 8, 1}, layers);
  CHECK(training.plan.sliced() && !training.plan.local());
  CHECK_EQUAL(training.stages(), "0-1 1-3 3-6");
  CHECK_EQUAL(training.kept_activations(), "kkkkkkk");
  CHECK_EQUAL(training.kept_gradients(), ".kkkkkk");
  CHECK_EQUAL(Planned({8, 8, 1}, layers, false).stages(), "0-6");
  // At once, before anything else.
  CHECK_EQUAL(Planned({8, 8, 1}, {kNormalization, conv2d(1)}).stages(), "0-0 0-2");
}

// Figures, activations and gradients of the rows at once are to stay in the cache.
TEST(plan_takes_rows_that_fit_the_cache) {
  const auto at_once = [](size_t side, int64_t filters) {
    return Planned({side, side, 1}, {conv2d(filters), kFlatten, dense(10)}).plan.rows_at_once();
  };
  CHECK_EQUAL(at_once(4, 1), size_t{64});
  CHECK_EQUAL(at_once(64, 64), size_t{1});
  const size_t some = at_once(28, 2);
  CHECK(some > 1 && some < 64);
  CHECK(some * 4 * (28 * 28 + 2 * 2 * 26 * 26) <= 256 << 10);
}

TEST(plan_slices_cover_the_batch) {
  for (size_t rows = 0; rows < 50; ++rows) {
    size_t next = 0;
    for (size_t slice = 0; slice < figurate::slice_count(rows); ++slice) {
      const Range range = figurate::slice_rows(rows, slice);
      CHECK_EQUAL(range.first, next);
      CHECK(range.last > range.first);
      next = range.last;
    }
    CHECK_EQUAL(next, rows);
  }
}

namespace {

// The rows that a sweep judges, in their order, and the gradients it sums for a first convolution, slice by slice.
struct Swept {
  std::vector<size_t> rows;
  std::vector<float> sums;
};

Swept swept(const Layers& layers, size_t count, const std::vector<Range>& by_slices) {
  Network network({8, 8, 1}, layers);
  testing::give_weights(network, 3);
  const testing::Examples examples(count, 64, 3, true);
  const size_t depth = network.layers().size();
  figurate::Workspace workspace(network, depth, count, figurate::Workspace::Use::kTraining);
  figurate::Batch batch(network, workspace, count, {true, 7, 0});
  std::vector<uint32_t> order(count);
  for (size_t i = 0; i < count; ++i) order[i] = static_cast<uint32_t>(i);
  batch.take(*examples.figures, order.data(), order.data() + count, 0);
  for (size_t i = 0; i < depth; ++i)
    network.layers()[i]->prepare(batch.passes()[i], {0, network.layers()[i]->shards()});
  Swept found;
  const auto judge = [&](Range rows) {
    for (size_t r = rows.first; r < rows.last; ++r) {
      found.rows.push_back(r);
      const figurate::Matrix gradient = workspace.output_gradient(count), output = workspace.output(count);
      std::copy_n(output.row(r), output.columns, gradient.row(r));
    }
  };
  const size_t stages = workspace.plan().stages().size();
  std::vector<std::unique_ptr<figurate::Sweep>> sweeps;  // one for each thread there might be
  for (size_t i = 0; i < by_slices.size(); ++i)
    sweeps.push_back(std::make_unique<figurate::Sweep>(network, workspace, depth));
  const auto each = [&](const auto& take) {
    for (size_t i = 0; i < by_slices.size(); ++i) {
      for (size_t slice = by_slices[i].first; slice < by_slices[i].last; ++slice) take(*sweeps[i], slice);
    }
  };
  for (size_t stage = 0; stage < stages; ++stage) {
    each([&](figurate::Sweep& sweep, size_t slice) { sweep.forward(batch, *examples.figures, slice, stage, judge); });
  }
  for (size_t stage = stages - 1; stage-- > 0;) {
    each([&](figurate::Sweep& sweep, size_t slice) { sweep.backward(batch, slice, stage); });
  }
  const figurate::Pass& first = batch.passes()[0];
  found.sums.assign(first.gradient, first.gradient + first.slices * network.layers()[0]->gradient_size());
  return found;
}

}  // namespace

// Every row once, by whichever threads; each slice's sums are the same bits.
TEST(sweep_takes_every_row_once) {
  for (const Layers& layers : {Layers{conv2d(20), max_pooling(), conv2d(3, {{2, 2}}), kFlatten, dense(3)},
                               Layers{conv2d(20), kNormalization, max_pooling(), kFlatten, kNormalization, dense(3)}}) {
    for (const size_t count : {1, 3, 8, 75, 300}) {
      const size_t slices = figurate::slice_count(count);
      const Swept whole = swept(layers, count, {{0, slices}});
      CHECK_EQUAL(whole.rows.size(), count);
      for (size_t r = 0; r < count; ++r) CHECK_EQUAL(whole.rows[r], r);
      for (const size_t threads : {2, 3, 8}) {
        std::vector<Range> shares;
        for (size_t i = threads; i-- > 0;) shares.push_back(figurate::share(slices, i, threads));
        Swept parts = swept(layers, count, shares);
        CHECK_SAME_BITS(parts.sums, whole.sums);
        std::sort(parts.rows.begin(), parts.rows.end());
        CHECK(parts.rows == whole.rows);
      }
    }
  }
}
