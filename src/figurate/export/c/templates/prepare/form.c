/* ---- form: the order of the steps -------------------------------------------------------------------------------- */

#define SOFT 0.3f
#define FITS 0.03f

struct bounds {
  int top, left, bottom, right; /* the last two behind the last pixel */
};

/* The box around all ink above `least`; empty where there is none. */
static struct bounds bounds_of(const struct plane* ink, float least) {
  struct bounds found = {ink->height, ink->width, 0, 0};
  for (int y = 0; y < ink->height; ++y) {
    for (int x = 0; x < ink->width; ++x) {
      if (row_of(ink, y)[x] <= least) continue;
      found.top = smaller(found.top, y);
      found.left = smaller(found.left, x);
      found.bottom = y + 1;
      found.right = larger(found.right, x + 1);
    }
  }
  return found;
}

/* From the floor to the peak as 0..1. */
static void stretch(struct plane* ink, float least, float peak) {
  const float scale = 1.0f / (peak - least);
  for (int i = 0; i < size_of(ink); ++i) ink->values[i] = between((ink->values[i] - least) * scale, 0.0f, 1.0f);
}

/* Strokes that were shrunk to less than a pixel are pale: their strongest pixels become full ones. */
static void strengthen(struct plane* figure, float* inked) {
  int count = 0;
  for (int i = 0; i < size_of(figure); ++i) {
    if (figure->values[i] > 0.1f) inked[count++] = figure->values[i];
  }
  const float strong = quantile(inked, count, 0.9);
  if (strong <= 0.1f || strong >= 0.98f) return;
  for (int i = 0; i < size_of(figure); ++i) figure->values[i] = least_of(figure->values[i] / strong, 1.0f);
}

/* Where the first row and column of `ink` come to lie, so that its middle is the figure's. */
static void find_place(const struct plane* ink, float* top, float* left) {
  double sum = 0.0, down = 0.0, across = 0.0;
  if (!FORM_CENTRE_MASS) {
    *top = 0.5f * (float)(FIGURE_HEIGHT - ink->height);
    *left = 0.5f * (float)(FIGURE_WIDTH - ink->width);
    return;
  }
  for (int y = 0; y < ink->height; ++y) {
    for (int x = 0; x < ink->width; ++x) {
      const double value = (double)row_of(ink, y)[x];
      sum += value;
      down += value * y;
      across += value * x;
    }
  }
  *top = (float)(FIGURE_HEIGHT / 2 - down / sum);
  *left = (float)(FIGURE_WIDTH / 2 - across / sum);
}

static void blank(uint8_t* figure) { memset(figure, FORM_LIGHT_GROUND ? 255 : 0, FIGURE_HEIGHT * FIGURE_WIDTH); }

static void write_figure(const struct plane* ink, uint8_t* figure) {
  float top, left;
  find_place(ink, &top, &left);
  const int y0 = (int)lroundf(top), x0 = (int)lroundf(left);
  blank(figure);
  for (int y = 0; y < ink->height; ++y) {
    for (int x = 0; x < ink->width; ++x) {
      const int j = y0 + y, i = x0 + x;
      if (j < 0 || j >= FIGURE_HEIGHT || i < 0 || i >= FIGURE_WIDTH) continue;
      const int value = (int)lroundf(255.0f * between(row_of(ink, y)[x], 0.0f, 1.0f));
      figure[j * FIGURE_WIDTH + i] = (uint8_t)(FORM_LIGHT_GROUND ? 255 - value : value);
    }
  }
}

/* Fits what is at the beginning of the room into the box. 0: the room is too small. */
static int fit_into_box(struct plane* ink, const struct room* my) {
  const struct bounds strokes = bounds_of(ink, SOFT);
  const float scale = least_of(FORM_BOX_HEIGHT / (float)(strokes.bottom - strokes.top),
                               FORM_BOX_WIDTH / (float)(strokes.right - strokes.left));
  if (fabsf(scale - 1.0f) <= FITS) return 1;
  const float height = scale * (float)ink->height, width = scale * (float)ink->width;
  /* Before they are whole numbers, which have less room for very large ones. */
  if (greatest_of(height, 1.0f) * greatest_of(width, (float)ink->width) > (float)my->floats) return 0;
  struct plane fitted = {larger(1, (int)lroundf(height)), larger(1, (int)lroundf(width)), ink->values + size_of(ink)};
  const int within = fitted.height * ink->width, longest = larger(ink->height, ink->width);
  if (size_of(ink) + size_of(&fitted) + within + longest > my->floats) return 0;
  float* const between_them = fitted.values + size_of(&fitted);
  resample(ink, &fitted, between_them, between_them + within);
  memmove(ink->values, fitted.values, (size_t)size_of(&fitted) * sizeof(float));
  give_size(ink, fitted.height, fitted.width);
  if (2 * size_of(ink) > my->floats) return 0;
  strengthen(ink, ink->values + size_of(ink));
  return 1;
}

/* Ink of 0..1 as a figure; what figure_prepare returns. */
static int finish(struct room* my, uint8_t* figure) {
  struct plane ink = {0, 0, my->begin};
  const struct bounds bounds = bounds_of(&my->picture, 0.0f);
  if (bounds.bottom == 0) {
    blank(figure);
    return FIGURE_BLANK;
  }
  give_size(&ink, bounds.bottom - bounds.top, bounds.right - bounds.left);
  for (int y = 0; y < ink.height; ++y) {
    memmove(row_of(&ink, y), row_of(&my->picture, bounds.top + y) + bounds.left, (size_t)ink.width * sizeof(float));
  }
  if (FORM_DESKEW && !make_upright(&ink, my->floats - size_of(&ink))) return FIGURE_SCRATCH_TOO_SMALL;
  if (!fit_into_box(&ink, my)) return FIGURE_SCRATCH_TOO_SMALL;
  if (FORM_THICKEST > 0.0f) {
    if (2 * (ink.height + 2) * (ink.width + 2) > my->floats) return FIGURE_SCRATCH_TOO_SMALL;
    usual_strokes(&ink);
  }
  write_figure(&ink, figure);
  return FIGURE_OK;
}

int figure_prepare(const uint8_t* picture, int height, int width, float* scratch, int floats, uint8_t* figure) {
  if (height < 1 || width < 1 || height > FIGURE_LONGEST_SIDE || width > FIGURE_LONGEST_SIDE) return FIGURE_WRONG_SIZE;
  struct room my = {{0, 0, scratch}, {0, 0, NULL}, {0, 0, NULL}, NULL, scratch, floats};
  const int size = FIGURE_SHRUNK(height, height, width) * FIGURE_SHRUNK(width, height, width);
  if (floats < FIGURE_LEAST_FLOATS(height, width)) return FIGURE_SCRATCH_TOO_SMALL;
  my.second.values = scratch + size;
  my.third.values = scratch + 2 * size;
  my.spare = scratch + 3 * size;
  take_in(picture, height, width, &my.picture);
  float low, high;
  struct ink ink = {0.0f, 0.0f};
  span_of(&my.picture, &low, &high);
  const int noisy = remove_noise(&my, high - low);
  if (!find_ink(&my, &ink)) {
    blank(figure);
    return FIGURE_BLANK;
  }
  if (remove_rules(&my, ink.peak)) {
    ink.peak = greatest_of(stroke_strength(&my.picture, my.third.values), ink.floor + 1.0f);
  }
  stretch(&my.picture, ink.floor, ink.peak);
  keep_figure(&my, noisy);
  return finish(&my, figure);
}
