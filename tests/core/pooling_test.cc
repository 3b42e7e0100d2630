// Pooling: figures worked by hand, every kernel against its twin, and shapes.
#include "layers/pooling.h"

#include <cmath>

#include "kernels/reference.h"
#include "numbers.h"
#include "one_layer.h"

using figurate::Kernels;
using figurate::Pooling;
using testing::spec;

namespace {

using Pair = std::vector<int64_t>;

figurate::Options options(const Pair& pool, const Pair& strides, const char* padding) {
  return spec("", {{"pool_size", pool}, {"strides", strides}, {"padding", padding}}).options;
}

// 3 x 4 pixels of one channel:   1 5 2 2     output's gradient, where it has two pixels: 10 20
//                                3 0 2 1
//                                7 8 9 6
const std::vector<float> kFigure = {1, 5, 2, 2, 3, 0, 2, 1, 7, 8, 9, 6};

testing::Passed passed(const char* kind, const Pair& pool, const Pair& strides, const char* padding,
                       const std::vector<float>& gradient) {
  const auto layer = figurate::make_layer({kind, options(pool, strides, padding)}, {3, 4, 1}, 0);
  return testing::pass_through(*layer, kFigure, gradient);
}

using Values = std::vector<float>;

}  // namespace

TEST(pooling_worked_by_hand) {
  // Two windows of four; in the second the 2 stands three times and the first takes the gradient.
  const auto largest = passed("max_pooling2d", {2, 2}, {2, 2}, "valid", {10, 20});
  CHECK_SAME_BITS(largest.output, (Values{5, 2}));
  CHECK_SAME_BITS(largest.input_gradient, (Values{0, 10, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
  const auto mean = passed("average_pooling2d", {2, 2}, {2, 2}, "valid", {10, 20});
  CHECK_SAME_BITS(mean.output, (Values{2.25f, 1.75f}));
  CHECK_SAME_BITS(mean.input_gradient, (Values{2.5f, 2.5f, 5, 5, 2.5f, 2.5f, 5, 5, 0, 0, 0, 0}));
  // "same": the windows of the second row reach over the lower edge and have two pixels each.
  const auto edge = passed("average_pooling2d", {2, 2}, {2, 2}, "same", {8, 8, 2, 6});
  CHECK_SAME_BITS(edge.output, (Values{2.25f, 1.75f, 7.5f, 7.5f}));
  CHECK_SAME_BITS(edge.input_gradient, (Values{2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 3, 3}));
  // Windows of 1 x 3 at every pixel but the last two of a row overlap: what they share adds up.
  const auto overlapping = passed("max_pooling2d", {1, 3}, {1, 1}, "valid", {1, 2, 4, 8, 16, 32});
  CHECK_SAME_BITS(overlapping.output, (Values{5, 5, 3, 2, 9, 9}));
  CHECK_SAME_BITS(overlapping.input_gradient, (Values{0, 3, 0, 0, 4, 0, 8, 0, 0, 0, 48, 0}));
  // Windows of one pixel, two apart: most of the figure is passed by.
  const auto apart = passed("average_pooling2d", {1, 1}, {2, 3}, "valid", {1, 2, 3, 4});
  CHECK_SAME_BITS(apart.output, (Values{1, 2, 7, 6}));
  CHECK_SAME_BITS(apart.input_gradient, (Values{1, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 4}));
}

// The gradient of a global maximum is shared by all that are the largest.
TEST(global_pooling_worked_by_hand) {
  const Values figure = {1, 4, 3, 0, 3, 2};  // 1 x 3 pixels of two channels
  const auto mean =
      testing::pass_through(*figurate::make_layer(spec("global_average_pooling2d"), {1, 3, 2}, 0), figure, {3, 6});
  CHECK_NEAR(mean.output[0], 7.0 / 3, 7 * testing::kUnit);
  CHECK_EQUAL(mean.output[1], 2.0f);
  for (size_t i = 0; i < 6; ++i) CHECK_NEAR(mean.input_gradient[i], i % 2 == 0 ? 1 : 2, 4 * testing::kUnit);
  const auto largest =
      testing::pass_through(*figurate::make_layer(spec("global_max_pooling2d"), {1, 3, 2}, 0), figure, {3, 6});
  CHECK_SAME_BITS(largest.output, (Values{3, 4}));
  CHECK_SAME_BITS(largest.input_gradient, (Values{0, 6, 1.5f, 0, 1.5f, 0}));
}

TEST(pooling_shapes) {
  const auto shape = [](const figurate::Shape& input, const Pair& pool, const Pair& strides, const char* padding) {
    return figurate::to_string(
        figurate::make_layer({"max_pooling2d", options(pool, strides, padding)}, input, 0)->output_shape());
  };
  CHECK_EQUAL(shape({28, 28, 3}, {2, 2}, {2, 2}, "valid"), "(14, 14, 3)");
  CHECK_EQUAL(shape({7, 8, 3}, {2, 2}, {2, 2}, "valid"), "(3, 4, 3)");
  CHECK_EQUAL(shape({7, 8, 3}, {2, 2}, {2, 2}, "same"), "(4, 4, 3)");
  CHECK_EQUAL(shape({7, 8, 3}, {3, 1}, {1, 5}, "valid"), "(5, 2, 3)");
  CHECK_EQUAL(shape({2, 2, 3}, {5, 5}, {1, 4}, "same"), "(2, 1, 3)");
  CHECK_THROWS(figurate::ShapeError, "at least (5, 2) pixels", shape({4, 4, 1}, {5, 2}, {1, 1}, "valid"));
  CHECK_THROWS(figurate::ShapeError, "received shape (16,)", shape({16}, {2, 2}, {2, 2}, "valid"));
  CHECK_THROWS(figurate::ValueError, "as strides", shape({4, 4, 1}, {2, 2}, {0, 1}, "valid"));
  CHECK_THROWS(figurate::ValueError, "'full'", shape({4, 4, 1}, {2, 2}, {1, 1}, "full"));
  CHECK_THROWS(figurate::ShapeError, "global pooling", figurate::make_layer(spec("global_max_pooling2d"), {4}, 0));
}

namespace {

// Windows of many kinds over figures of some channels.
std::vector<Pooling> poolings(size_t channels) {
  std::vector<Pooling> all;
  for (const char* padding : {"valid", "same"}) {
    for (const auto& [pool, strides] : std::vector<std::pair<Pair, Pair>>{{{2, 2}, {2, 2}},
                                                                          {{2, 2}, {1, 1}},
                                                                          {{3, 3}, {2, 2}},
                                                                          {{1, 3}, {2, 1}},
                                                                          {{2, 1}, {3, 2}},
                                                                          {{5, 5}, {5, 5}}}) {
      for (const figurate::Shape& shape : {figurate::Shape{6, 6, channels}, figurate::Shape{5, 7, channels}})
        all.push_back(figurate::pooling_of(shape, options(pool, strides, padding)));
    }
  }
  all.push_back({5, 7, channels, 1, 1, 5, 7, 5, 7, 0, 0});
  return all;
}

// Figures and gradients whose last number ends its memory, so that a sanitizer sees what is read behind it.
struct Pools {
  std::vector<float> in, out, out_gradient, in_gradient;
  Pools(const Pooling& p, uint64_t seed)
      : in(testing::normals(p.height * p.width * p.channels, seed)),
        out(p.out_height * p.out_width * p.channels),
        out_gradient(testing::normals(out.size(), seed + 1)),
        in_gradient(in.size(), 7.0f) {
    for (size_t i = 0; i < in.size(); i += 3) in[i] = 0.5f;  // some are equal
  }
};

}  // namespace

TEST(pooling_kernels_follow_their_twins) {
  for (const size_t channels : {1, 2, 3, 4, 5, 8, 11, 16, 20, 33}) {
    for (const Pooling& pooling : poolings(channels)) {
      Pools exact(pooling, channels);
      figurate::reference::max_pool(pooling, exact.in.data(), exact.out.data());
      figurate::reference::max_pool_backward(pooling, exact.in.data(), exact.out.data(), exact.out_gradient.data(),
                                             exact.in_gradient.data());
      Pools mean(pooling, channels);
      figurate::reference::average_pool(pooling, mean.in.data(), mean.out.data());
      figurate::reference::average_pool_backward(pooling, mean.out_gradient.data(), mean.in_gradient.data());
      testing::for_each_table([&](const Kernels& table) {
        Pools found(pooling, channels);
        table.max_pool(pooling, found.in.data(), found.out.data());
        table.max_pool_backward(pooling, found.in.data(), found.out.data(), found.out_gradient.data(),
                                found.in_gradient.data());
        CHECK_SAME_BITS(found.out, exact.out);
        CHECK_SAME_BITS(found.in_gradient, exact.in_gradient);
        Pools averaged(pooling, channels);
        table.average_pool(pooling, averaged.in.data(), averaged.out.data());
        table.average_pool_backward(pooling, averaged.out_gradient.data(), averaged.in_gradient.data());
        // Numbers below 5; each of both sums is rounded once a term, and once more for the mean.
        const double terms = static_cast<double>(pooling.pool_height * pooling.pool_width),
                     tolerance = 2 * 5 * testing::kUnit * (terms + 2);
        for (size_t i = 0; i < mean.out.size(); ++i) CHECK_NEAR(averaged.out[i], mean.out[i], tolerance);
        for (size_t i = 0; i < mean.in.size(); ++i) CHECK_NEAR(averaged.in_gradient[i], mean.in_gradient[i], tolerance);
      });
    }
  }
}

TEST(pooling_of_nan_is_nan) {
  for (const size_t channels : {3, 20}) {
    const Pooling pooling = figurate::pooling_of({2, 2, channels}, options({2, 2}, {2, 2}, "valid"));
    testing::for_each_table([&](const Kernels& table) {
      for (size_t at = 0; at < 4 * channels; ++at) {
        std::vector<float> in(4 * channels, 1.0f), out(channels);
        in[at] = NAN;
        table.max_pool(pooling, in.data(), out.data());
        for (size_t c = 0; c < channels; ++c) CHECK_EQUAL(std::isnan(out[c]), c == at % channels);
      }
    });
  }
}

// A range of rows, and nothing else, is written, and its padding is left zero.
TEST(pooling_leaves_padding_and_other_rows_alone) {
  for (const char* kind : {"max_pooling2d", "average_pooling2d", "global_max_pooling2d", "global_average_pooling2d"}) {
    const auto layer = figurate::make_layer({kind, options({2, 2}, {2, 2}, "valid")}, {3, 3, 3}, 0);
    testing::check_rows_apart(*layer);
  }
}
