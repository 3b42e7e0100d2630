#include "draw.h"

#include <algorithm>
#include <cmath>

#include "../random.h"

namespace figurate::augment {

namespace {

enum Block : uint32_t { kMove, kShape, kTones, kChances, kErase, kWobble };

// In [0, 1).
double uniform(uint32_t word) { return static_cast<double>(word >> 8) * 0x1p-24; }
double within(const Span& span, uint32_t word) { return span.low + (span.high - span.low) * uniform(word); }
// True with a probability that is drawn itself.
bool happens(const Span& probability, uint32_t word, uint32_t threshold) {
  return uniform(threshold) < within(probability, word);
}

// Pixels whose numbers lie in [start, start + length), of `size`.
void cover(double start, double length, size_t size, size_t& first, size_t& last) {
  const auto bound = [&](double x) { return static_cast<size_t>(std::clamp(std::ceil(x), 0.0, double(size))); };
  first = bound(start);
  last = bound(start + length);
}

}  // namespace

std::array<uint32_t, 4> Address::words(uint32_t block) const {
  return philox({figure, static_cast<uint32_t>(epoch), stream, static_cast<uint32_t>(Stream::kAugment) << 24 | block},
                seed);
}

Affine draw_affine(const Recipe& recipe, const Size& size, const Address& address) {
  const auto move = address.words(kMove), shape = address.words(kShape);
  const double shift_x = within(recipe.shift_x, move[0]), shift_y = within(recipe.shift_y, move[1]);
  const double angle = within(recipe.rotation, move[2]);
  double zoom_y = within(recipe.zoom_y, move[3]);
  double zoom_x = within(recipe.zoom_x, shape[0]) * (recipe.even_zoom ? zoom_y : 1.0);
  const double way = recipe.slant_either_way && (shape[3] & 1) != 0 ? -1.0 : 1.0;
  const double slant_x = way * within(recipe.slant_x, shape[1]), slant_y = way * within(recipe.slant_y, shape[2]);
  const bool mirrored = (shape[3] & 2) != 0;
  if (recipe.mirror_x && mirrored) zoom_x = -zoom_x;
  if (recipe.mirror_y && mirrored) zoom_y = -zoom_y;

  // Zoom x slant x rotation, from the result back to the figure.
  const double c = angle == 0.0 ? 1.0 : std::cos(angle), s = angle == 0.0 ? 0.0 : std::sin(angle);
  Affine m;
  m.xx = zoom_x * (c + slant_x * s);
  m.xy = zoom_x * (-s + slant_x * c);
  m.yx = zoom_y * (slant_y * c + s);
  m.yy = zoom_y * (-slant_y * s + c);
  const double x = recipe.about_corner ? 0.0 : (static_cast<double>(size.width) - 1.0) / 2.0;
  const double y = recipe.about_corner ? 0.0 : (static_cast<double>(size.height) - 1.0) / 2.0;
  m.x0 = x - m.xx * (x + shift_x) - m.xy * (y + shift_y);
  m.y0 = y - m.yx * (x + shift_x) - m.yy * (y + shift_y);
  return m;
}

Tones draw_tones(const Recipe& recipe, const Address& address) {
  const auto words = address.words(kTones);
  return {within(recipe.stroke, words[0]), within(recipe.contrast, words[1]), within(recipe.brightness, words[2])};
}

double draw_wobble(const Recipe& recipe, const Address& address) {
  const auto words = address.words(kWobble);
  return happens(recipe.wobble, words[0], words[1]) ? within(recipe.wobble_scale, words[2]) : 0.0;
}

bool draw_inverted(const Recipe& recipe, const Address& address) {
  const auto words = address.words(kChances);
  return happens(recipe.invert, words[0], words[1]);
}

Patch draw_erased(const Recipe& recipe, const Size& size, const Address& address) {
  Patch patch;
  const auto chances = address.words(kChances);
  if (!happens(recipe.erase, chances[2], chances[3])) return patch;
  const auto words = address.words(kErase);
  const double width = std::sqrt(within(recipe.erase_size, words[0])) * static_cast<double>(size.width);
  const double height = std::sqrt(within(recipe.erase_size, words[1])) * static_cast<double>(size.height);
  cover(uniform(words[2]) * (static_cast<double>(size.width) - width), width, size.width, patch.left, patch.right);
  cover(uniform(words[3]) * (static_cast<double>(size.height) - height), height, size.height, patch.top, patch.bottom);
  return patch;
}

}  // namespace figurate::augment
