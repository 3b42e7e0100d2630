#include "training/figures.h"

#include "held_figures.h"

namespace figurate::bindings {

namespace {

template <class T>
void init_figures(HeldFigures* self, Input<T, nb::ndim<2>> x, int threads, bool copies) {
  nb::object source = nb::cast(x);
  const T* const data = x.data();
  const size_t count = x.shape(0), features = x.shape(1);
  const auto make = [&] {
    const nb::gil_scoped_release unlocked;
    return Figures(data, count, features, threads, copies);
  };
  Figures figures = make();
  new (self) HeldFigures{std::move(source), std::move(figures)};
}

}  // namespace

void bind_figures(nb::module_& m) {
  nb::class_<HeldFigures>(m, "Figures",
                          "Figures held for training and evaluation: bytes where that loses nothing, else float32.")
      .def("__init__", &init_figures<uint8_t>, nb::arg("x").noconvert(), nb::arg("threads"), nb::arg("copies") = true)
      .def("__init__", &init_figures<float>, nb::arg("x").noconvert(), nb::arg("threads"), nb::arg("copies") = true)
      .def("__init__", &init_figures<double>, nb::arg("x").noconvert(), nb::arg("threads"), nb::arg("copies") = true)
      .def_prop_ro("count", [](const HeldFigures& f) { return f.figures.count(); })
      .def_prop_ro("features", [](const HeldFigures& f) { return f.figures.features(); })
      .def_prop_ro("minimum", [](const HeldFigures& f) { return f.figures.minimum(); })
      .def_prop_ro("maximum", [](const HeldFigures& f) { return f.figures.maximum(); })
      .def_prop_ro("held_as", [](const HeldFigures& f) { return f.figures.held_as_bytes() ? "uint8" : "float32"; });
}

}  // namespace figurate::bindings
