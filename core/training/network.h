// A stack of layers with their weights.
#pragma once

#include <memory>
#include <vector>

#include "../layers/layer.h"
#include "links.h"

namespace figurate {

class Network {
 public:
  // Layers for figures of shape `input`; weights are zero. A first Rescaling, before anything but a change of shape,
  // becomes part of loading.
  Network(const Shape& input, const std::vector<Spec>& layers);
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  const Shape& input_shape() const { return input_shape_; }
  const Shape& output_shape() const { return layers_.empty() ? input_shape_ : layers_.back()->output_shape(); }
  size_t inputs() const { return element_count(input_shape_); }
  size_t outputs() const { return element_count(output_shape()); }
  const std::vector<std::unique_ptr<Layer>>& layers() const { return layers_; }
  // What each layer takes.
  const std::vector<Link>& links() const { return links_; }
  // What becomes of a number as it is loaded: x * scale + offset.
  double scale() const { return scale_; }
  double offset() const { return offset_; }

  // The layer that figures meet first: the first that does not pass them through, or hands them to two.
  size_t first_layer(bool training) const;

  // ShapeError unless figures have as many numbers as the network has inputs.
  void check_features(size_t features) const;

  // The weights of all layers in order, in Keras' shapes.
  struct Weight {
    Layer* layer;
    size_t index;  // among the layer's parameters
    Parameter& parameter() const { return layer->parameters()[index]; }
  };
  const std::vector<Weight>& weights() const { return weights_; }
  // Those that training changes.
  std::vector<Weight> trainable_weights() const;

 private:
  Shape input_shape_;
  double scale_ = 1.0, offset_ = 0.0;
  std::vector<std::unique_ptr<Layer>> layers_;
  std::vector<Link> links_;
  std::vector<Weight> weights_;
};

}  // namespace figurate
