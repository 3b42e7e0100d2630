#include "bindings.h"
#include "layers/apply.h"

namespace figurate::bindings {

void bind_layers(nb::module_& m) {
  m.def(
      "apply_layers",
      [](Input<float, nb::ndim<2>> x, const Shape& input_shape, const std::vector<SpecArgument>& layers, uint64_t seed,
         uint64_t epoch) {
        const Applied applied(input_shape, to_specs(layers));
        check(x.shape(1) == element_count(input_shape), "expected figures of " +
                                                            std::to_string(element_count(input_shape)) +
                                                            " numbers, received " + std::to_string(x.shape(1)));
        Output out = new_array({x.shape(0), element_count(applied.output_shape())});
        const float* const from = x.data();
        float* const to = out.data();
        const size_t count = x.shape(0);
        const nb::gil_scoped_release unlocked;
        applied(from, count, seed, epoch, to);
        return out;
      },
      nb::arg("x").noconvert(), nb::arg("input_shape"), nb::arg("layers"), nb::arg("seed"), nb::arg("epoch"),
      "Figures as layers without weights change them in training; figure i draws its numbers as figure i of the "
      "epoch.");
}

}  // namespace figurate::bindings
