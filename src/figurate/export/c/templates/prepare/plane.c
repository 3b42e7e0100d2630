/* ---- planes: a grey picture while it is worked on, floats in rows, in memory that the caller gave ---------------- */

struct plane {
  int height, width;
  float* values;
};

/* Memory in one piece: three planes and, behind the third, some more floats. */
struct room {
  struct plane picture, second, third;
  float* spare;
  float* begin;
  int floats;
};

static int smaller(int a, int b) { return a < b ? a : b; }
static int larger(int a, int b) { return a > b ? a : b; }
static float between(float value, float low, float high) { return value < low ? low : high < value ? high : value; }

static int size_of(const struct plane* plane) { return plane->height * plane->width; }
static float* row_of(const struct plane* plane, int y) { return plane->values + y * plane->width; }

static void give_size(struct plane* plane, int height, int width) {
  plane->height = height;
  plane->width = width;
}

static void exchange(struct plane* one, struct plane* other) {
  const struct plane kept = *one;
  *one = *other;
  *other = kept;
}

/* The ink at a place, or the ground's, which is none, outside the plane. */
static float at(const struct plane* ink, int y, int x) {
  return y < 0 || y >= ink->height || x < 0 || x >= ink->width ? 0.0f : row_of(ink, y)[x];
}

/* The value that `share` (0..1) of all lie below. Reorders `values`. */
static float quantile(float* values, int count, double share) {
  return count == 0 ? 0.0f : nth(values, count, (int)lround(share * (double)(count - 1)));
}

static void span_of(const struct plane* plane, float* low, float* high) {
  *low = *high = plane->values[0];
  for (int i = 1; i < size_of(plane); ++i) {
    *low = least_of(plane->values[i], *low);
    *high = greatest_of(plane->values[i], *high);
  }
}

/* Bytes as a plane, shrunk by a whole factor, block by block, until no side is longer than FIGURE_LONGEST. */
static void take_in(const uint8_t* pixels, int height, int width, struct plane* to) {
  const int factor = FIGURE_FACTOR(height, width);
  give_size(to, FIGURE_SHRUNK(height, height, width), FIGURE_SHRUNK(width, height, width));
  for (int y = 0; y < to->height; ++y) {
    const int top = y * factor, bottom = smaller(top + factor, height);
    for (int x = 0; x < to->width; ++x) {
      const int left = x * factor, right = smaller(left + factor, width);
      uint32_t sum = 0;
      for (int j = top; j < bottom; ++j) {
        for (int i = left; i < right; ++i) sum += pixels[(size_t)j * (size_t)width + (size_t)i];
      }
      row_of(to, y)[x] = (float)sum / (float)((bottom - top) * (right - left));
    }
  }
}

static void transpose(const struct plane* from, struct plane* to) {
  give_size(to, from->width, from->height);
  for (int y = 0; y < from->height; ++y) {
    for (int x = 0; x < from->width; ++x) row_of(to, x)[y] = row_of(from, y)[x];
  }
}
