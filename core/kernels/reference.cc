#include "reference.h"

namespace figurate::reference {

namespace {

void bytes_to_floats_table(const uint8_t* from, float* to, size_t count, ByteScale scale) {
  // Fused, so that k / 255 is rounded once: without it the low part is lost in a second rounding.
  for (size_t i = 0; i < count; ++i)
    to[i] = std::fma(static_cast<float>(from[i]), scale.high, from[i] * scale.low + scale.offset);
}

void dense_forward_table(const DenseForward& a) {
  dense_forward<float>(a.input + a.first * kQuad, a.input_stride, a.rows, (a.last - a.first) * kQuad,
                       a.weights + a.first * kQuad * a.units, a.units, a.output, a.output_stride);
}

void dense_gradient_table(const DenseGradient& a) {
  dense_gradient<float>(a.input + a.first * kQuad, a.input_stride, a.output_gradient, a.output_gradient_stride, a.rows,
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
