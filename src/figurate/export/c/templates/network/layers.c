/* ---- layers ------------------------------------------------------------------------------------------------------ */

/* A convolution, a depthwise one (a group a channel) or a dense layer (a window of one pixel), and what comes right
   behind: the largest of each window of sums, and ReLU. */
struct convolution {
  extent_t height, width, channels; /* of what comes in, channels last */
  extent_t groups, group_channels, group_filters;
  extent_t rows, columns;                                   /* weights: (all filters, rows, columns, group_channels) */
  extent_t down, across, row_step, column_step;             /* strides and dilation */
  extent_t top, left;                                       /* zeros before the first row and column */
  extent_t pool_rows, pool_columns, pool_down, pool_across; /* 1: no pooling */
  extent_t out_height, out_width;                           /* of what comes out */
  const weight_t* weights;
  const total_t* bias;
  struct scheme by;
};

/* The sum of a filter's products with the window whose first pixel is (y, x), and its bias. `in`: the first pixel's
   first channel of the filter's group. */
static total_t window_sum(const struct convolution* layer, const value_t* in, int y, int x, int filter) {
  const weight_t* const weights = layer->weights + filter * layer->rows * layer->columns * layer->group_channels;
  /* Where a window's row lies in one piece, it is taken as one. */
  const int whole = layer->groups == 1 && layer->column_step == 1, taps = whole ? layer->columns : 1;
  total_t sum = layer->bias[filter];
  for (int row = 0; row < layer->rows; ++row) {
    const int j = y + row * layer->row_step;
    if (j < 0 || j >= layer->height) continue;
    for (int column = 0; column < layer->columns; column += taps) {
      const int i = x + column * layer->column_step;
      const int first = i < 0 ? -i : 0, last = i + taps > layer->width ? layer->width - i : taps;
      if (first >= last) continue;
      const value_t* const from = in + (j * layer->width + i + first) * layer->channels;
      const weight_t* const by = weights + (row * layer->columns + column + first) * layer->group_channels;
      const int count = (last - first) * layer->group_channels;
      for (int k = 0; k < count; ++k) sum += COUNTED(layer->by, from[k]) * by[k];
    }
  }
  return sum;
}

/* The largest of the sums that go into the pixel (y, x) of what comes out. */
static total_t pooled_sum(const struct convolution* layer, const value_t* in, int y, int x, int filter) {
  const int top = y * layer->pool_down * layer->down - layer->top;
  const int left = x * layer->pool_across * layer->across - layer->left;
  total_t largest = window_sum(layer, in, top, left, filter);
  for (int row = 0; row < layer->pool_rows; ++row) {
    for (int column = row == 0; column < layer->pool_columns; ++column) {
      const total_t sum = window_sum(layer, in, top + row * layer->down, left + column * layer->across, filter);
      if (sum > largest) largest = sum;
    }
  }
  return largest;
}

/* (height, width, channels) to (out_height, out_width, all filters). */
static void convolve(const struct convolution* layer, const value_t* in, value_t* out) {
  for (int y = 0; y < layer->out_height; ++y) {
    for (int x = 0; x < layer->out_width; ++x) {
      for (int group = 0, filter = 0; group < layer->groups; ++group) {
        const value_t* const from = in + group * layer->group_channels;
        for (int i = 0; i < layer->group_filters; ++i, ++filter) {
          *out++ = finished(&layer->by, filter, pooled_sum(layer, from, y, x, filter));
        }
      }
    }
  }
}

/* The last layer's scores, straight from its sums. scales: those of the products, a filter each. */
static void dense_scores(const struct convolution* layer, const value_t* in, const float* scales, float* scores) {
  for (int filter = 0; filter < layer->group_filters; ++filter) {
    scores[filter] = (float)window_sum(layer, in, 0, 0, filter) * scales[filter];
  }
}

struct pooling {
  extent_t height, width, channels, rows, columns, down, across, top, left, out_height, out_width;
};

/* What part of a window lies within the picture. */
static void within(int first, int length, int limit, int* begin, int* end) {
  *begin = first < 0 ? 0 : first;
  *end = first + length > limit ? limit : first + length;
}

/* The largest value of each window; what lies outside never is. */
static void pool_largest(const struct pooling* layer, const value_t* in, value_t* out) {
  int top, bottom, left, right;
  for (int y = 0; y < layer->out_height; ++y) {
    within(y * layer->down - layer->top, layer->rows, layer->height, &top, &bottom);
    for (int x = 0; x < layer->out_width; ++x) {
      within(x * layer->across - layer->left, layer->columns, layer->width, &left, &right);
      for (int channel = 0; channel < layer->channels; ++channel) {
        value_t largest = in[(top * layer->width + left) * layer->channels + channel];
        for (int j = top; j < bottom; ++j) {
          for (int i = left; i < right; ++i) {
            const value_t one = in[(j * layer->width + i) * layer->channels + channel];
            if (one > largest) largest = one;
          }
        }
        *out++ = largest;
      }
    }
  }
}

/* The mean of each window's values; what lies outside does not count. */
static void pool_mean(const struct pooling* layer, const value_t* in, value_t* out) {
  int top, bottom, left, right;
  for (int y = 0; y < layer->out_height; ++y) {
    within(y * layer->down - layer->top, layer->rows, layer->height, &top, &bottom);
    for (int x = 0; x < layer->out_width; ++x) {
      within(x * layer->across - layer->left, layer->columns, layer->width, &left, &right);
      for (int channel = 0; channel < layer->channels; ++channel) {
        total_t sum = 0;
        for (int j = top; j < bottom; ++j) {
          for (int i = left; i < right; ++i) sum += in[(j * layer->width + i) * layer->channels + channel];
        }
        *out++ = mean_of(sum, (bottom - top) * (right - left));
      }
    }
  }
}

/* (height, width, channels) with `zero` around: the number that stands for 0. */
static void pad(const value_t* in, int height, int width, int channels, const int margins[4], value_t zero, value_t* out) {
  for (int y = -margins[0]; y < height + margins[1]; ++y) {
    for (int x = -margins[2]; x < width + margins[3]; ++x) {
      const int outside = y < 0 || y >= height || x < 0 || x >= width;
      for (int channel = 0; channel < channels; ++channel) {
        *out++ = outside ? zero : in[(y * width + x) * channels + channel];
      }
    }
  }
}
