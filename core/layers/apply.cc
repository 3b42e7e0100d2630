#include "apply.h"

#include <algorithm>

namespace figurate {

Applied::Applied(const Shape& input, const std::vector<Spec>& layers) : input_(input) {
  // As in a network, scaling figures as they are loaded has no place among the layers.
  bool loading = true;
  size_t loaded = 0;
  for (size_t place = 0; place < layers.size(); ++place) {
    layers_.push_back(make_layer(layers[place], output_shape(), place - loaded));
    const std::string& kind = layers[place].kind;
    if (loading && kind == "rescaling") ++loaded;
    loading = loading && (kind == "rescaling" || kind == "flatten" || kind == "reshape");
    check<ValueError>(layers_.back()->parameters().empty(),
                      "only layers without weights can be applied, received '" + layers[place].kind + "'");
  }
}

void Applied::operator()(const float* x, size_t count, uint64_t seed, uint64_t epoch, float* output) const {
  const size_t inputs = element_count(input_), outputs = element_count(output_shape());
  std::vector<Tensor> tensors;
  std::vector<Buffer<float>> scratch;
  tensors.emplace_back(1, inputs);
  for (const auto& layer : layers_) {
    tensors.emplace_back(1, layer->outputs());
    scratch.emplace_back(layer->scratch_size(1));
  }
  for (size_t f = 0; f < count; ++f) {
    const auto figure = static_cast<uint32_t>(f);
    std::copy_n(x + f * inputs, inputs, tensors[0].view().data);
    Matrix reached = tensors[0].view();
    for (size_t i = 0; i < layers_.size(); ++i) {
      if (layers_[i]->passes_through(true)) continue;
      Pass pass;
      pass.input = reached;
      pass.output = tensors[i + 1].view();
      pass.capacity = 1;
      pass.scratch = scratch[i].data();
      pass.training = true;
      pass.seed = seed, pass.epoch = epoch, pass.figures = &figure;
      layers_[i]->forward(pass, {0, 1});
      reached = pass.output;
    }
    std::copy_n(reached.data, outputs, output + f * outputs);
  }
}

}  // namespace figurate
