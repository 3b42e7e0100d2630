#include "cpu.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace figurate {

namespace {

// The quota in CPUs that a cgroup sets on this process; infinity where there is none. Version 2 writes "max 100000" or
// "150000 100000" into cpu.max of every group on the way down; version 1 has two files.
double cgroup_quota() {
  double quota = INFINITY;
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    if (line.rfind("0::", 0) != 0) continue;
    std::string path = line.substr(3);
    while (true) {
      std::ifstream file("/sys/fs/cgroup" + path + "/cpu.max");
      double allowed = 0, period = 0;
      if (file >> allowed >> period && period > 0) quota = std::min(quota, allowed / period);
      if (path.empty() || path == "/") break;
      path = path.substr(0, path.rfind('/'));
    }
  }
  std::ifstream quota_file("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"), period_file("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  double allowed = 0, period = 0;
  if (quota_file >> allowed && period_file >> period && allowed > 0 && period > 0)
    quota = std::min(quota, allowed / period);
  return quota;
}

}  // namespace

int default_threads() {
  cpu_set_t mask;
  int cpus = static_cast<int>(std::thread::hardware_concurrency());
  if (sched_getaffinity(0, sizeof mask, &mask) == 0) cpus = CPU_COUNT(&mask);
  const double quota = cgroup_quota();
  if (std::isfinite(quota)) cpus = std::min(cpus, static_cast<int>(std::ceil(quota)));
  return std::max(cpus, 1);
}

#if defined(__x86_64__)
// Bits 15 and 6 of MXCSR: flush results to zero, take denormal operands as zero.
FlushDenormals::FlushDenormals() : saved_(_mm_getcsr()) { _mm_setcsr(static_cast<unsigned>(saved_) | 0x8040u); }
FlushDenormals::~FlushDenormals() { _mm_setcsr(static_cast<unsigned>(saved_)); }
#elif defined(__aarch64__)
// Bit 24 of FPCR: flush to zero.
FlushDenormals::FlushDenormals() {
  asm volatile("mrs %0, fpcr" : "=r"(saved_));
  asm volatile("msr fpcr, %0" ::"r"(saved_ | (uint64_t{1} << 24)));
}
FlushDenormals::~FlushDenormals() { asm volatile("msr fpcr, %0" ::"r"(saved_)); }
#else
FlushDenormals::FlushDenormals() : saved_(0) {}
FlushDenormals::~FlushDenormals() = default;
#endif

}  // namespace figurate
