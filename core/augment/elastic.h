// Smooth random displacements, by which a figure is bent.
//
// Control points on a coarse grid are moved at random, and cubic B-splines run between them: as smooth as noise
// convolved with a Gaussian (Simard, Steinkraus & Platt, "Best practices for convolutional neural networks", ICDAR
// 2003), for a fraction of the work.
#pragma once

#include <vector>

#include "draw.h"

namespace figurate::augment {

class Elastic {
 public:
  // For displacements of standard deviation `bend` pixels and control points `smoothness` pixels apart.
  Elastic(const Size& size, double bend, double smoothness);
  Elastic() = default;

  // Floats that `displace` needs beside its results.
  size_t room_size() const { return 2 * rows_ * (columns_ + size_.width); }
  // dx and dy (height, width); returns a bound of their sizes.
  float displace(const Address& address, float* dx, float* dy, float* room) const;

 private:
  Size size_;
  size_t rows_ = 0, columns_ = 0;     // of control points
  float step_ = 0.0f;                 // the greatest displacement of a control point
  std::vector<float> across_, down_;  // shares: (columns, width); (height, 4), of rows from first_row_ on
  std::vector<size_t> first_row_;
};

}  // namespace figurate::augment
