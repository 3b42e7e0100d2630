#include "layer.h"

#include "activation.h"
#include "augment.h"
#include "batch_normalization.h"
#include "conv2d.h"
#include "dense.h"
#include "depthwise_conv2d.h"
#include "dropout.h"
#include "global_pooling.h"
#include "layer_normalization.h"
#include "pooling.h"
#include "rescaling.h"
#include "reshape.h"
#include "softmax.h"
#include "spatial_dropout.h"
#include "zero_padding.h"

namespace figurate {

size_t element_count(const Shape& shape) {
  size_t count = 1;
  for (const size_t extent : shape) count *= extent;
  return count;
}

std::string to_string(const Shape& shape) {
  std::string text = "(";
  for (size_t i = 0; i < shape.size(); ++i) text += (i > 0 ? ", " : "") + std::to_string(shape[i]);
  return text + (shape.size() == 1 ? ",)" : ")");
}

std::unique_ptr<Layer> make_layer(const Spec& spec, const Shape& input, size_t place) {
  const Options& options = spec.options;
  if (spec.kind == "activation" && options.text("function") == "softmax") return std::make_unique<Softmax>(input);
  if (spec.kind == "activation") return std::make_unique<Activation>(input, options);
  if (spec.kind == "augment") return std::make_unique<Augment>(input, options, place);
  if (spec.kind == "batch_normalization") return std::make_unique<BatchNormalization>(input, options);
  if (spec.kind == "conv2d") return std::make_unique<Conv2D>(input, options);
  if (spec.kind == "average_pooling2d") return std::make_unique<AveragePooling>(input, options);
  if (spec.kind == "dense") return std::make_unique<Dense>(input, options);
  if (spec.kind == "depthwise_conv2d") return std::make_unique<DepthwiseConv2D>(input, options);
  if (spec.kind == "dropout") return std::make_unique<Dropout>(input, options, place);
  if (spec.kind == "flatten") return std::make_unique<Reshape>(input, Shape{element_count(input)});
  if (spec.kind == "global_average_pooling2d") return std::make_unique<GlobalAveragePooling>(input);
  if (spec.kind == "global_max_pooling2d") return std::make_unique<GlobalMaxPooling>(input);
  if (spec.kind == "layer_normalization") return std::make_unique<LayerNormalization>(input, options);
  if (spec.kind == "max_pooling2d") return std::make_unique<MaxPooling>(input, options);
  if (spec.kind == "rescaling") return std::make_unique<Rescaling>(input, options);
  if (spec.kind == "reshape") return std::make_unique<Reshape>(input, options);
  if (spec.kind == "spatial_dropout2d") return std::make_unique<SpatialDropout>(input, options, place);
  if (spec.kind == "zero_padding2d") return std::make_unique<ZeroPadding>(input, options);
  throw ValueError("the engine has no layer '" + spec.kind + "'");
}

}  // namespace figurate
