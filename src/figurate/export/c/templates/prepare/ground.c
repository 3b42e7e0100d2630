/* ---- ground: where it is, and how far each pixel is from it ------------------------------------------------------ */

#define LEAST_CONTRAST 12.0f
#define EVEN 2.0f
#define GROUND_BELOW 0.3f
#define BORDER_SAMPLES 400
#define GROUND_SAMPLES 1000
#define STROKE_SAMPLES 2500
#define TERMS 6

struct ink {
  float peak;  /* what a full stroke has */
  float floor; /* what the ground's own unevenness reaches */
};

/* A surface of the second degree (of the first: three terms), fitted by weighted least squares. */
struct surface {
  int count;
  double products[TERMS][TERMS], sums[TERMS], factors[TERMS];
};

/* 1, v, u, v*v, u*v, u*u of a place, both counted from -1 to 1. */
static void terms_of(const struct plane* picture, int y, int x, double* terms) {
  const double v = 2.0 * (y + 0.5) / picture->height - 1.0, u = 2.0 * (x + 0.5) / picture->width - 1.0;
  terms[0] = 1.0;
  terms[1] = v;
  terms[2] = u;
  terms[3] = v * v;
  terms[4] = u * v;
  terms[5] = u * u;
}

static void begin_surface(struct surface* surface, int terms) {
  memset(surface, 0, sizeof *surface);
  surface->count = terms;
}

static void add_sample(struct surface* surface, const double* terms, double value, double weight) {
  for (int i = 0; i < surface->count; ++i) {
    for (int j = 0; j <= i; ++j) surface->products[i][j] += weight * terms[i] * terms[j];
    surface->sums[i] += weight * terms[i] * value;
  }
}

/* Cholesky's method, the diagonal made a little larger, so that terms that nothing speaks for stay small. */
static void solve(struct surface* surface) {
  const int n = surface->count;
  const double ridge = 1e-6 * (surface->products[0][0] + 1e-9);
  double lower[TERMS][TERMS] = {{0.0}}, half[TERMS] = {0.0};
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j <= i; ++j) {
      double sum = surface->products[i][j] + (i == j ? ridge : 0.0);
      for (int k = 0; k < j; ++k) sum -= lower[i][k] * lower[j][k];
      lower[i][j] = i == j ? sqrt(sum < 1e-12 ? 1e-12 : sum) : sum / lower[j][j];
    }
  }
  for (int i = 0; i < n; ++i) {
    double sum = surface->sums[i];
    for (int k = 0; k < i; ++k) sum -= lower[i][k] * half[k];
    half[i] = sum / lower[i][i];
  }
  memset(surface->factors, 0, sizeof surface->factors);
  for (int i = n; i-- > 0;) {
    double sum = half[i];
    for (int k = i + 1; k < n; ++k) sum -= lower[k][i] * surface->factors[k];
    surface->factors[i] = sum / lower[i][i];
  }
}

static double height_at(const struct surface* surface, const double* terms) {
  double sum = 0.0;
  for (int i = 0; i < TERMS; ++i) sum += surface->factors[i] * terms[i];
  return sum;
}

/* The surface along row y of a picture, kept within what pixels can be. */
static void along_row(const struct surface* surface, const struct plane* picture, int y, float lowest, float* to) {
  const double* const f = surface->factors;
  const double v = 2.0 * (y + 0.5) / picture->height - 1.0;
  const float constant = (float)(f[0] + f[1] * v + f[3] * v * v), linear = (float)(f[2] + f[4] * v);
  const float square = (float)f[5], step = 2.0f / (float)picture->width;
  for (int x = 0; x < picture->width; ++x) {
    const float u = ((float)x + 0.5f) * step - 1.0f;
    to[x] = between(constant + u * (linear + u * square), lowest, 255.0f);
  }
}

static int ring_width(const struct plane* picture) { return larger(1, smaller(picture->height, picture->width) / 20); }

/* Writes every so manieth place along the border, as whole numbers in floats, and returns how many. */
static int border_places(const struct plane* picture, int every, float* to) {
  const int ring = ring_width(picture);
  int count = 0, passed = 0;
  for (int y = 0; y < picture->height; ++y) {
    const int whole = y < ring || y >= picture->height - ring;
    for (int x = 0; x < picture->width; ++x) {
      if (!whole && x == ring && picture->width > 2 * ring) x = picture->width - ring;
      if (passed++ % every == 0) to[count++] = (float)(y * picture->width + x);
    }
  }
  return count;
}

/* So many pixels of a picture at most, evenly spread; returns how many. */
static int some_of(const struct plane* picture, int most, float* to) {
  const int size = size_of(picture), step = size <= most ? 1 : (size / most) | 1;
  int count = 0;
  for (int i = 0; i < size; i += step) to[count++] = picture->values[i];
  return count;
}

static double support(const float* values, int count, float tone, float contrast) {
  int close = 0;
  for (int i = 0; i < count; ++i) close += fabsf(values[i] - tone) <= 0.15f * contrast;
  return (double)close / (double)count;
}

/* The tone of the ground: the border's usual one, or the whole picture's where more of both is like that. */
static float ground_tone(struct room* my, float* border, int count, float contrast) {
  float* const all = my->third.values;
  const int many = some_of(&my->picture, GROUND_SAMPLES, all);
  const float candidates[2] = {quantile(border, count, 0.5), quantile(all, many, 0.5)};
  float best = candidates[0];
  double most = 0.0;
  for (int i = 0; i < 2; ++i) {
    const double found = support(border, count, candidates[i], contrast) + support(all, many, candidates[i], contrast);
    if (found <= most) continue;
    most = found;
    best = candidates[i];
  }
  return best;
}

/* The ground's surface, of the first degree, from the border and a few hundred pixels within: what is far from it
   counts little (Cauchy's weights). Returns how far the ground's pixels usually are from it. */
static double fit_plane(struct room* my, float tone, struct surface* surface) {
  const struct plane* const picture = &my->picture;
  const double middle[TERMS] = {1.0};
  const int ring = 2 * ring_width(picture) * (picture->height + picture->width);
  const int step = larger(2, (int)sqrt((double)size_of(picture) / 400.0));
  float* const places = my->second.values;
  int count = border_places(picture, 1 + ring / BORDER_SAMPLES, places);
  for (int y = step / 2; y < picture->height; y += step) {
    for (int x = step / 2; x < picture->width; x += step) places[count++] = (float)(y * picture->width + x);
  }
  float* const distances = places + count;
  begin_surface(surface, 1);
  add_sample(surface, middle, tone, 1.0);
  solve(surface);
  double scale = 0.0, terms[TERMS];
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < count; ++i) {
      const int place = (int)places[i];
      terms_of(picture, place / picture->width, place % picture->width, terms);
      distances[i] = (float)fabs((double)picture->values[place] - height_at(surface, terms));
    }
    scale = 1.48 * (double)quantile(distances, count, 0.5);
    if (scale < 1.0) scale = 1.0;
    struct surface next;
    begin_surface(&next, 3);
    for (int i = 0; i < count; ++i) {
      const int place = (int)places[i];
      const double value = (double)picture->values[place];
      terms_of(picture, place / picture->width, place % picture->width, terms);
      const double distance = (value - height_at(surface, terms)) / (2.0 * scale);
      add_sample(&next, terms, value, 1.0 / (1.0 + distance * distance));
    }
    solve(&next);
    *surface = next;
  }
  return scale;
}

/* The same of the second degree, fitted to all that is ground. */
static void fit_ground(const struct plane* picture, int light, float peak, struct surface* surface) {
  const int step = larger(1, (int)sqrt((double)size_of(picture) / (double)GROUND_SAMPLES));
  double terms[TERMS];
  for (int round = 0; round < 3; ++round) {
    struct surface next;
    int count = 0;
    begin_surface(&next, 6);
    for (int y = 0; y < picture->height; y += step) {
      for (int x = 0; x < picture->width; x += step) {
        const double value = (double)row_of(picture, y)[x];
        terms_of(picture, y, x, terms);
        const double distance = (value - height_at(surface, terms)) * (light ? 1.0 : -1.0);
        if (fabs(distance) > (double)(GROUND_BELOW * peak)) continue;
        add_sample(&next, terms, value, 1.0);
        ++count;
      }
    }
    if (count < 24) return;
    solve(&next);
    *surface = next;
  }
}

static int count_close(const float* values, int count, float tone) {
  int close = 0;
  for (int i = 0; i < count; ++i) close += fabsf(values[i] - tone) <= EVEN;
  return close;
}

/* How much darker (or, for light strokes, lighter) than the surface each pixel is. */
static void measure(struct room* my, const struct surface* surface, int light) {
  const struct plane* const picture = &my->picture;
  const float sign = light ? 1.0f : -1.0f;
  give_size(&my->second, picture->height, picture->width);
  for (int y = 0; y < picture->height; ++y) {
    along_row(surface, picture, y, 1.0f, my->spare);
    for (int x = 0; x < picture->width; ++x) {
      row_of(&my->second, y)[x] = sign * (row_of(picture, y)[x] - my->spare[x]);
    }
  }
}

/* Which of the two, darker or lighter, differs more from the ground; `found` is how much darker each pixel is. */
static int strokes_are_light(const struct plane* found, float least) {
  float darker = 0.0f, lighter = 0.0f;
  for (int i = 0; i < size_of(found); ++i) {
    const float distance = found->values[i];
    darker += distance > least ? distance * distance : 0.0f;
    lighter += distance < -least ? distance * distance : 0.0f;
  }
  return lighter > darker;
}

/* Ink takes a part of the light that falls on paper: where there is less light, there is less to take. */
static void make_up_for_light(struct room* my, const struct surface* surface) {
  const struct plane* const picture = &my->picture;
  double terms[TERMS];
  terms_of(picture, picture->height / 2, picture->width / 2, terms);
  const float middle = (float)height_at(surface, terms);
  for (int y = 0; y < picture->height; ++y) {
    along_row(surface, picture, y, 16.0f, my->spare);
    for (int x = 0; x < picture->width; ++x) row_of(&my->second, y)[x] *= middle / my->spare[x];
  }
}

/* The strength of a full stroke: of the pixels that are more than half as strong as the strongest, 85 in a hundred have
   less. `values` is room for as many floats as the plane has. */
static float stroke_strength(const struct plane* ink, float* values) {
  const int count = some_of(ink, STROKE_SAMPLES, values);
  const float strongest = quantile(values, count, 0.995);
  int strong = 0;
  for (int i = 0; i < count; ++i) {
    if (values[i] > 0.5f * strongest) values[strong++] = values[i];
  }
  return quantile(values, strong, 0.85);
}

/* The same as ink: 0 where the ground is, whose one tone this is. */
static int find_ink_on_even_ground(struct room* my, float tone, struct ink* ink) {
  double darker = 0.0, lighter = 0.0;
  for (int i = 0; i < size_of(&my->picture); ++i) {
    const float value = my->picture.values[i], square = (value - tone) * (value - tone);
    *(value > tone ? &lighter : &darker) += (double)square;
  }
  for (int i = 0; i < size_of(&my->picture); ++i) {
    float* const value = my->picture.values + i;
    *value = lighter > darker ? *value - tone : tone - *value;
    if (fabsf(*value) <= EVEN) *value = 0.0f;
  }
  ink->floor = 0.0f;
  ink->peak = stroke_strength(&my->picture, my->third.values);
  return ink->peak >= LEAST_CONTRAST;
}

/* Turns a picture of 0..255 into ink: 0 and less where the ground is, more where strokes are. 0 where there is nothing
   but ground. */
static int find_ink(struct room* my, struct ink* ink) {
  float *const border = my->second.values, *const others = my->third.values;
  float low, high;
  const int around = border_places(&my->picture, 1, border);
  for (int i = 0; i < around; ++i) border[i] = my->picture.values[(int)border[i]];
  span_of(&my->picture, &low, &high);
  const float tone = ground_tone(my, border, around, high - low);
  const int all = count_close(my->picture.values, size_of(&my->picture), tone);
  if (count_close(border, around, tone) * 10 >= around * 4 && all * 10 >= size_of(&my->picture) * 4) {
    return find_ink_on_even_ground(my, tone, ink);
  }
  struct surface surface;
  const float scale = (float)fit_plane(my, tone, &surface);
  measure(my, &surface, 0);
  const int light = strokes_are_light(&my->second, 3.0f * scale + 6.0f);
  if (light) measure(my, &surface, 1);
  fit_ground(&my->picture, light, stroke_strength(&my->second, others), &surface);
  measure(my, &surface, light);
  if (!light) make_up_for_light(my, &surface);
  ink->peak = stroke_strength(&my->second, others);
  /* The ground's own unevenness: from the half of it that is on the other side of the ground than strokes are. */
  const int count = some_of(&my->second, STROKE_SAMPLES, others);
  int other = 0;
  for (int i = 0; i < count; ++i) {
    if (others[i] < 0.0f) others[other++] = -others[i];
  }
  ink->floor = least_of(2.5f * 1.48f * quantile(others, other, 0.5), 0.4f * ink->peak);
  exchange(&my->picture, &my->second);
  return ink->peak >= LEAST_CONTRAST && ink->peak > 2.0f * ink->floor;
}
