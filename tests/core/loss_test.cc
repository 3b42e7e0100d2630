// Losses: values and gradients against the textbook's formulas in float64, the gradients by central differences.
//
// Tolerances are first-order: a sum of n terms is off by n u of their magnitudes (u = 2^-24), exponentials and
// logarithms by a few u, the kernels' exponential by kExponential; divisions by a small q or 1 - q carry the error of
// forming it, u / q.
#include "training/loss.h"

#include <cmath>
#include <limits>

#include "formulas.h"

using figurate::LossPass;
using figurate::Network;
using figurate::Targets;
using testing::Formula;
using testing::kExponential;
using testing::kUnit;
using testing::Numbers;
using testing::spec;

namespace {

constexpr size_t kRows = 4;
constexpr float kScale = 0.25f;

// A loss on rows of outputs that are given: what the trainer does at the network's end.
struct Run {
  figurate::Tensor output, predictions, gradient;
  std::vector<uint32_t> figures = {2, 0, 3, 1};  // row r holds figure figures[r]
  std::vector<int32_t> classes;
  std::vector<float> values, weights, losses = std::vector<float>(kRows), scratch = std::vector<float>(kRows);
  std::unique_ptr<figurate::Loss> loss;
  size_t n;

  Run(const Formula& formula, const char* activation, size_t outputs, uint64_t seed)
      : output(kRows, outputs),
        predictions(kRows, outputs),
        gradient(kRows, outputs),
        classes(kRows),
        values(kRows * outputs),
        n(outputs) {
    const Network network({outputs}, {spec("activation", {{"function", activation}})});
    loss = figurate::make_loss(formula.spec(), network);
    const std::vector<float> numbers = testing::normals(kRows * (2 * n + 1), seed);
    const bool one_of_n = formula.kind.find("categorical") != std::string::npos;
    for (size_t f = 0; f < kRows; ++f) {
      classes[f] = static_cast<int32_t>((f * 7 + seed) % n);
      double total = 0;
      for (size_t i = 0; i < n; ++i) total += std::fabs(numbers[f * n + i]);
      for (size_t i = 0; i < n; ++i) {
        const float number = numbers[f * n + i];
        values[f * n + i] = formula.kind == "mean_squared_error"
                                ? number
                                : std::fabs(number) / static_cast<float>(one_of_n ? total : 4.0);
      }
      for (size_t i = 0; i < n; ++i) {
        const float z = 2 * numbers[(kRows + f) * n + i];
        // Probabilities, not quite of sum 1, where the loss does not start from logits.
        output.view().row(f)[i] = formula.from_logits || loss->fused() || formula.kind == "mean_squared_error"
                                      ? z
                                      : 1 / (1.2f + std::exp(-z));
      }
      weights.push_back(0.5f + static_cast<float>(f));
    }
  }

  Numbers truth(size_t figure, bool sparse) const {
    Numbers y(n);
    for (size_t i = 0; i < n; ++i) y[i] = sparse ? classes[figure] == static_cast<int32_t>(i) : values[figure * n + i];
    return y;
  }

  void operator()(bool sparse, bool weighted, bool learning) {
    const Targets targets{sparse ? classes.data() : nullptr, sparse ? nullptr : values.data(), sparse ? 0 : n};
    LossPass pass{};
    pass.output = output.view(), pass.predictions = loss->fused() ? predictions.view() : output.view();
    if (learning) pass.gradient = gradient.view();
    pass.targets = &targets, pass.sample_weight = weighted ? weights.data() : nullptr, pass.figures = figures.data();
    pass.losses = losses.data(), pass.scratch = scratch.data(), pass.scale = kScale;
    loss->rows(pass, {0, 2});
    loss->rows(pass, {2, kRows});
  }
};

// How far a row's loss, and its gradient at output i, may be off, relative to scale and weight.
struct Tolerance {
  double loss = 0;
  Numbers gradient;
  Tolerance(const Formula& formula, const Numbers& p, const Numbers& y) {
    const auto n = static_cast<double>(p.size());
    for (size_t i = 0; i < p.size(); ++i) {
      if (formula.kind == "mean_squared_error") {
        const double size = std::fabs(p[i]) + std::fabs(y[i]);
        loss += size * size * (n + 6) * kUnit / n;
        gradient.push_back(2 * size * 6 * kUnit / n);
      } else if (formula.kind == "binary_crossentropy") {
        const double room = formula.from_logits ? 1.0 : p[i] * (1 - p[i]);
        loss += (std::fabs(p[i]) + 1 + std::fabs(std::log(room)) + 2 / room) * (n + 8) * kUnit / n;
        gradient.push_back((8 * kUnit + (formula.from_logits ? std::fabs(p[i]) * kUnit : 0)) / (n * room));
      } else if (formula.from_logits) {
        // Logits within 20 of each other: distances are off by 20 u. sum(y) is at most 1 + n u.
        loss += (std::fabs(p[i]) + 20 + std::log(n)) * 2 * (n + 8) * kUnit / n + kExponential;
        gradient.push_back(2 * (kExponential + (n + 26) * kUnit));
      } else {
        double sum = 0;
        for (const double q : p) sum += q;
        const double q = p[i] / sum;
        loss += (1 + std::fabs(std::log(q))) * (n + 8) * kUnit;
        gradient.push_back((1 + 1 / q) / sum * (n + 8) * kUnit);
      }
    }
  }
};

void check_loss(Formula formula, const char* activation, size_t n) {
  Run run(formula, activation, n, n);
  const bool fused = std::string(activation) != "linear";
  CHECK_EQUAL(run.loss->fused(), fused);
  CHECK_EQUAL(run.loss->depth(), fused ? size_t{0} : size_t{1});
  formula.from_logits |= fused;  // a fused loss is one from logits
  for (const bool weighted : {false, true}) {
    run(formula.sparse(), weighted, true);
    std::vector<float> losses = run.losses;
    for (size_t r = 0; r < kRows; ++r) {
      const size_t figure = run.figures[r];
      const double weight = weighted ? run.weights[figure] : 1.0;
      Numbers p(run.output.view().row(r), run.output.view().row(r) + n);
      const Numbers y = run.truth(figure, formula.sparse());
      const Tolerance tolerance(formula, p, y);
      CHECK_NEAR(losses[r], weight * formula(p, y), weight * tolerance.loss);
      for (size_t i = 0; i < n; ++i) {
        // A thousandth of a probability is small enough for its fifth derivative, 24 / q^5: the difference is off by
        // 1e-12 / q.
        const double step = formula.from_logits || formula.kind == "mean_squared_error" ? 1e-3 : 1e-3 * p[i];
        const double slope = testing::derivative(p[i], step, [&] { return formula(p, y); });
        CHECK_NEAR(run.gradient.view().row(r)[i], kScale * weight * slope,
                   kScale * weight * (tolerance.gradient[i] + 1e-9));
      }
      for (size_t i = n; i < run.gradient.view().stride; ++i) CHECK_EQUAL(run.gradient.view().row(r)[i], 0.0f);
      if (!fused) continue;
      const Numbers probabilities = std::string(activation) == "softmax" ? testing::softmax(p) : Numbers();
      for (size_t i = 0; i < n; ++i) {
        const double exact = probabilities.empty() ? 1 / (1 + std::exp(-p[i])) : probabilities[i];
        CHECK_NEAR(run.predictions.view().row(r)[i], exact,
                   2 * exact * (kExponential + (static_cast<double>(n) + 26) * kUnit));
      }
    }
    // Without learning the losses are the same but for the exponential's rounding, and the outputs stay.
    run(formula.sparse(), weighted, false);
    for (size_t r = 0; r < kRows; ++r)
      CHECK_NEAR(run.losses[r], losses[r], 4 * (kExponential + 26 * kUnit) * (1 + losses[r]));
  }
}

}  // namespace

TEST(loss_sparse_categorical_crossentropy) {
  for (const size_t n : {2, 3, 10, 17}) {
    check_loss({"sparse_categorical_crossentropy"}, "softmax", n);
    check_loss({"sparse_categorical_crossentropy"}, "linear", n);
    check_loss({"sparse_categorical_crossentropy", true}, "linear", n);
  }
}

TEST(loss_categorical_crossentropy) {
  for (const size_t n : {2, 3, 10, 17}) {
    for (const double smoothing : {0.0, 0.1}) {
      check_loss({"categorical_crossentropy", false, smoothing}, "softmax", n);
      check_loss({"categorical_crossentropy", false, smoothing}, "linear", n);
      check_loss({"categorical_crossentropy", true, smoothing}, "linear", n);
    }
  }
}

TEST(loss_binary_crossentropy) {
  for (const size_t n : {1, 3, 10}) {
    for (const double smoothing : {0.0, 0.2}) {
      check_loss({"binary_crossentropy", false, smoothing}, "sigmoid", n);
      check_loss({"binary_crossentropy", false, smoothing}, "linear", n);
      check_loss({"binary_crossentropy", true, smoothing}, "linear", n);
    }
  }
}

TEST(loss_mean_squared_error) {
  for (const size_t n : {1, 3, 10}) check_loss({"mean_squared_error"}, "linear", n);
}

// Certain and wrong: finite from logits however far they are, and bounded as Keras does from probabilities.
TEST(loss_of_extremes) {
  for (const char* activation : {"softmax", "linear"}) {
    Run run({"sparse_categorical_crossentropy"}, activation, 3, 1);
    const bool fused = run.loss->fused();
    for (size_t r = 0; r < kRows; ++r) {
      run.classes[r] = 1;
      std::fill_n(run.output.view().row(r), 3, 0.0f);
      run.output.view().row(r)[0] = fused ? 1e4f : 1.0f;
    }
    run(true, false, true);
    CHECK_NEAR(run.losses[0], fused ? 1e4 : -std::log(1e-7), 1e-6 * run.losses[0]);
    for (size_t i = 0; i < 3; ++i) CHECK(std::isfinite(run.gradient.view().row(0)[i]));
  }
  Run run({"binary_crossentropy"}, "sigmoid", 2, 1);
  for (size_t r = 0; r < kRows; ++r) run.output.view().row(r)[0] = -1e4f, run.values[2 * r] = 1.0f;
  run(false, false, true);
  CHECK(std::isfinite(run.losses[0]) && run.losses[0] > 4999.0f && run.gradient.view().row(0)[0] == -kScale / 2);
}

// A logit that is no number must not go unseen, even where it is not the true class's.
TEST(loss_of_nan_is_nan) {
  for (const bool from_logits : {false, true}) {
    Run run({"sparse_categorical_crossentropy", from_logits}, from_logits ? "linear" : "softmax", 10, 1);
    for (size_t r = 0; r < kRows; ++r)
      run.output.view().row(r)[static_cast<size_t>(run.classes[run.figures[r]] + 1) % 10] = NAN;
    for (const bool learning : {true, false}) {
      run(true, false, learning);
      for (const float loss : run.losses) CHECK(std::isnan(loss));
    }
  }
}

TEST(loss_unknown_is_refused) {
  CHECK_THROWS(figurate::ValueError, "no loss 'hinge'", figurate::make_loss(spec("hinge"), Network({2}, {})));
}
