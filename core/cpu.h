// What this processor and this process may use: cores, and the state of denormal numbers.
#pragma once

#include <cstdint>

namespace figurate {

// CPUs this process may run on: its affinity mask, bounded by its cgroup's quota (rounded up). At least 1.
int default_threads();

// While it lives, denormal floats count as zero on this thread; the caller's state comes back after. Adam's moments of
// pixels that are seldom inked decay into denormals, which cost x86 a microcode assist each.
class FlushDenormals {
 public:
  FlushDenormals();
  ~FlushDenormals();
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
  uint64_t saved_;
};

}  // namespace figurate
