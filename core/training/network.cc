#include "network.h"

#include "../layers/rescaling.h"

namespace figurate {

Network::Network(const Shape& input, const std::vector<Spec>& layers) : input_shape_(input) {
  check(element_count(input) > 0,
        "a network expects figures of at least one number, received shape " + to_string(input));
  bool loading = true;
  Shape shape = input;
  for (size_t place = 0; place < layers.size(); ++place) {
    const Spec& spec = layers[place];
    std::unique_ptr<Layer> layer = make_layer(spec, shape, place);
    if (const auto* rescaling = dynamic_cast<const Rescaling*>(layer.get()); loading && rescaling != nullptr) {
      scale_ *= rescaling->scale();
      offset_ = offset_ * rescaling->scale() + rescaling->offset();
      continue;
    }
    if (spec.kind != "flatten" && spec.kind != "reshape") loading = false;
    shape = layer->output_shape();
    layers_.push_back(std::move(layer));
  }
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
  while (i < layers_.size() && layers_[i]->passes_through(training)) ++i;
  return i;
}

}  // namespace figurate
