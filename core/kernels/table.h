// The kernels: one function pointer each, in a table for each instruction set. Shapes stand with each.
//
// An octet is 8 consecutive inputs. Weights of a dense layer of `inputs` and `units` lie octet by octet: weight (i, u) stands at
// ((i / 8) * units + u) * 8 + i % 8. Rows of activations are padded with zeros to whole blocks of two octets.
#pragma once

#include <cstddef>
#include <cstdint>

namespace figurate {

enum class Function : int { kLinear, kRelu, kLeakyRelu, kElu, kGelu, kGeluTanh, kSilu, kTanh, kSigmoid };

inline constexpr size_t kOctet = 8;

// Ink is a bit for each octet of a row: 0 where all eight are zero.
// output (rows, units) = input x weights, over octets [first, last) of the inputs that have ink; where `ink` is null, over all.
struct DenseForward {
  const float* input;
  size_t input_stride;
  size_t rows;
  const uint64_t* const* ink;  // of each row
  size_t first, last;
  const float* weights;
  size_t units;
  float* output;
  size_t output_stride;
};

// c (octets, rows, 8) = for each octet o, the sum over steps s of coefficients (row r at r * row_stride, step s at s * step_stride)
// times vectors (step s at s * vector_stride, octet o at o * vector_octet). The steps are those of 0 .. count - 1 whose bit is set, or
// all where `steps` is null.
struct OctetProduct {
  const float* coefficients;
  size_t row_stride;
  size_t step_stride;
  size_t rows;
  const float* vectors;
  size_t vector_stride;
  size_t vector_octet;
  const uint64_t* steps;
  size_t count;
  size_t octets;  // 1 or 2
  float* c;
  size_t c_stride;  // between rows
  size_t c_octet;   // between octets
};

// One step of an optimizer over `count` weights and their gradients. `rate` is the step's learning rate; `step` counts from 1.
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

// value = byte * high + (byte * low + offset): a scale in two floats, so that k / 255 comes out as float64 would round it.
struct ByteScale {
  float high, low, offset;
};

struct Kernels {
  const char* name;

  void (*bytes_to_floats)(const uint8_t* from, float* to, size_t count, ByteScale scale);
  void (*dense_forward)(const DenseForward& args);
  void (*octet_product)(const OctetProduct& args);

  // Elementwise over (rows, columns); padding lanes are left alone. `alpha` is the parameter of leaky_relu and elu.
  void (*activate)(Function function, float alpha, const float* in, float* out, size_t rows, size_t columns, size_t stride);
  // in_gradient = out_gradient * f'(in); `out` is f(in). The gradients may be the same memory.
  void (*activate_backward)(Function function, float alpha, const float* in, const float* out, const float* out_gradient,
                            float* in_gradient, size_t rows, size_t columns, size_t stride);

  // Rows of probabilities, and the logarithm of each row's sum of exponentials. `out` may be `in`.
  void (*softmax)(const float* in, float* out, float* log_sums, size_t rows, size_t columns, size_t stride);

  // `first` and `second` are the moments; `momentum` may be null where it is zero, `mean` where it is not centered.
  void (*adam)(float* weights, float* first, float* second, const float* gradient, size_t count, const AdamStep& step);
  void (*sgd)(float* weights, float* momentum, const float* gradient, size_t count, const SgdStep& step);
  void (*rmsprop)(float* weights, float* second, float* momentum, float* mean, const float* gradient, size_t count,
                  const RmspropStep& step);

  // mask[i] = 1 / keep where 32 random bits of (key, i) are below `threshold`, else 0.
  void (*dropout_mask)(float* mask, size_t count, uint64_t key, uint32_t threshold, float scale);
};

// The kernels in use: the best this processor has, or the ones FIGURATE_KERNELS names (ValueError if it names none of these).
const Kernels& kernels();

// Every table this build and this processor have, plainest first.
struct KernelTables {
  const Kernels* tables[8];
  size_t count;
};
const KernelTables& available_kernels();

}  // namespace figurate
