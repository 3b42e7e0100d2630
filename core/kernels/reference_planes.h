// The plain-loop twins of pooling and normalization, as reference.h has the others.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>

#include "table.h"

namespace figurate::reference {

// Calls body(place in the input) for every pixel of the window of output pixel (y, x), row by row, in channel c.
template <class Body>
void for_window(const Pooling& p, size_t y, size_t x, size_t c, const Body& body) {
  for (size_t i = 0; i < p.pool_height; ++i) {
    for (size_t j = 0; j < p.pool_width; ++j) {
      const size_t row = y * p.stride_y + i, column = x * p.stride_x + j;
      if (row < p.top || row - p.top >= p.height || column < p.left || column - p.left >= p.width) continue;
      body(((row - p.top) * p.width + column - p.left) * p.channels + c);
    }
  }
}

// Calls body(y, x, c, place) for every number of a pooling's output.
template <class Body>
void for_outputs(const Pooling& p, const Body& body) {
  for (size_t y = 0; y < p.out_height; ++y) {
    for (size_t x = 0; x < p.out_width; ++x) {
      for (size_t c = 0; c < p.channels; ++c) body(y, x, c, (y * p.out_width + x) * p.channels + c);
    }
  }
}

template <class T>
void max_pool(const Pooling& p, const T* in, T* out) {
  for_outputs(p, [&](size_t y, size_t x, size_t c, size_t to) {
    out[to] = -std::numeric_limits<T>::infinity();
    for_window(p, y, x, c, [&](size_t at) { out[to] = out[to] >= in[at] ? out[to] : in[at]; });
    for_window(p, y, x, c, [&](size_t at) { out[to] = in[at] != in[at] ? in[at] : out[to]; });  // NaN stays NaN
  });
}

template <class T>
void max_pool_backward(const Pooling& p, const T* in, const T* out, const T* out_gradient, T* in_gradient) {
  for (size_t i = 0; i < p.height * p.width * p.channels; ++i) in_gradient[i] = 0;
  for_outputs(p, [&](size_t y, size_t x, size_t c, size_t from) {
    bool found = false;
    for_window(p, y, x, c, [&](size_t at) {
      if (!found && in[at] == out[from]) in_gradient[at] += out_gradient[from], found = true;
    });
  });
}

template <class T>
T window_size(const Pooling& p, size_t y, size_t x) {
  T size = 0;
  for_window(p, y, x, 0, [&](size_t) { size += 1; });
  return size;
}

template <class T>
void average_pool(const Pooling& p, const T* in, T* out) {
  for_outputs(p, [&](size_t y, size_t x, size_t c, size_t to) {
    out[to] = 0;
    for_window(p, y, x, c, [&](size_t at) { out[to] += in[at]; });
    out[to] /= window_size<T>(p, y, x);
  });
}

template <class T>
void average_pool_backward(const Pooling& p, const T* out_gradient, T* in_gradient) {
  for (size_t i = 0; i < p.height * p.width * p.channels; ++i) in_gradient[i] = 0;
  for_outputs(p, [&](size_t y, size_t x, size_t c, size_t from) {
    const T share = out_gradient[from] / window_size<T>(p, y, x);
    for_window(p, y, x, c, [&](size_t at) { in_gradient[at] += share; });
  });
}

template <class T>
void add_moments(const Pixels& p, const T* in, T before, T* means, T* squares) {
  const T n = static_cast<T>(p.count);
  for (size_t c = 0; c < p.channels; ++c) {
    T mean = 0, square = 0;
    for (size_t i = 0; i < p.count; ++i) mean += in[i * p.step + c] / n;
    for (size_t i = 0; i < p.count; ++i) square += (in[i * p.step + c] - mean) * (in[i * p.step + c] - mean);
    const T away = mean - means[c];
    means[c] += away * (n / (before + n));
    squares[c] += square + away * away * (before * (n / (before + n)));
  }
}

template <class T>
T normalized(const ChannelScale& s, size_t c, T in) {
  return (in - s.means[c]) * s.scales[c] + s.shifts[c];
}

template <class T>
void normalize(const Pixels& p, const ChannelScale& s, const T* in, T* out) {
  for (size_t i = 0; i < p.count; ++i) {
    for (size_t c = 0; c < p.channels; ++c) {
      const T y = normalized(s, c, in[i * p.step + c]);
      out[i * p.step + c] = s.relu && y < T(0) ? T(0) : y;
    }
  }
}

template <class T>
T before_relu(const ChannelScale& s, size_t c, T in, T out_gradient) {
  return s.relu && !(normalized(s, c, in) > T(0)) ? T(0) : out_gradient;
}

template <class T>
void add_normalize_sums(const Pixels& p, const ChannelScale& s, const T* in, const T* out_gradient, T* sums,
                        T* products) {
  for (size_t i = 0; i < p.count; ++i) {
    for (size_t c = 0; c < p.channels; ++c) {
      const T x = in[i * p.step + c], gradient = before_relu(s, c, x, out_gradient[i * p.step + c]);
      sums[c] += gradient;
      products[c] += gradient * (x - s.means[c]);
    }
  }
}

template <class T>
void normalize_backward(const Pixels& p, const ChannelScale& s, const T* in, const T* out_gradient, const float* slopes,
                        const float* offsets, T* in_gradient) {
  for (size_t i = 0; i < p.count; ++i) {
    for (size_t c = 0; c < p.channels; ++c) {
      const T x = in[i * p.step + c], gradient = before_relu(s, c, x, out_gradient[i * p.step + c]);
      in_gradient[i * p.step + c] = gradient * s.scales[c] + ((x - s.means[c]) * slopes[c] + offsets[c]);
    }
  }
}

template <class T>
void normalize_pixels(const Pixels& p, const T* gamma, const T* beta, T epsilon, const T* in, T* out, T* moments) {
  const T n = static_cast<T>(p.channels);
  for (size_t i = 0; i < p.count; ++i, in += p.step, out += p.step, moments += 2) {
    T mean = 0, variance = 0;
    for (size_t c = 0; c < p.channels; ++c) mean += in[c] / n;
    for (size_t c = 0; c < p.channels; ++c) variance += (in[c] - mean) * (in[c] - mean) / n;
    moments[0] = mean, moments[1] = T(1) / std::sqrt(variance + epsilon);
    for (size_t c = 0; c < p.channels; ++c) out[c] = (in[c] - mean) * moments[1] * gamma[c] + beta[c];
  }
}

template <class T>
void normalize_pixels_backward(const Pixels& p, const T* gamma, const T* moments, const T* in, const T* out_gradient,
                               T* in_gradient, T* gamma_gradient, T* beta_gradient) {
  const T n = static_cast<T>(p.channels);
  for (size_t i = 0; i < p.count; ++i) {
    const T *x = in + i * p.step, *g = out_gradient + i * p.step;
    const T mean = moments[2 * i], inverse = moments[2 * i + 1];
    T sum = 0, product = 0;
    for (size_t c = 0; c < p.channels; ++c) {
      const T scaled = (x[c] - mean) * inverse;
      sum += g[c] * gamma[c] / n;
      product += g[c] * gamma[c] * scaled / n;
      gamma_gradient[c] += g[c] * scaled;
      beta_gradient[c] += g[c];
    }
    for (size_t c = 0; in_gradient != nullptr && c < p.channels; ++c) {
      in_gradient[i * p.step + c] = inverse * (g[c] * gamma[c] - sum - (x[c] - mean) * inverse * product);
    }
  }
}

}  // namespace figurate::reference
