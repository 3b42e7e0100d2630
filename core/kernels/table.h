// The kernels: one function pointer each, in a table for each instruction set. Shapes stand with each.
//
// Weights of a dense layer are (inputs, units), row after row without gaps, as Keras has them. Rows of activations are
// padded with zeros to whole blocks of 16. Whole vectors are read and written: up to kSlack floats of room
// stand behind weights, gradients and outputs.
#pragma once

#include <cstddef>
#include <cstdint>

namespace figurate {

enum class Function : int { kLinear, kRelu, kLeakyRelu, kElu, kGelu, kGeluTanh, kSilu, kTanh, kSigmoid };

inline constexpr size_t kSlack = 32;

// Rows that are padded for vectors are whole blocks of it.
inline constexpr size_t kBlock = 16;

// A quad is 4 consecutive inputs. Ink is a bit for each quad of a row: 0 where all four are zero. Small figures are
// mostly empty (28 % of the quads of MNIST have ink). A row may be plain, all its inputs in their places, or packed:
// the quads that have ink, one behind the other.
inline constexpr size_t kQuad = 4;

// Rows of inputs over quads [first, last).
struct InputRows {
  const float* plain;  // rows that begin with quad `first`
  size_t stride;
  // Or packed rows: each one's next quad, which the kernel moves on; and which rows have ink in a quad, 32 a word: word
  // w of quad q stands at rows_of_quads[(q - first) * words + w].
  const float** packed;
  const uint32_t* rows_of_quads;
  size_t words;
  size_t rows;
  size_t first, last;
};

// output (rows, units) = input x weights. Each row of the output is written up to a whole vector.
struct DenseForward {
  InputRows input;
  const float* weights;  // of all inputs
  size_t units;
  float* output;
  size_t output_stride;
};

// gradient (quads [first, last), 4, units) = input transposed x output_gradient.
struct DenseGradient {
  InputRows input;
  const float* output_gradient;  // (rows, units)
  size_t output_gradient_stride;
  size_t units;
  float* gradient;
};

// input_gradient (rows, inputs) = output_gradient (rows, units) x weights transposed.
struct DenseBackward {
  const float* output_gradient;
  size_t output_gradient_stride;
  size_t rows;
  const float* weights;
  size_t inputs, units;
  float* input_gradient;
  size_t input_gradient_stride;
};

// How a convolution's windows lie in its input, channels last. A window is `window_rows` times `runs` runs of `run`
// consecutive numbers: a run is one pixel's channels, or a whole row of the window where its pixels are neighbours.
// Steps are counted in floats. No window reaches out of the input: whoever calls has padded it.
struct Windows {
  size_t rows, columns;          // pixels of the output: the windows of a figure
  size_t row_step, column_step;  // of the input, from a window to the next
  size_t window_rows, window_row_step;
  size_t runs, run_step;
  size_t run;
  size_t size() const { return window_rows * runs * run; }
};

// output (rows, columns, filters) = windows x weights + bias, of one figure.
struct ConvForward {
  Windows windows;
  const float* input;
  const float* weights;  // (window, filters); a row's first numbers if there are more
  size_t weights_step;   // from a row of weights to the next
  size_t filters;
  const float* scale;  // (filters), a factor before the bias; or null
  const float* bias;   // (filters) or null
  bool relu;
  // Of each square of four pixels only the largest, the output halved; rows and columns are even.
  bool pooled;
  int32_t* where;  // pooled: which of the four it was, -1 where relu blocked it; laid out as the output; or null
  float* output;
  size_t output_row_step, output_column_step;
};

// gradient (window, filters) += windows transposed x output_gradient; bias_gradient += output_gradient; of some
// figures.
struct ConvGradient {
  Windows windows;
  size_t figures;
  const float* input;
  size_t input_step;  // from a figure to the next
  const float* output_gradient;
  size_t output_gradient_step, output_gradient_row_step, output_gradient_column_step;
  size_t filters;
  float* gradient;
  size_t gradient_step;  // from a row of the gradient to the next
  float* bias_gradient;  // or null
};

// The same for a pooled convolution whose windows are whole rows (runs = 1): most of its output's gradient is zero and
// costs nothing. Filter by filter: a filter's weights, and their gradient, are (window_rows, round_up(run, kBlock)),
// zero behind the run. Input and its gradient may be read and written up to kBlock floats behind a run.
struct PooledGradient {
  Windows windows;  // rows and columns before pooling
  size_t figures;
  const float* input;
  size_t input_step;
  const float* output_gradient;  // (rows / 2, columns / 2, filters), without gaps
  const int32_t* where;
  size_t output_gradient_step;  // of both, from a figure to the next
  size_t filters;
  float* gradient;
  float* bias_gradient;  // or null
};
// input_gradient += output_gradient x weights transposed, of one figure.
struct PooledBackward {
  Windows windows;
  const float* output_gradient;
  const int32_t* where;
  size_t filters;
  const float* weights;
  float* input_gradient;
};

// A convolution of each channel on its own: output (rows, columns, channels) = windows x weights + bias, of one figure.
// `windows` are those of one channel: runs of one number. Inputs, weights and biases may be read up to kBlock floats
// behind their last.
struct DepthwiseForward {
  Windows windows;
  size_t channels;
  const float* input;
  const float* weights;    // (pixels of the window, channels)
  ptrdiff_t weights_step;  // from a pixel of the window to the next; negative where the window is turned around
  const float* bias;       // (channels) or null
  float* output;
};
// gradient (pixels of the window, channels) += windows x output_gradient, channel by channel; bias_gradient +=
// output_gradient; of one figure.
struct DepthwiseGradient {
  Windows windows;
  size_t channels;
  const float* input;
  const float* output_gradient;  // (rows, columns, channels), without gaps
  float* gradient;
  float* bias_gradient;  // or null
};

// Windows over figures (height, width, channels). That of pixel (y, x) of the output begins at row y * stride_y - top
// and column x * stride_x - left of the input; what of it lies outside does not count, and never is that all of it.
struct Pooling {
  size_t height, width, channels;
  size_t out_height, out_width;
  size_t pool_height, pool_width;
  size_t stride_y, stride_x;
  size_t top, left;
};

// Pixels with their channels, and the floats from one to the next.
struct Pixels {
  size_t count, step, channels;
};

// What normalization makes of a number in channel c: (number - means[c]) * scales[c] + shifts[c], through a ReLU if one
// follows. (channels) each.
struct ChannelScale {
  const float *means, *scales, *shifts;
  bool relu;
};

// One step of an optimizer over `count` weights and their gradients. `rate` is the step's learning rate; `step` counts
// from 1.
struct AdamStep {
  float rate;  // already corrected for the bias of both moments
  float beta_1, beta_2, epsilon;
  float decay;  // learning rate times weight decay
};
struct SgdStep {
  float rate, momentum;
  bool nesterov;
  float decay;
};
struct RmspropStep {
  float rate, rho, momentum, epsilon;
  bool centered;
  float decay;
};

// value = byte * high + (byte * low + offset): a scale in two floats, so that k / 255 comes out as float64 would round
// it.
struct ByteScale {
  float high, low, offset;
};

// What continues a figure beyond its edges: a number, its last pixel, its mirror image (the last pixel twice) or itself
// again.
enum class Fill : int { kConstant, kNearest, kReflect, kWrap };

// output (height, width, channels) = the figure at (x, y) = (xx j + xy i + x0 + dx[i][j], yx j + yy i + y0 + dy[i][j])
// for pixel j of row i, between the pixels, or at the nearest one. Coordinates count from the border: its corner is
// (0, 0), the figure's own first pixel (1, 1).
struct Warp {
  const float* planes;  // (channels, height + 3, width + 3): a border of one pixel before and two behind, filled
  size_t height, width, channels;
  float xx, xy, x0, yx, yy, y0;
  const float* dx;  // (height, width) and room for a vector; or null, like dy
  const float* dy;
  Fill fill;
  bool nearest;
  // Where fill is kConstant, all pixels that differ from `blank` lie inside these, ends left out.
  float left, right, top, bottom;
  float blank;
  float* output;
};

// field (height, width) = down (height, rows) x points (rows, columns) x across (columns, width). Of `down` the four
// shares that are not 0 are given, from row first_rows[i] on. Rows of `across` and of `room` (rows, stride) are padded
// to `stride`, whole blocks of 16; a vector's room stands behind the field.
struct SplineField {
  const float* points;
  size_t rows, columns;
  const float* across;
  const float* down;
  const uint32_t* first_rows;
  size_t height, width, stride;
  float* room;
  float* field;
};

struct Kernels {
  const char* name;

  void (*bytes_to_floats)(const uint8_t* from, float* to, size_t count, ByteScale scale);
  // to[i] = from[i] * divisor; true if every from[i] is exactly a byte / divisor.
  bool (*floats_to_bytes)(const float* from, uint8_t* to, size_t count, float divisor);
  bool (*doubles_to_bytes)(const double* from, uint8_t* to, size_t count, double divisor);
  void (*dense_forward)(const DenseForward& args);
  void (*dense_gradient)(const DenseGradient& args);
  void (*dense_backward)(const DenseBackward& args);
  void (*conv_forward)(const ConvForward& args);
  void (*conv_gradient)(const ConvGradient& args);
  void (*pooled_gradient)(const PooledGradient& args);
  void (*pooled_backward)(const PooledBackward& args);
  void (*depthwise_forward)(const DepthwiseForward& args);
  void (*depthwise_gradient)(const DepthwiseGradient& args);
  // sums (columns) = the sum of rows; columns are whole blocks.
  void (*sum_rows)(const float* rows_data, size_t rows, size_t stride, size_t columns, float* sums);

  // Elementwise over (rows, columns); padding lanes may be read and are left alone. `alpha` is the parameter of
  // leaky_relu and elu.
  void (*activate)(Function function, float alpha, const float* in, float* out, size_t rows, size_t columns,
                   size_t stride);
  // in_gradient = out_gradient * f'(in); `out` is f(in). The gradients may be the same memory.
  void (*activate_backward)(Function function, float alpha, const float* in, const float* out,
                            const float* out_gradient, float* in_gradient, size_t rows, size_t columns, size_t stride);

  // The largest number, or the mean, of each window of one figure. Backward, the first of the largest takes all of the
  // gradient (`out` is max_pool's), or each takes the same part.
  void (*max_pool)(const Pooling& pooling, const float* in, float* out);
  void (*max_pool_backward)(const Pooling& pooling, const float* in, const float* out, const float* out_gradient,
                            float* in_gradient);
  void (*average_pool)(const Pooling& pooling, const float* in, float* out);
  void (*average_pool_backward)(const Pooling& pooling, const float* out_gradient, float* in_gradient);

  // Adds pixels to the means, and to the sums of squares around these, of `before` others: each (channels).
  void (*add_moments)(const Pixels& pixels, const float* in, float before, float* means, float* squares);
  void (*normalize)(const Pixels& pixels, const ChannelScale& scale, const float* in, float* out);
  // g being the gradient before the ReLU: sums += g, products += g * (in - means); and
  // in_gradient = g * scales + (in - means) * slopes + offsets.
  void (*add_normalize_sums)(const Pixels& pixels, const ChannelScale& scale, const float* in,
                             const float* out_gradient, float* sums, float* products);
  void (*normalize_backward)(const Pixels& pixels, const ChannelScale& scale, const float* in,
                             const float* out_gradient, const float* slopes, const float* offsets, float* in_gradient);

  // out = (in - mean) / sqrt(variance + epsilon) * gamma + beta, mean and variance each pixel's own. `moments` (count,
  // 2) are its mean and 1 / sqrt(variance + epsilon).
  void (*normalize_pixels)(const Pixels& pixels, const float* gamma, const float* beta, float epsilon, const float* in,
                           float* out, float* moments);
  // Adds to the gradients of gamma and beta; `in_gradient` may be null.
  void (*normalize_pixels_backward)(const Pixels& pixels, const float* gamma, const float* moments, const float* in,
                                    const float* out_gradient, float* in_gradient, float* gamma_gradient,
                                    float* beta_gradient);

  // Rows of probabilities, and the logarithm of each row's sum of exponentials. `out` may be `in`.
  void (*softmax)(const float* in, float* out, float* log_sums, size_t rows, size_t columns, size_t stride);

  // `first` and `second` are the moments; `momentum` may be null where it is zero, `mean` where it is not centered.
  void (*adam)(float* weights, float* first, float* second, const float* gradient, size_t count, const AdamStep& step);
  void (*sgd)(float* weights, float* momentum, const float* gradient, size_t count, const SgdStep& step);
  void (*rmsprop)(float* weights, float* second, float* momentum, float* mean, const float* gradient, size_t count,
                  const RmspropStep& step);

  // mask[i] = scale where 16 random bits of (key, i) are below `threshold`, at most 65,536; else 0.
  void (*dropout_mask)(float* mask, size_t count, uint64_t key, uint32_t threshold, float scale);

  void (*warp)(const Warp& args);
  void (*spline_field)(const SplineField& args);
};

// The kernels in use: the best this processor has, or the ones FIGURATE_KERNELS names (ValueError if it names none of
// these).
const Kernels& kernels();

// Every table this build and this processor have, plainest first.
struct KernelTables {
  const Kernels* tables[8];
  size_t count;
};
const KernelTables& available_kernels();

}  // namespace figurate
