// Layer normalization: every pixel by itself, over its channels.
#include "channels.h"
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

namespace {

FIGURATE_INLINE float inverse_root(float value) { return (1.0f / square_root(splat(value)))[0]; }

}  // namespace

void normalize_pixels(const Pixels& p, const float* gamma, const float* beta, float epsilon, const float* in,
                      float* out, float* moments) {
  const Channels channels(p.channels);
  const float part = 1.0f / static_cast<float>(p.channels);
  for (size_t i = 0; i < p.count; ++i, in += p.step, out += p.step, moments += 2) {
    V sum = {}, square = {};
    channels.each([&](size_t c, const auto& access) FIGURATE_LAMBDA { sum += access.get(in + c); });
    const V mean = sum_of_lanes(sum) * part;
    channels.each([&](size_t c, const auto& access) FIGURATE_LAMBDA {
      const V away = access.keep(access.get(in + c) - mean);
      square = fma(away, away, square);
    });
    const V inverse = splat(inverse_root(sum_of_lanes(square)[0] * part + epsilon));
    channels.each([&](size_t c, const auto& access) FIGURATE_LAMBDA {
      const V scaled = (access.get(in + c) - mean) * inverse;
      access.put(out + c, fma(scaled, access.get(gamma + c), access.get(beta + c)));
    });
    moments[0] = mean[0], moments[1] = inverse[0];
  }
}

// With x^ = (x - mean) * inverse and g = gamma * out_gradient:
//   in_gradient = inverse * (g - mean of g - x^ * mean of (g * x^))
void normalize_pixels_backward(const Pixels& p, const float* gamma, const float* moments, const float* in,
                               const float* out_gradient, float* in_gradient, float* gamma_gradient,
                               float* beta_gradient) {
  const Channels channels(p.channels);
  const float part = 1.0f / static_cast<float>(p.channels);
  for (size_t i = 0; i < p.count; ++i, in += p.step, out_gradient += p.step, moments += 2) {
    const V mean = splat(moments[0]), inverse = splat(moments[1]);
    V sum = {}, product = {};
    channels.each([&](size_t c, const auto& access) FIGURATE_LAMBDA {
      const V scaled = (access.get(in + c) - mean) * inverse, gradient = access.get(out_gradient + c);
      const V inner = gradient * access.get(gamma + c);  // zero where the rest has no lanes
      sum += inner;
      product = fma(inner, scaled, product);
      access.put(gamma_gradient + c, fma(gradient, scaled, access.get(gamma_gradient + c)));
      access.put(beta_gradient + c, access.get(beta_gradient + c) + gradient);
    });
    if (in_gradient == nullptr) continue;
    const V first = sum_of_lanes(sum) * part, second = sum_of_lanes(product) * part;
    channels.each([&](size_t c, const auto& access) FIGURATE_LAMBDA {
      const V scaled = (access.get(in + c) - mean) * inverse;
      const V inner = access.get(out_gradient + c) * access.get(gamma + c);
      access.put(in_gradient + c, inverse * (inner - first - scaled * second));
    });
    in_gradient += p.step;
  }
}

}  // namespace figurate::FIGURATE_ISA
