#include "strokes.h"

#include <algorithm>
#include <cmath>

namespace figurate {

namespace {

constexpr int kMostSteps = 4;
// The steepest slant that is mended, as the tangent.
constexpr double kSteepest = 0.7;

// The largest (or, for ground, the smallest) of a pixel and its four neighbours.
void spread(const Plane& ink, bool largest, Plane& to) {
  to.resize(ink.height, ink.width);
  for (int y = 0; y < ink.height; ++y) {
    for (int x = 0; x < ink.width; ++x) {
      const float around[] = {ink.row(y)[x], at(ink, y - 1, x), at(ink, y + 1, x), at(ink, y, x - 1),
                              at(ink, y, x + 1)};
      to.row(y)[x] = largest ? *std::max_element(around, around + 5) : *std::min_element(around, around + 5);
    }
  }
}

void add_margin(Plane& ink, int margin, Plane& scratch) {
  scratch.resize(ink.height + 2 * margin, ink.width + 2 * margin);
  std::fill(scratch.values.begin(), scratch.values.end(), 0.0f);
  for (int y = 0; y < ink.height; ++y) {
    std::copy(ink.row(y), ink.row(y) + ink.width, scratch.row(y + margin) + margin);
  }
  std::swap(ink, scratch);
}

}  // namespace

float stroke_width_of(const Plane& ink) {
  double area = 0.0, outline = 0.0;
  for (int y = -1; y < ink.height; ++y) {
    for (int x = -1; x < ink.width; ++x) {
      const float here = at(ink, y, x);
      const float down = at(ink, y + 1, x) - here, across = at(ink, y, x + 1) - here;
      area += here;
      outline += std::sqrt(down * down + across * across);
    }
  }
  return outline > 0.0 ? static_cast<float>(2.0 * area / outline) : 0.0f;
}

void usual_strokes(Plane& ink, float thinnest, float thickest, Plane& scratch) {
  float width = stroke_width_of(ink);
  if (width <= 0.0f || (width >= thinnest && width <= thickest)) return;
  const bool widen = width < thinnest;
  if (widen) add_margin(ink, 1, scratch);
  const float aim = widen ? thinnest : thickest;
  Plane next;
  for (int step = 0; step < kMostSteps && (widen ? width < aim : width > aim); ++step) {
    spread(ink, widen, next);
    const float reached = stroke_width_of(next);
    // Thinned away, or no change: better as it is.
    if (widen ? reached <= width : reached <= 0.0f || reached >= width) return;
    const float part = std::clamp((aim - width) / (reached - width), 0.0f, 1.0f);
    for (size_t i = 0; i < ink.size(); ++i) ink.values[i] += part * (next.values[i] - ink.values[i]);
    width = stroke_width_of(ink);
    if (part < 1.0f) return;
  }
}

void make_upright(Plane& ink, Plane& scratch) {
  double sum = 0.0, down = 0.0, across = 0.0;
  for (int y = 0; y < ink.height; ++y) {
    for (int x = 0; x < ink.width; ++x) {
      sum += ink.row(y)[x];
      down += static_cast<double>(ink.row(y)[x]) * y;
      across += static_cast<double>(ink.row(y)[x]) * x;
    }
  }
  if (sum <= 0.0) return;
  down /= sum;
  across /= sum;
  double both = 0.0, downwards = 0.0;
  for (int y = 0; y < ink.height; ++y) {
    for (int x = 0; x < ink.width; ++x) {
      both += ink.row(y)[x] * (y - down) * (x - across);
      downwards += ink.row(y)[x] * (y - down) * (y - down);
    }
  }
  const double slant = downwards > 0.0 ? std::clamp(both / downwards, -kSteepest, kSteepest) : 0.0;
  const int margin = static_cast<int>(std::ceil(std::abs(slant) * ink.height)) + 1;
  scratch.resize(ink.height, ink.width + 2 * margin);
  int left = scratch.width, right = 0;
  for (int y = 0; y < ink.height; ++y) {
    const double shift = slant * (y - down);
    for (int x = 0; x < scratch.width; ++x) {
      const double from = x - margin + shift;
      const int first = static_cast<int>(std::floor(from));
      const auto part = static_cast<float>(from - first);
      const float value = (1.0f - part) * at(ink, y, first) + part * at(ink, y, first + 1);
      scratch.row(y)[x] = value;
      if (value <= 0.1f) continue;
      left = std::min(left, x);
      right = std::max(right, x + 1);
    }
  }
  if (left >= right) return;
  ink.resize(ink.height, right - left);
  for (int y = 0; y < ink.height; ++y) {
    std::copy(scratch.row(y) + left, scratch.row(y) + right, ink.row(y));
  }
}

}  // namespace figurate
