/* ---- the network's numbers: float32 ------------------------------------------------------------------------------ */

typedef float value_t;
typedef float weight_t;
typedef float total_t;

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
  float least; /* 0: ReLU */
};

#define COUNTED(layer, number) (number)

static value_t finished(const struct convolution* layer, int filter, total_t sum) {
  (void)filter;
  return sum < layer->least ? layer->least : sum;
}

static value_t mean_of(total_t sum, int count) { return sum / (float)count; }

static void add(const value_t* one, const value_t* other, int count, value_t* out) {
  for (int i = 0; i < count; ++i) out[i] = one[i] + other[i];
}
