#include "training/network.h"

#include <algorithm>

#include "bindings.h"
#include "training/predict.h"

namespace figurate::bindings {

namespace {

std::vector<Output> get_weights(const Network& network) {
  std::vector<Output> arrays;
  for (const auto& weight : network.weights()) {
    const Parameter& parameter = weight.parameter();
    arrays.push_back(new_array(parameter.shape));
    std::copy_n(parameter.values.data(), element_count(parameter.shape), arrays.back().data());
  }
  return arrays;
}

void set_weights(Network& network, const std::vector<Input<float>>& arrays) {
  check(arrays.size() == network.weights().size(), "expected " + std::to_string(network.weights().size()) +
                                                       " arrays of weights, received " + std::to_string(arrays.size()));
  for (size_t i = 0; i < arrays.size(); ++i) {
    const Shape received(arrays[i].shape_ptr(), arrays[i].shape_ptr() + arrays[i].ndim());
    const Shape& expected = network.weights()[i].parameter().shape;
    check(received == expected, "expected weights of shape " + to_string(expected) + " in place " + std::to_string(i) +
                                    ", received " + to_string(received));
  }
  for (size_t i = 0; i < arrays.size(); ++i) {
    const auto& weight = network.weights()[i];
    std::copy_n(arrays[i].data(), element_count(weight.parameter().shape), weight.parameter().values.data());
  }
}

template <class T>
Output predict_array(const Network& network, Input<T, nb::ndim<2>> x, int threads) {
  check(x.shape(1) == network.inputs(), "the network expects figures of " + std::to_string(network.inputs()) +
                                            " numbers, received " + std::to_string(x.shape(1)));
  Output out = new_array({x.shape(0), network.outputs()});
  const T* const data = x.data();
  float* const to = out.data();
  const size_t count = x.shape(0);
  const nb::gil_scoped_release unlocked;
  predict(network, data, count, threads, to);
  return out;
}

}  // namespace

void bind_network(nb::module_& m) {
  nb::class_<Network>(m, "Network", "Layers of fixed shapes with their weights.")
      .def(
          "__init__",
          [](Network* self, const Shape& input_shape, const std::vector<SpecArgument>& layers) {
            new (self) Network(input_shape, to_specs(layers));
          },
          nb::arg("input_shape"), nb::arg("layers"))
      .def_prop_ro("input_shape", [](const Network& n) { return to_tuple(n.input_shape()); })
      .def_prop_ro("output_shape", [](const Network& n) { return to_tuple(n.output_shape()); })
      .def_prop_ro("weight_shapes",
                   [](const Network& n) {
                     nb::list shapes;
                     for (const auto& weight : n.weights()) shapes.append(to_tuple(weight.parameter().shape));
                     return shapes;
                   })
      .def("get_weights", &get_weights, "Copies of the weights, in Keras' shapes.")
      .def("set_weights", &set_weights, nb::arg("weights"))
      .def("predict", &predict_array<uint8_t>, nb::arg("x").noconvert(), nb::arg("threads"))
      .def("predict", &predict_array<float>, nb::arg("x").noconvert(), nb::arg("threads"))
      .def("predict", &predict_array<double>, nb::arg("x").noconvert(), nb::arg("threads"));
}

}  // namespace figurate::bindings
