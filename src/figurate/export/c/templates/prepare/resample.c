/* ---- resample: made larger or smaller, anti-aliased -------------------------------------------------------------- */

/* What goes into pixel i of `to`, of `from`: weights of `*count` pixels from `*first` on, a triangle as wide as a pixel
   of the result. */
static void taps_of(int from, int to, int i, float* weights, int* first, int* count) {
  const float step = (float)from / (float)to, reach = greatest_of(step, 1.0f);
  const float middle = ((float)i + 0.5f) * step;
  const int last = smaller(from, (int)ceilf(middle + reach));
  float sum = 0.0f;
  *first = larger(0, (int)floorf(middle - reach));
  *count = last - *first;
  for (int tap = 0; tap < *count; ++tap) {
    weights[tap] = greatest_of(0.0f, 1.0f - fabsf(((float)(*first + tap) + 0.5f - middle) / reach));
    sum += weights[tap];
  }
  for (int tap = 0; tap < *count; ++tap) weights[tap] /= sum;
}

/* `from` at the size of `to`, rows and columns apart. `between_them`: (to->height, from->width), `weights`: as many as
   the longer side of `from`. */
static void resample(const struct plane* from, struct plane* to, float* between_them, float* weights) {
  int first, count;
  for (int y = 0; y < to->height; ++y) {
    float* const row = between_them + y * from->width;
    taps_of(from->height, to->height, y, weights, &first, &count);
    for (int x = 0; x < from->width; ++x) {
      row[x] = 0.0f;
      for (int tap = 0; tap < count; ++tap) row[x] += weights[tap] * row_of(from, first + tap)[x];
    }
  }
  for (int x = 0; x < to->width; ++x) {
    taps_of(from->width, to->width, x, weights, &first, &count);
    for (int y = 0; y < to->height; ++y) {
      float sum = 0.0f;
      for (int tap = 0; tap < count; ++tap) sum += weights[tap] * between_them[y * from->width + first + tap];
      row_of(to, y)[x] = sum;
    }
  }
}
