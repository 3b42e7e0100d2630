// The layer that changes figures by chance: what it draws from, what it leaves alone, what it refuses; and the fields
// that bend.
#include "layers/augment.h"

#include <algorithm>
#include <cmath>

#include "augment/blurred_noise.h"
#include "augment/elastic.h"
#include "layers/apply.h"
#include "numbers.h"
#include "training/network.h"

using figurate::Applied;
using figurate::Augment;
using figurate::Options;
using figurate::Shape;
using figurate::augment::Address;
using figurate::augment::Size;

namespace {

using Settings = std::vector<std::pair<std::string, Options::Value>>;

Options options(const Settings& settings) {
  Options made;
  made.set("fill_mode", std::string("constant"));
  for (const auto& [name, value] : settings) made.set(name, value);
  return made;
}
Settings both(const std::string& name, double low, double high) {
  return {{name + "_low", low}, {name + "_high", high}};
}
Settings operator+(Settings a, const Settings& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

const Settings kEverything = both("shift_x", -2, 2) + both("shift_y", -2, 2) + both("rotation", -0.3, 0.3) +
                             both("zoom_x", 0.8, 1.2) + both("zoom_y", 0.8, 1.2) + both("slant_x", -0.2, 0.2) +
                             both("stroke", -1, 1) + both("contrast", 0.7, 1.3) + both("brightness", -0.2, 0.2) +
                             both("invert", 0.5, 0.5) + both("erase", 0.5, 0.5) + both("erase_size", 0.05, 0.2) +
                             Settings{{"bend", 1.0}, {"smoothness", 5.0}, {"mirror_x", true}};

// Rows of figures (12, 10) and what a layer makes of them.
struct Batch {
  static constexpr size_t kRows = 6, kColumns = 120;
  std::vector<uint32_t> figures = {3, 1, 4, 10, 5, 9};
  figurate::Tensor input{kRows, kColumns}, output{kRows, kColumns};
  std::vector<float> scratch;

  Batch() {
    const auto values = testing::normals(kRows * kColumns, 2);
    for (size_t i = 0; i < values.size(); ++i) input.view().row(i / kColumns)[i % kColumns] = std::fabs(values[i]) / 4;
  }
  bool augments = true;
  void run(const figurate::Layer& layer, uint64_t seed, uint64_t epoch, figurate::Range rows = {0, kRows}) {
    scratch.resize(layer.scratch_size(kRows), NAN);
    figurate::Pass p{};
    p.input = input.view(), p.output = output.view();
    p.scratch = scratch.data(), p.training = true, p.augments = augments, p.seed = seed, p.epoch = epoch,
    p.figures = figures.data();
    layer.forward(p, rows);
  }
  std::vector<float> row(size_t r) const { return {output.view().row(r), output.view().row(r) + output.view().stride}; }
};

std::vector<float> applied(const Shape& shape, const Settings& settings, const std::vector<float>& x, size_t count,
                           uint64_t seed = 1, uint64_t epoch = 0) {
  const Applied layers(shape, {{"augment", options(settings)}});
  std::vector<float> out(x.size());
  layers(x.data(), count, seed, epoch, out.data());
  return out;
}

}  // namespace

namespace {

void check_draws_by_figure(const Settings& settings) {
  const Augment layer({12, 10}, options(settings)), second({12, 10}, options(settings), 1);
  Batch batch, other;
  batch.run(layer, 1, 2);
  // The same figures in other rows, by other threads.
  std::reverse(other.figures.begin(), other.figures.end());
  for (size_t r = 0; r < Batch::kRows; ++r) {
    std::copy_n(batch.input.view().row(r), Batch::kColumns, other.input.view().row(Batch::kRows - 1 - r));
  }
  other.run(layer, 1, 2, {4, Batch::kRows});
  other.run(layer, 1, 2, {0, 1});
  other.run(layer, 1, 2, {1, 4});
  for (size_t r = 0; r < Batch::kRows; ++r) {
    CHECK_SAME_BITS(batch.row(r), other.row(Batch::kRows - 1 - r));
    // The padding behind a row stays zero.
    const auto row = batch.row(r);
    for (size_t i = Batch::kColumns; i < row.size(); ++i) CHECK_EQUAL(row[i], 0.0f);
  }
  const auto first_row = batch.row(0);
  batch.run(layer, 1, 3);
  CHECK(batch.row(0) != first_row);
  batch.run(layer, 2, 2);
  CHECK(batch.row(0) != first_row);
  batch.run(second, 1, 2);
  CHECK(batch.row(0) != first_row);
  batch.run(layer, 1, 2);
  CHECK(batch.row(0) == first_row);
}

}  // namespace

TEST(augment_leaves_figures_where_asked) {
  const Augment layer({12, 10}, options(kEverything));
  Batch batch;
  batch.augments = false;
  batch.run(layer, 1, 2);
  for (size_t r = 0; r < Batch::kRows; ++r) {
    const float* row = batch.input.view().row(r);
    CHECK_SAME_BITS(batch.row(r), std::vector<float>(row, row + batch.input.view().stride));
  }
}

TEST(augment_draws_by_figure) {
  check_draws_by_figure(kEverything);
  check_draws_by_figure(both("wobble", 1, 1) + both("wobble_scale", 0.5, 1));
}

TEST(augment_is_for_training_alone) {
  const Augment active({12, 10}, options(both("shift_x", -1, 1))), idle({12, 10}, options({}));
  CHECK(active.passes_through(false) && !active.passes_through(true));
  CHECK(idle.passes_through(true) && idle.passes_through(false));
  figurate::Pass pass{};
  CHECK_THROWS(figurate::ValueError, "before the first layer with weights", (active.backward(pass, {0, 1}), 0));
}

// One more thing that may happen leaves the others as they were.
TEST(augment_draws_each_thing_by_itself) {
  const Size size{12, 10, 1};
  figurate::augment::Recipe one;
  one.shift_x = {-2, 2};
  figurate::augment::Recipe more = one;
  more.zoom_x = {0.5, 1.5}, more.stroke = {-1, 1};
  for (uint32_t figure = 0; figure < 5; ++figure) {
    const Address address{7, 3, figure, 0};
    const auto a = draw_affine(one, size, address), b = draw_affine(more, size, address);
    // x0 = middle - zoom (middle + shift)
    CHECK_NEAR(4.5 - a.x0, (4.5 - b.x0) / b.xx, 1e-12);
  }
}

TEST(augment_moves_a_quarter_turn) {
  // Counter-clockwise, about the middle:  1 2   to  2 3
  //                                       4 3       1 4
  const auto turned = applied({2, 2}, both("rotation", M_PI / 2, M_PI / 2), {1, 2, 4, 3}, 1);
  const std::vector<float> expected = {2, 3, 1, 4};
  for (size_t i = 0; i < 4; ++i) CHECK_NEAR(turned[i], expected[i], 1e-6);
}

TEST(augment_mirrors_half_of_the_figures) {
  constexpr size_t kCount = 1000;
  std::vector<float> x;
  for (size_t i = 0; i < kCount; ++i) x.insert(x.end(), {1, 2, 3, 4, 5, 6});
  const auto mirrored = applied({2, 3}, {{"mirror_x", true}}, x, kCount);
  size_t count = 0;
  for (size_t i = 0; i < kCount; ++i) {
    const std::vector<float> figure(mirrored.begin() + 6 * i, mirrored.begin() + 6 * i + 6);
    const bool turned = figure == std::vector<float>{3, 2, 1, 6, 5, 4};
    CHECK(turned || figure == (std::vector<float>{1, 2, 3, 4, 5, 6}));
    count += turned;
  }
  // Five standard deviations of a binomial count.
  CHECK_NEAR(static_cast<double>(count), kCount / 2.0, 5 * std::sqrt(kCount / 4.0));
}

TEST(augment_changes_tones_by_channel) {
  // Two pixels of two channels; means 0.2 and 0.6.
  const std::vector<float> x = {0.1f, 0.4f, 0.3f, 0.8f};
  const auto contrast = applied({1, 2, 2}, both("contrast", 2, 2), x, 1);
  const std::vector<float> expected = {0.0f, 0.2f, 0.4f, 1.0f};
  for (size_t i = 0; i < 4; ++i) CHECK_NEAR(contrast[i], expected[i], 1e-6);
  const auto bright = applied({1, 2, 2}, both("brightness", 0.1, 0.1) + Settings{{"low", -1.0}, {"high", 0.6}}, x, 1);
  const std::vector<float> brighter = {0.26f, 0.56f, 0.46f, 0.6f};
  for (size_t i = 0; i < 4; ++i) CHECK_NEAR(bright[i], brighter[i], 1e-6);
  CHECK_SAME_BITS(applied({1, 2, 2}, both("invert", 1, 1) + Settings{{"invert_from", 0.5}}, {0, 0.5f, 0.25f, 1}, 1),
                  (std::vector<float>{0.5f, 0, 0.25f, -0.5f}));
}

TEST(augment_erases_a_patch) {
  constexpr size_t kSide = 20, kCount = 400;
  const std::vector<float> x(kSide * kSide * kCount, 5.0f);
  const auto settings = both("erase", 0.25, 0.25) + both("erase_size", 0.04, 0.25);
  const auto erased = applied({kSide, kSide}, settings + Settings{{"erase_value", -1.0}}, x, kCount);
  size_t changed = 0;
  for (size_t f = 0; f < kCount; ++f) {
    const float* figure = erased.data() + f * kSide * kSide;
    size_t top = kSide, bottom = 0, left = kSide, right = 0, count = 0;
    for (size_t i = 0; i < kSide * kSide; ++i) {
      if (figure[i] != -1.0f) continue;
      top = std::min(top, i / kSide), bottom = std::max(bottom, i / kSide + 1);
      left = std::min(left, i % kSide), right = std::max(right, i % kSide + 1);
      ++count;
    }
    if (count == 0) continue;
    ++changed;
    CHECK_EQUAL(count, (bottom - top) * (right - left));  // a rectangle
    // Sides of 0.2 to 0.5 of the figure's, to a pixel.
    CHECK(bottom - top >= 3 && bottom - top <= 11 && right - left >= 3 && right - left <= 11);
  }
  CHECK_NEAR(static_cast<double>(changed), 0.25 * kCount, 5 * std::sqrt(0.25 * 0.75 * kCount));

  const auto noisy = applied({kSide, kSide, 1}, settings + Settings{{"erase_with_noise", true}, {"high", 2.0}}, x, 400);
  double zeros = 0, tops = 0, all = 0;
  for (const float value : noisy) {
    if (value == 5.0f) continue;
    CHECK(value >= 0.0f && value <= 2.0f);
    zeros += value == 0.0f, tops += value == 2.0f, ++all;
  }
  // Of normal numbers times 2, half are below 0 and 15.87 % above 2.
  CHECK_NEAR(zeros / all, 0.5, 0.05);
  CHECK_NEAR(tops / all, 0.1587, 0.05);
}

// The field has the deviation it was asked for, moves smoothly, and stays within its bound.
TEST(elastic_fields_are_smooth) {
  const Size size{28, 40, 1};
  const figurate::augment::Elastic elastic(size, 1.5, 6.0);
  std::vector<float> dx(size.pixels() + 16), dy(size.pixels() + 16), room(elastic.room_size());
  double squares = 0, products = 0, steps = 0;
  constexpr uint32_t kFigures = 400;
  for (uint32_t figure = 0; figure < kFigures; ++figure) {
    const float bound = elastic.displace({1, 0, figure, 0}, dx.data(), dy.data(), room.data());
    for (size_t i = 0; i < size.pixels(); ++i) {
      CHECK(std::fabs(dx[i]) <= bound * 1.00001f && std::fabs(dy[i]) <= bound * 1.00001f);
      squares += 0.5 * (dx[i] * dx[i] + dy[i] * dy[i]);
      products += dx[i] * dy[i];
      if (i % size.width > 0) steps = std::max(steps, std::fabs(double{dx[i]} - dx[i - 1]));
    }
  }
  const double count = double(kFigures) * double(size.pixels());
  CHECK_NEAR(std::sqrt(squares / count), 1.5, 0.05);
  CHECK_NEAR(products / count, 0.0, 0.1);
  // A spline's slope is at most twice its greatest control point's distance, over their spacing.
  CHECK(steps <= 2 * (1.5 / 0.27676) / 6.0);
}

// Against blurring by hand: the noise of one pixel, with its neighbours within three pixels.
TEST(blurred_noise_is_blurred) {
  const Size size{9, 11, 1};
  std::vector<float> dx(size.pixels()), dy(size.pixels()), plain_x(size.pixels()), plain_y(size.pixels());
  std::vector<float> room(figurate::augment::blurred_noise_room(size));
  const Address address{1, 2, 3, 4};
  // Without a window the noise itself is left.
  figurate::augment::blurred_noise(size, 2.0, 0.1, address, plain_x.data(), plain_y.data(), room.data());
  const float bound = figurate::augment::blurred_noise(size, 2.0, 1.1, address, dx.data(), dy.data(), room.data());
  double total = 0, squares = 0, largest = 0;
  for (int k = -3; k <= 3; ++k) total += std::exp(-0.5 * k * k / (1.1 * 1.1));
  for (int i = 0; i < 9; ++i) {
    for (int j = 0; j < 11; ++j) {
      double x = 0, y = 0;
      for (int v = std::max(0, i - 3); v <= std::min(8, i + 3); ++v) {
        for (int u = std::max(0, j - 3); u <= std::min(10, j + 3); ++u) {
          const double share = std::exp(-0.5 * ((v - i) * (v - i) + (u - j) * (u - j)) / (1.1 * 1.1)) / (total * total);
          x += share * plain_x[size_t(v * 11 + u)], y += share * plain_y[size_t(v * 11 + u)];
        }
      }
      CHECK_NEAR(dx[size_t(i * 11 + j)], x, 1e-5);
      CHECK_NEAR(dy[size_t(i * 11 + j)], y, 1e-5);
      largest = std::max({largest, std::fabs(x), std::fabs(y)});
      squares += plain_x[size_t(i * 11 + j)] * plain_x[size_t(i * 11 + j)];
    }
  }
  CHECK_NEAR(bound, largest, 1e-5);
  CHECK_NEAR(std::sqrt(squares / 99), 2.0, 5 * 2.0 / std::sqrt(2 * 99.0));
  CHECK(plain_x != plain_y);
}

TEST(augment_refuses_what_it_cannot_do) {
  CHECK_THROWS(figurate::ShapeError, "(height, width)", Augment({784}, options({})));
  CHECK_THROWS(figurate::ValueError, "'rotation' from low to high", Augment({4, 4}, options(both("rotation", 1, 0))));
  CHECK_THROWS(figurate::ValueError, "'zoom_x'", Augment({4, 4}, options(both("zoom_x", -1, 1))));
  CHECK_THROWS(figurate::ValueError, "'erase'", Augment({4, 4}, options(both("erase", 0, 2))));
  CHECK_THROWS(figurate::ValueError, "finite", Augment({4, 4}, options({{"fill_value", NAN}})));
  CHECK_THROWS(figurate::ValueError, "smoothness", Augment({4, 4}, options({{"smoothness", 0.5}})));
  CHECK_THROWS(figurate::ValueError, "no fill mode 'mirror'",
               Augment({4, 4}, options({{"fill_mode", std::string("mirror")}})));
  CHECK_THROWS(figurate::ValueError, "without weights", Applied({4}, {testing::spec("dense", {{"units", 2}})}));
}
