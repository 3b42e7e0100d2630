// The kernel that loads pixels: k / 255 to the last bit, other scales to rounding, nothing written past the end.
#include <cmath>

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
