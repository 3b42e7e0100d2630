// Dropout: the mask is the reference's bit for bit, its rate is the one asked for, and the layer applies it both ways.
#include <algorithm>
#include <cmath>

#include "kernels/reference.h"
#include "layers/dropout.h"
#include "numbers.h"
#include "training/network.h"

using figurate::Kernels;

TEST(dropout_mask_has_the_references_bits) {
  for (const uint64_t key : {uint64_t{0}, uint64_t{12345}, ~uint64_t{0}}) {
    for (const uint32_t threshold : {0u, 0x4000u, 0xcccdu, 0x10000u}) {
      for (const size_t count : {0, 1, 2, 7, 8, 9, 31, 32, 33, 63, 64, 65, 100, 128, 512}) {
        std::vector<float> exact(count + 16, -1.0f);
        figurate::reference::dropout_mask(exact.data(), count, key, threshold, 1.25f);
        testing::for_each_table([&](const Kernels& table) {
          std::vector<float> mask(count + 16, -1.0f);
          table.dropout_mask(mask.data(), count, key, threshold, 1.25f);
          CHECK_SAME_BITS(mask, exact);
        });
      }
    }
  }
}

TEST(dropout_mask_drops_the_share_it_is_told) {
  constexpr size_t kCount = 1 << 16;
  for (const double keep : {0.1, 0.5, 0.8, 0.999}) {
    testing::for_each_table([&](const Kernels& table) {
      std::vector<float> mask(kCount);
      table.dropout_mask(mask.data(), kCount, 99, static_cast<uint32_t>(keep * 0x1p16), 1.0f);
      const auto kept = static_cast<double>(std::count(mask.begin(), mask.end(), 1.0f));
      CHECK_NEAR(kept + static_cast<double>(std::count(mask.begin(), mask.end(), 0.0f)), kCount, 0.0);
      // Five standard deviations of a binomial count.
      CHECK_NEAR(kept, kCount * keep, 5 * std::sqrt(kCount * keep * (1 - keep)));
    });
  }
}

namespace {

// A batch of ones through a layer of dropout: its output is the mask.
struct Batch {
  static constexpr size_t kRows = 5, kColumns = 40;
  std::vector<uint32_t> figures = {3, 1, 4, 10, 5};
  figurate::Tensor input{kRows, kColumns}, output{kRows, kColumns}, output_gradient{kRows, kColumns},
      input_gradient{kRows, kColumns};
  std::vector<float> scratch;

  figurate::Pass pass(const figurate::Layer& layer, uint64_t seed, uint64_t epoch) {
    scratch.resize(layer.scratch_size(kRows));
    figurate::Pass p{};
    p.input = input.view(), p.output = output.view();
    p.input_gradient = input_gradient.view(), p.output_gradient = output_gradient.view();
    p.scratch = scratch.data(), p.training = true, p.seed = seed, p.epoch = epoch, p.figures = figures.data();
    return p;
  }
  Batch() {
    for (size_t r = 0; r < kRows; ++r) std::fill_n(input.view().row(r), kColumns, 1.0f);
    for (size_t r = 0; r < kRows; ++r) std::fill_n(output_gradient.view().row(r), kColumns, -3.0f);
  }
  std::vector<float> row(const figurate::Tensor& tensor, size_t r) const {
    std::vector<float> values(tensor.view().stride);
    std::copy_n(tensor.view().row(r), values.size(), values.data());
    return values;
  }
};

}  // namespace

TEST(dropout_layer_applies_one_mask_both_ways) {
  // 1 / (1 - rate) for the rate that 16 bits can tell.
  constexpr float kGrown = 65536.0f / 52429.0f;
  Batch batch;
  const figurate::Dropout layer({Batch::kColumns}, testing::spec("dropout", {{"rate", 0.2}}).options);
  CHECK(layer.passes_through(false) && !layer.passes_through(true));
  const figurate::Pass pass = batch.pass(layer, 1, 0);
  layer.forward(pass, {0, Batch::kRows});
  layer.backward(pass, {0, Batch::kRows});
  for (size_t r = 0; r < Batch::kRows; ++r) {
    const auto forward = batch.row(batch.output, r), backward = batch.row(batch.input_gradient, r);
    for (size_t i = 0; i < forward.size(); ++i) {
      CHECK(forward[i] == 0.0f || (i < Batch::kColumns && forward[i] == kGrown));
      CHECK_EQUAL(backward[i], -3.0f * forward[i]);
    }
  }
}

// What is dropped depends on the seed, the layer, the epoch and the figure; not on the row or on who computes it.
TEST(dropout_layer_draws_by_figure) {
  const auto options = [](int64_t stream) {
    return testing::spec("dropout", {{"rate", 0.5}, {"stream", stream}}).options;
  };
  const figurate::Dropout layer({Batch::kColumns}, options(0)), second({Batch::kColumns}, options(1));
  Batch batch, other;
  layer.forward(batch.pass(layer, 1, 2), {0, Batch::kRows});
  std::reverse(other.figures.begin(), other.figures.end());
  layer.forward(other.pass(layer, 1, 2), {3, Batch::kRows});
  layer.forward(other.pass(layer, 1, 2), {0, 3});
  for (size_t r = 0; r < Batch::kRows; ++r)
    CHECK_SAME_BITS(batch.row(batch.output, r), other.row(other.output, Batch::kRows - 1 - r));
  for (size_t r = 1; r < Batch::kRows; ++r) CHECK(batch.row(batch.output, r) != batch.row(batch.output, 0));
  const auto first_row = batch.row(batch.output, 0);
  layer.forward(batch.pass(layer, 1, 3), {0, 1});
  CHECK(batch.row(batch.output, 0) != first_row);
  layer.forward(batch.pass(layer, 2, 2), {0, 1});
  CHECK(batch.row(batch.output, 0) != first_row);
  second.forward(batch.pass(second, 1, 2), {0, 1});
  CHECK(batch.row(batch.output, 0) != first_row);
}

// Without a stream of its own a layer draws by its place in the network.
TEST(dropout_layers_of_one_network_drop_differently) {
  const figurate::Network network({Batch::kColumns}, {testing::spec("dropout"), testing::spec("dropout")});
  Batch first, second;
  network.layers()[0]->forward(first.pass(*network.layers()[0], 1, 0), {0, 1});
  network.layers()[1]->forward(second.pass(*network.layers()[1], 1, 0), {0, 1});
  CHECK(first.row(first.output, 0) != second.row(second.output, 0));
}

TEST(dropout_layer_refuses_other_rates) {
  for (const double rate : {-0.1, 1.0, 2.0}) {
    CHECK_THROWS(figurate::ValueError, "at least 0 and below 1",
                 figurate::Dropout({4}, testing::spec("dropout", {{"rate", rate}}).options));
  }
}

// Also where 16 bits tell a rate badly, the sum of the inputs is kept in the mean.
TEST(dropout_layer_keeps_the_mean) {
  for (const double rate : {0.5, 0.99, 0.9999, 0.9999999}) {
    constexpr size_t kRows = 1 << 10, kColumns = 1 << 12;
    const figurate::Dropout layer({kColumns}, testing::spec("dropout", {{"rate", rate}}).options);
    figurate::Tensor input(1, kColumns), output(1, kColumns);
    std::fill_n(input.view().data, kColumns, 1.0f);
    std::vector<float> scratch(layer.scratch_size(1));
    figurate::Pass p{};
    p.input = input.view(), p.output = output.view(), p.scratch = scratch.data(), p.training = true;
    double sum = 0;
    for (uint32_t figure = 0; figure < kRows; ++figure) {
      p.figures = &figure;
      layer.forward(p, {0, 1});
      for (size_t i = 0; i < kColumns; ++i) sum += output.view().row(0)[i];
    }
    // Five standard deviations of a binomial count, over the share that is kept.
    const double keep = std::max(1.0 - rate, 0x1p-16), count = double{kRows} * kColumns;
    CHECK_NEAR(sum / count, 1.0, 5 * std::sqrt((1 - keep) / (keep * count)));
  }
}
