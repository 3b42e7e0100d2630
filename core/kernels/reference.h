// The plain-loop twin of every kernel, for any floating-point type: the oracle of the tests (in float64 also for
// numeric gradients), and, as a table for float, the fallback where no vector kernels exist. Meant to be read, not to
// be fast.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "../random.h"
#include "reference_planes.h"
#include "table.h"

namespace figurate::reference {

// to[i] = from[i] * divisor, rounded; true if every from[i] is exactly to[i] / divisor.
template <class T>
bool to_bytes(const T* from, uint8_t* to, size_t count, T divisor) {
  bool exact = true;
  for (size_t i = 0; i < count; ++i) {
    const bool in_range = from[i] >= T(0) && from[i] * divisor < T(255.5);
    to[i] = in_range ? static_cast<uint8_t>(from[i] * divisor + T(0.5)) : 0;
    exact = exact && in_range && static_cast<T>(to[i]) / divisor == from[i];
  }
  return exact;
}

// Calls visit(number of the window, its place in the input) for the window that begins at `place`.
template <class Visit>
void for_window(const Windows& w, size_t place, const Visit& visit) {
  size_t number = 0;
  for (size_t row = 0; row < w.window_rows; ++row) {
    for (size_t run = 0; run < w.runs; ++run) {
      for (size_t i = 0; i < w.run; ++i) visit(number++, place + row * w.window_row_step + run * w.run_step + i);
    }
  }
}

inline void conv_forward(const ConvForward& a) {
  const Windows& w = a.windows;
  const auto output = [&](size_t y, size_t x, size_t f) {
    float sum = 0;
    for_window(w, y * w.row_step + x * w.column_step,
               [&](size_t n, size_t place) { sum += a.input[place] * a.weights[n * a.weights_step + f]; });
    return sum * (a.scale != nullptr ? a.scale[f] : 1.0f) + (a.bias != nullptr ? a.bias[f] : 0.0f);
  };
  const size_t unit = a.pooled ? 2 : 1;
  for (size_t y = 0; y < w.rows / unit; ++y) {
    for (size_t x = 0; x < w.columns / unit; ++x) {
      for (size_t f = 0; f < a.filters; ++f) {
        const size_t at = y * a.output_row_step + x * a.output_column_step + f;
        float best = output(y * unit, x * unit, f);
        int32_t which = 0;
        for (int32_t i = 1; a.pooled && i < 4; ++i) {
          const float other = output(2 * y + static_cast<size_t>(i >> 1), 2 * x + static_cast<size_t>(i & 1), f);
          if (other > best) best = other, which = i;
        }
        if (a.relu && !(best > 0)) best = best < 0 ? 0 : best, which = -1;  // NaN stays NaN
        a.output[at] = best;
        if (a.where != nullptr) a.where[at] = which;
      }
    }
  }
}

inline void conv_gradient(const ConvGradient& a) {
  const Windows& w = a.windows;
  for (size_t figure = 0; figure < a.figures; ++figure) {
    for (size_t y = 0; y < w.rows; ++y) {
      for (size_t x = 0; x < w.columns; ++x) {
        const float* const delta = a.output_gradient + figure * a.output_gradient_step +
                                   y * a.output_gradient_row_step + x * a.output_gradient_column_step;
        for (size_t f = 0; f < a.filters; ++f) {
          for_window(w, figure * a.input_step + y * w.row_step + x * w.column_step,
                     [&](size_t n, size_t place) { a.gradient[n * a.gradient_step + f] += a.input[place] * delta[f]; });
          if (a.bias_gradient != nullptr) a.bias_gradient[f] += delta[f];
        }
      }
    }
  }
}

// Calls visit(channel, place of its window in the input, place of the pixel in the output) for every number of a
// depthwise convolution's output.
template <class Visit>
void for_depthwise(const Windows& w, size_t channels, const Visit& visit) {
  for (size_t y = 0; y < w.rows; ++y) {
    for (size_t x = 0; x < w.columns; ++x) {
      for (size_t c = 0; c < channels; ++c) {
        visit(c, y * w.row_step + x * w.column_step + c, (y * w.columns + x) * channels + c);
      }
    }
  }
}

inline void depthwise_forward(const DepthwiseForward& a) {
  for_depthwise(a.windows, a.channels, [&](size_t c, size_t begin, size_t to) {
    float sum = 0;
    for_window(a.windows, begin, [&](size_t n, size_t place) {
      sum += a.input[place] * a.weights[static_cast<ptrdiff_t>(n) * a.weights_step + static_cast<ptrdiff_t>(c)];
    });
    a.output[to] = sum + (a.bias != nullptr ? a.bias[c] : 0.0f);
  });
}

inline void depthwise_gradient(const DepthwiseGradient& a) {
  for_depthwise(a.windows, a.channels, [&](size_t c, size_t begin, size_t from) {
    const float delta = a.output_gradient[from];
    for_window(a.windows, begin,
               [&](size_t n, size_t place) { a.gradient[n * a.channels + c] += a.input[place] * delta; });
    if (a.bias_gradient != nullptr) a.bias_gradient[c] += delta;
  });
}

// output (rows, units) = input (rows, inputs) x weights (inputs, units).
template <class T>
void dense_forward(const T* input, size_t input_stride, size_t rows, size_t inputs, const T* weights, size_t units,
                   T* output, size_t output_stride) {
  for (size_t r = 0; r < rows; ++r) {
    for (size_t u = 0; u < units; ++u) {
      T sum = 0;
      for (size_t i = 0; i < inputs; ++i) sum += input[r * input_stride + i] * weights[i * units + u];
      output[r * output_stride + u] = sum;
    }
  }
}

// gradient (inputs, units) = input (rows, inputs) transposed x output_gradient (rows, units).
template <class T>
void dense_gradient(const T* input, size_t input_stride, const T* output_gradient, size_t output_gradient_stride,
                    size_t rows, size_t inputs, size_t units, T* gradient) {
  for (size_t i = 0; i < inputs; ++i) {
    for (size_t u = 0; u < units; ++u) {
      T sum = 0;
      for (size_t r = 0; r < rows; ++r)
        sum += input[r * input_stride + i] * output_gradient[r * output_gradient_stride + u];
      gradient[i * units + u] = sum;
    }
  }
}

// input_gradient (rows, inputs) = output_gradient (rows, units) x weights (inputs, units) transposed.
template <class T>
void dense_backward(const T* output_gradient, size_t output_gradient_stride, size_t rows, const T* weights,
                    size_t inputs, size_t units, T* input_gradient, size_t input_gradient_stride) {
  for (size_t r = 0; r < rows; ++r) {
    for (size_t i = 0; i < inputs; ++i) {
      T sum = 0;
      for (size_t u = 0; u < units; ++u)
        sum += output_gradient[r * output_gradient_stride + u] * weights[i * units + u];
      input_gradient[r * input_gradient_stride + i] = sum;
    }
  }
}

template <class T>
void sum_rows(const T* data, size_t rows, size_t stride, size_t columns, T* sums) {
  for (size_t c = 0; c < columns; ++c) {
    sums[c] = 0;
    for (size_t r = 0; r < rows; ++r) sums[c] += data[r * stride + c];
  }
}

template <class T>
T activation(Function function, T alpha, T x) {
  const T zero = 0, one = 1, half = T(0.5);
  switch (function) {
    case Function::kLinear:
      return x;
    case Function::kRelu:
      return x < zero ? zero : x;  // NaN stays NaN
    case Function::kLeakyRelu:
      return x > zero ? x : alpha * x;
    case Function::kElu:
      return x > zero ? x : alpha * std::expm1(x);
    case Function::kGelu:
      return half * x * (one + std::erf(x * std::sqrt(half)));
    case Function::kGeluTanh: {
      const T root = std::sqrt(T(2) / T(3.14159265358979323846));
      return half * x * (one + std::tanh(root * (x + T(0.044715) * x * x * x)));
    }
    case Function::kSilu:
      return x / (one + std::exp(-x));
    case Function::kTanh:
      return std::tanh(x);
    case Function::kSigmoid:
      return one / (one + std::exp(-x));
  }
  return x;
}

template <class T>
T activation_slope(Function function, T alpha, T x) {
  const T zero = 0, one = 1, half = T(0.5);
  switch (function) {
    case Function::kLinear:
      return one;
    case Function::kRelu:
      return x > zero ? one : zero;
    case Function::kLeakyRelu:
      return x > zero ? one : alpha;
    case Function::kElu:
      return x > zero ? one : alpha * std::exp(x);
    case Function::kGelu: {
      const T density = std::exp(-half * x * x) / std::sqrt(T(2) * T(3.14159265358979323846));
      return half * (one + std::erf(x * std::sqrt(half))) + x * density;
    }
    case Function::kGeluTanh: {
      const T root = std::sqrt(T(2) / T(3.14159265358979323846));
      const T b = x < T(-20) ? T(-20) : x > T(20) ? T(20) : x;  // beyond, the slope is 0 or 1, and x^2 would overflow
      const T t = std::tanh(root * (b + T(0.044715) * b * b * b));
      return half * (one + t) + half * b * (one - t * t) * root * (one + T(3 * 0.044715) * b * b);
    }
    case Function::kSilu: {
      const T s = one / (one + std::exp(-x));
      return s * (one + x * (one - s));
    }
    case Function::kTanh: {
      const T t = std::tanh(x);
      return one - t * t;
    }
    case Function::kSigmoid: {
      const T s = one / (one + std::exp(-x));
      return s * (one - s);
    }
  }
  return one;
}

template <class T>
void softmax(const T* in, T* out, T* log_sums, size_t rows, size_t columns, size_t stride) {
  for (size_t r = 0; r < rows; ++r, in += stride, out += stride) {
    T peak = -std::numeric_limits<T>::infinity(), sum = 0;
    for (size_t i = 0; i < columns; ++i) peak = in[i] > peak ? in[i] : peak;
    for (size_t i = 0; i < columns; ++i) sum += out[i] = std::exp(in[i] - peak);
    for (size_t i = 0; i < columns; ++i) out[i] /= sum;
    log_sums[r] = peak + std::log(sum);
  }
}

template <class T>
void adam(T* weights, T* first, T* second, const T* gradient, size_t count, const AdamStep& step) {
  for (size_t i = 0; i < count; ++i) {
    const T g = gradient[i];
    first[i] += (g - first[i]) * (T(1) - step.beta_1);
    second[i] += (g * g - second[i]) * (T(1) - step.beta_2);
    weights[i] = weights[i] * (T(1) - step.decay) - step.rate * first[i] / (std::sqrt(second[i]) + step.epsilon);
  }
}

template <class T>
void sgd(T* weights, T* momentum, const T* gradient, size_t count, const SgdStep& step) {
  for (size_t i = 0; i < count; ++i) {
    const T down = gradient[i] * step.rate;
    T change = -down;
    if (momentum != nullptr) {
      momentum[i] = momentum[i] * step.momentum - down;
      change = step.nesterov ? momentum[i] * step.momentum - down : momentum[i];
    }
    weights[i] = weights[i] * (T(1) - step.decay) + change;
  }
}

template <class T>
void rmsprop(T* weights, T* second, T* momentum, T* mean, const T* gradient, size_t count, const RmspropStep& step) {
  for (size_t i = 0; i < count; ++i) {
    const T g = gradient[i];
    second[i] = second[i] * step.rho + g * g * (T(1) - step.rho);
    T spread = second[i] + step.epsilon;
    if (step.centered) {
      mean[i] = mean[i] * step.rho + g * (T(1) - step.rho);
      spread -= mean[i] * mean[i];
    }
    T change = step.rate * g / std::sqrt(spread);
    if (momentum != nullptr) change = momentum[i] = momentum[i] * step.momentum + change;
    weights[i] = weights[i] * (T(1) - step.decay) - change;
  }
}

// Unit i of the figure takes half (i / 32) % 2, from the low one, of word (i / 8) % 4 of Philox counter i / 64 * 8 + i
// % 8.
inline void dropout_mask(float* mask, size_t count, uint64_t key, uint32_t threshold, float scale) {
  for (size_t i = 0; i < count; ++i) {
    const uint32_t word = philox({static_cast<uint32_t>(i / 64 * 8 + i % 8), 0, 0, 0}, key)[i / 8 % 4];
    const uint32_t half = i / 32 % 2 == 0 ? word & 0xffff : word >> 16;
    mask[i] = half < threshold ? scale : 0.0f;
  }
}

// A coordinate in the bordered figure, brought where it has pixels; see `Warp`.
template <class T>
T bounded(T x, size_t size, Fill fill) {
  const T length = static_cast<T>(size);
  const auto repeated = [](T value, T period) { return value - std::floor(value / period) * period; };
  switch (fill) {
    case Fill::kConstant:
      return std::fmax(T(0), std::fmin(length + T(1), x));
    case Fill::kNearest:
      return std::fmax(T(1), std::fmin(length, x));
    case Fill::kReflect: {
      const T inside = repeated(x - T(0.5), 2 * length);
      return std::fmin(inside, 2 * length - inside) + T(0.5);
    }
    case Fill::kWrap:
      return std::fmin(length + T(1), repeated(x - T(1), length) + T(1));
  }
  return x;
}

template <class T>
void warp(const Warp& a, T* output) {
  const size_t stride = a.width + 3, plane = (a.height + 3) * stride;
  for (size_t i = 0; i < a.height; ++i) {
    for (size_t j = 0; j < a.width; ++j) {
      T x = T(a.xx) * static_cast<T>(j) + T(a.xy) * static_cast<T>(i) + T(a.x0);
      T y = T(a.yx) * static_cast<T>(j) + T(a.yy) * static_cast<T>(i) + T(a.y0);
      if (a.dx != nullptr) x += a.dx[i * a.width + j], y += a.dy[i * a.width + j];
      if (a.nearest) x = std::round(x - T(1)) + T(1), y = std::round(y - T(1)) + T(1);
      x = bounded(x, a.width, a.fill);
      y = bounded(y, a.height, a.fill);
      const T right = x - std::floor(x), below = y - std::floor(y);
      const size_t at = static_cast<size_t>(y) * stride + static_cast<size_t>(x);
      for (size_t c = 0; c < a.channels; ++c) {
        const float* from = a.planes + c * plane + at;
        const T north = from[0] + right * (T(from[1]) - T(from[0]));
        const T south = from[stride] + right * (T(from[stride + 1]) - T(from[stride]));
        output[(i * a.width + j) * a.channels + c] = north + below * (south - north);
      }
    }
  }
}

template <class T>
void spline_field(const SplineField& a, T* field) {
  for (size_t i = 0; i < a.height; ++i) {
    for (size_t j = 0; j < a.width; ++j) {
      T sum = 0;
      for (size_t r = 0; r < 4; ++r) {
        const float* point = a.points + (a.first_rows[i] + r) * a.columns;
        for (size_t k = 0; k < a.columns; ++k) sum += T(a.down[4 * i + r]) * point[k] * a.across[k * a.stride + j];
      }
      field[i * a.width + j] = sum;
    }
  }
}

// The table for float.
extern const Kernels table;

}  // namespace figurate::reference
