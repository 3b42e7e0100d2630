// Random numbers: Philox against the vectors its authors published, and what is made of it.
#include "random.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "numbers.h"

using figurate::fill_normal;
using figurate::fill_uniform;
using figurate::philox;
using figurate::shuffled_order;

// Random123's kat_vectors, philox4x32 with 10 rounds: counter, key (low word first), result.
TEST(random_philox_gives_the_published_vectors) {
  using Words = std::array<uint32_t, 4>;
  CHECK((philox({0, 0, 0, 0}, 0) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  const uint32_t ones = 0xffffffff;
  CHECK((philox({ones, ones, ones, ones}, ~uint64_t{0}) == Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  CHECK((philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, uint64_t{0x299f31d0} << 32 | 0xa4093822) ==
         Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(random_uniform_is_even_and_in_range) {
  constexpr size_t kCount = 40000, kBins = 20;
  std::vector<float> values(kCount);
  fill_uniform(values.data(), kCount, 7, 3);
  std::array<double, kBins> bins{};
  double sum = 0;
  for (const float value : values) {
    CHECK(value >= 0.0f && value < 1.0f);
    CHECK_EQUAL(value * 0x1p24f, std::floor(value * 0x1p24f));  // 24 bits: 1 - value is exact too
    ++bins[static_cast<size_t>(value * kBins)];
    sum += value;
  }
  // Five standard deviations: of the mean sqrt(1 / 12 n), of a bin sqrt(n p (1 - p)).
  CHECK_NEAR(sum / kCount, 0.5, 5 * std::sqrt(1.0 / (12 * kCount)));
  const double p = 1.0 / kBins;
  for (const double bin : bins) CHECK_NEAR(bin, kCount * p, 5 * std::sqrt(kCount * p * (1 - p)));
}

TEST(random_normal_has_the_moments) {
  constexpr size_t kCount = 40000;
  const std::vector<float> values = testing::normals(kCount, 11);
  std::array<double, 4> moments{};
  for (const double value : values) {
    CHECK(std::isfinite(value));
    for (size_t k = 0; k < 4; ++k) moments[k] += std::pow(value, k + 1) / kCount;
  }
  // Moments 0, 1, 0, 3 with variances 1, 2, 15 and 96 over n.
  CHECK_NEAR(moments[0], 0.0, 5 * std::sqrt(1.0 / kCount));
  CHECK_NEAR(moments[1], 1.0, 5 * std::sqrt(2.0 / kCount));
  CHECK_NEAR(moments[2], 0.0, 5 * std::sqrt(15.0 / kCount));
  CHECK_NEAR(moments[3], 3.0, 5 * std::sqrt(96.0 / kCount));
}

TEST(random_numbers_depend_on_seed_stream_and_place_alone) {
  for (const auto fill : {fill_uniform, fill_normal}) {
    std::vector<float> all(101), again(101), few(7), other(101);
    fill(all.data(), all.size(), 5, 2);
    fill(again.data(), again.size(), 5, 2);
    CHECK_SAME_BITS(all, again);
    fill(few.data(), few.size(), 5, 2);
    CHECK_SAME_BITS(few, std::vector<float>(all.begin(), all.begin() + 7));
    for (const auto& [seed, stream] :
         {std::pair<uint64_t, uint64_t>{6, 2}, {5, 3}, {uint64_t{1} << 40 | 5, 2}, {5, uint64_t{1} << 33 | 2}}) {
      fill(other.data(), other.size(), seed, stream);
      CHECK(std::count(other.begin(), other.end(), all[0]) == 0 && other != all);
    }
  }
}

TEST(random_order_is_a_permutation_of_seed_and_epoch) {
  std::vector<uint32_t> order, again, sorted;
  for (const size_t count : {0, 1, 2, 3, 5, 64, 1001}) {
    shuffled_order(order, count, 1, 4);
    sorted = order;
    std::sort(sorted.begin(), sorted.end());
    CHECK_EQUAL(sorted.size(), count);
    for (uint32_t i = 0; i < count; ++i) CHECK_EQUAL(sorted[i], i);
  }
  shuffled_order(again, order.size(), 1, 4);
  CHECK(order == again);
  for (const auto& [seed, epoch] : {std::pair<uint64_t, uint64_t>{2, 4}, {1, 5}}) {
    shuffled_order(again, order.size(), seed, epoch);
    CHECK(order != again);
  }
}

// Every order of three figures comes up a sixth of the time.
TEST(random_order_favours_none) {
  constexpr int kEpochs = 6000;
  std::array<int, 27> seen{};
  std::vector<uint32_t> order;
  for (uint64_t epoch = 0; epoch < kEpochs; ++epoch) {
    shuffled_order(order, 3, 9, epoch);
    ++seen[order[0] * 9 + order[1] * 3 + order[2]];
  }
  int orders = 0;
  for (const int times : seen) {
    if (times == 0) continue;
    ++orders;
    CHECK_NEAR(times, kEpochs / 6.0, 5 * std::sqrt(kEpochs * 5.0 / 36));
  }
  CHECK_EQUAL(orders, 6);
}
