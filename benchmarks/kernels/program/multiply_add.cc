// Multiply-adds in registers alone, compiled once for each instruction set. As many sums are under way as the registers
// hold; 8 cover the latency of a fused multiply-add (4 cycles, two a cycle) or, where there are none, of a
// multiplication and an addition one behind the other (8 cycles, one pair a cycle).
#include "kernels/simd.h"
#include "peak.h"

namespace figurate::FIGURATE_ISA {

namespace {

constexpr size_t kSums = kRegisters == 32 ? 24 : 12;

float run(size_t rounds) {
  // x = x / 2 + 1/2 tends to 1: nothing overflows, nothing becomes denormal.
  V factor = splat(0.5f), term = splat(0.5f);
  V sums[kSums];
  for (size_t i = 0; i < kSums; ++i) sums[i] = splat(static_cast<float>(i));
  for (size_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 24
    for (size_t i = 0; i < kSums; ++i) sums[i] = fma(sums[i], factor, term);
  }
  V total = {};
  for (size_t i = 0; i < kSums; ++i) total = total + sums[i];
  return total[0];
}

}  // namespace

extern const MultiplyAdd multiply_add;
const MultiplyAdd multiply_add = {FIGURATE_ISA_NAME, run, 2 * kSums * kWidth};

}  // namespace figurate::FIGURATE_ISA
