#include "reference.h"

namespace figurate::reference {

namespace {

void bytes_to_floats_table(const uint8_t* from, float* to, size_t count, ByteScale scale) {
  // Fused, so that k / 255 is rounded once: without it the low part is lost in a second rounding.
  for (size_t i = 0; i < count; ++i) to[i] = std::fma(static_cast<float>(from[i]), scale.high, from[i] * scale.low + scale.offset);
}

void dense_forward_table(const DenseForward& a) {
  for (size_t r = 0; r < a.rows; ++r) {
    for (size_t u = 0; u < a.units; ++u) {
      float sum = 0;
      for (size_t i = a.first * kOctet; i < a.last * kOctet; ++i) {
        sum += a.input[r * a.input_stride + i] * a.weights[weight_index(i, u, a.units)];
      }
      a.output[r * a.output_stride + u] = sum;
    }
  }
}

void octet_product_table(const OctetProduct& a) {
  octet_product<float>(a.coefficients, a.row_stride, a.step_stride, a.rows, a.vectors, a.vector_stride, a.vector_octet, a.steps, a.count,
                       a.octets, a.c, a.c_stride, a.c_octet);
}

void activate_table(Function function, float alpha, const float* in, float* out, size_t rows, size_t columns, size_t stride) {
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

const Kernels table = {"reference",
                       bytes_to_floats_table,
                       dense_forward_table,
                       octet_product_table,
                       activate_table,
                       activate_backward_table,
                       softmax<float>,
                       adam<float>,
                       sgd<float>,
                       rmsprop<float>,
                       dropout_mask};

}  // namespace figurate::reference
