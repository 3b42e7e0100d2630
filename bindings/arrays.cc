#include "bindings.h"

namespace figurate::bindings {

Output new_array(const Shape& shape) {
  auto* data = new float[element_count(shape) + 1];  // one more, so that an empty array has an address too
  nb::capsule owner(data, [](void* p) noexcept { delete[] static_cast<float*>(p); });
  return Output(data, shape.size(), shape.data(), owner);
}

nb::tuple to_tuple(const Shape& shape) {
  nb::list list;
  for (const size_t extent : shape) list.append(extent);
  return nb::tuple(list);
}

}  // namespace figurate::bindings
