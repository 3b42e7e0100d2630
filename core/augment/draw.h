// The dice: what happens to one figure in one epoch. A function of (seed, epoch, figure, stream) alone; each thing has
// its own numbers, so that asking for one more leaves the others as they were.
#pragma once

#include <array>
#include <cstdint>

#include "recipe.h"

namespace figurate::augment {

// Where the random numbers of one figure lie.
struct Address {
  uint64_t seed = 0;
  uint64_t epoch = 0;
  uint32_t figure = 0;
  uint32_t stream = 0;

  // Four words; blocks are numbered to 2^24.
  std::array<uint32_t, 4> words(uint32_t block) const;
};

// Blocks from here on are for fields of random numbers.
inline constexpr uint32_t kFieldBlock = 1 << 8, kNoiseBlock = 1 << 20;

// Where each pixel (x, y) of the result is taken from: (xx x + xy y + x0, yx x + yy y + y0), both counted from 0.
struct Affine {
  double xx = 1.0, xy = 0.0, x0 = 0.0, yx = 0.0, yy = 1.0, y0 = 0.0;
  bool is_identity() const { return xx == 1.0 && xy == 0.0 && x0 == 0.0 && yx == 0.0 && yy == 1.0 && y0 == 0.0; }
};

Affine draw_affine(const Recipe& recipe, const Size& size, const Address& address);

struct Tones {
  double stroke = 0.0, contrast = 1.0, brightness = 0.0;
};
Tones draw_tones(const Recipe& recipe, const Address& address);

// The scale by which this figure wobbles; 0 for none.
double draw_wobble(const Recipe& recipe, const Address& address);

bool draw_inverted(const Recipe& recipe, const Address& address);

// Pixels [left, right) of rows [top, bottom); empty where nothing is erased.
struct Patch {
  size_t left = 0, right = 0, top = 0, bottom = 0;
};
Patch draw_erased(const Recipe& recipe, const Size& size, const Address& address);

}  // namespace figurate::augment
