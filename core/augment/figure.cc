#include "figure.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "../view.h"
#include "blurred_noise.h"
#include "planes.h"
#include "tones.h"

namespace figurate::augment {

namespace {

// Room behind a field for the last vector that is read from it.
constexpr size_t kRoom = kLanes;

}  // namespace

Augmenter::Augmenter(const Recipe& recipe, const Size& size) : recipe_(recipe), size_(size) {
  if (recipe.bends()) elastic_ = Elastic(size, recipe.bend, recipe.smoothness);
}

bool Augmenter::is_active() const {
  return recipe_.moves() || recipe_.bends() || recipe_.wobbles() || recipe_.strokes() || recipe_.tones() ||
         recipe_.invert.high > 0.0 || recipe_.erase.high > 0.0;
}

size_t Augmenter::scratch_size() const {
  size_t floats = planes_size(size_) + size_.width;
  if (recipe_.strokes()) floats += 3 * (size_.width + 3);
  if (recipe_.bends() || recipe_.wobbles()) floats += 2 * (size_.pixels() + kRoom);
  if (recipe_.bends()) floats += elastic_.room_size();
  if (recipe_.wobbles()) floats += blurred_noise_room(size_);
  return round_up(floats, kLanes);
}

void Augmenter::resample(const float* from, float* to, const Address& address, const Affine& affine, double stroke,
                         double wobble, float* scratch) const {
  constexpr float kFar = std::numeric_limits<float>::infinity();
  const auto fill_value = static_cast<float>(recipe_.fill_value);
  float* const planes = scratch;
  auto* const columns = reinterpret_cast<uint32_t*>(planes + planes_size(size_));
  scratch = planes + planes_size(size_) + size_.width;
  fill_planes(from, size_, recipe_.fill, fill_value, planes);
  if (recipe_.strokes()) {
    if (stroke != 0.0) change_strokes(planes, size_, stroke, recipe_.fill, fill_value, scratch);
    scratch += 3 * (size_.width + 3);
  }
  Warp warp{};
  warp.planes = planes;
  warp.height = size_.height, warp.width = size_.width, warp.channels = size_.channels;
  // The border's corner is (0, 0).
  warp.xx = static_cast<float>(affine.xx), warp.xy = static_cast<float>(affine.xy);
  warp.yx = static_cast<float>(affine.yx), warp.yy = static_cast<float>(affine.yy);
  warp.x0 = static_cast<float>(affine.x0 + 1.0), warp.y0 = static_cast<float>(affine.y0 + 1.0);
  float reach = 0.0f;
  if (recipe_.bends() || wobble > 0.0) {
    float *dx = scratch, *dy = dx + size_.pixels() + kRoom, *room = dy + size_.pixels() + kRoom;
    if (recipe_.bends()) {
      reach = elastic_.displace(address, dx, dy, room);
    } else {
      // Keras' elastic_transform: noise of deviation sigma, blurred with sigma, times alpha.
      const auto longer = static_cast<double>(std::max(size_.height, size_.width));
      const auto shorter = static_cast<double>(std::min(size_.height, size_.width));
      const double alpha = 0.1 * wobble * longer, sigma = 0.05 * wobble * shorter;
      reach = blurred_noise(size_, alpha * sigma, sigma, address, dx, dy, room);
    }
    warp.dx = dx, warp.dy = dy;
  }
  warp.fill = recipe_.fill;
  warp.nearest = recipe_.nearest;
  warp.blank = fill_value;
  warp.left = warp.top = -kFar;
  warp.right = warp.bottom = kFar;
  if (recipe_.fill == Fill::kConstant) {
    const Box box = inked_box(planes, size_, fill_value, columns);
    warp.left = box.left - reach, warp.right = box.right + reach;
    warp.top = box.top - reach, warp.bottom = box.bottom + reach;
  }
  warp.output = to;
  kernels().warp(warp);
}

void Augmenter::operator()(const float* from, float* to, const Address& address, float* scratch) const {
  const Affine affine = recipe_.moves() ? draw_affine(recipe_, size_, address) : Affine{};
  const bool has_tones = recipe_.strokes() || recipe_.tones();
  const Tones tones = has_tones ? draw_tones(recipe_, address) : Tones{};
  const double wobble = recipe_.wobbles() ? draw_wobble(recipe_, address) : 0.0;
  if (affine.is_identity() && !recipe_.bends() && wobble == 0.0 && tones.stroke == 0.0) {
    std::memcpy(to, from, size_.values() * sizeof(float));
  } else {
    resample(from, to, address, affine, tones.stroke, wobble, scratch);
  }
  if (recipe_.tones()) change_tones(to, size_, tones, recipe_.low, recipe_.high);
  if (recipe_.erase.high > 0.0) erase(to, size_, draw_erased(recipe_, size_, address), recipe_, address);
  if (recipe_.invert.high > 0.0 && draw_inverted(recipe_, address)) invert(to, size_, recipe_.invert_from);
}

}  // namespace figurate::augment
