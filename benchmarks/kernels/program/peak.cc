#include "peak.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "clock.h"
#include "kernels/table.h"

namespace figurate {

#if defined(__x86_64__)
namespace x86_64_v2 {
extern const MultiplyAdd multiply_add;
}
namespace avx2 {
extern const MultiplyAdd multiply_add;
}
namespace avx512 {
extern const MultiplyAdd multiply_add;
}
static const MultiplyAdd* const kAll[] = {&x86_64_v2::multiply_add, &avx2::multiply_add, &avx512::multiply_add};
#elif defined(__aarch64__)
namespace neon {
extern const MultiplyAdd multiply_add;
}
static const MultiplyAdd* const kAll[] = {&neon::multiply_add};
#endif

namespace {

// The one of the kernels in use; of the plainest where these are the reference's plain loops.
const MultiplyAdd& in_use() {
  for (const MultiplyAdd* one : kAll) {
    if (std::strcmp(one->name, kernels().name) == 0) return *one;
  }
  return *kAll[0];
}

}  // namespace

double peak(int threads, int slices, double seconds) {
  const MultiplyAdd& one = in_use();
  Team team(threads);
  std::vector<float> results(static_cast<size_t>(threads));  // kept, so that they are computed
  size_t rounds = 1000;
  const auto work = [&](int rank) { results[static_cast<size_t>(rank)] = one.run(rounds); };
  double time = seconds_of(team, work);
  while (time < seconds / 2) rounds *= 2, time = seconds_of(team, work);
  for (int slice = 1; slice < slices; ++slice) time = std::min(time, seconds_of(team, work));
  return static_cast<double>(rounds * one.operations) * threads / time * 1e-9;
}

}  // namespace figurate
