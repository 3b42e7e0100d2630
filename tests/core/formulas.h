// Losses as the textbook has them, and networks made from the reference kernels, in float64: what the engine's
// gradients are held against.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "kernels/reference.h"
#include "layers/pooling.h"
#include "numbers.h"
#include "training/network.h"

namespace testing {

inline Numbers softmax(const Numbers& z) {
  Numbers p(z.size());
  double log_sum = 0;
  figurate::reference::softmax(z.data(), p.data(), &log_sum, 1, z.size(), z.size());
  return p;
}

// A loss of one figure: of predictions p and the truth y, one number each an output.
struct Formula {
  std::string kind;
  bool from_logits = false;
  double smoothing = 0.0;

  figurate::Spec spec() const {
    return testing::spec(kind, {{"from_logits", from_logits}, {"label_smoothing", smoothing}});
  }
  bool sparse() const { return kind == "sparse_categorical_crossentropy"; }

  double operator()(Numbers p, Numbers y) const {
    const auto n = static_cast<double>(p.size());
    double loss = 0;
    if (kind == "mean_squared_error") {
      for (size_t i = 0; i < p.size(); ++i) loss += (p[i] - y[i]) * (p[i] - y[i]) / n;
    } else if (kind == "binary_crossentropy") {
      for (size_t i = 0; i < p.size(); ++i) {
        const double q = bounded(from_logits ? 1 / (1 + std::exp(-p[i])) : p[i]),
                     t = y[i] * (1 - smoothing) + 0.5 * smoothing;
        loss -= (t * std::log(q) + (1 - t) * std::log(1 - q)) / n;
      }
    } else {
      if (from_logits) p = softmax(p);
      double sum = 0;
      for (const double q : p) sum += q;
      for (size_t i = 0; i < p.size(); ++i)
        loss -= (y[i] * (1 - smoothing) + smoothing / n) * std::log(bounded(p[i] / sum));
    }
    return loss;
  }

 private:
  // Keras bounds probabilities; logits are as they are.
  double bounded(double q) const { return from_logits ? q : std::clamp(q, 1e-7, 1.0 - 1e-7); }
};

// The same layers and weights as a Network's, in float64. Dropout is left out.
class ReferenceNetwork {
 public:
  ReferenceNetwork(const figurate::Network& network, const std::vector<figurate::Spec>& layers)
      : layers_(layers), input_shape_(network.input_shape()) {
    for (const auto& weight : network.weights()) {
      const auto& values = weight.parameter().values;
      weights.emplace_back(values.data(), values.data() + values.size());
    }
  }

  // Of every parameter, with the room behind.
  std::vector<Numbers> weights;

  Numbers operator()(const Numbers& x) const { return of({x})[0]; }

  // Of a whole batch.
  std::vector<Numbers> of(std::vector<Numbers> batch) const {
    size_t next = 0;
    figurate::Shape shape = input_shape_;
    for (const figurate::Spec& layer : layers_) {
      if (layer.kind == "batch_normalization") {
        normalize(layer.options, batch, shape.back(), next);
        continue;
      }
      figurate::Shape after = shape;
      const size_t first = next;
      for (Numbers& x : batch) {
        next = first;
        after = shape;
        one(layer, x, after, next);
      }
      shape = after;
    }
    return batch;
  }

 private:
  // One figure through a layer whose weights begin at `next`.
  void one(const figurate::Spec& layer, Numbers& x, figurate::Shape& shape, size_t& next) const {
    const figurate::Options& options = layer.options;
    if (layer.kind == "rescaling") {
      for (double& value : x) value = value * options.number("scale", 1) + options.number("offset", 0);
    } else if (layer.kind == "activation") {
      activate(options, x);
    } else if (layer.kind == "dense") {
      const auto units = static_cast<size_t>(options.integer("units", 0));
      Numbers y(units);
      figurate::reference::dense_forward(x.data(), x.size(), 1, x.size(), weights[next++].data(), units, y.data(),
                                         units);
      if (options.flag("use_bias", true)) {
        for (size_t u = 0; u < units; ++u) y[u] += weights[next][u];
        ++next;
      }
      x = y;
      shape = {units};
    } else if (layer.kind == "flatten") {
      shape = {x.size()};
    } else if (layer.kind == "reshape") {
      const std::vector<int64_t> extents = options.integers("target_shape");
      shape.assign(extents.begin(), extents.end());
    } else if (layer.kind.find("pooling2d") != std::string::npos) {
      pool(layer, x, shape);
    }
  }

  // Over all pixels of all figures, as in training.
  void normalize(const figurate::Options& options, std::vector<Numbers>& batch, size_t channels, size_t& next) const {
    const Numbers* const gamma = options.flag("scale", true) ? &weights[next++] : nullptr;
    const Numbers* const beta = options.flag("center", true) ? &weights[next++] : nullptr;
    next += 2;  // the moving averages
    for (size_t c = 0; c < channels; ++c) {
      double mean = 0, variance = 0;
      const auto n = static_cast<double>(batch.size() * (batch[0].size() / channels));
      const auto each = [&](const auto& body) {
        for (Numbers& x : batch) {
          for (size_t i = c; i < x.size(); i += channels) body(x[i]);
        }
      };
      each([&](double value) { mean += value / n; });
      each([&](double value) { variance += (value - mean) * (value - mean) / n; });
      each([&](double& value) {
        value = (value - mean) / std::sqrt(variance + options.number("epsilon", 1e-3));
        if (gamma != nullptr) value *= (*gamma)[c];
        if (beta != nullptr) value += (*beta)[c];
      });
    }
  }

  static void pool(const figurate::Spec& layer, Numbers& x, figurate::Shape& shape) {
    const bool whole = layer.kind.starts_with("global"), largest = layer.kind.find("max") != std::string::npos;
    const figurate::Pooling pooling =
        whole ? figurate::Pooling{shape[0], shape[1], shape[2], 1, 1, shape[0], shape[1], 1, 1, 0, 0}
              : figurate::pooling_of(shape, layer.options);
    shape = {pooling.out_height, pooling.out_width, pooling.channels};
    if (whole) shape = {pooling.channels};
    Numbers y(figurate::element_count(shape));
    if (largest) {
      figurate::reference::max_pool(pooling, x.data(), y.data());
    } else {
      figurate::reference::average_pool(pooling, x.data(), y.data());
    }
    x = y;
  }

  static void activate(const figurate::Options& options, Numbers& x) {
    using figurate::Function;
    const std::string name = options.text("function");
    if (name == "softmax") {
      x = softmax(x);
      return;
    }
    const std::pair<const char*, Function> functions[] = {
        {"linear", Function::kLinear},
        {"relu", Function::kRelu},
        {"leaky_relu", Function::kLeakyRelu},
        {"elu", Function::kElu},
        {"gelu", options.number("alpha", 0) != 0 ? Function::kGeluTanh : Function::kGelu},
        {"silu", Function::kSilu},
        {"tanh", Function::kTanh},
        {"sigmoid", Function::kSigmoid}};
    const double alpha = options.number("alpha", name == "leaky_relu" ? 0.2 : 1.0);
    for (const auto& [known, function] : functions) {
      if (name != known) continue;
      for (double& value : x)
        value = figurate::reference::activation<double>(function, static_cast<float>(alpha), value);
    }
  }

  std::vector<figurate::Spec> layers_;
  figurate::Shape input_shape_;
};

}  // namespace testing
