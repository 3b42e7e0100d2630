// Time as the threads of a team have it: their own CPU time, so that a machine with other work shows the same rates, as
// far as caches and clock rates allow.
#pragma once

#include <time.h>

#include <vector>

#include "thread_pool.h"

namespace figurate {

// Seconds that each of the team's threads is at work in work(rank), their mean.
template <class Work>
double seconds_of(Team& team, const Work& work) {
  const auto now = [] {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  };
  std::vector<double> times(static_cast<size_t>(team.size()));
  team.run([&](int rank) {
    const double start = now();
    work(rank);
    times[static_cast<size_t>(rank)] = now() - start;
  });
  double sum = 0;
  for (const double time : times) sum += time;
  return sum / team.size();
}

}  // namespace figurate
