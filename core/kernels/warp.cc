// One figure resampled: shifted, turned, scaled, slanted and bent in one pass, between four pixels each.
//
// Coordinates advance linearly along a row. They are bounded before they are rounded, and the figure has a border, so
// that no pixel is asked whether it exists. What costs time is gathering: two neighbours are fetched at once.
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

namespace {

FIGURATE_INLINE V lane_numbers() {
  V lanes;
  for (size_t i = 0; i < kWidth; ++i) lanes[i] = static_cast<float>(i);
  return lanes;
}

// from[index] and from[index + 1]. Shuffles work on quarters of 128 bits: with the pairs gathered in this order, what
// comes out is in order.
FIGURATE_INLINE void gather_pairs(const float* from, I index, V& first, V& second) {
#if defined(__AVX512F__)
  const auto* pairs = reinterpret_cast<const double*>(from);
  const auto eight = [&](auto at) FIGURATE_LAMBDA {
    return _mm512_castpd_ps(_mm512_mask_i32gather_pd(_mm512_setzero_pd(), 0xff, (__m256i)at, pairs, 4));
  };
  const __m512 a = eight(__builtin_shufflevector(index, index, 0, 1, 4, 5, 8, 9, 12, 13));
  const __m512 b = eight(__builtin_shufflevector(index, index, 2, 3, 6, 7, 10, 11, 14, 15));
  first = (V)_mm512_shuffle_ps(a, b, 0x88);
  second = (V)_mm512_shuffle_ps(a, b, 0xdd);
#elif defined(__AVX2__)
  const auto* pairs = reinterpret_cast<const double*>(from);
  const __m256d all = _mm256_castsi256_pd(_mm256_set1_epi64x(-1)), none = _mm256_setzero_pd();
  const auto four = [&](auto at) FIGURATE_LAMBDA {
    return _mm256_castpd_ps(_mm256_mask_i32gather_pd(none, pairs, (__m128i)at, all, 4));
  };
  const __m256 a = four(__builtin_shufflevector(index, index, 0, 1, 4, 5));
  const __m256 b = four(__builtin_shufflevector(index, index, 2, 3, 6, 7));
  first = (V)_mm256_shuffle_ps(a, b, 0x88);
  second = (V)_mm256_shuffle_ps(a, b, 0xdd);
#else
  for (size_t i = 0; i < kWidth; ++i) {
    first[i] = from[index[i]];
    second[i] = from[index[i] + 1];
  }
#endif
}

FIGURATE_INLINE V rounded_down(V x) {
  const V near = to_float(nearest(x));
  return select(near > x, near - 1.0f, near);
}

// To the nearest whole number, halves away from zero.
FIGURATE_INLINE V rounded(V x) { return copy_sign(rounded_down(absolute(x) + 0.5f), x); }

// One axis: how its coordinates are brought into the bordered figure.
struct Axis {
  Axis(size_t size, Fill fill_) : fill(fill_), length(static_cast<float>(size)) {
    low = splat(fill == Fill::kConstant ? 0.0f : fill == Fill::kReflect ? 0.5f : 1.0f);
    high = splat(fill == Fill::kNearest ? length : fill == Fill::kReflect ? length + 0.5f : length + 1.0f);
  }

  FIGURATE_LAMBDA V repeated(V x, float period) const { return x - rounded_down(x / period) * period; }

  FIGURATE_LAMBDA V bounded(V x) const {
    if (fill == Fill::kReflect) {
      const V inside = repeated(x - 0.5f, 2 * length);
      x = minimum(inside, 2 * length - inside) + 0.5f;
    } else if (fill == Fill::kWrap) {
      x = repeated(x - 1.0f, length) + 1.0f;
    }
    // In this order NaN, which may stand in lanes behind a row, becomes a coordinate too.
    return minimum(maximum(x, low), high);
  }

  Fill fill;
  float length;
  V low, high;
};

// The pixels of a row of which one coordinate, start + slope * pixel, lies between two bounds.
struct Crossing {
  // A slope of 0 crosses nothing or everything: very far away.
  Crossing(float slope, float low_, float high_) : steps(1.0f / (slope != 0.0f ? slope : 1e-30f)) {
    low = steps < 0.0f ? high_ : low_;
    high = steps < 0.0f ? low_ : high_;
  }
  // Narrows [first, last). Where rounding leaves out a pixel at the edge, there is next to nothing of ink in it.
  FIGURATE_LAMBDA void narrow(float start, float& first, float& last) const {
    const float begin = (low - start) * steps, end = (high - start) * steps + 1.0f;
    first = begin > first ? begin : first;
    last = end < last ? end : last;
  }
  float steps, low, high;
};

}  // namespace

void warp(const Warp& a) {
  const Axis across(a.width, a.fill), down(a.height, a.fill);
  const size_t stride = a.width + 3, plane = (a.height + 3) * stride, pixels = a.height * a.width;
  const size_t whole = a.width < kWidth ? 0 : a.width - kWidth;  // where a row's last vector begins
  const size_t lanes = a.width < kWidth ? a.width : kWidth;
  const V numbers = lane_numbers();
  if (a.fill == Fill::kConstant) {
    for (size_t i = 0; i < pixels * a.channels; ++i) a.output[i] = a.blank;
  }
  const Crossing columns(a.xx, a.left, a.right), rows(a.yx, a.top, a.bottom);
  for (size_t i = 0; i < a.height; ++i) {
    const auto row = static_cast<float>(i);
    const float x_start = a.xy * row + a.x0, y_start = a.yy * row + a.y0;
    float first = 0.0f, last = static_cast<float>(a.width);
    if (a.fill == Fill::kConstant) {
      columns.narrow(x_start, first, last);
      rows.narrow(y_start, first, last);
    }
    if (!(first < last)) continue;
    const auto end = static_cast<size_t>(last);
    for (size_t j = static_cast<size_t>(first); j < end; j += kWidth) {
      j = j < whole ? j : whole;
      const V column = numbers + static_cast<float>(j);
      V x = fma(splat(a.xx), column, splat(x_start)), y = fma(splat(a.yx), column, splat(y_start));
      if (a.dx != nullptr) {
        x += load(a.dx + i * a.width + j);
        y += load(a.dy + i * a.width + j);
      }
      if (a.nearest) x = rounded(x - 1.0f) + 1.0f, y = rounded(y - 1.0f) + 1.0f;
      x = across.bounded(x);
      y = down.bounded(y);
      const I left = __builtin_convertvector(x, I), top = __builtin_convertvector(y, I);  // neither is below 0
      const V right_share = x - to_float(left), below_share = y - to_float(top);
      const I index = top * static_cast<int32_t>(stride) + left;
      for (size_t c = 0; c < a.channels; ++c) {
        V nw, ne, sw, se;
        gather_pairs(a.planes + c * plane, index, nw, ne);
        gather_pairs(a.planes + c * plane + stride, index, sw, se);
        const V north = fma(right_share, ne - nw, nw), south = fma(right_share, se - sw, sw);
        const V value = fma(below_share, south - north, north);
        float* to = a.output + (i * a.width + j) * a.channels + c;
        if (a.channels > 1) {
          for (size_t lane = 0; lane < lanes; ++lane) to[lane * a.channels] = value[lane];
        } else if (lanes == kWidth) {
          store(to, value);
        } else {
          store_first(to, value, lanes);
        }
      }
    }
  }
}

}  // namespace figurate::FIGURATE_ISA
