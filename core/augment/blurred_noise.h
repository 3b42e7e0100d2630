// Random displacements as Keras' RandomElasticTransform makes them: normal noise at every pixel, blurred by a Gaussian.
// Elastic (elastic.h) comes to much the same for a fraction of the work.
#pragma once

#include "draw.h"

namespace figurate::augment {

// Floats of room that `blurred_noise` needs.
inline size_t blurred_noise_room(const Size& size) { return size.pixels() + size.width + size.height + 3; }

// dx and dy (height, width): noise of deviation `amplitude`, blurred with deviation `sigma` pixels within 6 sigma,
// rounded down to whole pixels and up to an odd number of them; beyond the edges there is none. Returns a bound of
// their sizes.
float blurred_noise(const Size& size, double amplitude, double sigma, const Address& address, float* dx, float* dy,
                    float* room);

}  // namespace figurate::augment
