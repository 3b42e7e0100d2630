#include "links.h"

#include "../layers/residual.h"

namespace figurate {

std::unique_ptr<Layer> Links::next(const Spec& spec, const Shape& shape) {
  const size_t place = links_.size();
  links_.push_back({place, kNone, kNone, place + 1});
  if (spec.kind == "residual_begin") {
    open_.push_back({place, kNone, shape, {}});
    return std::make_unique<ResidualBegin>(shape);
  }
  const bool turns = spec.kind == "residual_shortcut", ends = spec.kind == "residual_end";
  if (!turns && !ends) return nullptr;
  check<ValueError>(!open_.empty(), "a '" + spec.kind + "' expects a 'residual_begin' before it, received none");
  return turns ? turn(shape) : end(spec, shape);
}

std::unique_ptr<Layer> Links::turn(const Shape& shape) {
  Block& block = open_.back();
  check<ValueError>(block.shortcut == kNone, "a residual block expects one 'residual_shortcut', received another");
  block.shortcut = links_.size() - 1;
  block.inner = shape;
  links_[block.shortcut].takes = block.begin;
  return std::make_unique<ResidualShortcut>(shape, block.input);
}

std::unique_ptr<Layer> Links::end(const Spec& spec, const Shape& shape) {
  const Block block = open_.back();
  const size_t place = links_.size() - 1;
  const bool turned = block.shortcut != kNone;
  const Shape &inner = turned ? block.inner : shape, &around = turned ? shape : block.input;
  check(inner == around, "a residual block expects both of its ways to end in one shape, received " + to_string(inner) +
                             " from its layers and " + to_string(around) +
                             (turned ? " from its shortcut" : " as its input"));
  open_.pop_back();
  links_[place].beside = turned ? block.shortcut : block.begin;
  // The gradient at the end's input is that of both ways.
  if (turned) links_[block.shortcut].gives_gradient_of = place;
  links_[block.begin].gradient_beside = turned ? block.shortcut + 1 : place;
  return std::make_unique<ResidualEnd>(shape, spec.options);
}

std::vector<Link> Links::finished() {
  check<ValueError>(open_.empty(), "a 'residual_begin' expects a 'residual_end' behind it, received none");
  return std::move(links_);
}

}  // namespace figurate
