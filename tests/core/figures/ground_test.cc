// What is no figure in a picture: uneven light, noise, ruled lines, specks. It goes, and the figure stays.
#include "figures/ground.h"

#include "figures/noise.h"
#include "figures/pieces.h"
#include "figures/rules.h"
#include "pictures.h"
#include "testing.h"

using figurate::Form;
using figurate::Ink;
using figurate::Plane;
using testing::drawn_seven;
using testing::mean_difference;
using testing::Picture;

namespace {

Plane plane_of(const Picture& picture, float scale = 1.0f) {
  Plane plane;
  plane.resize(picture.height, picture.width);
  for (size_t i = 0; i < plane.size(); ++i) plane.values[i] = scale * static_cast<float>(picture.pixels[i]);
  return plane;
}

// -- ground ----------------------------------------------------------------------------------------------------------

TEST(ground_and_strokes_are_told_apart_by_what_lies_along_the_border) {
  Ink ink;
  Plane dark = plane_of(Picture(20, 20, 30).fill(5, 8, 15, 11, 230));
  CHECK(figurate::find_ink(dark, ink));
  CHECK(ink.light && ink.even);
  CHECK_EQUAL(ink.peak, 200.0f);
  CHECK_EQUAL(dark.row(7)[9], 200.0f);
  CHECK_EQUAL(dark.row(0)[0], 0.0f);
  Plane light = plane_of(Picture(20, 20, 230).fill(5, 8, 15, 11, 30));
  CHECK(figurate::find_ink(light, ink));
  CHECK(!ink.light && ink.even);
  CHECK_SAME_BITS(light.values, dark.values);
  Plane blank = plane_of(Picture(20, 20, 99));
  CHECK(!figurate::find_ink(blank, ink));
}

TEST(uneven_light_makes_nearly_no_difference) {
  for (const int size : {28, 60, 120, 300}) {
    testing::in_case(std::to_string(size), [&] {
      const Picture even = drawn_seven(size, 235, 40).formed(Form());
      CHECK(mean_difference(testing::under_light(drawn_seven(size, 235, 40)).formed(Form()), even) <= 2.0);
      // A board: strokes of one tone on what is lit unevenly, so that they stand out less where it is light. Their
      // centre of mass may then be rounded to the next pixel, which moves all edges by half of one.
      Picture board = testing::under_light(Picture(size, size, 100));
      const Picture strokes = drawn_seven(size).inverted();
      for (size_t i = 0; i < board.pixels.size(); ++i) board.pixels[i] = std::max(board.pixels[i], strokes.pixels[i]);
      if (size > 28) CHECK(mean_difference(board.formed(Form()), even) <= 8.0);
    });
  }
}

TEST(grain_of_paper_is_ground) {
  Picture grainy = drawn_seven(100, 215, 50);
  const Picture grain = testing::random_picture(100, 100, 5, 0, 16);
  for (size_t i = 0; i < grain.pixels.size(); ++i)
    grainy.pixels[i] = static_cast<uint8_t>(grainy.pixels[i] + grain.pixels[i] - 8);
  const Picture clean = drawn_seven(100, 215, 50).formed(Form()), made = grainy.formed(Form());
  CHECK(mean_difference(made, clean) <= 4.0);
  for (int y = 0; y < 28; ++y) {
    CHECK_EQUAL(int(made.at(y, 0)), 0);
    CHECK_EQUAL(int(made.at(y, 27)), 0);
  }
}

// -- noise -----------------------------------------------------------------------------------------------------------

TEST(lone_pixels_go_and_the_figure_stays) {
  const Picture clean = drawn_seven(100);
  Picture salted = clean;
  std::mt19937 draw(3);
  for (uint8_t& pixel : salted.pixels) pixel = draw() % 20 == 0 ? 255 * (draw() % 2) : pixel;
  CHECK(mean_difference(salted.formed(Form()), clean.formed(Form())) <= 2.0);
  Plane plane = plane_of(salted), scratch;
  CHECK(figurate::remove_noise(plane, 255, scratch));
  // Some of 260 lie beside one another, or within the soft edge of strokes.
  size_t wrong = 0;
  for (size_t i = 0; i < plane.size(); ++i) wrong += std::abs(plane.values[i] - clean.pixels[i]) > 100;
  CHECK(wrong <= 65);
}

TEST(a_clean_picture_keeps_every_pixel) {
  for (const Picture& clean : {drawn_seven(60), drawn_seven(200, 255, 0, 0.012f), drawn_seven(28)}) {
    Plane plane = plane_of(clean), scratch;
    CHECK(!figurate::remove_noise(plane, 255, scratch));
    CHECK_SAME_BITS(plane.values, plane_of(clean).values);
  }
}

TEST(a_figure_of_thin_lines_in_a_small_picture_is_no_noise) {
  // A plus of lines one pixel wide: four ends, each with a single neighbour.
  const Picture plus = Picture(12, 12, 0).fill(2, 5, 9, 6, 255).fill(5, 2, 6, 9, 255);
  Plane plane = plane_of(plus), scratch;
  CHECK(!figurate::remove_noise(plane, 255, scratch));
  CHECK_SAME_BITS(plane.values, plane_of(plus).values);
}

TEST(ends_of_lines_at_the_border_are_not_noise) {
  // Twelve lines of one pixel, from edge to edge, and salt enough to have it removed.
  Picture lined(48, 48, 0);
  for (int y = 2; y < 48; y += 4) lined.fill(y, 0, y + 1, 48, 255);
  Picture salted = lined;
  for (int y = 4; y < 48; y += 4) {
    for (int x = 3; x < 48; x += 5) salted.at(y, x) = 255;
  }
  Plane plane = plane_of(salted), scratch;
  CHECK(figurate::remove_noise(plane, 255, scratch));
  CHECK_SAME_BITS(plane.values, plane_of(lined).values);
}

// -- ruled lines -----------------------------------------------------------------------------------------------------

// Ink of full strokes is 1.
bool rules_removed(Plane& ink) {
  Plane scratch;
  return figurate::remove_rules(ink, 1.0f, scratch);
}

TEST(a_line_from_edge_to_edge_goes_and_the_stroke_across_it_stays_whole) {
  for (const bool columns : {false, true}) {
    for (const int level : {60, 130, 255}) {
      Picture ruled(60, 60, 0), stroke(60, 60, 0);
      ruled.fill(30, 0, 32, 60, static_cast<uint8_t>(level)).fill(10, 28, 50, 34, 255);
      stroke.fill(10, 28, 50, 34, 255);
      Plane ink = plane_of(ruled, 1.0f / 255), expected = plane_of(stroke, 1.0f / 255), turned;
      if (columns) {
        figurate::transpose(ink, turned);
        ink = turned;
        figurate::transpose(expected, turned);
        expected = turned;
      }
      CHECK(rules_removed(ink));
      CHECK_SAME_BITS(ink.values, expected.values);
    }
  }
}

TEST(a_stroke_that_does_not_reach_from_edge_to_edge_is_no_line) {
  for (const auto& [left, right] : {std::pair(10, 50), std::pair(0, 40), std::pair(20, 60), std::pair(6, 54)}) {
    const Picture stroke = Picture(60, 60, 0).fill(20, left, 23, right, 255).fill(20, 30, 50, 34, 255);
    Plane ink = plane_of(stroke, 1.0f / 255);
    CHECK(!rules_removed(ink));
    CHECK_SAME_BITS(ink.values, plane_of(stroke, 1.0f / 255).values);
  }
  // Nor is one as thick as strokes are, even if the picture is cut so closely.
  const Picture minus = Picture(30, 60, 0).fill(12, 0, 18, 60, 255);
  Plane ink = plane_of(minus, 1.0f / 255);
  CHECK(!rules_removed(ink));
}

TEST(figures_on_ruled_and_squared_paper_read_as_on_plain) {
  const Picture plain = drawn_seven(120).formed(Form());
  for (const bool squared : {false, true}) {
    for (const float slope : {0.0f, 0.01f, 0.03f, 0.045f}) {
      if (squared && slope > 0.02f) continue;  // leaves a little of a line where it meets a stroke
      testing::in_case(std::string(squared ? "squared" : "ruled") + (slope > 0 ? ", aslant" : ""), [&] {
        Picture paper = drawn_seven(120);
        for (float at = 15; at < 120; at += 40) {
          const float rise = 120 * slope;
          paper.stroke(at, -5, at + rise, 125, 2, 120);
          if (squared) paper.stroke(-5, at + rise, 125, at, 2, 120);
        }
        // The figure lies over the lines.
        const Picture figure = drawn_seven(120);
        for (size_t i = 0; i < paper.pixels.size(); ++i) paper.pixels[i] = std::min(paper.pixels[i], figure.pixels[i]);
        CHECK(testing::same_strokes(paper.formed(Form()), plain));
      });
    }
  }
}

// -- specks ----------------------------------------------------------------------------------------------------------

TEST(specks_go_and_dots_stay) {
  Picture letter(60, 40, 0);
  letter.fill(22, 18, 52, 23, 255);  // a stroke of 150 pixels
  letter.fill(10, 18, 15, 23, 255);  // its dot, of 25
  const Picture clean = letter;
  letter.fill(50, 5, 52, 7, 255);    // a speck of 4: less than a twenty-fifth
  letter.fill(30, 38, 33, 40, 255);  // something else that reaches in: 6
  Plane ink = plane_of(letter, 1.0f / 255);
  std::vector<int> labels;
  figurate::keep_figure(ink, false, labels);
  CHECK_SAME_BITS(ink.values, plane_of(clean, 1.0f / 255).values);
}

TEST(what_reaches_in_from_beyond_the_border_goes_unless_the_figure_does_so_too) {
  const Picture inside = Picture(60, 40, 0).fill(10, 18, 40, 23, 255);
  Picture both = inside;
  both.fill(30, 34, 38, 40, 255);  // 48 pixels, less than a third of the figure's 150 but no speck
  std::vector<int> labels;
  Plane ink = plane_of(Picture(inside).fill(30, 36, 38, 40, 255), 1.0f / 255);  // 32: less than a quarter
  figurate::keep_figure(ink, false, labels);
  CHECK_SAME_BITS(ink.values, plane_of(inside, 1.0f / 255).values);
  ink = plane_of(both, 1.0f / 255);
  figurate::keep_figure(ink, false, labels);
  CHECK_SAME_BITS(ink.values, plane_of(both, 1.0f / 255).values);
  // A figure that touches the border itself keeps what does so, too.
  const Picture touching = Picture(60, 40, 0).fill(0, 18, 30, 23, 255).fill(30, 36, 38, 40, 255);
  ink = plane_of(touching, 1.0f / 255);
  figurate::keep_figure(ink, false, labels);
  CHECK_SAME_BITS(ink.values, plane_of(touching, 1.0f / 255).values);
}

TEST(soft_edges_stay_and_stains_go) {
  Picture soft(40, 40, 0);
  soft.fill(9, 17, 31, 24, 60).fill(10, 18, 30, 23, 255);
  const Picture clean = soft;
  soft.fill(33, 4, 38, 12, 60);  // as faint as the edge, but away from the figure
  Plane ink = plane_of(soft, 1.0f / 255);
  std::vector<int> labels;
  figurate::keep_figure(ink, false, labels);
  CHECK_SAME_BITS(ink.values, plane_of(clean, 1.0f / 255).values);
}

}  // namespace
