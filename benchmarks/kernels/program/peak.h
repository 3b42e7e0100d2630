// The most floating-point operations a second that this processor does with the instruction set of the kernels in use:
// fused multiply-adds (where there are none: multiplications and additions) that touch nothing but registers.
#pragma once

#include <cstddef>

namespace figurate {

// `rounds` rounds of multiply-adds, and the operations of one round, by instruction set (multiply_add.cc).
struct MultiplyAdd {
  const char* name;
  float (*run)(size_t rounds);
  size_t operations;
};

// GFLOP/s of so many threads that work at once: the best of `slices` slices of about `seconds` each, because whatever
// disturbs one only takes from it.
double peak(int threads, int slices, double seconds);

}  // namespace figurate
