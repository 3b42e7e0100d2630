// Figures with the numpy array that they may be reading from.
#pragma once

#include "bindings.h"
#include "training/figures.h"

namespace figurate::bindings {

struct HeldFigures {
  nb::object source;  // keeps the array alive
  Figures figures;
};

}  // namespace figurate::bindings
