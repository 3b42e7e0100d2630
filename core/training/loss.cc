#include "loss.h"

#include <algorithm>
#include <cmath>

#include "../kernels/table.h"
#include "../layers/activation.h"
#include "../layers/softmax.h"

namespace figurate {

namespace {

// Keras' bound on probabilities under a logarithm.
constexpr float kEpsilon = 1e-7f;

float weight_of(const LossPass& p, size_t row) {
  return p.sample_weight != nullptr ? p.sample_weight[p.figures[row]] : 1.0f;
}

// The truth of one row as numbers, smoothed: y (1 - s) + s / n for classes, y (1 - s) + s / 2 for independent outputs.
struct Truth {
  const Targets& targets;
  size_t figure;
  float keep, share;
  float operator[](size_t i) const {
    const float y = targets.classes != nullptr ? (targets.classes[figure] == static_cast<int32_t>(i) ? 1.0f : 0.0f)
                                               : targets.values[figure * targets.width + i];
    return y * keep + share;
  }
};

// Cross-entropy from logits z: log(sum(exp z)) * sum(y) - sum(y z); gradient softmax(z) * sum(y) - y.
class SoftmaxCrossEntropy final : public Loss {
 public:
  SoftmaxCrossEntropy(const Options& options, bool write_probabilities)
      : smoothing_(static_cast<float>(options.number("label_smoothing", 0.0))), write_(write_probabilities) {}

  void rows(const LossPass& p, Range rows) const override {
    const size_t n = p.output.columns;
    // The probabilities go where the gradient will be if nobody else wants them.
    const Matrix& probabilities = write_ || p.gradient.data == nullptr ? p.predictions : p.gradient;
    if (!write_ && p.gradient.data == nullptr) {
      // Only the sums are wanted: the logits are predictions themselves and must stay.
      for (size_t r = rows.first; r < rows.last; ++r) p.scratch[r] = log_sum(p.output.row(r), n);
    } else {
      kernels().softmax(p.output.row(rows.first), probabilities.row(rows.first), p.scratch + rows.first, rows.size(), n,
                        p.output.stride);
    }
    for (size_t r = rows.first; r < rows.last; ++r) {
      if (p.targets->classes != nullptr && smoothing_ == 0.0f) {
        sparse_row(p, probabilities, r, n);
      } else {
        dense_row(p, probabilities, r, n);
      }
    }
  }

 private:
  static float log_sum(const float* z, size_t n) {
    const float peak = *std::max_element(z, z + n);
    float sum = 0;
    for (size_t i = 0; i < n; ++i) sum += std::exp(z[i] - peak);
    return peak + std::log(sum);
  }

  static void sparse_row(const LossPass& p, const Matrix& probabilities, size_t r, size_t n) {
    const auto truth = static_cast<size_t>(p.targets->classes[p.figures[r]]);
    const float weight = weight_of(p, r);
    p.losses[r] = (p.scratch[r] - p.output.row(r)[truth]) * weight;
    if (p.gradient.data == nullptr) return;
    const float scale = p.scale * weight;
    // By fours, into the padding if need be: there the probabilities are zero, and so are their products.
    const float* __restrict from = probabilities.row(r);
    float* __restrict gradient = p.gradient.row(r);
    if (from == gradient) {
      for (size_t i = 0; i < n; ++i) gradient[i] *= scale;
    } else {
      for (size_t i = 0; i < n; i += 4) {
        for (size_t j = i; j < i + 4; ++j) gradient[j] = from[j] * scale;
      }
    }
    gradient[truth] -= scale;
  }

  void dense_row(const LossPass& p, const Matrix& probabilities, size_t r, size_t n) const {
    const Truth truth{*p.targets, p.figures[r], 1.0f - smoothing_, smoothing_ / static_cast<float>(n)};
    const float weight = weight_of(p, r);
    const float* z = p.output.row(r);
    float total = 0, dot = 0;
    for (size_t i = 0; i < n; ++i) total += truth[i], dot += truth[i] * z[i];
    p.losses[r] = (p.scratch[r] * total - dot) * weight;
    if (p.gradient.data == nullptr) return;
    const float scale = p.scale * weight;
    const float* from = probabilities.row(r);
    float* gradient = p.gradient.row(r);
    for (size_t i = 0; i < n; ++i) gradient[i] = (from[i] * total - truth[i]) * scale;
  }

  float smoothing_;
  bool write_;
};

// Cross-entropy of outputs that are no softmax: brought to sum 1, bounded as Keras bounds them.
class ProbabilityCrossEntropy final : public Loss {
 public:
  explicit ProbabilityCrossEntropy(const Options& options)
      : smoothing_(static_cast<float>(options.number("label_smoothing", 0.0))) {}

  void rows(const LossPass& p, Range rows) const override {
    const size_t n = p.output.columns;
    for (size_t r = rows.first; r < rows.last; ++r) {
      const Truth truth{*p.targets, p.figures[r], 1.0f - smoothing_, smoothing_ / static_cast<float>(n)};
      const float* out = p.output.row(r);
      const float weight = weight_of(p, r);
      float sum = 0, loss = 0, inner = 0;
      for (size_t i = 0; i < n; ++i) sum += out[i];
      for (size_t i = 0; i < n; ++i) {
        const float q = out[i] / sum, bounded = std::clamp(q, kEpsilon, 1.0f - kEpsilon);
        loss -= truth[i] * std::log(bounded);
        if (q == bounded) inner += truth[i];
      }
      p.losses[r] = loss * weight;
      if (p.gradient.data == nullptr) continue;
      for (size_t i = 0; i < n; ++i) {
        const float q = out[i] / sum;
        const float own = q >= kEpsilon && q <= 1.0f - kEpsilon ? truth[i] / q : 0.0f;
        p.gradient.row(r)[i] = (inner - own) / sum * p.scale * weight;
      }
    }
  }

 private:
  float smoothing_;
};

// Mean over the outputs of -(y log p + (1 - y) log(1 - p)); from logits z: max(z, 0) - z y + log(1 + exp(-|z|)),
// gradient p - y.
class BinaryCrossEntropy final : public Loss {
 public:
  BinaryCrossEntropy(const Options& options, bool logits, bool write_probabilities)
      : smoothing_(static_cast<float>(options.number("label_smoothing", 0.0))),
        logits_(logits),
        write_(write_probabilities) {}

  void rows(const LossPass& p, Range rows) const override {
    const size_t n = p.output.columns;
    for (size_t r = rows.first; r < rows.last; ++r) {
      const Truth truth{*p.targets, p.figures[r], 1.0f - smoothing_, 0.5f * smoothing_};
      const float weight = weight_of(p, r), scale = p.scale * weight / static_cast<float>(n);
      const float* out = p.output.row(r);
      float loss = 0;
      for (size_t i = 0; i < n; ++i) {
        const float z = out[i], y = truth[i];
        float slope;
        if (logits_) {
          const float probability = 1.0f / (1.0f + std::exp(-z));
          loss += std::max(z, 0.0f) - z * y + std::log1p(std::exp(-std::fabs(z)));
          slope = probability - y;
          if (write_) p.predictions.row(r)[i] = probability;
        } else {
          const float q = std::clamp(z, kEpsilon, 1.0f - kEpsilon);
          loss -= y * std::log(q) + (1.0f - y) * std::log(1.0f - q);
          slope = q == z ? (q - y) / (q * (1.0f - q)) : 0.0f;
        }
        if (p.gradient.data != nullptr) p.gradient.row(r)[i] = slope * scale;
      }
      p.losses[r] = loss / static_cast<float>(n) * weight;
    }
  }

 private:
  float smoothing_;
  bool logits_, write_;
};

// Mean over the outputs of (p - y)^2.
class MeanSquaredError final : public Loss {
 public:
  void rows(const LossPass& p, Range rows) const override {
    const size_t n = p.output.columns;
    for (size_t r = rows.first; r < rows.last; ++r) {
      const Truth truth{*p.targets, p.figures[r], 1.0f, 0.0f};
      const float weight = weight_of(p, r), scale = 2.0f * p.scale * weight / static_cast<float>(n);
      float loss = 0;
      for (size_t i = 0; i < n; ++i) {
        const float error = p.output.row(r)[i] - truth[i];
        loss += error * error;
        if (p.gradient.data != nullptr) p.gradient.row(r)[i] = error * scale;
      }
      p.losses[r] = loss / static_cast<float>(n) * weight;
    }
  }
};

bool ends_in_softmax(const Network& network) {
  return !network.layers().empty() && dynamic_cast<const Softmax*>(network.layers().back().get()) != nullptr;
}

bool ends_in_sigmoid(const Network& network) {
  if (network.layers().empty()) return false;
  const auto* last = dynamic_cast<const Activation*>(network.layers().back().get());
  return last != nullptr && last->function() == Function::kSigmoid;
}

}  // namespace

std::unique_ptr<Loss> make_loss(const Spec& spec, const Network& network) {
  const bool from_logits = spec.options.flag("from_logits", false);
  bool fused = false;
  std::unique_ptr<Loss> loss;
  if (spec.kind == "sparse_categorical_crossentropy" || spec.kind == "categorical_crossentropy") {
    fused = !from_logits && ends_in_softmax(network);
    if (fused || from_logits) {
      loss = std::make_unique<SoftmaxCrossEntropy>(spec.options, fused);
    } else {
      loss = std::make_unique<ProbabilityCrossEntropy>(spec.options);
    }
  } else if (spec.kind == "binary_crossentropy") {
    fused = !from_logits && ends_in_sigmoid(network);
    loss = std::make_unique<BinaryCrossEntropy>(spec.options, fused || from_logits, fused);
  } else if (spec.kind == "mean_squared_error") {
    loss = std::make_unique<MeanSquaredError>();
  } else {
    throw ValueError("the engine has no loss '" + spec.kind + "'");
  }
  loss->fused_ = fused;
  loss->depth_ = network.layers().size() - (fused ? 1 : 0);
  loss->sparse_ = spec.kind == "sparse_categorical_crossentropy";
  return loss;
}

}  // namespace figurate
