// One layer alone, in the directions that training takes it: how many operations a second the kernels behind it do.
#pragma once

#include <string>

namespace figurate {

// What was measured of a layer, in GFLOP/s of all threads together. Operations are nominal: those of the plain sums,
// two for each weight and each place that it is at, the same for all three directions; pooled convolutions go back
// through the places that were the largest alone, so there they may exceed the peak.
struct Measured {
  double operations;   // a figure and direction
  size_t rows;         // figures that a thread takes at once
  double live = 1;     // of a pooled convolution's outputs before pooling: the part that has a gradient
  double forward = 0;  // as in training
  double weights = 0;  // their gradient
  double inputs = 0;   // their gradient; 0 where the layer is the first and nobody asks for it
};

struct Effort {
  int threads;
  int repeats;     // medians of so many
  double seconds;  // about, for each
};

// A layer described in words: "conv HEIGHT WIDTH CHANNELS FILTERS WINDOW STRIDES valid|same relu|linear plain|pooled
// first|inner", window and strides the same down and across, or "dense INPUTS UNITS BATCH". ValueError for any other.
Measured measure(const std::string& description, const Effort& effort);

}  // namespace figurate
