// What the files of the binding share.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/variant.h>
#include <nanobind/stl/vector.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "layers/layer.h"
#include "layers/options.h"
#include "training/predict.h"

namespace figurate::bindings {

namespace nb = nanobind;

// Arrays as they come in: C-contiguous, on the CPU, never written to.
template <class T, class... Config>
using Input = nb::ndarray<const T, nb::c_contig, nb::device::cpu, Config...>;

// Arrays as they go out: numpy's, owning their memory.
using Output = nb::ndarray<nb::numpy, float>;

// An array of that shape, not yet filled.
Output new_array(const Shape& shape);

// A kind and its options, as Python gives them.
using SpecArgument = std::pair<std::string, std::map<std::string, Options::Value>>;
Spec to_spec(const SpecArgument& argument);
std::vector<Spec> to_specs(const std::vector<SpecArgument>& arguments);

// A network as Python holds it, with what it predicts by.
struct BoundNetwork {
  BoundNetwork(const Shape& input_shape, const std::vector<Spec>& layers)
      : network(input_shape, layers), predictor(network) {}
  Network network;
  Predictor predictor;
};

nb::tuple to_tuple(const Shape& shape);

void bind_info(nb::module_& module);
void bind_random(nb::module_& module);
void bind_figures(nb::module_& module);
void bind_forms(nb::module_& module);
void bind_layers(nb::module_& module);
void bind_network(nb::module_& module);
void bind_trainer(nb::module_& module);

}  // namespace figurate::bindings
