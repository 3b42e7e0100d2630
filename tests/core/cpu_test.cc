// What the process may use, and denormal numbers.
#include "cpu.h"

#include <sched.h>

#include <cfloat>
#include <limits>
#include <thread>

#include "numbers.h"

namespace {

// Half of the smallest normal number: zero where denormals are flushed.
float half_of_least() {
  const volatile float least = FLT_MIN, half = 0.5f;
  const volatile float product = least * half;
  return product;
}

}  // namespace

TEST(cpu_threads_follow_affinity) {
  const int all = figurate::default_threads();
  CHECK(all >= 1);
  // In a thread of its own, so that the other tests keep their processors.
  int one = 0;
  std::thread([&one] {
    cpu_set_t mask, first;
    if (sched_getaffinity(0, sizeof mask, &mask) != 0) return;
    CPU_ZERO(&first);
    for (size_t cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&first) == 0; ++cpu) {
      if (CPU_ISSET(cpu, &mask)) CPU_SET(cpu, &first);
    }
    if (sched_setaffinity(0, sizeof first, &first) == 0) one = figurate::default_threads();
  }).join();
  CHECK_EQUAL(one, 1);
}

TEST(cpu_flushes_denormals_while_asked_to) {
  CHECK(half_of_least() > 0.0f);
  {
    const figurate::FlushDenormals outer;
#if defined(__x86_64__) || defined(__aarch64__)
    CHECK_EQUAL(half_of_least(), 0.0f);
#endif
    {
      const figurate::FlushDenormals inner;
    }
#if defined(__x86_64__) || defined(__aarch64__)
    CHECK_EQUAL(half_of_least(), 0.0f);  // the outer one still lives
#endif
  }
  CHECK(half_of_least() > 0.0f);
}

TEST(cpu_restores_denormals_after_an_exception) {
  try {
    const figurate::FlushDenormals scope;
    throw 1;
  } catch (int) {
  }
  CHECK(half_of_least() > 0.0f);
}
