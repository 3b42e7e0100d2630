// Pictures of figures for the tests of core/figures: drawn, moved, enlarged, compared.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <vector>

#include "figures/form.h"

namespace testing {

struct Picture {
  int height, width;
  std::vector<uint8_t> pixels;

  Picture(int height_, int width_, uint8_t tone)
      : height(height_), width(width_), pixels(static_cast<size_t>(height_) * static_cast<size_t>(width_), tone) {}

  uint8_t& at(int y, int x) {
    return pixels[static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(x)];
  }
  uint8_t at(int y, int x) const { return const_cast<Picture*>(this)->at(y, x); }

  // Rows [top, bottom), columns [left, right).
  Picture& fill(int top, int left, int bottom, int right, uint8_t tone) {
    for (int y = top; y < bottom; ++y) {
      for (int x = left; x < right; ++x) at(y, x) = tone;
    }
    return *this;
  }

  // A stroke with soft edges between two places, of a round pen as thick as that.
  Picture& stroke(float y0, float x0, float y1, float x1, float thickness, float tone) {
    const float dy = y1 - y0, dx = x1 - x0, length = std::max(dy * dy + dx * dx, 1e-6f);
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const float v = static_cast<float>(y) - y0, u = static_cast<float>(x) - x0;
        const float along = std::clamp((v * dy + u * dx) / length, 0.0f, 1.0f);
        const float distance = std::hypot(v - along * dy, u - along * dx);
        const float cover = std::clamp(0.5f * thickness + 0.5f - distance, 0.0f, 1.0f);
        const float before = at(y, x);
        at(y, x) = static_cast<uint8_t>(std::lround(before + cover * (tone - before)));
      }
    }
    return *this;
  }

  Picture inverted() const {
    Picture made = *this;
    for (uint8_t& pixel : made.pixels) pixel = static_cast<uint8_t>(255 - pixel);
    return made;
  }

  // Each pixel `factor` pixels high and wide.
  Picture enlarged(int factor) const {
    Picture made(height * factor, width * factor, 0);
    for (int y = 0; y < made.height; ++y) {
      for (int x = 0; x < made.width; ++x) made.at(y, x) = at(y / factor, x / factor);
    }
    return made;
  }

  // Within a larger picture of this tone.
  Picture placed(int top, int left, int h, int w, uint8_t tone) const {
    Picture made(h, w, tone);
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) made.at(top + y, left + x) = at(y, x);
    }
    return made;
  }

  Picture formed(const figurate::Form& form) const {
    Picture figure(form.height, form.width, 77);
    figurate::bring_into_form(pixels.data(), height, width, form, figure.pixels.data());
    return figure;
  }
};

// A seven with a bar through it, dark on light, `size` pixels high.
inline Picture drawn_seven(int size, uint8_t ground = 255, uint8_t ink = 0, float thickness = 0.1f) {
  const auto s = static_cast<float>(size), t = thickness * s, tone = static_cast<float>(ink);
  Picture made(size, size, ground);
  made.stroke(0.2f * s, 0.25f * s, 0.2f * s, 0.7f * s, t, tone);
  made.stroke(0.2f * s, 0.7f * s, 0.82f * s, 0.4f * s, t, tone);
  return made.stroke(0.52f * s, 0.36f * s, 0.52f * s, 0.7f * s, t, tone);
}

// A plane of light over the picture, from all of it at the left to half of it at the right.
inline Picture under_light(Picture picture) {
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      const float light = 1.0f - 0.5f * static_cast<float>(x) / static_cast<float>(picture.width);
      picture.at(y, x) = static_cast<uint8_t>(std::lround(light * static_cast<float>(picture.at(y, x))));
    }
  }
  return picture;
}

inline int largest_difference(const Picture& a, const Picture& b) {
  int largest = 0;
  for (size_t i = 0; i < a.pixels.size(); ++i) largest = std::max(largest, std::abs(a.pixels[i] - b.pixels[i]));
  return largest;
}

inline double mean_difference(const Picture& a, const Picture& b) {
  double sum = 0.0;
  for (size_t i = 0; i < a.pixels.size(); ++i) sum += std::abs(a.pixels[i] - b.pixels[i]);
  return sum / static_cast<double>(a.pixels.size());
}

// How many full pixels of one have nothing of the other within a pixel: strokes that only one of them has. Where the
// middle was rounded, or edges are softer, there are none.
inline int strays(const Picture& a, const Picture& b) {
  int found = 0;
  for (int y = 0; y < a.height; ++y) {
    for (int x = 0; x < a.width; ++x) {
      if (a.at(y, x) < 128) continue;
      bool met = false;
      for (int j = std::max(y - 1, 0); j <= std::min(y + 1, b.height - 1); ++j) {
        for (int i = std::max(x - 1, 0); i <= std::min(x + 1, b.width - 1); ++i) met |= b.at(j, i) > 64;
      }
      found += !met;
    }
  }
  return found;
}

inline bool same_strokes(const Picture& a, const Picture& b) { return strays(a, b) == 0 && strays(b, a) == 0; }

// How far the middle of the mass lies down and across, and how much it leans: their covariance by the variance down.
struct Mass {
  double sum = 0, down = 0, across = 0, slant = 0;

  explicit Mass(const Picture& figure) {
    each(figure, [&](double value, int y, int x) { sum += value, down += value * y, across += value * x; });
    down /= sum, across /= sum;
    double both = 0, downwards = 0;
    each(figure, [&](double value, int y, int x) {
      both += value * (y - down) * (x - across), downwards += value * (y - down) * (y - down);
    });
    slant = both / downwards;
  }

 private:
  template <class Each>
  static void each(const Picture& figure, const Each& call) {
    for (int y = 0; y < figure.height; ++y) {
      for (int x = 0; x < figure.width; ++x) call(figure.at(y, x), y, x);
    }
  }
};

// Bytes that are the same on every machine.
inline Picture random_picture(int height, int width, uint32_t seed, int low = 0, int high = 255) {
  std::mt19937 draw(seed);
  Picture made(height, width, 0);
  for (uint8_t& pixel : made.pixels)
    pixel = static_cast<uint8_t>(low + static_cast<int>(draw() % static_cast<uint32_t>(high - low + 1)));
  return made;
}

}  // namespace testing
