// The resampling of figures: every instruction set's kernel against plain loops in float64, and figures moved by hand.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "augment/planes.h"
#include "buffer.h"
#include "kernels/reference.h"
#include "numbers.h"

using figurate::Fill;
using figurate::Kernels;
using figurate::Warp;
using figurate::augment::Size;

namespace {

constexpr float kFar = std::numeric_limits<float>::infinity();
constexpr Fill kFills[] = {Fill::kConstant, Fill::kNearest, Fill::kReflect, Fill::kWrap};

struct Figure {
  Size size;
  std::vector<float> values, planes, field;
  Warp warp{};

  Figure(const Size& size_, Fill fill, const std::vector<float>& values_)
      : size(size_), values(values_), planes(figurate::augment::planes_size(size)) {
    warp.fill = fill;
    warp.blank = fill == Fill::kConstant ? 0.25f : 0.0f;
    figurate::augment::fill_planes(values.data(), size, fill, warp.blank, planes.data());
    warp.planes = planes.data();
    warp.height = size.height, warp.width = size.width, warp.channels = size.channels;
    warp.xx = warp.yy = 1.0f, warp.x0 = warp.y0 = 1.0f;
    warp.left = warp.top = -kFar, warp.right = warp.bottom = kFar;
  }
  // Turned by `angle` about the middle, scaled and shifted.
  void turn(double angle, double zoom, double shift_x, double shift_y) {
    const double c = zoom * std::cos(angle), s = zoom * std::sin(angle);
    const double x = (double(size.width) - 1) / 2, y = (double(size.height) - 1) / 2;
    warp.xx = float(c), warp.xy = float(-s), warp.yx = float(s), warp.yy = float(c);
    warp.x0 = float(x - c * x + s * y - shift_x + 1), warp.y0 = float(y - s * x - c * y - shift_y + 1);
  }
  void bend(float amount) {
    field = testing::normals(2 * (size.pixels() + 16), 3);
    for (float& value : field) value *= amount;
    warp.dx = field.data(), warp.dy = field.data() + size.pixels() + 16;
  }
  std::vector<float> run(const Kernels& table) {
    // A vector's room behind, which must stay as it is.
    std::vector<float> out(size.values() + 16, -9.0f);
    warp.output = out.data();
    table.warp(warp);
    for (size_t i = size.values(); i < out.size(); ++i) CHECK_EQUAL(out[i], -9.0f);
    out.resize(size.values());
    return out;
  }
};

std::vector<float> numbered(const Size& size) {
  std::vector<float> values(size.values());
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i + 1);
  return values;
}

// The largest difference between the nearest-pixel results that a coordinate's rounding may explain is any: coordinates
// this close to a half are left out.
bool near_a_half(double coordinate) { return std::fabs(coordinate - std::floor(coordinate) - 0.5) < 1e-3; }

void compare(Figure& figure) {
  std::vector<double> exact(figure.size.values());
  figurate::reference::warp<double>(figure.warp, exact.data());
  const Warp& w = figure.warp;
  // A coordinate is a sum of three products, or four with the field, each rounded; folding it rounds twice more. The
  // value moves by at most its neighbours' difference, below 8 for normal numbers, for each pixel that it is off.
  const double length = 8.0 * (double(figure.size.height) + double(figure.size.width));
  const double tolerance = 8.0 * 8.0 * length * testing::kUnit;
  testing::for_each_table([&](const Kernels& table) {
    const std::vector<float> values = figure.run(table);
    for (size_t k = 0; k < values.size(); ++k) {
      const size_t pixel = k / figure.size.channels, i = pixel / w.width, j = pixel % w.width;
      double x = w.xx * double(j) + w.xy * double(i) + w.x0, y = w.yx * double(j) + w.yy * double(i) + w.y0;
      if (w.dx != nullptr) x += w.dx[pixel], y += w.dy[pixel];
      if (w.nearest && (near_a_half(x) || near_a_half(y))) continue;
      CHECK_NEAR(values[k], exact[k], tolerance);
    }
  });
}

}  // namespace

TEST(warp_is_the_references) {
  for (const Size& size : {Size{28, 28, 1}, Size{8, 8, 1}, Size{13, 9, 3}, Size{33, 40, 2}, Size{64, 64, 4},
                           Size{3, 5, 1}, Size{1, 1, 1}, Size{5, 1, 2}, Size{2, 17, 1}}) {
    const std::vector<float> values = testing::normals(size.values(), 1);
    for (const Fill fill : kFills) {
      for (const bool nearest : {false, true}) {
        for (const double angle : {0.0, 0.3, -2.0}) {
          for (const double zoom : {1.0, 0.7, 2.5}) {
            for (const float bend : {0.0f, 1.5f}) {
              Figure figure(size, fill, values);
              figure.turn(angle, zoom, 1.3, -0.8);
              figure.warp.nearest = nearest;
              if (bend > 0.0f) figure.bend(bend);
              compare(figure);
            }
          }
        }
      }
    }
  }
}

// What is blank is left out, and nothing else.
TEST(warp_within_the_ink_is_the_whole) {
  for (const size_t left : {0, 3, 20}) {
    for (const size_t top : {0, 9}) {
      const Size size{20, 28, 1};
      std::vector<float> values(size.values(), 0.25f);
      for (size_t i = top; i < top + 7; ++i) {
        for (size_t j = left; j < left + 6; ++j) values[i * size.width + j] = 1.0f + float(i * j % 7);
      }
      for (const double angle : {0.0, 0.4, 1.5707963267948966, 3.0, -0.9}) {
        for (const double shift : {0.0, 5.5, -30.0}) {
          Figure figure(size, Fill::kConstant, values);
          figure.turn(angle, 0.9, shift, 0.5 * shift);
          testing::for_each_table([&](const Kernels& table) {
            figure.warp.left = figure.warp.top = -kFar, figure.warp.right = figure.warp.bottom = kFar;
            const auto whole = figure.run(table);
            std::vector<uint32_t> room(size.width);
            const auto box = figurate::augment::inked_box(figure.planes.data(), size, 0.25f, room.data());
            CHECK_EQUAL(box.left, float(left));
            CHECK_EQUAL(box.right, float(left + 7));
            CHECK_EQUAL(box.top, float(top));
            CHECK_EQUAL(box.bottom, float(top + 8));
            figure.warp.left = box.left, figure.warp.right = box.right;
            figure.warp.top = box.top, figure.warp.bottom = box.bottom;
            const auto inside = figure.run(table);
            for (size_t i = 0; i < whole.size(); ++i) CHECK_NEAR(inside[i], whole[i], 1e-4);
          });
        }
      }
    }
  }
}

// By whole pixels nothing is between pixels: the numbers are the figure's own.
TEST(warp_by_hand) {
  const Size size{2, 3, 1};            // 1 2 3
  const auto values = numbered(size);  // 4 5 6
  const auto shifted = [&](Fill fill, double right) {
    Figure figure(size, fill, values);
    figure.turn(0.0, 1.0, right, 0.0);
    return figure.run(figurate::kernels());
  };
  CHECK_SAME_BITS(shifted(Fill::kConstant, 1), (std::vector<float>{0.25f, 1, 2, 0.25f, 4, 5}));
  CHECK_SAME_BITS(shifted(Fill::kConstant, -2), (std::vector<float>{3, 0.25f, 0.25f, 6, 0.25f, 0.25f}));
  CHECK_SAME_BITS(shifted(Fill::kNearest, 2), (std::vector<float>{1, 1, 1, 4, 4, 4}));
  CHECK_SAME_BITS(shifted(Fill::kReflect, 2), (std::vector<float>{2, 1, 1, 5, 4, 4}));
  CHECK_SAME_BITS(shifted(Fill::kReflect, -4), (std::vector<float>{2, 1, 1, 5, 4, 4}));
  CHECK_SAME_BITS(shifted(Fill::kWrap, 1), (std::vector<float>{3, 1, 2, 6, 4, 5}));
  CHECK_SAME_BITS(shifted(Fill::kWrap, -4), (std::vector<float>{2, 3, 1, 5, 6, 4}));
  // Half a pixel to the right: between neighbours, and between the first and what is beyond the edge.
  CHECK_SAME_BITS(shifted(Fill::kConstant, 0.5), (std::vector<float>{0.625f, 1.5f, 2.5f, 2.125f, 4.5f, 5.5f}));
  CHECK_SAME_BITS(shifted(Fill::kWrap, 0.5), (std::vector<float>{2, 1.5f, 2.5f, 5, 4.5f, 5.5f}));
}

TEST(strokes_grow_and_shrink) {
  const Size size{4, 5, 1};
  std::vector<float> values(size.values()), planes(figurate::augment::planes_size(size)), room(3 * 8);
  values[1 * 5 + 2] = 1.0f, values[3 * 5 + 4] = 0.5f;
  const auto changed = [&](const std::vector<float>& from, double amount) {
    figurate::augment::fill_planes(from.data(), size, Fill::kConstant, 0.0f, planes.data());
    figurate::augment::change_strokes(planes.data(), size, amount, Fill::kConstant, 0.0f, room.data());
    std::vector<float> to(size.values());
    for (size_t i = 0; i < to.size(); ++i) to[i] = planes[(i / 5 + 1) * 8 + i % 5 + 1];
    CHECK_EQUAL(planes[0], 0.0f);
    CHECK_EQUAL(planes[8 + 6], 0.0f);
    return to;
  };
  const auto thicker = changed(values, 1.0), thinner = changed(thicker, -1.0), half = changed(values, 0.5);
  for (size_t i = 0; i < 4; ++i) {
    for (size_t j = 0; j < 5; ++j) {
      const float expected = i <= 2 && j >= 1 && j <= 3 ? 1.0f : i >= 2 && j >= 3 ? 0.5f : 0.0f;
      CHECK_EQUAL(thicker[i * 5 + j], expected);
      CHECK_EQUAL(half[i * 5 + j], values[i * 5 + j] + 0.5f * (expected - values[i * 5 + j]));
    }
  }
  // Shrinking brings the dot back; the one in the corner is gone, since beyond the edge there is nothing.
  for (size_t i = 0; i < values.size(); ++i) CHECK_EQUAL(thinner[i], i == 7 ? 1.0f : 0.0f);
}

TEST(spline_field_is_the_references) {
  for (const auto& [rows, columns, height, width] :
       {std::array<size_t, 4>{8, 9, 28, 28}, {4, 4, 1, 1}, {7, 5, 13, 17}, {20, 12, 64, 40}}) {
    const size_t stride = figurate::round_up(width, figurate::kLanes);
    const auto points = testing::normals(rows * columns, 1), down = testing::normals(4 * height, 2);
    auto across = testing::normals(columns * stride, 3);
    std::vector<uint32_t> first(height);
    for (size_t i = 0; i < height; ++i) first[i] = static_cast<uint32_t>(i * (rows - 4) / height);
    std::vector<float> room(rows * stride);
    figurate::SplineField args{points.data(), rows,  columns, across.data(), down.data(), first.data(),
                               height,        width, stride,  room.data(),   nullptr};
    std::vector<double> exact(height * width);
    figurate::reference::spline_field<double>(args, exact.data());
    testing::for_each_table([&](const Kernels& table) {
      std::vector<float> field(height * width + 16);
      args.field = field.data();
      table.spline_field(args);
      // Sums of 4 x columns products of three normal numbers, the largest of which is below 5.
      const double tolerance = testing::kUnit * double(4 * columns + 4) * 4 * double(columns) * 5;
      for (size_t i = 0; i < exact.size(); ++i) CHECK_NEAR(field[i], exact[i], tolerance);
    });
  }
}
