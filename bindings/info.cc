#include "bindings.h"
#include "cpu.h"
#include "kernels/table.h"

namespace figurate::bindings {

void bind_info(nb::module_& m) {
  m.def(
      "info",
      [] {
        nb::dict info;
        nb::list available;
        for (size_t i = 0; i < available_kernels().count; ++i) available.append(available_kernels().tables[i]->name);
        info["instruction_set"] = kernels().name;
        info["available"] = available;
        info["threads"] = default_threads();
        return info;
      },
      "The kernels in use and those there are, and the number of threads by default.");
  m.def("default_threads", &default_threads, "CPUs that this process may use, by its affinity and its cgroup's quota.");
}

}  // namespace figurate::bindings
