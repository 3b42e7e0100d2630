/* ---- pictures fitted into a size: Pillow's resampling, Lanczos' windows to shrink and cubic ones to grow --------- */

/* Weights are whole numbers, of so many bits behind the point. */
#define WEIGHT_BITS 22
#define PI 3.14159265358979323846

static double sinc(double x) { return x == 0.0 ? 1.0 : sin(x * PI) / (x * PI); }

static double window_at(double x, int shrinks) {
  if (shrinks) return -3.0 <= x && x < 3.0 ? sinc(x) * sinc(x / 3.0) : 0.0;
  x = fabs(x);
  if (x < 1.0) return ((-0.5 + 2.0) * x - (-0.5 + 3.0)) * x * x + 1.0;
  return x < 2.0 ? (((x - 5.0) * x + 8.0) * x - 4.0) * -0.5 : 0.0;
}

/* What goes into pixel i of `to`, of `from`: weights of `*count` pixels from `*first` on, whole numbers in floats. */
static void weigh(int from, int to, int shrinks, int i, float* weights, int* first, int* count) {
  const double scale = (double)from / (double)to, width = scale < 1.0 ? 1.0 : scale;
  const double reach = (shrinks ? 3.0 : 2.0) * width, middle = (i + 0.5) * scale;
  const int begin = (int)(middle - reach + 0.5), end = (int)(middle + reach + 0.5);
  double sum = 0.0;
  *first = begin < 0 ? 0 : begin;
  *count = (end > from ? from : end) - *first;
  for (int k = 0; k < *count; ++k) sum += window_at((k + *first - middle + 0.5) * (1.0 / width), shrinks);
  for (int k = 0; k < *count; ++k) {
    double weight = window_at((k + *first - middle + 0.5) * (1.0 / width), shrinks);
    if (sum != 0.0) weight /= sum;
    weights[k] = (float)(int32_t)(weight * (1 << WEIGHT_BITS) + (weight < 0.0 ? -0.5 : 0.5));
  }
}

/* One axis: `lines` lines of `from` pixels, `step` bytes apart, to lines of `to` pixels, lying likewise. */
static void resize(const uint8_t* in, int lines, int line, int step, int from, int shrinks, float* weights,
                   uint8_t* out, int out_line, int out_step, int to) {
  int first, count;
  for (int i = 0; i < to; ++i) {
    if (from == to) { /* a copy */
      first = i;
      count = 1;
      weights[0] = (float)(1 << WEIGHT_BITS);
    } else {
      weigh(from, to, shrinks, i, weights, &first, &count);
    }
    for (int j = 0; j < lines; ++j) {
      for (int channel = 0; channel < FIGURE_CHANNELS; ++channel) {
        const uint8_t* const pixels = in + (size_t)j * (size_t)line + (size_t)first * (size_t)step + channel;
        int32_t sum = (int32_t)1 << (WEIGHT_BITS - 1);
        for (int k = 0; k < count; ++k) sum += pixels[(size_t)k * (size_t)step] * (int32_t)weights[k];
        sum >>= WEIGHT_BITS; /* keeps the sign with every compiler that is known */
        out[(size_t)j * (size_t)out_line + (size_t)i * (size_t)out_step + (size_t)channel] =
            (uint8_t)(sum < 0     ? 0
                      : sum > 255 ? 255
                                  : sum);
      }
    }
  }
}

/* The median of a channel along the border; corners count twice. */
static uint8_t border_tone(const uint8_t* picture, int height, int width, int channel, float* values) {
  const size_t row = (size_t)width * FIGURE_CHANNELS;
  const uint8_t* const last = picture + (size_t)(height - 1) * row;
  int count = 0;
  for (int x = 0; x < width; ++x) {
    values[count++] = picture[x * FIGURE_CHANNELS + channel];
    values[count++] = last[x * FIGURE_CHANNELS + channel];
  }
  for (int y = 0; y < height; ++y) {
    values[count++] = picture[(size_t)y * row + (size_t)channel];
    values[count++] = picture[(size_t)y * row + row - FIGURE_CHANNELS + (size_t)channel];
  }
  const int lower = (int)nth(values, count, count / 2 - 1), upper = (int)nth(values, count, count / 2);
  return (uint8_t)((lower + upper) / 2);
}

int figure_prepare(const uint8_t* picture, int height, int width, float* scratch, int floats, uint8_t* figure) {
  if (height < 1 || width < 1 || height > FIGURE_LONGEST_SIDE || width > FIGURE_LONGEST_SIDE) return FIGURE_WRONG_SIZE;
  if (floats < FIGURE_PREPARE_FLOATS(height, width)) return FIGURE_SCRATCH_TOO_SMALL;
  const int channels = FIGURE_CHANNELS;
  const double down = (double)FIGURE_HEIGHT / height, across = (double)FIGURE_WIDTH / width;
  const double scale = across < down ? across : down;
  const int shrinks = scale < 1.0, rows = (int)rint(height * scale), columns = (int)rint(width * scale);
  const int h = rows < 1 ? 1 : rows, w = columns < 1 ? 1 : columns;
  float* const values = scratch;
  uint8_t* const narrow = (uint8_t*)(scratch + 2 * (height + width));
  for (int channel = 0; channel < channels; ++channel) {
    const uint8_t tone = border_tone(picture, height, width, channel, values);
    for (int i = 0; i < FIGURE_HEIGHT * FIGURE_WIDTH; ++i) figure[i * channels + channel] = tone;
  }
  const int line = FIGURE_WIDTH * channels;
  uint8_t* const to = figure + (FIGURE_HEIGHT - h) / 2 * line + (FIGURE_WIDTH - w) / 2 * channels;
  /* Rows first, but where there are far fewer of them in the end: so does Pillow 13, and each order rounds in its own
   * way. */
  if (h < height && height - h > 2 * (width - w)) {
    resize(picture, width, channels, width * channels, height, shrinks, values, narrow, channels, width * channels, h);
    resize(narrow, h, width * channels, channels, width, shrinks, values, to, line, channels, w);
  } else {
    resize(picture, height, width * channels, channels, width, shrinks, values, narrow, w * channels, channels, w);
    resize(narrow, w, channels, w * channels, height, shrinks, values, to, channels, line, h);
  }
  return FIGURE_OK;
}
