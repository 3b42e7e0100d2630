#include "bindings.h"

namespace figurate::bindings {

Spec to_spec(const SpecArgument& argument) {
  Spec spec{argument.first, {}};
  for (const auto& [name, value] : argument.second) spec.options.set(name, value);
  return spec;
}

std::vector<Spec> to_specs(const std::vector<SpecArgument>& arguments) {
  std::vector<Spec> specs;
  for (const SpecArgument& argument : arguments) specs.push_back(to_spec(argument));
  return specs;
}

}  // namespace figurate::bindings
