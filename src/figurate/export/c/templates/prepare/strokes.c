/* ---- strokes: how thick they are, made thicker or thinner, and upright ------------------------------------------- */

#define MOST_STEPS 4
#define STEEPEST 0.7

/* Twice the area by the length of the outline, in pixels; 0 where there is no ink. */
static float stroke_width_of(const struct plane* ink) {
  double area = 0.0, outline = 0.0;
  for (int y = -1; y < ink->height; ++y) {
    for (int x = -1; x < ink->width; ++x) {
      const float here = at(ink, y, x), down = at(ink, y + 1, x) - here, across = at(ink, y, x + 1) - here;
      area += (double)here;
      outline += (double)sqrtf(down * down + across * across);
    }
  }
  return outline > 0.0 ? (float)(2.0 * area / outline) : 0.0f;
}

/* The largest (or, for ground, the smallest) of a pixel and its four neighbours. */
static void spread(const struct plane* ink, int largest, struct plane* to) {
  for (int y = 0; y < ink->height; ++y) {
    for (int x = 0; x < ink->width; ++x) {
      const float around[4] = {at(ink, y - 1, x), at(ink, y + 1, x), at(ink, y, x - 1), at(ink, y, x + 1)};
      float value = row_of(ink, y)[x];
      for (int i = 0; i < 4; ++i) value = largest ? greatest_of(value, around[i]) : least_of(value, around[i]);
      row_of(to, y)[x] = value;
    }
  }
}

/* `to` is a plane of its own, with a margin of one pixel. */
static void add_margin(const struct plane* ink, struct plane* to) {
  give_size(to, ink->height + 2, ink->width + 2);
  for (int y = 0; y < to->height; ++y) {
    for (int x = 0; x < to->width; ++x) row_of(to, y)[x] = at(ink, y - 1, x - 1);
  }
}

/* Brings strokes thinner or thicker than usual there, as far as a few steps go. Behind `ink` is room for another two
   such planes. */
static void usual_strokes(struct plane* ink) {
  float width = stroke_width_of(ink);
  if (width <= 0.0f || (width >= FORM_THINNEST && width <= FORM_THICKEST)) return;
  const int widen = width < FORM_THINNEST;
  const float aim = widen ? FORM_THINNEST : FORM_THICKEST;
  if (widen) {
    struct plane wider = {0, 0, ink->values + size_of(ink)};
    add_margin(ink, &wider);
    memmove(ink->values, wider.values, (size_t)size_of(&wider) * sizeof(float));
    give_size(ink, wider.height, wider.width);
  }
  struct plane next = {ink->height, ink->width, ink->values + size_of(ink)};
  for (int step = 0; step < MOST_STEPS && (widen ? width < aim : width > aim); ++step) {
    spread(ink, widen, &next);
    const float reached = stroke_width_of(&next);
    /* Thinned away, or no change: better as it is. */
    if (widen ? reached <= width : reached <= 0.0f || reached >= width) return;
    const float part = between((aim - width) / (reached - width), 0.0f, 1.0f);
    for (int i = 0; i < size_of(ink); ++i) ink->values[i] += part * (next.values[i] - ink->values[i]);
    width = stroke_width_of(ink);
    if (part < 1.0f) return;
  }
}

/* How slanted the main axis of the ink is, as the tangent, and where it has its middle row. 0: there is none. */
static int slant_of(const struct plane* ink, double* slant, double* middle) {
  double sum = 0.0, down = 0.0, across = 0.0, both = 0.0, downwards = 0.0;
  for (int y = 0; y < ink->height; ++y) {
    for (int x = 0; x < ink->width; ++x) {
      const double value = (double)row_of(ink, y)[x];
      sum += value;
      down += value * y;
      across += value * x;
    }
  }
  if (sum <= 0.0) return 0;
  down /= sum;
  across /= sum;
  for (int y = 0; y < ink->height; ++y) {
    for (int x = 0; x < ink->width; ++x) {
      const double value = (double)row_of(ink, y)[x];
      both += value * (y - down) * (x - across);
      downwards += value * (y - down) * (y - down);
    }
  }
  const double found = downwards > 0.0 ? both / downwards : 0.0;
  *slant = found < -STEEPEST ? -STEEPEST : found > STEEPEST ? STEEPEST : found;
  *middle = down;
  return 1;
}

static float sheared_at(const struct plane* ink, int y, int x, double shift) {
  const double from = x + shift;
  const int first = (int)floor(from);
  const float part = (float)(from - first);
  return (1.0f - part) * at(ink, y, first) + part * at(ink, y, first + 1);
}

/* Shears rows so that the main axis stands upright; the ink may become wider. Behind it is room for `floats`.
   0: too little. */
static int make_upright(struct plane* ink, int floats) {
  double slant, middle;
  if (!slant_of(ink, &slant, &middle)) return 1;
  const int margin = (int)ceil(fabs(slant) * ink->height) + 1;
  int left = ink->width + margin, right = -margin;
  for (int y = 0; y < ink->height; ++y) {
    for (int x = -margin; x < ink->width + margin; ++x) {
      if (sheared_at(ink, y, x, slant * (y - middle)) <= 0.1f) continue;
      left = smaller(left, x);
      right = larger(right, x + 1);
    }
  }
  if (left >= right) return 1;
  struct plane upright = {ink->height, right - left, ink->values + size_of(ink)};
  if (size_of(&upright) > floats) return 0;
  for (int y = 0; y < ink->height; ++y) {
    for (int x = left; x < right; ++x) row_of(&upright, y)[x - left] = sheared_at(ink, y, x, slant * (y - middle));
  }
  memmove(ink->values, upright.values, (size_t)size_of(&upright) * sizeof(float));
  give_size(ink, upright.height, upright.width);
  return 1;
}
