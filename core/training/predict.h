// What a network makes of figures. The network is only read: any number of threads may predict with one at once.
#pragma once

#include "network.h"

namespace figurate {

// outputs (count, network.outputs()) of figures x (count, network.inputs()) of uint8_t, float or double, on up to
// `threads` threads.
template <class T>
void predict(const Network& network, const T* x, size_t count, int threads, float* outputs);

}  // namespace figurate
