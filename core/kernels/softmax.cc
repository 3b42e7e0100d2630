// Rows of logits to rows of probabilities, and log(sum(exp(row))), both free of overflow.
#include "exponential.h"
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

void softmax(const float* in, float* out, float* log_sums, size_t rows, size_t columns, size_t stride) {
  const V lowest = splat(-__builtin_inff()), zero = splat(0.0f);
  for (size_t r = 0; r < rows; ++r, in += stride, out += stride) {
    V largest = lowest;
    for (size_t i = 0; i < columns; i += kWidth) {
      const V x = load(in + i);
      largest = maximum(largest, columns - i < kWidth ? first_lanes(x, columns - i, lowest) : x);
    }
    const float peak = largest_lane(largest);
    V sum = zero;
    for (size_t i = 0; i < columns; i += kWidth) {
      V e = exponential(load(in + i) - peak);
      if (columns - i < kWidth) e = first_lanes(e, columns - i, zero);
      store(out + i, e);
      sum = sum + e;
    }
    const float total = sum_of_lanes(sum);
    const V factor = splat(1.0f / total);
    for (size_t i = 0; i < columns; i += kWidth) store(out + i, load(out + i) * factor);
    log_sums[r] = peak + __builtin_logf(total);
  }
}

}  // namespace figurate::FIGURATE_ISA
