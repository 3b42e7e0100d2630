#include "reference.h"

namespace figurate::reference {

namespace {

void bytes_to_floats_table(const uint8_t* from, float* to, size_t count, ByteScale scale) {
  // Fused, so that k / 255 is rounded once: without it the low part is lost in a second rounding.
  for (size_t i = 0; i < count; ++i)
    to[i] = std::fma(static_cast<float>(from[i]), scale.high, from[i] * scale.low + scale.offset);
}

bool has_ink(const InputRows& in, size_t row, size_t quad) {
  return (in.rows_of_quads[(quad - in.first) * in.words + row / 32] >> row % 32 & 1) != 0;
}

// Moves the rows that have ink in a quad on to their next.
void move_on(const InputRows& in, size_t quad) {
  for (size_t r = 0; r < in.rows; ++r) in.packed[r] += has_ink(in, r, quad) ? kQuad : 0;
}

void dense_forward_packed(const DenseForward& a) {
  for (size_t r = 0; r < a.input.rows; ++r) {
    for (size_t u = 0; u < a.units; ++u) a.output[r * a.output_stride + u] = 0;
  }
  for (size_t quad = a.input.first; quad < a.input.last; ++quad) {
    for (size_t r = 0; r < a.input.rows; ++r) {
      if (!has_ink(a.input, r, quad)) continue;
      for (size_t u = 0; u < a.units; ++u) {
        for (size_t i = 0; i < kQuad; ++i) {
          a.output[r * a.output_stride + u] += a.input.packed[r][i] * a.weights[(quad * kQuad + i) * a.units + u];
        }
      }
    }
    move_on(a.input, quad);
  }
}

void dense_forward_table(const DenseForward& a) {
  if (a.input.packed != nullptr) return dense_forward_packed(a);
  dense_forward<float>(a.input.plain, a.input.stride, a.input.rows, (a.input.last - a.input.first) * kQuad,
                       a.weights + a.input.first * kQuad * a.units, a.units, a.output, a.output_stride);
}

void dense_gradient_packed(const DenseGradient& a) {
  for (size_t quad = a.input.first; quad < a.input.last; ++quad) {
    for (size_t i = 0; i < kQuad; ++i) {
      for (size_t u = 0; u < a.units; ++u) {
        float sum = 0;
        for (size_t r = 0; r < a.input.rows; ++r) {
          if (!has_ink(a.input, r, quad)) continue;
          sum += a.input.packed[r][i] * a.output_gradient[r * a.output_gradient_stride + u];
        }
        a.gradient[((quad - a.input.first) * kQuad + i) * a.units + u] = sum;
      }
    }
    move_on(a.input, quad);
  }
}

void dense_gradient_table(const DenseGradient& a) {
  if (a.input.packed != nullptr) return dense_gradient_packed(a);
  dense_gradient<float>(a.input.plain, a.input.stride, a.output_gradient, a.output_gradient_stride, a.input.rows,
                        (a.input.last - a.input.first) * kQuad, a.units, a.gradient);
}

void dense_backward_table(const DenseBackward& a) {
  dense_backward<float>(a.output_gradient, a.output_gradient_stride, a.rows, a.weights, a.inputs, a.units,
                        a.input_gradient, a.input_gradient_stride);
}

size_t row_of_weights(const Windows& w) { return (w.run + kBlock - 1) / kBlock * kBlock; }

// Calls visit(row, column, where, gradient) for each output that was the largest of its square.
template <class Visit>
void for_largest(const Windows& w, const float* gradient, const int32_t* where, size_t filters, size_t filter,
                 const Visit& visit) {
  for (size_t y = 0; y < w.rows / 2; ++y) {
    for (size_t x = 0; x < w.columns / 2; ++x) {
      const size_t at = (y * (w.columns / 2) + x) * filters + filter;
      if (where[at] < 0) continue;
      visit((2 * y + (where[at] >> 1)) * w.row_step + (2 * x + (where[at] & 1)) * w.column_step, gradient[at]);
    }
  }
}

void pooled_gradient_table(const PooledGradient& a) {
  const Windows& w = a.windows;
  for (size_t f = 0; f < a.filters; ++f) {
    float* const gradient = a.gradient + f * w.window_rows * row_of_weights(w);
    for (size_t figure = 0; figure < a.figures; ++figure) {
      const size_t step = figure * a.output_gradient_step;
      for_largest(w, a.output_gradient + step, a.where + step, a.filters, f, [&](size_t place, float value) {
        const float* const input = a.input + figure * a.input_step + place;
        for (size_t row = 0; row < w.window_rows; ++row) {
          for (size_t i = 0; i < w.run; ++i) {
            gradient[row * row_of_weights(w) + i] += value * input[row * w.window_row_step + i];
          }
        }
        if (a.bias_gradient != nullptr) a.bias_gradient[f] += value;
      });
    }
  }
}

void pooled_backward_table(const PooledBackward& a) {
  const Windows& w = a.windows;
  for (size_t f = 0; f < a.filters; ++f) {
    const float* const weights = a.weights + f * w.window_rows * row_of_weights(w);
    for_largest(w, a.output_gradient, a.where, a.filters, f, [&](size_t place, float value) {
      for (size_t row = 0; row < w.window_rows; ++row) {
        for (size_t i = 0; i < w.run; ++i) {
          a.input_gradient[place + row * w.window_row_step + i] += value * weights[row * row_of_weights(w) + i];
        }
      }
    });
  }
}

void activate_table(Function function, float alpha, const float* in, float* out, size_t rows, size_t columns,
                    size_t stride) {
  for (size_t r = 0; r < rows; ++r) {
    for (size_t i = 0; i < columns; ++i) out[r * stride + i] = activation(function, alpha, in[r * stride + i]);
  }
}

void activate_backward_table(Function function, float alpha, const float* in, const float*, const float* out_gradient,
                             float* in_gradient, size_t rows, size_t columns, size_t stride) {
  for (size_t r = 0; r < rows; ++r) {
    for (size_t i = 0; i < columns; ++i) {
      const size_t at = r * stride + i;
      in_gradient[at] = out_gradient[at] * activation_slope(function, alpha, in[at]);
    }
  }
}

void warp_table(const Warp& a) { warp<float>(a, a.output); }
void spline_field_table(const SplineField& a) { spline_field<float>(a, a.field); }

}  // namespace

const Kernels table = {"reference",
                       bytes_to_floats_table,
                       to_bytes<float>,
                       to_bytes<double>,
                       dense_forward_table,
                       dense_gradient_table,
                       dense_backward_table,
                       conv_forward,
                       conv_gradient,
                       pooled_gradient_table,
                       pooled_backward_table,
                       depthwise_forward,
                       depthwise_gradient,
                       sum_rows<float>,
                       activate_table,
                       activate_backward_table,
                       max_pool<float>,
                       max_pool_backward<float>,
                       average_pool<float>,
                       average_pool_backward<float>,
                       add_moments<float>,
                       normalize<float>,
                       add_normalize_sums<float>,
                       normalize_backward<float>,
                       normalize_pixels<float>,
                       normalize_pixels_backward<float>,
                       softmax<float>,
                       adam<float>,
                       sgd<float>,
                       rmsprop<float>,
                       dropout_mask,
                       warp_table,
                       spline_field_table};

}  // namespace figurate::reference
