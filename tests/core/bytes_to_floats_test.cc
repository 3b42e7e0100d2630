// The kernels between pixels of one byte and floats: k / 255 to the last bit, both ways; other scales to rounding;
// nothing written past the end.
#include <cmath>
#include <limits>

#include "numbers.h"
#include "training/figures.h"

using figurate::ByteScale;
using figurate::Figures;
using figurate::Kernels;
using testing::kUnit;

namespace {

std::vector<uint8_t> all_bytes() {
  std::vector<uint8_t> bytes(256);
  for (size_t k = 0; k < 256; ++k) bytes[k] = static_cast<uint8_t>(k);
  return bytes;
}

}  // namespace

TEST(bytes_to_floats_gives_k_over_255_as_float64_rounds_it) {
  const std::vector<uint8_t> bytes = all_bytes();
  const Figures raw(bytes.data(), 1, 256, 1);
  std::vector<double> quotients(256);
  for (size_t k = 0; k < 256; ++k) quotients[k] = static_cast<double>(k) / 255.0;
  const Figures divided(quotients.data(), 1, 256, 1);
  testing::for_each_table([&](const Kernels& table) {
    // A Rescaling(1 / 255) over bytes, and quotients that are held as bytes, come out alike.
    for (const ByteScale scale : {raw.byte_scale(1.0 / 255.0, 0.0), divided.byte_scale(1.0, 0.0)}) {
      std::vector<float> floats(256);
      table.bytes_to_floats(bytes.data(), floats.data(), 256, scale);
      for (size_t k = 0; k < 256; ++k) {
        CHECK_EQUAL(floats[k], static_cast<float>(quotients[k]));
        CHECK_EQUAL(floats[k], static_cast<float>(k) / 255.0f);
      }
    }
  });
}

TEST(bytes_to_floats_keeps_bytes) {
  const std::vector<uint8_t> bytes = all_bytes();
  const ByteScale scale = Figures(bytes.data(), 1, 256, 1).byte_scale(1.0, 0.0);
  testing::for_each_table([&](const Kernels& table) {
    std::vector<float> floats(256);
    table.bytes_to_floats(bytes.data(), floats.data(), 256, scale);
    for (size_t k = 0; k < 256; ++k) CHECK_EQUAL(floats[k], static_cast<float>(k));
  });
}

// Two products and two sums: at most four roundings of what is added up.
TEST(bytes_to_floats_scales_and_shifts) {
  const std::vector<uint8_t> bytes = all_bytes();
  const Figures figures(bytes.data(), 1, 256, 1);
  for (const auto& [scale, offset] :
       {std::pair{2.0 / 255, -1.0}, {-1.0 / 255, 1.0}, {1e-3, 1e3}, {0.0, 0.25}, {-3.7e5, 11.0}}) {
    const ByteScale parts = figures.byte_scale(scale, offset);
    testing::for_each_table([&, s = scale, o = offset](const Kernels& table) {
      std::vector<float> floats(256);
      table.bytes_to_floats(bytes.data(), floats.data(), 256, parts);
      for (size_t k = 0; k < 256; ++k) {
        const double product = static_cast<double>(k) * s;
        CHECK_NEAR(floats[k], product + o, 4 * kUnit * (std::fabs(product) + std::fabs(o)));
      }
    });
  }
}

TEST(bytes_to_floats_takes_any_count) {
  const std::vector<uint8_t> bytes = all_bytes();
  testing::for_each_table([&](const Kernels& table) {
    for (size_t first = 0; first < 5; ++first) {
      for (size_t count = 0; count < 40; ++count) {
        // Exactly as long as it may read: a sanitizer sees one byte more.
        const std::vector<uint8_t> some(bytes.begin() + first, bytes.begin() + first + count);
        std::vector<float> floats(count + 17, -1.0f);
        table.bytes_to_floats(some.data(), floats.data(), count, {1.0f, 0.0f, 0.0f});
        for (size_t i = 0; i < count; ++i) CHECK_EQUAL(floats[i], static_cast<float>(first + i));
        for (size_t i = count; i < floats.size(); ++i) CHECK_EQUAL(floats[i], -1.0f);
      }
    }
  });
}

namespace {

bool to_bytes(const Kernels& table, const float* from, uint8_t* to, size_t count, float divisor) {
  return table.floats_to_bytes(from, to, count, divisor);
}
bool to_bytes(const Kernels& table, const double* from, uint8_t* to, size_t count, double divisor) {
  return table.doubles_to_bytes(from, to, count, divisor);
}

// What is no byte over `divisor`, among what nearly is.
template <class T>
std::vector<T> misfits(T divisor) {
  using Limits = std::numeric_limits<T>;
  std::vector<T> values = {
      T(256) / divisor,   T(-1) / divisor, T(0.5) / divisor,     T(255.4) / divisor, T(1e30),
      T(-1e30),           Limits::max(),   Limits::denorm_min(), Limits::infinity(), -Limits::infinity(),
      Limits::quiet_NaN()};
  for (int k = 0; k < 256; ++k) {
    values.push_back(std::nextafter(static_cast<T>(k) / divisor, T(1000)));
    if (k > 0) values.push_back(std::nextafter(static_cast<T>(k) / divisor, T(-1)));
  }
  return values;
}

template <class T>
void check_to_bytes(const Kernels& table, T divisor) {
  for (size_t count = 0; count <= 256; count += count < 40 ? 1 : 27) {
    std::vector<T> values(count);
    for (size_t i = 0; i < count; ++i) values[i] = static_cast<T>(255 - i % 256) / divisor;
    std::vector<uint8_t> bytes(count + 17, 99);
    CHECK(to_bytes(table, values.data(), bytes.data(), count, divisor));
    for (size_t i = 0; i < bytes.size(); ++i)
      CHECK_EQUAL(int{bytes[i]}, i < count ? 255 - static_cast<int>(i % 256) : 99);
  }
  const std::vector<T> wrong = misfits(divisor);
  std::vector<uint8_t> bytes(37);
  for (size_t i = 0; i < wrong.size(); ++i) {
    // Once in every place of a vector, and behind the last whole one.
    std::vector<T> values(37, T(51) / divisor);
    values[i % 37] = wrong[i];
    testing::in_case(std::to_string(wrong[i]),
                     [&] { CHECK(!to_bytes(table, values.data(), bytes.data(), 37, divisor)); });
  }
  const T negative_zero = T(-0.0);
  CHECK(to_bytes(table, &negative_zero, bytes.data(), 1, divisor) && bytes[0] == 0);
}

}  // namespace

TEST(floats_to_bytes_finds_every_byte_and_nothing_else) {
  testing::for_each_table([](const Kernels& table) {
    for (const float divisor : {255.0f, 1.0f}) {
      check_to_bytes<float>(table, divisor);
      check_to_bytes<double>(table, divisor);
    }
  });
}
