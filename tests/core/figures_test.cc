// Figures: held as bytes where, and only where, that loses nothing; their range, their ink, and what is refused.
#include "training/figures.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "check.h"
#include "numbers.h"

using figurate::Figures;
using figurate::kQuad;

namespace {

// One figure of `values` and zeros up to 20 numbers, twice, with the values in the second figure.
template <class T>
struct Held {
  std::vector<T> x;
  Figures figures;
  explicit Held(const std::vector<T>& values, int threads = 1) : x(padded(values)), figures(x.data(), 2, 20, threads) {}

  std::vector<float> loaded() const {
    std::vector<float> row(20);
    figures.load(1, {0, 5}, figures.byte_scale(1.0, 0.0), row.data());
    return row;
  }

 private:
  static std::vector<T> padded(const std::vector<T>& values) {
    std::vector<T> all(40);
    std::copy(values.begin(), values.end(), all.begin() + 20);
    return all;
  }
};

template <class T>
void check_held(const std::vector<T>& values, bool as_bytes) {
  const Held<T> held(values);
  CHECK_EQUAL(held.figures.held_as_bytes(), as_bytes);
  const std::vector<float> row = held.loaded();
  for (size_t i = 0; i < 20; ++i) CHECK_EQUAL(row[i], static_cast<float>(held.x[20 + i]));
}

template <class T>
void check_every_kind() {
  for (int k = 0; k <= 255; ++k) {
    const T quotient = static_cast<T>(k) / T(255);
    check_held<T>({quotient}, true);
    check_held<T>({T(k), 0, T(255)}, true);
    if (k == 0) continue;
    check_held<T>({std::nextafter(quotient, T(2))}, false);
    check_held<T>({std::nextafter(quotient, T(-1))}, false);
    check_held<T>({T(k) + T(0.5)}, false);
  }
  check_held<T>({T(-0.0)}, true);  // zero all the same
  check_held<T>({T(256)}, false);
  check_held<T>({T(256) / T(255)}, false);
  check_held<T>({T(-1)}, false);
  check_held<T>({T(-1) / T(255)}, false);
  check_held<T>({T(1e30), T(-1e30)}, false);
  check_held<T>({T(1) / T(255), T(2)}, false);  // each alone would fit, but not in one scale
  // The engine flushes denormals, here as everywhere.
  CHECK(Held<T>({std::numeric_limits<T>::denorm_min()}).figures.held_as_bytes());
}

}  // namespace

TEST(figures_of_floats_are_held_as_bytes_if_exact) { check_every_kind<float>(); }
TEST(figures_of_doubles_are_held_as_bytes_if_exact) { check_every_kind<double>(); }

// float64's quotients and float32's are different numbers.
TEST(figures_of_rounded_quotients_are_not_exact) {
  check_held<double>({static_cast<double>(1.0f / 255.0f)}, false);
  check_held<float>({static_cast<float>(1.0 / 255.0)}, true);
}

TEST(figures_keep_their_range) {
  const Held<uint8_t> bytes({7, 200});
  CHECK(bytes.figures.held_as_bytes());
  CHECK_EQUAL(bytes.figures.minimum(), 0.0);
  CHECK_EQUAL(bytes.figures.maximum(), 200.0);
  const Held<double> quotients({1.0, 51.0 / 255});
  CHECK_NEAR(quotients.figures.maximum(), 1.0, DBL_EPSILON);
  const Held<float> floats({-2.5f, 3.25f});
  CHECK_EQUAL(floats.figures.minimum(), -2.5);
  CHECK_EQUAL(floats.figures.maximum(), 3.25);
  const std::vector<double> positive(300 * 3, 0.3);
  const Figures even(positive.data(), 300, 3, 2);
  CHECK_EQUAL(even.minimum(), 0.3);
  CHECK_EQUAL(even.maximum(), 0.3);
}

TEST(figures_with_scale_and_offset) {
  const Held<uint8_t> bytes({0, 51, 255});
  const Held<float> floats({0.0f, 0.2f, 1.0f, 0.77f});
  std::vector<float> row(20, -9.0f);
  bytes.figures.load(1, {0, 2}, bytes.figures.byte_scale(2.0 / 255, -1.0), row.data());
  CHECK(row[0] == -1.0f && row[2] == 1.0f && row[7] == -1.0f && row[8] == -9.0f);
  CHECK_NEAR(row[1], -0.6, 3 * testing::kUnit);
  floats.figures.load(1, {0, 1}, floats.figures.byte_scale(2.0, -1.0), row.data());
  CHECK(row[0] == -1.0f && row[2] == 1.0f);
  CHECK_NEAR(row[3], 0.54, 3 * testing::kUnit);
}

namespace {

// Quads of one figure, whose numbers are `x`.
template <class T>
void check_load(const Figures& figures, const T* x, size_t figure, figurate::Range quads) {
  constexpr float kUntouched = -7.0f;
  const figurate::ByteScale as_is = figures.byte_scale(1.0, 0.0);
  std::vector<float> expected(quads.size() * kQuad);
  for (size_t i = quads.first * kQuad; i < std::min(quads.last * kQuad, figures.features()); ++i) {
    expected[i - quads.first * kQuad] = static_cast<float>(x[i]);
  }
  std::vector<float> row(expected.size() + 1, kUntouched);
  figures.load(figure, quads, as_is, row.data());
  CHECK_EQUAL(row.back(), kUntouched);
  row.pop_back();
  CHECK_SAME_BITS(row, expected);
  if (!figures.packed()) return;
  std::vector<float> inked;
  for (size_t quad = 0; quad < quads.size(); ++quad) {
    const float* const numbers = expected.data() + quad * kQuad;
    const bool any = std::any_of(numbers, numbers + kQuad, [](float number) { return number != 0.0f; });
    const size_t at = quads.first + quad;
    CHECK_EQUAL((figures.ink(figure)[at / 64] >> (at % 64) & 1) != 0, any);
    if (any) inked.insert(inked.end(), numbers, numbers + kQuad);
  }
  CHECK_EQUAL(figures.inked(figure, quads) * kQuad, inked.size());
  std::vector<float> packed(inked.size() + figurate::kLanes);
  figures.load_packed(figure, quads, as_is, packed.data());
  packed.resize(inked.size());
  CHECK_SAME_BITS(packed, inked);
}

// Figures of which about a fifth of the quads have ink, or all, loaded by pieces, packed and not.
template <class T>
void check_loading(size_t features, int threads, bool blank, bool as_floats) {
  constexpr size_t kCount = 300;  // enough for several threads
  std::vector<uint8_t> drawn = testing::pixels(kCount * features, features);
  for (uint8_t& pixel : drawn) pixel = blank ? pixel : static_cast<uint8_t>(pixel | 1);
  std::vector<T> x(drawn.begin(), drawn.end());
  if (as_floats) x.back() = static_cast<T>(0.3);
  const Figures figures(x.data(), kCount, features, threads);
  CHECK_EQUAL(figures.held_as_bytes(), !as_floats);
  CHECK_EQUAL(figures.packed(), blank && features > 8);
  const size_t quads = (features + kQuad - 1) / kQuad;
  CHECK_EQUAL(figures.quads(), quads);
  for (size_t f = 0; f < kCount; f += 7) {
    for (size_t first = 0; first < quads; first += 1 + first) {
      check_load(figures, x.data() + f * features, f, {first, std::min(quads, first + 1 + f)});
    }
  }
}

}  // namespace

TEST(figures_are_loaded_as_they_were) {
  for (const int threads : {1, 3}) {
    for (const size_t features : {8, 49, 513}) {
      for (const bool blank : {true, false}) {
        check_loading<uint8_t>(features, threads, blank, false);
        for (const bool as_floats : {true, false}) {
          check_loading<float>(features, threads, blank, as_floats);
          check_loading<double>(features, threads, blank, as_floats);
        }
      }
    }
  }
}

TEST(figures_refuse_what_is_not_finite) {
  const double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> last(20, 0.5);
  last.back() = -infinity;
  CHECK_THROWS(figurate::ValueError, "received nan in figure 1 at position 3", Held<float>({0, 0, 0, NAN}));
  CHECK_THROWS(figurate::ValueError, "received inf in figure 1 at position 0", Held<double>({infinity, NAN}));
  CHECK_THROWS(figurate::ValueError, "received -inf in figure 1 at position 19", Held<double>(last));
  CHECK_THROWS(figurate::ValueError, "received 1e+39", Held<double>({1e39}));  // no float
  CHECK_THROWS(figurate::ShapeError, "received none", Figures(static_cast<const float*>(nullptr), 0, 20, 1));
}

// The first figure that is wrong is named, whichever thread finds one first.
TEST(figures_name_the_first_that_is_not_finite) {
  for (int round = 0; round < 20; ++round) {
    std::vector<float> x(1000 * 4, 0.1f);
    x[450 * 4 + 2] = x[500 * 4] = x[999 * 4] = NAN;
    CHECK_THROWS(figurate::ValueError, "in figure 450 at position 2", Figures(x.data(), 1000, 4, 3));
  }
}
