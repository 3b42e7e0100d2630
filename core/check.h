// Typed errors of the engine; in Python both are ValueError. Nothing here exits or prints.
#pragma once

#include <stdexcept>
#include <string>

namespace figurate {

// A shape, length or count that does not fit.
struct ShapeError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

// A value that may not be: a label out of range, a pixel that is not finite, an unknown name.
struct ValueError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

template <class Error = ShapeError>
inline void check(bool holds, const std::string& message) {
  if (!holds) throw Error(message);
}

}  // namespace figurate
