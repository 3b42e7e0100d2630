// A smooth field from a few control points: shares of them across, then down, as matrices of known size.
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

void spline_field(const SplineField& a) {
  for (size_t r = 0; r < a.rows; ++r) {
    const float* point = a.points + r * a.columns;
    for (size_t j = 0; j < a.stride; j += kWidth) {
      V sum = {};
      for (size_t k = 0; k < a.columns; ++k) sum = fma(splat(point[k]), load(a.across + k * a.stride + j), sum);
      store(a.room + r * a.stride + j, sum);
    }
  }
  for (size_t i = 0; i < a.height; ++i) {
    const float *from = a.room + a.first_rows[i] * a.stride, *share = a.down + 4 * i;
    for (size_t j = 0; j < a.width; j += kWidth) {
      const V one = fma(splat(share[1]), load(from + a.stride + j), splat(share[0]) * load(from + j));
      const V other =
          fma(splat(share[3]), load(from + 3 * a.stride + j), splat(share[2]) * load(from + 2 * a.stride + j));
      store(a.field + i * a.width + j, one + other);
    }
  }
}

}  // namespace figurate::FIGURATE_ISA
