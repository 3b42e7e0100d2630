#include "reference.h"

namespace figurate::reference {

namespace {

void bytes_to_floats_table(const uint8_t* from, float* to, size_t count, ByteScale scale) {
  // Fused, so that k / 255 is rounded once: without it the low part is lost in a second rounding.
  for (size_t i = 0; i < count; ++i)
    to[i] = std::fma(static_cast<float>(from[i]), scale.high, from[i] * scale.low + scale.offset);
}

void dense_forward_packed(const DenseForward& a) {
  for (size_t r = 0; r < a.rows; ++r) {
    for (size_t u = 0; u < a.units; ++u) {
      const float* x = a.packed[r];
      float sum = 0;
      for (size_t quad = a.first; quad < a.last; ++quad) {
        if ((a.ink[r][quad / 64] >> quad % 64 & 1) == 0) continue;
        for (size_t i = 0; i < kQuad; ++i) sum += x[i] * a.weights[(quad * kQuad + i) * a.units + u];
        x += kQuad;
      }
      a.output[r * a.output_stride + u] = sum;
    }
  }
}

void dense_forward_table(const DenseForward& a) {
  if (a.packed != nullptr) return dense_forward_packed(a);
  dense_forward<float>(a.input, a.input_stride, a.rows, (a.last - a.first) * kQuad,
                       a.weights + a.first * kQuad * a.units, a.units, a.output, a.output_stride);
}

void dense_gradient_packed(const DenseGradient& a) {
  for (size_t quad = 0; quad < a.last - a.first; ++quad) {
    const auto has_ink = [&](size_t r) { return (a.rows_of_quads[quad * a.words + r / 32] >> r % 32 & 1) != 0; };
    for (size_t i = 0; i < kQuad; ++i) {
      for (size_t u = 0; u < a.units; ++u) {
        float sum = 0;
        for (size_t r = 0; r < a.rows; ++r) {
          if (has_ink(r)) sum += a.packed[r][i] * a.output_gradient[r * a.output_gradient_stride + u];
        }
        a.gradient[(quad * kQuad + i) * a.units + u] = sum;
      }
    }
    for (size_t r = 0; r < a.rows; ++r) a.packed[r] += has_ink(r) ? kQuad : 0;
  }
}

void dense_gradient_table(const DenseGradient& a) {
  if (a.packed != nullptr) return dense_gradient_packed(a);
  dense_gradient<float>(a.input, a.input_stride, a.output_gradient, a.output_gradient_stride, a.rows,
                        (a.last - a.first) * kQuad, a.units, a.gradient);
}

void dense_backward_table(const DenseBackward& a) {
  dense_backward<float>(a.output_gradient, a.output_gradient_stride, a.rows, a.weights, a.inputs, a.units,
                        a.input_gradient, a.input_gradient_stride);
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

}  // namespace

const Kernels table = {"reference",         bytes_to_floats_table,   to_bytes<float>,      to_bytes<double>,
                       dense_forward_table, dense_gradient_table,    dense_backward_table, sum_rows<float>,
                       activate_table,      activate_backward_table, softmax<float>,       adam<float>,
                       sgd<float>,          rmsprop<float>,          dropout_mask};

}  // namespace figurate::reference
