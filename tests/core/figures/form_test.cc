// Any picture brought into form: what stays as it is, what comes out alike, and that no picture does harm.
#include "figures/form.h"

#include "pictures.h"
#include "testing.h"

using figurate::Form;
using testing::drawn_seven;
using testing::Mass;
using testing::mean_difference;
using testing::Picture;
using testing::random_picture;

namespace {

// An L of strokes two pixels wide, in a form of 12 × 12 pixels with a box of 8 × 8: eight rows high, five columns wide,
// 22 pixels. Counted from its upper left corner, its mass lies at row (2·(0+…+7) + 3·(6+7)) / 22 = 95/22 = 4.32 and
// column (8·(0+1) + 2·(2+3+4)) / 22 = 26/22 = 1.18. To have it in the middle, 6 and 6, the corner comes to row
// 6 - 4.32 = 1.68 and column 6 - 1.18 = 4.82, whole numbers 2 and 5: where it is.
Form small_form() {
  Form form;
  form.height = form.width = 12;
  form.box_height = form.box_width = 8;
  return form;
}

Picture small_figure() { return Picture(12, 12, 0).fill(2, 5, 10, 7, 255).fill(8, 5, 10, 10, 255); }

TEST(a_figure_that_is_in_its_form_stays_as_it_is) {
  CHECK_SAME_BITS(small_figure().formed(small_form()).pixels, small_figure().pixels);
}

TEST(ground_and_place_of_a_figure_do_not_matter) {
  const std::vector<uint8_t> expected = small_figure().pixels;
  const Picture figure = small_figure();
  CHECK_SAME_BITS(figure.inverted().formed(small_form()).pixels, expected);
  for (const auto& [top, left] : {std::pair(0, 0), std::pair(37, 2), std::pair(9, 50), std::pair(48, 48)}) {
    const Picture moved = figure.placed(top, left, 60, 62, 0);
    CHECK_SAME_BITS(moved.formed(small_form()).pixels, expected);
    CHECK_SAME_BITS(moved.inverted().formed(small_form()).pixels, expected);
  }
  // Grey on grey: a full stroke is what the strokes have.
  Picture grey = figure;
  for (uint8_t& pixel : grey.pixels) pixel = pixel == 255 ? 90 : 140;
  CHECK_SAME_BITS(grey.formed(small_form()).pixels, expected);
}

// A triangle as wide as a pixel of the result mixes an eighth of what lies beyond an edge into the pixel at it, a
// quarter within corners.
TEST(an_enlarged_figure_comes_back_with_soft_edges) {
  for (const int factor : {2, 3, 5, 16, 40}) {
    const Picture made = small_figure().enlarged(factor).formed(small_form());
    CHECK(testing::largest_difference(made, small_figure()) <= 64);
    CHECK(mean_difference(made, small_figure()) <= 4.0);
  }
}

TEST(a_drawn_figure_is_fitted_into_the_box_with_its_mass_in_the_middle) {
  const Form form;
  for (const int size : {28, 40, 90, 250, 700}) {
    testing::in_case(std::to_string(size), [&] {
      const Picture figure = drawn_seven(size).formed(form);
      const Mass mass(figure);
      CHECK_NEAR(mass.down, 14, 0.51);
      CHECK_NEAR(mass.across, 14, 0.51);
      int top = 28, bottom = 0;
      for (int y = 0; y < 28; ++y) {
        for (int x = 0; x < 28; ++x) {
          if (figure.at(y, x) > 76) top = std::min(top, y), bottom = y + 1;
        }
      }
      CHECK_NEAR(bottom - top, 20, 1);
      CHECK_EQUAL(int(*std::max_element(figure.pixels.begin(), figure.pixels.end())), 255);
      CHECK(testing::same_strokes(figure, drawn_seven(160).formed(form)));
      // Once in its form, it stays. Soft edges of small pictures may take it a pixel out of the box.
      if (size > 40) CHECK(testing::largest_difference(figure.formed(form), figure) <= 3);
    });
  }
}

TEST(nothing_but_ground_is_a_blank_figure) {
  Form light;
  light.light_ground = true;
  for (const int tone : {0, 17, 128, 255}) {
    const Picture empty(50, 40, static_cast<uint8_t>(tone));
    CHECK_SAME_BITS(empty.formed(Form()).pixels, Picture(28, 28, 0).pixels);
    CHECK_SAME_BITS(empty.formed(light).pixels, Picture(28, 28, 255).pixels);
  }
  const Picture dirty = random_picture(60, 60, 1, 198, 203);
  CHECK_SAME_BITS(dirty.formed(Form()).pixels, Picture(28, 28, 0).pixels);
  CHECK_SAME_BITS(testing::under_light(Picture(64, 64, 240)).formed(Form()).pixels, Picture(28, 28, 0).pixels);
}

TEST(a_light_ground_is_the_figure_inverted) {
  Form light;
  light.light_ground = true;
  CHECK_SAME_BITS(drawn_seven(90).formed(light).pixels, drawn_seven(90).formed(Form()).inverted().pixels);
}

// An L's box is in the middle of 12 × 12 where it leaves (12 - 8) / 2 = 2 rows and (12 - 5) / 2 = 3.5 columns, rounded
// to 4, at the left.
TEST(the_middle_of_the_box_comes_into_the_middle) {
  Form form = small_form();
  form.centre_mass = false;
  const Picture expected = Picture(12, 12, 0).fill(2, 4, 10, 6, 255).fill(8, 4, 10, 9, 255);
  CHECK_SAME_BITS(small_figure().formed(form).pixels, expected.pixels);
}

TEST(a_box_may_be_wider_than_high) {
  Form form;
  form.height = 12, form.width = 40;
  form.box_height = 8, form.box_width = 30;
  const Picture bar = Picture(100, 300, 255).fill(45, 50, 55, 250, 0).formed(form);  // 10 × 200 becomes 1.5 × 30
  int left = 40, right = 0;
  for (int x = 0; x < 40; ++x) {
    if (bar.at(6, x) > 76) left = std::min(left, x), right = x + 1;
  }
  CHECK_EQUAL(right - left, 30);
}

TEST(slanted_strokes_are_made_upright_where_that_is_asked_for) {
  Form upright;
  upright.deskew = true;
  Picture slanted(120, 120, 255);
  slanted.stroke(20, 80, 100, 40, 9, 0);  // half a column to the left each row
  CHECK_NEAR(Mass(slanted.formed(Form())).slant, -0.5, 0.06);
  CHECK_NEAR(Mass(slanted.formed(upright)).slant, 0.0, 0.04);
  Picture straight(120, 120, 255);
  straight.stroke(20, 60, 100, 60, 9, 0);
  CHECK(mean_difference(straight.formed(upright), straight.formed(Form())) <= 1.0);
}

float width_of(const Picture& figure) {
  return figurate::stroke_width(figure.pixels.data(), figure.height, figure.width);
}

// A bar of 4 × 100 pixels: twice the area, 800, by an outline of 208, less at its corners.
TEST(a_stroke_is_as_wide_as_twice_its_area_by_its_outline) {
  CHECK_NEAR(width_of(Picture(20, 120, 0).fill(8, 10, 12, 110, 255)), 800.0 / 208.0, 0.03);
  CHECK_EQUAL(width_of(Picture(20, 120, 0)), 0.0f);
}

TEST(thin_strokes_are_widened_and_thick_ones_thinned) {
  Form form;
  form.thinnest = 2.0f, form.thickest = 3.0f;
  const Picture hair = drawn_seven(200, 255, 0, 0.012f), usual = drawn_seven(200, 255, 0, 0.07f),
                marker = drawn_seven(200, 255, 0, 0.17f);
  CHECK(width_of(hair.formed(Form())) < 1.6f);
  CHECK_NEAR(width_of(hair.formed(form)), 2.0, 0.25);
  CHECK(width_of(marker.formed(Form())) > 3.3f);
  CHECK_NEAR(width_of(marker.formed(form)), 3.0, 0.25);
  CHECK_SAME_BITS(usual.formed(form).pixels, usual.formed(Form()).pixels);
}

TEST(ink_that_was_found_already_comes_into_the_same_form) {
  const Picture ink = drawn_seven(90).inverted();
  const auto formed = [](const Picture& from) {
    Picture figure(28, 28, 77);
    figurate::ink_into_form(from.pixels.data(), from.height, from.width, Form(), figure.pixels.data());
    return figure;
  };
  CHECK_SAME_BITS(formed(ink).pixels, ink.formed(Form()).pixels);
  Picture faint = ink;
  for (uint8_t& pixel : faint.pixels) pixel = static_cast<uint8_t>(pixel / 3);
  CHECK(testing::largest_difference(formed(faint), formed(ink)) <= 3);
  CHECK_SAME_BITS(formed(Picture(33, 21, 0)).pixels, Picture(28, 28, 0).pixels);
}

// All of the figure is written, whatever was there, and always the same.
void check_safe(const Picture& picture, const Form& form) {
  const auto run = [&](uint8_t before, auto bring) {
    Picture figure(form.height, form.width, before);
    bring(picture.pixels.data(), picture.height, picture.width, form, figure.pixels.data());
    return figure.pixels;
  };
  CHECK_SAME_BITS(run(1, figurate::bring_into_form), run(2, figurate::bring_into_form));
  CHECK_SAME_BITS(run(1, figurate::ink_into_form), run(2, figurate::ink_into_form));
}

std::vector<Form> forms() {
  Form whole, tiny;
  whole.thinnest = 1.5f, whole.thickest = 3.0f, whole.deskew = true;
  tiny.height = 1, tiny.width = 2, tiny.box_height = tiny.box_width = 1, tiny.centre_mass = false;
  return {Form(), whole, tiny};
}

TEST(pictures_of_any_size_and_bytes_do_no_harm) {
  const std::pair<int, int> sizes[] = {{1, 1}, {1, 2}, {2, 1},  {2, 2},    {1, 500},  {500, 1},
                                       {3, 3}, {5, 2}, {2, 41}, {3000, 2}, {2, 3000}, {257, 300}};
  for (const auto& [height, width] : sizes) {
    testing::in_case(std::to_string(height) + " x " + std::to_string(width), [&, h = height, w = width] {
      for (const Form& form : forms()) {
        check_safe(random_picture(h, w, 3), form);
        check_safe(Picture(h, w, 200), form);
        check_safe(Picture(h, w, 255).fill(0, 0, (h + 1) / 2, (w + 1) / 2, 0), form);
        check_safe(testing::under_light(Picture(h, w, 255).fill(h / 3, 0, h / 3 + 1, w, 90)), form);
        check_safe(testing::under_light(Picture(h, w, 255).fill(0, w / 3, h, w / 3 + 1, 90)), form);
      }
    });
  }
  check_safe(testing::under_light(drawn_seven(256).enlarged(16)), Form());
}

TEST(random_bytes_of_every_density_do_no_harm) {
  std::mt19937 draw(11);
  for (uint32_t seed = 0; seed < 300; ++seed) {
    const int height = 1 + static_cast<int>(draw() % 40), width = 1 + static_cast<int>(draw() % 40);
    Picture picture = random_picture(height, width, seed, 0, 1 + static_cast<int>(draw() % 255));
    const uint32_t kept = draw() % 256;
    for (uint8_t& pixel : picture.pixels) pixel = draw() % 256 < kept ? pixel : 0;
    if (seed % 3 == 0) picture = picture.enlarged(2 + static_cast<int>(seed % 4));
    for (const Form& form : forms()) {
      testing::in_case("seed " + std::to_string(seed), [&] { check_safe(picture, form); });
    }
  }
}

}  // namespace
