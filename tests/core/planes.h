// Layers of figures with height, width and channels, as the tests ask for them.
#pragma once

#include <string>
#include <vector>

#include "numbers.h"

namespace testing {

using Pair = std::vector<int64_t>;

inline figurate::Spec planes(int64_t height, int64_t width, int64_t channels) {
  return spec("reshape", {{"target_shape", std::vector<int64_t>{height, width, channels}}});
}

// The window of a convolution.
struct Window {
  Pair kernel_size = {3, 3};
  const char* padding = "valid";
  Pair strides = {1, 1}, dilation_rate = {1, 1};
  bool use_bias = true;

  figurate::Spec of(const char* kind) const {
    return spec(kind, {{"kernel_size", kernel_size},
                       {"strides", strides},
                       {"dilation_rate", dilation_rate},
                       {"padding", std::string(padding)},
                       {"use_bias", use_bias}});
  }
};

inline figurate::Spec conv2d(int64_t filters, const Window& window = {}, int64_t groups = 1) {
  figurate::Spec made = window.of("conv2d");
  made.options.set("filters", filters);
  made.options.set("groups", groups);
  return made;
}

inline figurate::Spec depthwise(const Window& window = {}, int64_t depth_multiplier = 1) {
  figurate::Spec made = window.of("depthwise_conv2d");
  made.options.set("depth_multiplier", depth_multiplier);
  return made;
}

inline figurate::Spec pooling(const char* kind, const Pair& pool_size = {2, 2}, const Pair& strides = {2, 2},
                              const char* padding = "valid") {
  return spec(kind, {{"pool_size", pool_size}, {"strides", strides}, {"padding", std::string(padding)}});
}
inline figurate::Spec max_pooling() { return pooling("max_pooling2d"); }

}  // namespace testing
