// Mean loss and metrics of a network, without learning.
#pragma once

#include <functional>
#include <vector>

#include "scores.h"

namespace figurate {

// Called now and then with the steps done so far and the means (none while evaluating); false ends the run.
using Tick = std::function<bool(size_t steps, const std::vector<double>& means)>;

// The mean loss, then each metric's. The result is the same on any number of threads.
std::vector<double> evaluate(const Network& network, const Criteria& criteria, const Labelled& data, int threads,
                             const Tick& tick);

}  // namespace figurate
