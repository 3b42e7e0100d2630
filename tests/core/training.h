// Networks with weights, figures with their truth, and runs of training to compare: what the tests of whole networks
// share.
#pragma once

#include <memory>
#include <vector>

#include "numbers.h"
#include "training/trainer.h"

namespace testing {

using Layers = std::vector<figurate::Spec>;
using Arrays = std::vector<std::vector<float>>;

inline const figurate::Spec kSparse = spec("sparse_categorical_crossentropy");
inline const std::vector<figurate::Spec> kMetrics = {spec("sparse_categorical_accuracy"),
                                                     spec("precision", {{"class_id", 1}})};

inline figurate::Spec dense(int64_t units) { return spec("dense", {{"units", units}}); }
inline figurate::Spec activation(const char* function) { return spec("activation", {{"function", function}}); }

// Normal weights of that size.
inline void give_weights(figurate::Network& network, uint64_t seed, float size = 0.3f) {
  for (const auto& weight : network.weights()) {
    figurate::Parameter& parameter = weight.parameter();
    const std::vector<float> values = normals(figurate::element_count(parameter.shape), seed++);
    for (size_t i = 0; i < values.size(); ++i) parameter.values[i] = values[i] * size;
  }
}

inline std::vector<float> copy_of(const figurate::Buffer<float>& buffer) {
  return {buffer.data(), buffer.data() + buffer.size()};
}

// Weights and the optimizer's slots.
inline Arrays state_of(const figurate::Network& network) {
  Arrays all;
  for (const auto& weight : network.weights()) {
    all.push_back(copy_of(weight.parameter().values));
    for (const auto& slot : weight.parameter().slots) all.push_back(copy_of(slot));
  }
  return all;
}

// Gives a network of the same layers and optimizer that state.
inline void restore(figurate::Network& network, const Arrays& state) {
  auto next = state.begin();
  for (const auto& weight : network.weights()) {
    figurate::Parameter& parameter = weight.parameter();
    std::copy(next->begin(), next->end(), parameter.values.data());
    ++next;
    for (auto& slot : parameter.slots) std::copy(next->begin(), next->end(), slot.data()), ++next;
  }
}

inline void check_same_state(const Arrays& a, const Arrays& b) {
  CHECK_EQUAL(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) CHECK_SAME_BITS(a[i], b[i]);
}

// Drawings, or normal numbers, each with a class and with one number for each of `outputs`.
struct Examples {
  size_t count, features, outputs;
  std::vector<uint8_t> bytes;
  std::vector<float> floats, values, weights;
  std::vector<int32_t> classes;
  std::unique_ptr<figurate::Figures> figures;

  Examples(size_t count_, size_t features_, size_t outputs_, bool drawn)
      : count(count_), features(features_), outputs(outputs_), values(normals(count * outputs, 21)) {
    if (drawn) {
      bytes = pixels(count * features, 22);
      figures = std::make_unique<figurate::Figures>(bytes.data(), count, features, 1);
    } else {
      floats = normals(count * features, 23);
      figures = std::make_unique<figurate::Figures>(floats.data(), count, features, 1);
    }
    for (size_t f = 0; f < count; ++f) {
      classes.push_back(static_cast<int32_t>(figurate::philox({static_cast<uint32_t>(f), 0, 0, 0}, 24)[0] % outputs));
      weights.push_back(0.25f * static_cast<float>(1 + f % 5));
      // Shares of one, which serve every loss.
      double sum = 0;
      for (size_t i = 0; i < outputs; ++i) sum += std::fabs(values[f * outputs + i]);
      for (size_t i = 0; i < outputs; ++i)
        values[f * outputs + i] = static_cast<float>(std::fabs(values[f * outputs + i]) / sum);
    }
  }

  figurate::Labelled labelled(bool sparse, bool weighted = false) const {
    return {figures.get(),
            {sparse ? classes.data() : nullptr, sparse ? nullptr : values.data(), sparse ? 0 : outputs},
            weighted ? weights.data() : nullptr};
  }
  float pixel(size_t figure, size_t i) const {
    return bytes.empty() ? floats[figure * features + i] : static_cast<float>(bytes[figure * features + i]);
  }
};

// A network under training.
struct Course {
  figurate::Network network;
  figurate::Trainer trainer;
  std::vector<float> rates;

  Course(const figurate::Shape& input, const Layers& layers, const figurate::Spec& loss,
         const figurate::Spec& optimizer, const std::vector<figurate::Spec>& metrics = {}, int threads = 1,
         float rate = 0.01f)
      : network(input, layers), trainer(network, loss, optimizer, metrics, 77, threads), rates(10000, rate) {
    give_weights(network, 5);
  }

  static size_t steps(const figurate::Labelled& data, size_t batch_size) {
    return (data.figures->count() + batch_size - 1) / batch_size;
  }

  std::vector<double> fit(const figurate::Labelled& data, uint64_t epoch, size_t batch_size, bool shuffle = true,
                          size_t first_step = 0, size_t last_step = SIZE_MAX, const figurate::Tick& tick = {}) {
    last_step = std::min(last_step, steps(data, batch_size));
    return trainer.fit(data, {epoch, batch_size, shuffle, rates.data(), first_step, last_step}, tick);
  }
};

}  // namespace testing
