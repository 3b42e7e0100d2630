#include "random.h"

#include "bindings.h"

namespace figurate::bindings {

void bind_random(nb::module_& m) {
  m.def(
      "uniform",
      [](uint64_t seed, uint64_t stream, size_t count) {
        Output out = new_array({count});
        fill_uniform(out.data(), count, seed, stream);
        return out;
      },
      nb::arg("seed"), nb::arg("stream"), nb::arg("count"),
      "`count` float32 in [0, 1), the same for the same seed and stream everywhere.");
  m.def(
      "normal",
      [](uint64_t seed, uint64_t stream, size_t count) {
        Output out = new_array({count});
        fill_normal(out.data(), count, seed, stream);
        return out;
      },
      nb::arg("seed"), nb::arg("stream"), nb::arg("count"), "`count` standard normal float32.");
}

}  // namespace figurate::bindings
