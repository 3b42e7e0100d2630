#include "optimizer.h"

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
        float* momentum = p.slots.empty() ? nullptr : p.slots[0].data() + offset;
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
      void operator()(Parameter& p, size_t offset, size_t count, const float* gradient) const override {
        float* momentum = has_momentum ? p.slots[1].data() + offset : nullptr;
        float* mean = constants.centered ? p.slots.back().data() + offset : nullptr;
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
    return step;
  }

 private:
  double rho_, momentum_, epsilon_;
  bool centered_;
  double decay_;
};

}  // namespace

void Optimizer::prepare(std::vector<Parameter>& parameters) const {
  const size_t wanted = slots().size();
  for (Parameter& parameter : parameters) {
    if (!parameter.trainable) continue;
    while (parameter.slots.size() < wanted) parameter.slots.emplace_back(parameter.values.size());
  }
}

std::unique_ptr<Optimizer> make_optimizer(const Spec& spec) {
  if (spec.kind == "adam") return std::make_unique<Adam>(spec.options);
  if (spec.kind == "sgd") return std::make_unique<Sgd>(spec.options);
  if (spec.kind == "rmsprop") return std::make_unique<Rmsprop>(spec.options);
  throw ValueError("the engine has no optimizer '" + spec.kind + "'");
}

}  // namespace figurate
