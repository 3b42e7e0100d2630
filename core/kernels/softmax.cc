// Rows of logits to rows of probabilities, and log(sum(exp(row))), both free of overflow.
#include "exponential.h"
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

void softmax(const float* in, float* out, float* log_sums, size_t rows, size_t columns, size_t stride) {
  const V lowest = splat(-__builtin_inff()), zero = splat(0.0f);
  float peaks[kWidth] = {}, totals[kWidth] = {};
  for (size_t r = 0; r < rows; ++r, in += stride, out += stride) {
    V largest = lowest;
    for (size_t i = 0; i < columns; i += kWidth) {
      const V x = load(in + i);
      largest = maximum(largest, columns - i < kWidth ? first_lanes(x, columns - i, lowest) : x);
    }
    const V peak = largest_lane(largest);
    V sum = zero;
    for (size_t i = 0; i < columns; i += kWidth) {
      V e = exponential(load(in + i) - peak);
      if (columns - i < kWidth) e = first_lanes(e, columns - i, zero);
      store(out + i, e);
      sum = sum + e;
    }
    const V total = sum_of_lanes(sum), factor = 1.0f / total;
    for (size_t i = 0; i < columns; i += kWidth) store(out + i, load(out + i) * factor);
    // The logarithms of a vector's worth of rows at once.
    const size_t lane = r % kWidth;
    peaks[lane] = peak[0];
    totals[lane] = total[0];
    if (lane + 1 == kWidth || r + 1 == rows) {
      const V logs = logarithm(load(totals)) + load(peaks);
      for (size_t i = 0; i <= lane; ++i) log_sums[r - lane + i] = logs[i];
    }
  }
}

}  // namespace figurate::FIGURATE_ISA
