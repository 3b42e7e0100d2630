#include "network.h"

#include <tuple>

#include "../layers/conv2d.h"
#include "../layers/rescaling.h"

namespace figurate {

namespace {

bool is_relu(const Spec& spec) { return spec.kind == "activation" && spec.options.text("function") == "relu"; }

bool halves(const Spec& spec) {
  const std::vector<int64_t> two = {2, 2};
  return spec.kind == "max_pooling2d" && spec.options.integers("pool_size") == two &&
         spec.options.integers("strides") == two && spec.options.text("padding") == "valid";
}

// A convolution takes in a ReLU and 2 x 2 max-pooling that follow it, in either order, which come to the same; batch
// normalization and the end of a residual block take in a ReLU. Returns the layer to make, and how many of `layers` it
// stands for.
std::pair<Spec, size_t> merged(const std::vector<Spec>& layers, size_t place) {
  Spec spec = layers[place];
  size_t next = place + 1;
  const bool may_rectify = spec.kind == "batch_normalization" || spec.kind == "residual_end";
  if (may_rectify && next < layers.size() && is_relu(layers[next])) {
    spec.options.set("relu", true);
    return {spec, 2};
  }
  if (spec.kind != "conv2d") return {spec, 1};
  const bool may_pool = Conv2D::can_pool(spec.options);
  bool relu = false, pooled = false;
  for (; next < layers.size(); ++next) {
    if (!relu && is_relu(layers[next])) {
      relu = true;
    } else if (may_pool && !pooled && halves(layers[next])) {
      pooled = true;
    } else {
      break;
    }
  }
  spec.options.set("relu", relu);
  spec.options.set("pooled", pooled);
  return {spec, next - place};
}

}  // namespace

Network::Network(const Shape& input, const std::vector<Spec>& layers) : input_shape_(input) {
  check(element_count(input) > 0,
        "a network expects figures of at least one number, received shape " + to_string(input));
  bool loading = true;
  size_t loaded = 0;  // rescalings; random numbers don't depend on whether figures come scaled
  Links links;
  Shape shape = input;
  for (size_t place = 0, count = 1; place < layers.size(); place += count) {
    Spec spec;
    std::tie(spec, count) = merged(layers, place);
    if (loading && spec.kind == "rescaling") {
      const Rescaling rescaling(shape, spec.options);
      scale_ *= rescaling.scale();
      offset_ = offset_ * rescaling.scale() + rescaling.offset();
      ++loaded;
      continue;
    }
    std::unique_ptr<Layer> layer = links.next(spec, shape);
    if (layer == nullptr) layer = make_layer(spec, shape, place - loaded);
    if (spec.kind != "flatten" && spec.kind != "reshape") loading = false;
    shape = layer->output_shape();
    auto* const convolution = layers_.empty() ? nullptr : dynamic_cast<Conv2D*>(layers_.back().get());
    auto* const normalization = dynamic_cast<BatchNormalization*>(layer.get());
    if (convolution != nullptr && normalization != nullptr) convolution->fold(*normalization);
    layers_.push_back(std::move(layer));
  }
  links_ = links.finished();
  for (const auto& layer : layers_) {
    for (size_t i = 0; i < layer->parameters().size(); ++i) weights_.push_back({layer.get(), i});
  }
}

void Network::check_features(size_t features) const {
  check(features == inputs(), "the network expects figures of " + std::to_string(inputs()) + " numbers, received " +
                                  std::to_string(features));
}

std::vector<Network::Weight> Network::trainable_weights() const {
  std::vector<Weight> found;
  for (const Weight& weight : weights_) {
    if (weight.parameter().trainable) found.push_back(weight);
  }
  return found;
}

size_t Network::first_layer(bool training) const {
  size_t i = 0;
  while (i < layers_.size() && layers_[i]->passes_through(training) && links_[i].gradient_beside == kNone) ++i;
  return i;
}

}  // namespace figurate
