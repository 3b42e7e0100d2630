#include "augment.h"

#include <algorithm>
#include <cmath>

namespace figurate {

namespace {

using augment::Recipe;
using augment::Size;
using augment::Span;

Size size_of(const Shape& shape) {
  check(shape.size() == 2 || shape.size() == 3,
        "augment expects figures (height, width) or (height, width, channels), received shape " + to_string(shape));
  return {shape[0], shape[1], shape.size() == 3 ? shape[2] : 1};
}

double finite(const Options& options, const std::string& name, double fallback) {
  const double value = options.number(name, fallback);
  check<ValueError>(std::isfinite(value), "augment expects a finite number for '" + name + "'");
  return value;
}

// Options `name`_low and `name`_high.
Span span(const Options& options, const std::string& name, double neutral, double least = -INFINITY,
          double most = INFINITY) {
  const Span found{finite(options, name + "_low", neutral), finite(options, name + "_high", neutral)};
  check<ValueError>(least <= found.low && found.low <= found.high && found.high <= most,
                    "augment expects '" + name + "' from low to high, at least " + std::to_string(least) +
                        " and at most " + std::to_string(most) + ", received " + std::to_string(found.low) + " to " +
                        std::to_string(found.high));
  return found;
}

Fill fill_of(const Options& options) {
  const std::string name = options.text("fill_mode");
  if (name == "constant") return Fill::kConstant;
  if (name == "nearest") return Fill::kNearest;
  if (name == "reflect") return Fill::kReflect;
  if (name == "wrap") return Fill::kWrap;
  throw ValueError("augment has no fill mode '" + name + "'");
}

Recipe recipe_of(const Options& options) {
  Recipe r;
  r.shift_x = span(options, "shift_x", 0.0);
  r.shift_y = span(options, "shift_y", 0.0);
  r.rotation = span(options, "rotation", 0.0);
  r.zoom_x = span(options, "zoom_x", 1.0, 0.0);
  r.zoom_y = span(options, "zoom_y", 1.0, 0.0);
  r.even_zoom = options.flag("even_zoom", false);
  r.slant_x = span(options, "slant_x", 0.0);
  r.slant_y = span(options, "slant_y", 0.0);
  r.slant_either_way = options.flag("slant_either_way", false);
  r.about_corner = options.flag("about_corner", false);
  r.mirror_x = options.flag("mirror_x", false);
  r.mirror_y = options.flag("mirror_y", false);
  r.bend = finite(options, "bend", 0.0);
  r.smoothness = finite(options, "smoothness", 1.0);
  check<ValueError>(r.bend >= 0.0 && r.smoothness >= 1.0,
                    "augment expects a bend of at least 0 and a smoothness of at least 1 pixel, received " +
                        std::to_string(r.bend) + " and " + std::to_string(r.smoothness));
  r.wobble = span(options, "wobble", 0.0, 0.0, 1.0);
  r.wobble_scale = span(options, "wobble_scale", 0.0, 0.0, 1.0);
  r.nearest = options.flag("nearest", false);
  r.fill = fill_of(options);
  r.fill_value = finite(options, "fill_value", 0.0);
  r.stroke = span(options, "stroke", 0.0, -1.0, 1.0);
  r.contrast = span(options, "contrast", 1.0, 0.0);
  r.brightness = span(options, "brightness", 0.0);
  r.low = finite(options, "low", 0.0);
  r.high = finite(options, "high", 1.0);
  check<ValueError>(r.low <= r.high, "augment expects 'low' not above 'high'");
  r.bounded = options.flag("bounded", false);
  r.invert = span(options, "invert", 0.0, 0.0, 1.0);
  r.invert_from = finite(options, "invert_from", 1.0);
  r.erase = span(options, "erase", 0.0, 0.0, 1.0);
  r.erase_size = span(options, "erase_size", 0.0, 0.0, 1.0);
  r.erase_with_noise = options.flag("erase_with_noise", false);
  r.erase_value = finite(options, "erase_value", 0.0);
  return r;
}

}  // namespace

Augment::Augment(const Shape& input, const Options& options, size_t place)
    : Layer(input, input),
      augmenter_(recipe_of(options), size_of(input)),
      stream_(static_cast<uint32_t>(options.integer("stream", static_cast<int64_t>(place)))) {}

void Augment::forward(const Pass& p, Range rows) const {
  if (!p.augments) {
    for (size_t r = rows.first; r < rows.last; ++r) std::copy_n(p.input.row(r), inputs(), p.output.row(r));
    return;
  }
  // Rows follow one another, so one row's scratch serves them all, and stays in the cache.
  float* const scratch = p.scratch + rows.first * augmenter_.scratch_size();
  for (size_t r = rows.first; r < rows.last; ++r) {
    augmenter_(p.input.row(r), p.output.row(r), {p.seed, p.epoch, p.figures[r], stream_}, scratch);
  }
}

void Augment::backward(const Pass&, Range) const {
  throw ValueError("augment passes no gradient on: expected before the first layer with weights");
}

}  // namespace figurate
