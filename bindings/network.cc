#include "training/network.h"

#include <algorithm>
#include <string_view>

#include "bindings.h"

namespace figurate::bindings {

namespace {

std::vector<Output> get_weights(const BoundNetwork& bound) {
  std::vector<Output> arrays;
  for (const auto& weight : bound.network.weights()) {
    const Parameter& parameter = weight.parameter();
    arrays.push_back(new_array(parameter.shape));
    std::copy_n(parameter.values.data(), element_count(parameter.shape), arrays.back().data());
  }
  return arrays;
}

void set_weights(BoundNetwork& bound, const std::vector<Input<float>>& arrays) {
  const Network& network = bound.network;
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

// The memory of an array, C-contiguous. Python's own protocol: what nanobind asks of an array, once for each type that
// it may have, takes longer than a small network.
class Memory {
 public:
  Memory(nb::handle array, int flags) {
    if (PyObject_GetBuffer(array.ptr(), &buffer_, flags | PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) != 0)
      nb::raise_python_error();
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() { PyBuffer_Release(&buffer_); }

  std::string_view format() const { return buffer_.format; }
  size_t count() const { return static_cast<size_t>(buffer_.len / buffer_.itemsize); }
  template <class T>
  T* data() const {
    return static_cast<T*>(buffer_.buf);
  }

 private:
  Py_buffer buffer_;
};

void predict(BoundNetwork& bound, nb::handle x, nb::handle out, int threads) {
  const Memory from(x, PyBUF_SIMPLE), to(out, PyBUF_WRITABLE);
  const size_t inputs = bound.network.inputs(), outputs = bound.network.outputs(), count = from.count() / inputs;
  check(from.count() == count * inputs, "the network expects figures of " + std::to_string(inputs) +
                                            " numbers, received " + std::to_string(from.count()) + " numbers");
  check(to.format() == "f" && to.count() == count * outputs,
        "expected room for " + std::to_string(count) + " times " + std::to_string(outputs) + " float32, received " +
            std::to_string(to.count()) + " numbers of format " + std::string(to.format()));
  const auto run = [&](const auto* figures) {
    const nb::gil_scoped_release unlocked;
    bound.predictor.predict(figures, count, threads, to.data<float>());
  };
  if (from.format() == "B") return run(from.data<const uint8_t>());
  if (from.format() == "f") return run(from.data<const float>());
  if (from.format() == "d") return run(from.data<const double>());
  throw nb::type_error("figures are uint8, float32 or float64");
}

}  // namespace

void bind_network(nb::module_& m) {
  nb::class_<BoundNetwork>(m, "Network", "Layers of fixed shapes with their weights.")
      .def(
          "__init__",
          [](BoundNetwork* self, const Shape& input_shape, const std::vector<SpecArgument>& layers) {
            new (self) BoundNetwork(input_shape, to_specs(layers));
          },
          nb::arg("input_shape"), nb::arg("layers"))
      .def_prop_ro("input_shape", [](const BoundNetwork& n) { return to_tuple(n.network.input_shape()); })
      .def_prop_ro("output_shape", [](const BoundNetwork& n) { return to_tuple(n.network.output_shape()); })
      .def_prop_ro("weight_shapes",
                   [](const BoundNetwork& n) {
                     nb::list shapes;
                     for (const auto& weight : n.network.weights()) shapes.append(to_tuple(weight.parameter().shape));
                     return shapes;
                   })
      .def("get_weights", &get_weights, "Copies of the weights, in Keras' shapes.")
      .def("set_weights", &set_weights, nb::arg("weights"))
      .def("predict", &predict, nb::arg("x"), nb::arg("out"), nb::arg("threads"),
           "Writes what the network makes of figures x, C-contiguous, into `out`, (figures, outputs) float32.");
}

}  // namespace figurate::bindings
