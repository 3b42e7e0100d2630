#include "optimizer.h"

#include <algorithm>
#include <cmath>

#include "../kernels/table.h"

namespace figurate {

namespace {

class Adam final : public Optimizer {
 public:
  explicit Adam(const Options& o)
      : beta_1_(o.number("beta_1", 0.9)),
        beta_2_(o.number("beta_2", 0.999)),
        epsilon_(o.number("epsilon", 1e-7)),
        decay_(o.number("weight_decay", 0.0)) {}

  std::vector<std::string> slots() const override { return {"momentum", "velocity"}; }

  std::unique_ptr<Update> step(uint64_t iteration, double rate) const override {
    struct Step final : Update {
      AdamStep constants;
      void operator()(Parameter& p, size_t offset, size_t count, const float* gradient) const override {
        kernels().adam(p.values.data() + offset, p.slots[0].data() + offset, p.slots[1].data() + offset, gradient,
                       count, constants);
      }
    };
    const auto t = static_cast<double>(iteration);
    const double corrected = rate * std::sqrt(1.0 - std::pow(beta_2_, t)) / (1.0 - std::pow(beta_1_, t));
    auto step = std::make_unique<Step>();
    step->constants = {static_cast<float>(corrected), static_cast<float>(beta_1_), static_cast<float>(beta_2_),
                       static_cast<float>(epsilon_), static_cast<float>(decay_ * rate)};
    return step;
  }

 private:
  double beta_1_, beta_2_, epsilon_, decay_;
};

class Sgd final : public Optimizer {
 public:
  explicit Sgd(const Options& o)
      : momentum_(o.number("momentum", 0.0)),
        nesterov_(o.flag("nesterov", false)),
        decay_(o.number("weight_decay", 0.0)) {}

  std::vector<std::string> slots() const override {
    return momentum_ != 0.0 ? std::vector<std::string>{"momentum"} : std::vector<std::string>{};
  }

  std::unique_ptr<Update> step(uint64_t, double rate) const override {
    struct Step final : Update {
      SgdStep constants;
      void operator()(Parameter& p, size_t offset, size_t count, const float* gradient) const override {
        float* momentum = constants.momentum != 0.0f ? p.slots[0].data() + offset : nullptr;
        kernels().sgd(p.values.data() + offset, momentum, gradient, count, constants);
      }
    };
    auto step = std::make_unique<Step>();
    step->constants = {static_cast<float>(rate), static_cast<float>(momentum_), nesterov_,
                       static_cast<float>(decay_ * rate)};
    return step;
  }

 private:
  double momentum_;
  bool nesterov_;
  double decay_;
};

class Rmsprop final : public Optimizer {
 public:
  explicit Rmsprop(const Options& o)
      : rho_(o.number("rho", 0.9)),
        momentum_(o.number("momentum", 0.0)),
        epsilon_(o.number("epsilon", 1e-7)),
        centered_(o.flag("centered", false)),
        decay_(o.number("weight_decay", 0.0)) {}

  std::vector<std::string> slots() const override {
    std::vector<std::string> names = {"velocity"};
    if (momentum_ > 0.0) names.push_back("momentum");
    if (centered_) names.push_back("average_gradient");
    return names;
  }

  std::unique_ptr<Update> step(uint64_t, double rate) const override {
    struct Step final : Update {
      RmspropStep constants;
      bool has_momentum;
      size_t mean_slot;
      void operator()(Parameter& p, size_t offset, size_t count, const float* gradient) const override {
        float* momentum = has_momentum ? p.slots[1].data() + offset : nullptr;
        float* mean = constants.centered ? p.slots[mean_slot].data() + offset : nullptr;
        kernels().rmsprop(p.values.data() + offset, p.slots[0].data() + offset, momentum, mean, gradient, count,
                          constants);
      }
    };
    auto step = std::make_unique<Step>();
    step->constants = {static_cast<float>(rate),
                       static_cast<float>(rho_),
                       static_cast<float>(momentum_),
                       static_cast<float>(epsilon_),
                       centered_,
                       static_cast<float>(decay_ * rate)};
    step->has_momentum = momentum_ > 0.0;
    step->mean_slot = step->has_momentum ? 2 : 1;
    return step;
  }

 private:
  double rho_, momentum_, epsilon_;
  bool centered_;
  double decay_;
};

// The rule, given gradients within -limit..limit.
class ValueClipped final : public Optimizer {
 public:
  ValueClipped(std::unique_ptr<Optimizer> rule, double limit)
      : rule_(std::move(rule)), limit_(static_cast<float>(limit)) {}

  std::vector<std::string> slots() const override { return rule_->slots(); }

  std::unique_ptr<Update> step(uint64_t iteration, double rate) const override {
    struct Step final : Update {
      std::unique_ptr<Update> rule;
      float limit;
      void operator()(Parameter& p, size_t offset, size_t count, const float* gradient) const override {
        thread_local std::vector<float> clipped;
        clipped.resize(std::max(clipped.size(), count + kSlack));
        // A comparison with NaN is false, so NaN stays what it is.
        for (size_t i = 0; i < count; ++i) {
          const float g = gradient[i], low = g < -limit ? -limit : g;
          clipped[i] = low > limit ? limit : low;
        }
        (*rule)(p, offset, count, clipped.data());
      }
    };
    auto step = std::make_unique<Step>();
    step->rule = rule_->step(iteration, rate), step->limit = limit_;
    return step;
  }

 private:
  std::unique_ptr<Optimizer> rule_;
  float limit_;
};

// The rule, with averages of the weights, which take the weights' place every so many steps.
class Averaged final : public Optimizer {
 public:
  Averaged(std::unique_ptr<Optimizer> rule, double momentum, int64_t every)
      : rule_(std::move(rule)), momentum_(static_cast<float>(momentum)), every_(static_cast<uint64_t>(every)) {}

  std::vector<std::string> slots() const override {
    std::vector<std::string> names = rule_->slots();
    names.push_back(kAverage);
    return names;
  }

  std::unique_ptr<Update> step(uint64_t iteration, double rate) const override {
    struct Step final : Update {
      std::unique_ptr<Update> rule;
      float momentum;
      bool overwrites;
      void operator()(Parameter& p, size_t offset, size_t count, const float* gradient) const override {
        (*rule)(p, offset, count, gradient);
        float* weights = p.values.data() + offset;
        float* averages = p.slots.back().data() + offset;
        for (size_t i = 0; i < count; ++i) averages[i] = momentum * averages[i] + (1.0f - momentum) * weights[i];
        if (overwrites) std::copy_n(averages, count, weights);
      }
    };
    auto step = std::make_unique<Step>();
    step->rule = rule_->step(iteration, rate);
    step->momentum = iteration == 1 ? 0.0f : momentum_;
    step->overwrites = every_ > 0 && iteration % every_ == 0;
    return step;
  }

 private:
  std::unique_ptr<Optimizer> rule_;
  float momentum_;
  uint64_t every_;
};

std::unique_ptr<Optimizer> make_rule(const Spec& spec) {
  if (spec.kind == "adam") return std::make_unique<Adam>(spec.options);
  if (spec.kind == "sgd") return std::make_unique<Sgd>(spec.options);
  if (spec.kind == "rmsprop") return std::make_unique<Rmsprop>(spec.options);
  throw ValueError("the engine has no optimizer '" + spec.kind + "'");
}

}  // namespace

void Optimizer::prepare(std::vector<Parameter>& parameters) const {
  const size_t wanted = slots().size();
  for (Parameter& parameter : parameters) {
    if (!parameter.trainable) continue;
    while (parameter.slots.size() < wanted) parameter.slots.emplace_back(parameter.values.size());
  }
}

size_t Optimizer::slot(const std::string& name) const {
  const std::vector<std::string> names = slots();
  const auto found = std::find(names.begin(), names.end(), name);
  check<ValueError>(found != names.end(), "the optimizer keeps no '" + name + "'");
  return static_cast<size_t>(found - names.begin());
}

std::unique_ptr<Optimizer> make_optimizer(const Spec& spec) {
  std::unique_ptr<Optimizer> made = make_rule(spec);
  const Options& o = spec.options;
  if (o.has("clipvalue")) made = std::make_unique<ValueClipped>(std::move(made), o.number("clipvalue", 0.0));
  if (o.has("ema_momentum")) {
    made = std::make_unique<Averaged>(std::move(made), o.number("ema_momentum", 0.0),
                                      o.integer("ema_overwrite_frequency", 0));
  }
  return made;
}

}  // namespace figurate
