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
  size_t room_size() const { return rows_ * (2 * columns_ + stride_); }
  // dx and dy (height, width), with room for a vector behind; returns a bound of their sizes.
  float displace(const Address& address, float* dx, float* dy, float* room) const;

 private:
  Size size_;
  size_t rows_ = 0, columns_ = 0, stride_ = 0;  // control points; a padded row of the figure
  float step_ = 0.0f;                           // the greatest displacement of a control point
  std::vector<float> across_, down_;            // shares, see kernels/table.h
  std::vector<uint32_t> first_rows_;
};

}  // namespace figurate::augment
