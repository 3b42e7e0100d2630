#include <algorithm>
#include <atomic>

#include "bindings.h"
#include "check.h"
#include "figures/form.h"
#include "thread_pool.h"

namespace figurate::bindings {

namespace {

using Picture = Input<uint8_t, nb::ndim<2>>;
using Bytes = nb::ndarray<nb::numpy, uint8_t>;

// (thinnest, thickest) strokes; both 0: any.
using Strokes = std::pair<float, float>;

Form to_form(std::pair<int, int> size, std::pair<float, float> box, bool light_ground, bool centre_mass,
             Strokes strokes, bool deskew) {
  constexpr int kMost = 4096;
  check(size.first > 0 && size.second > 0 && size.first <= kMost && size.second <= kMost,
        "expected figures of 1 to 4,096 pixels a side");
  check(box.first > 0 && box.second > 0 && box.first <= kMost && box.second <= kMost,
        "expected a box of 1 to 4,096 pixels a side");
  return {size.first,  size.second,   box.first,      box.second, light_ground,
          centre_mass, strokes.first, strokes.second, deskew};
}

// Pictures as figures: (pictures, height, width).
Bytes bring(const std::vector<Picture>& pictures, bool ink, const Form& form, int threads) {
  for (const Picture& picture : pictures) {
    check(picture.shape(0) > 0 && picture.shape(1) > 0, "expected pictures of at least one pixel, received none");
  }
  const size_t height = static_cast<size_t>(form.height), width = static_cast<size_t>(form.width);
  auto* const data = new uint8_t[pictures.size() * height * width];
  const nb::capsule owner(data, [](void* p) noexcept { delete[] static_cast<uint8_t*>(p); });
  {
    const nb::gil_scoped_release unlocked;
    // A few at a time, since pictures differ in size.
    constexpr size_t kPart = 8;
    std::atomic<size_t> next{0};
    Team team(pictures.size() > 2 * kPart ? threads : 1);
    team.run([&](int) {
      for (size_t first = next.fetch_add(kPart); first < pictures.size(); first = next.fetch_add(kPart)) {
        for (size_t i = first; i < std::min(first + kPart, pictures.size()); ++i) {
          const auto h = static_cast<int>(pictures[i].shape(0)), w = static_cast<int>(pictures[i].shape(1));
          const auto into = ink ? ink_into_form : bring_into_form;
          into(pictures[i].data(), h, w, form, data + i * height * width);
        }
      }
    });
  }
  const size_t shape[] = {pictures.size(), height, width};
  return Bytes(data, 3, shape, owner);
}

}  // namespace

void bind_forms(nb::module_& m) {
  m.def(
      "bring_into_form",
      [](const std::vector<Picture>& pictures, std::pair<int, int> size, std::pair<float, float> box, bool light_ground,
         bool centre_mass, Strokes strokes, bool deskew, bool ink, int threads) {
        return bring(pictures, ink, to_form(size, box, light_ground, centre_mass, strokes, deskew), threads);
      },
      nb::arg("pictures"), nb::kw_only(), nb::arg("size"), nb::arg("box"), nb::arg("light_ground"),
      nb::arg("centre_mass"), nb::arg("strokes"), nb::arg("deskew"), nb::arg("ink"), nb::arg("threads"),
      "Grey pictures (height, width) of any sizes, or pieces of ink, as figures (pictures, *size) of one form.");
  m.def(
      "stroke_widths",
      [](Input<uint8_t, nb::ndim<3>> figures) {
        std::vector<float> found(figures.shape(0));
        const size_t height = figures.shape(1), width = figures.shape(2);
        for (size_t i = 0; i < found.size(); ++i) {
          found[i] =
              stroke_width(figures.data() + i * height * width, static_cast<int>(height), static_cast<int>(width));
        }
        return found;
      },
      nb::arg("figures"), "The thickness of the strokes of figures of ink (figures, height, width), in pixels.");
}

}  // namespace figurate::bindings
