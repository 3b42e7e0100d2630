// Activations and their derivatives, element by element.
//
// Definitions as Keras': relu, leaky_relu, elu, gelu (exact, and its tanh form: Hendrycks and Gimpel, arXiv
// 1606.08415), silu, tanh, sigmoid.
#include "exponential.h"
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

namespace {

constexpr float kSqrtHalf = 0.70710678118654752f, kSqrtTwoOverPi = 0.79788456080286536f, kGeluCubic = 0.044715f;
constexpr float kOneOverSqrtTwoPi = 0.39894228040143268f;

template <Function F>
FIGURATE_INLINE V value_of(V x, V alpha) {
  const V zero = splat(0.0f);
  if constexpr (F == Function::kRelu) return maximum(zero, x);
  if constexpr (F == Function::kLeakyRelu) return select(x > zero, x, alpha * x);
  if constexpr (F == Function::kElu) return select(x > zero, x, alpha * (exponential(minimum(zero, x)) - 1.0f));
  if constexpr (F == Function::kGelu) return 0.5f * x * (1.0f + error_function(x * kSqrtHalf));
  if constexpr (F == Function::kGeluTanh) {
    return 0.5f * x * (1.0f + hyperbolic_tangent(kSqrtTwoOverPi * fma(x * x * kGeluCubic, x, x)));
  }
  if constexpr (F == Function::kSilu) return x * logistic(x);
  if constexpr (F == Function::kTanh) return hyperbolic_tangent(x);
  if constexpr (F == Function::kSigmoid) return logistic(x);
  return x;
}

// f'(x), given y = f(x).
template <Function F>
FIGURATE_INLINE V slope_of(V x, V y, V alpha) {
  const V zero = splat(0.0f), one = splat(1.0f);
  if constexpr (F == Function::kRelu) return select(x > zero, one, zero);
  if constexpr (F == Function::kLeakyRelu) return select(x > zero, one, alpha);
  if constexpr (F == Function::kElu) return select(x > zero, one, y + alpha);
  if constexpr (F == Function::kGelu) {
    return 0.5f * (1.0f + error_function(x * kSqrtHalf)) + x * kOneOverSqrtTwoPi * exponential(-0.5f * x * x);
  }
  if constexpr (F == Function::kGeluTanh) {
    // Beyond 20 the slope is 0 or 1, and x^2 would overflow.
    const V b = maximum(splat(-20.0f), minimum(splat(20.0f), x));
    const V t = hyperbolic_tangent(kSqrtTwoOverPi * fma(b * b * kGeluCubic, b, b));
    return 0.5f * (1.0f + t) + 0.5f * b * (1.0f - t * t) * kSqrtTwoOverPi * (1.0f + 3.0f * kGeluCubic * b * b);
  }
  if constexpr (F == Function::kSilu) {
    const V s = logistic(x);
    return s * (1.0f + x * (1.0f - s));
  }
  if constexpr (F == Function::kTanh) return 1.0f - y * y;
  if constexpr (F == Function::kSigmoid) return y * (1.0f - y);
  return one;
}

template <Function F>
void forward(float alpha, const float* in, float* out, size_t rows, size_t columns, size_t stride) {
  const V a = splat(alpha);
  for (size_t r = 0; r < rows; ++r, in += stride, out += stride) {
    size_t i = 0;
    for (; i + kWidth <= columns; i += kWidth) store(out + i, value_of<F>(load(in + i), a));
    if (i < columns) store_first(out + i, value_of<F>(load(in + i), a), columns - i);
  }
}

template <Function F>
void backward(float alpha, const float* in, const float* out, const float* out_gradient, float* in_gradient,
              size_t rows, size_t columns, size_t stride) {
  const V a = splat(alpha);
  for (size_t r = 0; r < rows; ++r, in += stride, out += stride, out_gradient += stride, in_gradient += stride) {
    size_t i = 0;
    for (; i + kWidth <= columns; i += kWidth) {
      store(in_gradient + i, load(out_gradient + i) * slope_of<F>(load(in + i), load(out + i), a));
    }
    if (i < columns) {
      const V slope = slope_of<F>(load(in + i), load(out + i), a);
      store_first(in_gradient + i, load(out_gradient + i) * slope, columns - i);
    }
  }
}

}  // namespace

#define FIGURATE_FOR_FUNCTION(call)                    \
  switch (function) {                                  \
    case Function::kLinear:                            \
      return call<Function::kLinear> FIGURATE_ARGS;    \
    case Function::kRelu:                              \
      return call<Function::kRelu> FIGURATE_ARGS;      \
    case Function::kLeakyRelu:                         \
      return call<Function::kLeakyRelu> FIGURATE_ARGS; \
    case Function::kElu:                               \
      return call<Function::kElu> FIGURATE_ARGS;       \
    case Function::kGelu:                              \
      return call<Function::kGelu> FIGURATE_ARGS;      \
    case Function::kGeluTanh:                          \
      return call<Function::kGeluTanh> FIGURATE_ARGS;  \
    case Function::kSilu:                              \
      return call<Function::kSilu> FIGURATE_ARGS;      \
    case Function::kTanh:                              \
      return call<Function::kTanh> FIGURATE_ARGS;      \
    case Function::kSigmoid:                           \
      return call<Function::kSigmoid> FIGURATE_ARGS;   \
  }

void activate(Function function, float alpha, const float* in, float* out, size_t rows, size_t columns, size_t stride) {
#define FIGURATE_ARGS (alpha, in, out, rows, columns, stride)
  FIGURATE_FOR_FUNCTION(forward)
#undef FIGURATE_ARGS
}

void activate_backward(Function function, float alpha, const float* in, const float* out, const float* out_gradient,
                       float* in_gradient, size_t rows, size_t columns, size_t stride) {
#define FIGURATE_ARGS (alpha, in, out, out_gradient, in_gradient, rows, columns, stride)
  FIGURATE_FOR_FUNCTION(backward)
#undef FIGURATE_ARGS
}

}  // namespace figurate::FIGURATE_ISA
