#include "training/trainer.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <variant>

#include "held_figures.h"

namespace figurate::bindings {

namespace {

using Classes = Input<int32_t, nb::ndim<1>>;
using Values = Input<float, nb::ndim<2>>;
using Weights = std::optional<Input<float, nb::ndim<1>>>;

// The trainer with the network that it trains.
struct BoundTrainer {
  nb::object network;
  Trainer trainer;
};

// What is trained on, checked against the figures and the network.
Labelled labelled(const HeldFigures& held, const std::variant<Classes, Values>& targets, const Weights& sample_weight,
                  const Network& network, const Loss& loss) {
  Labelled data{&held.figures, {}, nullptr};
  const size_t count = held.figures.count(), outputs = network.outputs();
  if (const auto* classes = std::get_if<Classes>(&targets)) {
    check(loss.sparse(),
          "this loss expects targets of shape (figures, " + std::to_string(outputs) +
              "), received one integer a figure. Use sparse_categorical_crossentropy, or utils.to_categorical.");
    check(classes->shape(0) == count,
          "expected " + std::to_string(count) + " labels, one a figure, received " + std::to_string(classes->shape(0)));
    for (size_t i = 0; i < count; ++i) {
      const int32_t label = classes->data()[i];
      if (label >= 0 && static_cast<size_t>(label) < outputs) continue;
      throw ValueError("expected labels of 0.." + std::to_string(outputs - 1) + " (the network has " +
                       std::to_string(outputs) + " outputs), received " + std::to_string(label) + " for figure " +
                       std::to_string(i) + ".");
    }
    data.targets.classes = classes->data();
  } else {
    const auto& values = std::get<Values>(targets);
    check(!loss.sparse(), "sparse_categorical_crossentropy expects one integer a figure, received shape (" +
                              std::to_string(values.shape(0)) + ", " + std::to_string(values.shape(1)) +
                              "). Use categorical_crossentropy, or labels.argmax(axis=1).");
    check(values.shape(0) == count && values.shape(1) == outputs,
          "expected targets of shape (" + std::to_string(count) + ", " + std::to_string(outputs) + "), received (" +
              std::to_string(values.shape(0)) + ", " + std::to_string(values.shape(1)) + ").");
    data.targets.values = values.data();
    data.targets.width = outputs;
  }
  if (sample_weight) {
    check(sample_weight->shape(0) == count, "expected " + std::to_string(count) +
                                                " sample weights, one a figure, received " +
                                                std::to_string(sample_weight->shape(0)));
    data.sample_weight = sample_weight->data();
  }
  return data;
}

// Called from the running loop: takes the interpreter's lock, looks for Ctrl-C, passes progress on. What goes wrong in
// Python is kept and thrown when the loop has ended.
class PythonTick {
 public:
  explicit PythonTick(nb::object callback) : callback_(std::move(callback)) {}

  bool operator()(size_t steps, const std::vector<double>& means) {
    const nb::gil_scoped_acquire locked;
    try {
      if (PyErr_CheckSignals() != 0) throw nb::python_error();
      if (!callback_.is_none()) callback_(steps, means);
      return true;
    } catch (nb::python_error& error) {
      error_ = std::make_unique<nb::python_error>(std::move(error));
      return false;
    }
  }

  void rethrow() {
    if (error_) throw nb::python_error(std::move(*error_));
  }

 private:
  nb::object callback_;
  std::unique_ptr<nb::python_error> error_;
};

std::vector<double> fit_epoch(BoundTrainer& self, const HeldFigures& figures,
                              const std::variant<Classes, Values>& targets, const Weights& sample_weight,
                              uint64_t epoch, size_t batch_size, bool shuffle, Input<float, nb::ndim<1>> learning_rates,
                              bool augments, size_t first_step, int64_t last_step, nb::object tick) {
  check<ValueError>(batch_size > 0, "expected a batch size of at least 1, received 0");
  const Labelled data = labelled(figures, targets, sample_weight, self.trainer.network(), self.trainer.loss());
  const size_t size = std::min(batch_size, data.figures->count());
  const size_t steps = (data.figures->count() + size - 1) / size;
  check(learning_rates.shape(0) == steps, "expected " + std::to_string(steps) +
                                              " learning rates, one a step of the epoch, received " +
                                              std::to_string(learning_rates.shape(0)));
  const size_t last = last_step < 0 ? steps : static_cast<size_t>(last_step);
  check<ValueError>(first_step <= last && last <= steps, "steps " + std::to_string(first_step) + " to " +
                                                             std::to_string(last) + " are not within the epoch's " +
                                                             std::to_string(steps));
  PythonTick python_tick(std::move(tick));
  std::vector<double> means;
  {
    const Trainer::Epoch run{epoch, size, shuffle, learning_rates.data(), first_step, last, augments};
    const nb::gil_scoped_release unlocked;
    means = self.trainer.fit(data, run,
                             [&](size_t done, const std::vector<double>& now) { return python_tick(done, now); });
  }
  python_tick.rethrow();
  return means;
}

std::vector<double> evaluate(const BoundTrainer& self, const HeldFigures& figures,
                             const std::variant<Classes, Values>& targets, const Weights& sample_weight,
                             nb::object tick) {
  auto& trainer = const_cast<Trainer&>(self.trainer);
  const Labelled data = labelled(figures, targets, sample_weight, trainer.network(), trainer.loss());
  PythonTick python_tick(std::move(tick));
  std::vector<double> means;
  {
    const nb::gil_scoped_release unlocked;
    means = self.trainer.evaluate(data,
                                  [&](size_t done, const std::vector<double>& now) { return python_tick(done, now); });
  }
  python_tick.rethrow();
  return means;
}

// {slot: one array a trainable weight}
std::map<std::string, std::vector<Output>> get_slots(BoundTrainer& self) {
  std::map<std::string, std::vector<Output>> slots;
  const std::vector<std::string> names = self.trainer.optimizer().slots();
  for (size_t s = 0; s < names.size(); ++s) {
    for (const auto& weight : self.trainer.network().trainable_weights()) {
      slots[names[s]].push_back(new_array(weight.parameter().shape));
      const Parameter& parameter = weight.parameter();
      std::copy_n(parameter.slots[s].data(), element_count(parameter.shape), slots[names[s]].back().data());
    }
  }
  return slots;
}

void set_slots(BoundTrainer& self, const std::map<std::string, std::vector<Input<float>>>& slots) {
  const std::vector<std::string> names = self.trainer.optimizer().slots();
  const auto weights = self.trainer.network().trainable_weights();
  check<ValueError>(slots.size() == names.size(), "the optimizer keeps " + std::to_string(names.size()) +
                                                      " numbers a weight, received " + std::to_string(slots.size()));
  for (const std::string& name : names) {
    const auto found = slots.find(name);
    check<ValueError>(found != slots.end(), "the optimizer's state lacks '" + name + "'");
    check(found->second.size() == weights.size(),
          "expected " + std::to_string(weights.size()) + " arrays of '" + name + "'");
    for (size_t i = 0; i < weights.size(); ++i) {
      const auto& array = found->second[i];
      const Shape received(array.shape_ptr(), array.shape_ptr() + array.ndim());
      check(received == weights[i].parameter().shape, "expected '" + name + "' of shape " +
                                                          to_string(weights[i].parameter().shape) + ", received " +
                                                          to_string(received));
    }
  }
  for (size_t s = 0; s < names.size(); ++s) {
    const auto& arrays = slots.at(names[s]);
    for (size_t i = 0; i < weights.size(); ++i) {
      Parameter& parameter = weights[i].parameter();
      std::copy_n(arrays[i].data(), element_count(parameter.shape), parameter.slots[s].data());
    }
  }
}

}  // namespace

void bind_trainer(nb::module_& m) {
  nb::class_<BoundTrainer>(m, "Trainer", "Trains one network with one optimizer, loss and list of metrics.")
      .def(
          "__init__",
          [](BoundTrainer* self, nb::object network, const SpecArgument& loss, const SpecArgument& optimizer,
             const std::vector<SpecArgument>& metrics, uint64_t seed, int threads) {
            new (self) BoundTrainer{network,
                                    {nb::cast<BoundNetwork&>(network).network, to_spec(loss), to_spec(optimizer),
                                     to_specs(metrics), seed, threads}};
          },
          nb::arg("network"), nb::arg("loss"), nb::arg("optimizer"), nb::arg("metrics"), nb::arg("seed"),
          nb::arg("threads"))
      .def("fit_epoch", &fit_epoch, nb::arg("figures"), nb::arg("targets").noconvert(), nb::arg("sample_weight").none(),
           nb::kw_only(), nb::arg("epoch"), nb::arg("batch_size"), nb::arg("shuffle"), nb::arg("learning_rates"),
           nb::arg("augments") = true, nb::arg("first_step") = 0, nb::arg("last_step") = -1,
           nb::arg("tick") = nb::none())
      .def("evaluate", &evaluate, nb::arg("figures"), nb::arg("targets").noconvert(), nb::arg("sample_weight").none(),
           nb::kw_only(), nb::arg("tick") = nb::none())
      .def_prop_rw(
          "iterations", [](const BoundTrainer& t) { return t.trainer.iterations; },
          [](BoundTrainer& t, uint64_t value) { t.trainer.iterations = value; })
      .def_prop_ro("stopped_nonfinite", [](const BoundTrainer& t) { return t.trainer.stopped_nonfinite(); })
      .def(
          "take_averages", [](BoundTrainer& t) { t.trainer.take_averages(); },
          "Put the weights' averages in their place; the optimizer must keep them.")
      .def(
          "swap_averages", [](BoundTrainer& t) { t.trainer.swap_averages(); },
          "Exchange the weights with their averages; the optimizer must keep them.")
      .def("get_slots", &get_slots, "The optimizer's state: {name: one array a trainable weight}.")
      .def("set_slots", &set_slots, nb::arg("slots"));
}

}  // namespace figurate::bindings
