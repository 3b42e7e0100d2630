#include "metrics.h"

#include <algorithm>
#include <cmath>

namespace figurate {

namespace {

size_t largest(const float* values, size_t n) {
  return static_cast<size_t>(std::max_element(values, values + n) - values);
}

// The class that a figure truly has: its label, or the largest of its numbers.
size_t true_class(const Targets& targets, size_t figure) {
  if (targets.classes != nullptr) return static_cast<size_t>(targets.classes[figure]);
  return largest(targets.values + figure * targets.width, targets.width);
}

float true_value(const Targets& targets, size_t figure, size_t output) {
  if (targets.classes != nullptr) return targets.classes[figure] == static_cast<int32_t>(output) ? 1.0f : 0.0f;
  return targets.values[figure * targets.width + output];
}

// How many predictions are above the one of class `truth`; NaN ranks last.
size_t rank_of(const float* predictions, size_t n, size_t truth) {
  size_t above = 0;
  for (size_t i = 0; i < n; ++i) above += !(predictions[i] <= predictions[truth]);
  return above;
}

class CategoricalAccuracy final : public Metric {
 public:
  Fraction of(const float* predictions, size_t n, const Targets& targets, size_t figure) const override {
    return {largest(predictions, n) == true_class(targets, figure) ? 1.0f : 0.0f, 1.0f};
  }
};

class TopK final : public Metric {
 public:
  explicit TopK(const Options& options) : k_(static_cast<size_t>(options.integer("k", 5))) {}
  Fraction of(const float* predictions, size_t n, const Targets& targets, size_t figure) const override {
    return {rank_of(predictions, n, true_class(targets, figure)) < k_ ? 1.0f : 0.0f, 1.0f};
  }

 private:
  size_t k_;
};

class BinaryAccuracy final : public Metric {
 public:
  explicit BinaryAccuracy(const Options& options) : threshold_(static_cast<float>(options.number("threshold", 0.5))) {}
  Fraction of(const float* predictions, size_t n, const Targets& targets, size_t figure) const override {
    float right = 0;
    for (size_t i = 0; i < n; ++i) {
      right += ((predictions[i] > threshold_ ? 1.0f : 0.0f) == true_value(targets, figure, i)) ? 1.0f : 0.0f;
    }
    return {right / static_cast<float>(n), 1.0f};
  }

 private:
  float threshold_;
};

// Precision counts over what was predicted positive, recall over what is positive; of one class, or of all outputs
// together.
class PrecisionOrRecall final : public Metric {
 public:
  PrecisionOrRecall(const Options& options, bool precision)
      : class_id_(options.integer("class_id", -1)),
        top_k_(static_cast<size_t>(options.integer("top_k", 0))),
        threshold_(static_cast<float>(options.number("threshold", top_k_ > 0 ? -INFINITY : 0.5))),
        precision_(precision) {}

  Fraction of(const float* predictions, size_t n, const Targets& targets, size_t figure) const override {
    Fraction sum;
    const size_t first = class_id_ < 0 ? 0 : static_cast<size_t>(class_id_);
    const size_t last = class_id_ < 0 ? n : std::min(first + 1, n);
    for (size_t i = first; i < last; ++i) {
      const float truth = true_value(targets, figure, i);
      const bool among = top_k_ == 0 || rank_of(predictions, n, i) < top_k_;
      const float chosen = among && predictions[i] > threshold_ ? 1.0f : 0.0f;
      sum.over += truth * chosen;
      sum.under += precision_ ? chosen : truth;
    }
    return sum;
  }

 private:
  int64_t class_id_;
  size_t top_k_;
  float threshold_;
  bool precision_;
};

}  // namespace

std::unique_ptr<Metric> make_metric(const Spec& spec) {
  if (spec.kind == "sparse_categorical_accuracy" || spec.kind == "categorical_accuracy") {
    return std::make_unique<CategoricalAccuracy>();
  }
  if (spec.kind == "sparse_top_k_categorical_accuracy" || spec.kind == "top_k_categorical_accuracy") {
    return std::make_unique<TopK>(spec.options);
  }
  if (spec.kind == "binary_accuracy") return std::make_unique<BinaryAccuracy>(spec.options);
  if (spec.kind == "precision" || spec.kind == "recall") {
    return std::make_unique<PrecisionOrRecall>(spec.options, spec.kind == "precision");
  }
  throw ValueError("the engine has no metric '" + spec.kind + "'");
}

}  // namespace figurate
