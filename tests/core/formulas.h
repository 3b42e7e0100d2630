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
    std::vector<Way> ways;
    for (const figurate::Spec& layer : layers_) {
      if (layer.kind.starts_with("residual")) {
        part_or_meet(layer.kind, ways, batch, shape);
        continue;
      }
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
  // What is kept while the other way of a residual block is gone: its input, then the outcome of its layers.
  struct Way {
    std::vector<Numbers> batch;
    figurate::Shape shape;
  };

  static void part_or_meet(const std::string& kind, std::vector<Way>& ways, std::vector<Numbers>& batch,
                           figurate::Shape& shape) {
    if (kind == "residual_begin") {
      ways.push_back({batch, shape});
    } else if (kind == "residual_shortcut") {
      std::swap(ways.back().batch, batch);
      std::swap(ways.back().shape, shape);
    } else {
      for (size_t f = 0; f < batch.size(); ++f) {
        for (size_t i = 0; i < batch[f].size(); ++i) batch[f][i] += ways.back().batch[f][i];
      }
      ways.pop_back();
    }
  }

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
    } else if (layer.kind == "conv2d") {
      convolve(options, static_cast<size_t>(options.integer("filters", 0)),
               static_cast<size_t>(options.integer("groups", 1)), x, shape, next);
    } else if (layer.kind == "depthwise_conv2d") {
      // As many groups as channels: the kernel (height, width, channels, depth_multiplier) lies as that of a Conv2D.
      convolve(options, shape[2] * static_cast<size_t>(options.integer("depth_multiplier", 1)), shape[2], x, shape,
               next);
    } else if (layer.kind == "layer_normalization") {
      layer_normalize(options, x, shape.back(), next);
    } else if (layer.kind == "zero_padding2d") {
      pad(options.integers("padding"), x, shape);
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

  // Where windows begin along one axis, and how many there are, as Keras' documentation of `padding` says it.
  struct Axis {
    Axis(const figurate::Options& options, size_t size, size_t i)
        : kernel(options.integers("kernel_size")[i]),
          stride(options.integers("strides")[i]),
          dilation(options.integers("dilation_rate")[i]) {
      const int64_t extent = static_cast<int64_t>(size), window = (kernel - 1) * dilation + 1;
      if (options.text("padding") == "same") {
        output = (extent + stride - 1) / stride;
        before = std::max<int64_t>((output - 1) * stride + window - extent, 0) / 2;
      } else {
        output = (extent - window + stride) / stride;
      }
    }
    int64_t kernel, stride, dilation, output = 0, before = 0;
  };

  // Every pixel that comes out, every pixel of its window, every channel in and out of a group; outside there is 0.
  void convolve(const figurate::Options& options, size_t filters, size_t groups, Numbers& x, figurate::Shape& shape,
                size_t& next) const {
    const Axis down(options, shape[0], 0), across(options, shape[1], 1);
    const size_t channels = shape[2] / groups;
    const Numbers& kernel = weights[next++];
    const Numbers bias = options.flag("use_bias", true) ? weights[next++] : Numbers(filters);
    Numbers y;
    for (int64_t row = 0; row < down.output; ++row) {
      for (int64_t column = 0; column < across.output; ++column) {
        for (size_t f = 0; f < filters; ++f) {
          double sum = bias[f];
          for (int64_t tap = 0; tap < down.kernel * across.kernel; ++tap) {
            const int64_t in_row = row * down.stride - down.before + tap / across.kernel * down.dilation,
                          in_column = column * across.stride - across.before + tap % across.kernel * across.dilation;
            if (in_row < 0 || in_row >= static_cast<int64_t>(shape[0])) continue;
            if (in_column < 0 || in_column >= static_cast<int64_t>(shape[1])) continue;
            const size_t pixel = static_cast<size_t>(in_row) * shape[1] + static_cast<size_t>(in_column);
            for (size_t c = 0; c < channels; ++c) {
              sum += x[pixel * shape[2] + f / (filters / groups) * channels + c] *
                     kernel[(static_cast<size_t>(tap) * channels + c) * filters + f];
            }
          }
          y.push_back(sum);
        }
      }
    }
    x = y;
    shape = {static_cast<size_t>(down.output), static_cast<size_t>(across.output), filters};
  }

  // Over the channels of every pixel.
  void layer_normalize(const figurate::Options& options, Numbers& x, size_t channels, size_t& next) const {
    const Numbers ones(channels, 1.0), zeros(channels), before = x;
    const Numbers& gamma = options.flag("scale", true) ? weights[next++] : ones;
    const Numbers& beta = options.flag("center", true) ? weights[next++] : zeros;
    Numbers moments(2 * x.size() / channels);
    figurate::reference::normalize_pixels({x.size() / channels, channels, channels}, gamma.data(), beta.data(),
                                          options.number("epsilon", 1e-3), before.data(), x.data(), moments.data());
  }

  static void pad(const std::vector<int64_t>& margins, Numbers& x, figurate::Shape& shape) {
    const auto top = static_cast<size_t>(margins[0]), left = static_cast<size_t>(margins[2]);
    const figurate::Shape inner = shape;
    shape[0] += static_cast<size_t>(margins[0] + margins[1]);
    shape[1] += static_cast<size_t>(margins[2] + margins[3]);
    Numbers y(figurate::element_count(shape));
    for (size_t i = 0; i < x.size(); ++i) {
      const size_t row = i / (inner[1] * inner[2]), column = i / inner[2] % inner[1];
      y[((row + top) * shape[1] + column + left) * shape[2] + i % inner[2]] = x[i];
    }
    x = y;
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
