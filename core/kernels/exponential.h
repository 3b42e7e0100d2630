// Vector exp and the functions made from it. Included by kernels only.
//
// exp: range reduction by ln 2 in two parts and a polynomial of degree 6 (the coefficients of Cephes' expf, Moshier
// 1989); relative error below 2e-7 over the whole range, 0 below -87.3 and the largest finite value above 88.3. NaN
// stays NaN.
#pragma once

#include "simd.h"

namespace figurate::FIGURATE_ISA {

FIGURATE_INLINE V exponential(V x) {
  const V clamped = maximum(splat(-87.3f), minimum(splat(88.3f), x));
  const I n = nearest(clamped * 1.44269504088896341f);
  const V whole = to_float(n);
  V r = fma(whole, splat(-0.693359375f), clamped);
  r = fma(whole, splat(2.12194440e-4f), r);
  V p = splat(1.9875691500e-4f);
  p = fma(p, r, splat(1.3981999507e-3f));
  p = fma(p, r, splat(8.3334519073e-3f));
  p = fma(p, r, splat(4.1665795894e-2f));
  p = fma(p, r, splat(1.6666665459e-1f));
  p = fma(p, r, splat(5.0000001201e-1f));
  p = fma(p, r * r, r + 1.0f);
  const V scaled = as_float(as_int(p) + (n << 23));
  return select(x < splat(-87.3f), splat(0.0f), scaled);
}

// log(x) for finite x > 0 that are not denormal, and NaN: Cephes' logf (Moshier 1989), relative error below 1e-7.
FIGURATE_INLINE V logarithm(V x) {
  const I bits = as_int(x);
  I exponent = (bits >> 23) - 126;
  V m = as_float((bits & 0x007fffff) | 0x3f000000);  // in [0.5, 1)
  const I low = m < splat(0.70710678f);
  exponent = exponent + low;  // a true lane is -1
  m = select(low, m + m, m) - 1.0f;
  const V s = m * m, e = to_float(exponent);
  V p = splat(7.0376836292e-2f);
  p = fma(p, m, splat(-1.1514610310e-1f));
  p = fma(p, m, splat(1.1676998740e-1f));
  p = fma(p, m, splat(-1.2420140846e-1f));
  p = fma(p, m, splat(1.4249322787e-1f));
  p = fma(p, m, splat(-1.6668057665e-1f));
  p = fma(p, m, splat(2.0000714765e-1f));
  p = fma(p, m, splat(-2.4999993993e-1f));
  p = fma(p, m, splat(3.3333331174e-1f));
  V y = p * m * s;
  y = fma(e, splat(-2.12194440e-4f), y);
  y = fma(s, splat(-0.5f), y);
  return select(x == x, fma(e, splat(0.693359375f), m + y), x);
}

// 1 / (1 + exp(-x)), without overflow.
FIGURATE_INLINE V logistic(V x) {
  const V e = exponential(-absolute(x));
  const V positive = 1.0f / (1.0f + e);
  return select(x < splat(0.0f), e * positive, positive);
}

// tanh(x). Near zero, where 1 - exp cancels, by its odd polynomial (Cephes' tanhf).
FIGURATE_INLINE V hyperbolic_tangent(V x) {
  const V a = absolute(x);
  const V e = exponential(-2.0f * a);
  const V large = copy_sign((1.0f - e) / (1.0f + e), x);
  const V s = x * x;
  V p = splat(-5.70498872745e-3f);
  p = fma(p, s, splat(2.06390887954e-2f));
  p = fma(p, s, splat(-5.37397155531e-2f));
  p = fma(p, s, splat(1.33314422036e-1f));
  p = fma(p, s, splat(-3.33332819422e-1f));
  return select(a < splat(0.625f), fma(p * s, x, x), large);
}

// erf(x): Abramowitz and Stegun 7.1.26 refined to 7.1.28's form would cancel near zero, so small arguments take the
// Taylor series to x^11 and the others 7.1.26 (absolute error 1.5e-7).
FIGURATE_INLINE V error_function(V x) {
  const V a = absolute(x);
  const V t = 1.0f / fma(a, splat(0.3275911f), splat(1.0f));
  V p = splat(1.061405429f);
  p = fma(p, t, splat(-1.453152027f));
  p = fma(p, t, splat(1.421413741f));
  p = fma(p, t, splat(-0.284496736f));
  p = fma(p, t, splat(0.254829592f));
  const V large = copy_sign(1.0f - p * t * exponential(-a * a), x);
  const V s = x * x;
  V q = splat(-8.5484604e-4f);
  q = fma(q, s, splat(5.2239776e-3f));
  q = fma(q, s, splat(-2.6866170e-2f));
  q = fma(q, s, splat(1.1283792e-1f));
  q = fma(q, s, splat(-3.7612638e-1f));
  q = fma(q, s, splat(1.1283792f));
  return select(a < splat(0.5f), q * x, large);
}

}  // namespace figurate::FIGURATE_ISA
