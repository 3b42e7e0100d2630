// What each layer of a network takes: the activation before it, as a rule. Where residual blocks (layers/residual.h)
// begin, turn and end it is another one, or one more.
//
// Activations, and the gradients at them, are counted from 0, before the first layer; activation i + 1 is after layer
// i.
#pragma once

#include <memory>
#include <vector>

#include "../layers/layer.h"

namespace figurate {

inline constexpr size_t kNone = SIZE_MAX;

struct Link {
  size_t takes;                    // an activation; a shortcut takes what its block began with
  size_t beside = kNone;           // an activation that the end of a block adds
  size_t gradient_beside = kNone;  // a gradient that the beginning of a block adds
  size_t gives_gradient_of;        // if it passes gradients through: which one is its input's
};

// Makes the layers of residual blocks, in the order of the network, and links them.
class Links {
 public:
  // The next layer of the network: one of a residual block (kinds residual_begin, residual_shortcut, residual_end), or
  // null if it is of another kind. ValueError where blocks are not well formed, ShapeError where both ways of one end
  // in different shapes.
  std::unique_ptr<Layer> next(const Spec& spec, const Shape& shape);
  // To be called once, behind the last layer.
  std::vector<Link> finished();

 private:
  struct Block {
    size_t begin, shortcut;
    Shape input, inner;
  };
  std::unique_ptr<Layer> turn(const Shape& shape);
  std::unique_ptr<Layer> end(const Spec& spec, const Shape& shape);

  std::vector<Link> links_;
  std::vector<Block> open_;
};

}  // namespace figurate
