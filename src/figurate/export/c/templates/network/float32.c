/* ---- the network's numbers: float32 ------------------------------------------------------------------------------ */

typedef float value;
typedef float weight;
typedef float total;

/* A convolution, a depthwise one (a group a channel) or a dense layer (a window of one pixel), and what comes right
   behind: the largest of each window of sums, and ReLU. */
struct convolution {
  extent height, width, channels; /* of what comes in, channels last */
  extent groups, group_channels, group_filters;
  extent rows, columns;                                   /* weights: (all filters, rows, columns, group_channels) */
  extent down, across, row_step, column_step;             /* strides and dilation */
  extent top, left;                                       /* zeros before the first row and column */
  extent pool_rows, pool_columns, pool_down, pool_across; /* 1: no pooling */
  extent out_height, out_width;                           /* of what comes out */
  const weight* weights;
  const total* bias;
  float least; /* 0: ReLU */
};

#define COUNTED(layer, number) (number)

static value finished(const struct convolution* layer, int filter, total sum) {
  (void)filter;
  return sum < layer->least ? layer->least : sum;
}

static value mean_of(total sum, int count) { return sum / (float)count; }

static void add(const value* one, const value* other, int count, value* out) {
  for (int i = 0; i < count; ++i) out[i] = one[i] + other[i];
}
