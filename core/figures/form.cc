#include "form.h"

#include <algorithm>
#include <cmath>

#include "ground.h"
#include "noise.h"
#include "pieces.h"
#include "plane.h"
#include "resample.h"
#include "rules.h"
#include "strokes.h"

namespace figurate {

namespace {

// Larger pictures are shrunk first: figures are a few dozen pixels in the end.
constexpr int kLongest = 256;
// Ink below this part of a full stroke, the soft edge of strokes, is not counted to the height and width of a figure.
constexpr float kSoft = 0.3f;
// A figure that is in its box but for so much is left as sharp as it is.
constexpr float kFits = 0.03f;

// One thread's room.
struct Room {
  Plane picture, scratch, crop, figure;
  std::vector<int> labels;
};

Room& room() {
  thread_local Room mine;
  return mine;
}

// From the floor to the peak as 0..1.
void stretch(Plane& ink, float floor, float peak) {
  const float scale = 1.0f / (peak - floor);
  for (float& value : ink.values) value = std::clamp((value - floor) * scale, 0.0f, 1.0f);
}

struct Bounds {
  int top, left, bottom, right;  // the last two behind the last pixel
  int height() const { return bottom - top; }
  int width() const { return right - left; }
};

// The box around all ink above `least`; empty where there is none.
Bounds bounds_of(const Plane& ink, float least) {
  Bounds found{ink.height, ink.width, 0, 0};
  for (int y = 0; y < ink.height; ++y) {
    for (int x = 0; x < ink.width; ++x) {
      if (ink.row(y)[x] <= least) continue;
      found = {std::min(found.top, y), std::min(found.left, x), y + 1, std::max(found.right, x + 1)};
    }
  }
  return found;
}

void cut_out(const Plane& from, const Bounds& bounds, Plane& to) {
  to.resize(bounds.height(), bounds.width());
  for (int y = 0; y < to.height; ++y) {
    const float* const row = from.row(bounds.top + y) + bounds.left;
    std::copy(row, row + to.width, to.row(y));
  }
}

// Where the first row and column of `ink` come to lie, so that its middle is the figure's.
void place(const Plane& ink, const Form& form, float& top, float& left) {
  if (form.centre_mass) {
    double sum = 0.0, down = 0.0, across = 0.0;
    for (int y = 0; y < ink.height; ++y) {
      for (int x = 0; x < ink.width; ++x) {
        const double value = ink.row(y)[x];
        sum += value;
        down += value * y;
        across += value * x;
      }
    }
    // The pixel of this number, counted from 0, is MNIST's middle.
    top = static_cast<float>(form.height / 2 - down / sum);
    left = static_cast<float>(form.width / 2 - across / sum);
  } else {
    top = 0.5f * static_cast<float>(form.height - ink.height);
    left = 0.5f * static_cast<float>(form.width - ink.width);
  }
}

// Strokes that were shrunk to less than a pixel are pale: their strongest pixels become full ones.
void strengthen(Plane& figure) {
  std::vector<float> inked;
  for (const float value : figure.values) {
    if (value > 0.1f) inked.push_back(value);
  }
  const float strong = quantile(inked, 0.9);
  if (strong <= 0.1f || strong >= 0.98f) return;
  for (float& value : figure.values) value = std::min(value / strong, 1.0f);
}

void write(const Plane& ink, const Form& form, float top, float left, uint8_t* figure) {
  const int y0 = static_cast<int>(std::lround(top)), x0 = static_cast<int>(std::lround(left));
  const uint8_t ground = form.light_ground ? 255 : 0;
  std::fill(figure, figure + static_cast<size_t>(form.height) * static_cast<size_t>(form.width), ground);
  for (int y = 0; y < ink.height; ++y) {
    for (int x = 0; x < ink.width; ++x) {
      const int j = y0 + y, i = x0 + x;
      if (j < 0 || j >= form.height || i < 0 || i >= form.width) continue;
      const auto value = static_cast<uint8_t>(std::lround(255.0f * std::clamp(ink.row(y)[x], 0.0f, 1.0f)));
      figure[static_cast<size_t>(j) * static_cast<size_t>(form.width) + static_cast<size_t>(i)] =
          form.light_ground ? static_cast<uint8_t>(255 - value) : value;
    }
  }
}

void blank(const Form& form, uint8_t* figure) {
  std::fill(figure, figure + static_cast<size_t>(form.height) * static_cast<size_t>(form.width),
            static_cast<uint8_t>(form.light_ground ? 255 : 0));
}

// Ink of 0..1 as a figure.
void finish(Plane& ink, bool noisy, const Form& form, uint8_t* figure) {
  Room& my = room();
  keep_figure(ink, noisy, my.labels);
  const Bounds bounds = bounds_of(ink, 0.0f);
  if (bounds.bottom == 0) return blank(form, figure);
  cut_out(ink, bounds, my.crop);
  if (form.deskew) make_upright(my.crop, my.scratch);
  const Bounds strokes = bounds_of(my.crop, kSoft);
  const float scale = std::min(form.box_height / static_cast<float>(strokes.height()),
                               form.box_width / static_cast<float>(strokes.width()));
  if (std::abs(scale - 1.0f) <= kFits) {
    my.figure = my.crop;
  } else {
    const int h = std::max(1, static_cast<int>(std::lround(scale * static_cast<float>(my.crop.height))));
    const int w = std::max(1, static_cast<int>(std::lround(scale * static_cast<float>(my.crop.width))));
    resample(my.crop, h, w, my.figure, my.scratch);
    strengthen(my.figure);
  }
  if (form.thickest > 0.0f) usual_strokes(my.figure, form.thinnest, form.thickest, my.scratch);
  float top = 0.0f, left = 0.0f;
  place(my.figure, form, top, left);
  write(my.figure, form, top, left, figure);
}

}  // namespace

void bring_into_form(const uint8_t* picture, int height, int width, const Form& form, uint8_t* figure) {
  Room& my = room();
  Plane& plane = my.picture;
  take_in(picture, height, width, kLongest, plane);
  const auto [low, high] = std::minmax_element(plane.values.begin(), plane.values.end());
  const bool noisy = remove_noise(plane, *high - *low, my.scratch);
  Ink ink;
  if (!find_ink(plane, ink)) return blank(form, figure);
  if (remove_rules(plane, ink.peak, my.scratch)) ink.peak = std::max(stroke_strength(plane), ink.floor + 1.0f);
  stretch(plane, ink.floor, ink.peak);
  finish(plane, noisy, form, figure);
}

void ink_into_form(const uint8_t* ink, int height, int width, const Form& form, uint8_t* figure) {
  Plane& plane = room().picture;
  take_in(ink, height, width, kLongest, plane);
  const float peak = *std::max_element(plane.values.begin(), plane.values.end());
  if (peak <= 0.0f) return blank(form, figure);
  stretch(plane, 0.0f, peak);
  finish(plane, false, form, figure);
}

float stroke_width(const uint8_t* ink, int height, int width) {
  Plane plane;
  take_in(ink, height, width, std::max(height, width), plane);
  stretch(plane, 0.0f, 255.0f);
  return stroke_width_of(plane);
}

}  // namespace figurate
