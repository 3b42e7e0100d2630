// Optimizers: every kernel against the reference in float64, step by step, and the formulas of the optimizers built on
// them.
//
// Each step is checked from the floats that the one before it left, so a tolerance holds the roundings of one step (u =
// 2^-24 each) and no assumption on how errors grow. Roots and quotients may be estimated and refined: 16 u of
// themselves.
#include <cfloat>
#include <cmath>

#include "kernels/reference.h"
#include "numbers.h"
#include "training/optimizer.h"

using figurate::AdamStep;
using figurate::Kernels;
using figurate::RmspropStep;
using figurate::SgdStep;
using testing::kUnit;
using testing::normals;
using testing::spec;
using testing::widened;

namespace {

// Not a whole number of vectors; behind them is room that may be read.
constexpr size_t kCount = 93, kRoom = kCount + figurate::kSlack;
constexpr int kSteps = 6;
constexpr double kRoot = 16 * kUnit;

// Gradients of every size, among them zeros from the first step on (a pixel that is never inked) and from the second
// (seldom).
std::vector<float> gradients(int step) {
  std::vector<float> g = normals(kRoom, static_cast<uint64_t>(100 + step));
  for (size_t i = 0; i < kCount; ++i) {
    g[i] *= std::pow(10.0f, static_cast<float>(i % 7) - 5.0f);
    if (i % 5 == 0 || (i % 5 == 1 && step > 0)) g[i] = 0.0f;
  }
  return g;
}

void check_room(const std::vector<float>& after, const std::vector<float>& before) {
  for (size_t i = kCount; i < kRoom; ++i) CHECK_EQUAL(after[i], before[i]);
}

}  // namespace

TEST(optimizers_adam_follows_the_reference) {
  for (const AdamStep& step : {AdamStep{1e-3f, 0.9f, 0.999f, 1e-7f, 0.0f}, AdamStep{0.3f, 0.5f, 0.95f, 1e-3f, 0.01f}}) {
    testing::for_each_table([&](const Kernels& table) {
      std::vector<float> w = normals(kRoom, 1), m(kRoom), v(kRoom);
      for (int s = 0; s < kSteps; ++s) {
        const std::vector<float> g = gradients(s), w0 = w, m0 = m, v0 = v;
        std::vector<double> we = widened(w), me = widened(m), ve = widened(v);
        table.adam(w.data(), m.data(), v.data(), g.data(), kCount, step);
        figurate::reference::adam(we.data(), me.data(), ve.data(), widened(g).data(), kCount, step);
        for (size_t i = 0; i < kCount; ++i) {
          const double g1 = std::fabs(g[i]), g2 = g1 * g1;
          const double m_error = kUnit * (2 * (1 - step.beta_1) * (g1 + std::fabs(m0[i])) + std::fabs(me[i]));
          const double v_error = kUnit * (3 * (1 - step.beta_2) * (g2 + v0[i]) + ve[i]);
          const double root = std::sqrt(ve[i]) + step.epsilon, change = step.rate * std::fabs(me[i]) / root;
          const double error = step.rate * m_error / root + change * (0.5 * v_error / (ve[i] + DBL_MIN) + kRoot);
          CHECK_NEAR(m[i], me[i], m_error);
          CHECK_NEAR(v[i], ve[i], v_error);
          CHECK_NEAR(w[i], we[i], error + kUnit * (2 * std::fabs(w0[i]) + std::fabs(we[i])));
          if (i % 5 == 0 && step.decay == 0.0f) CHECK_EQUAL(w[i], w0[i]);
        }
        check_room(w, w0), check_room(m, m0), check_room(v, v0);
      }
    });
  }
}

// With m and v held and epsilon 0, Adam's step is -1 / sqrt(v), a root and a division, each rounded once: on every
// instruction set the same.
TEST(optimizers_take_roots_to_the_last_bit) {
  const AdamStep step{1.0f, 1.0f, 1.0f, 0.0f, 0.0f};
  std::vector<float> v = {0.0f, 0x1p-100f, 1.0f, 2.0f, 4.0f, FLT_MAX, NAN};
  for (float x = 1.0f; x < 4.0f; x += 0x1p-13f) v.push_back(x), v.push_back(std::nextafter(x, 4.0f) * 0x1p-70f);
  const std::vector<float> m(v.size(), 1.0f), g(v.size());
  testing::for_each_table([&](const Kernels& table) {
    std::vector<float> w(v.size()), first = m, second = v;
    table.adam(w.data(), first.data(), second.data(), g.data(), v.size(), step);
    for (size_t i = 0; i < v.size(); ++i) {
      const float expected = -1.0f / std::sqrt(v[i]);
      if (v[i] == v[i]) CHECK_EQUAL(w[i], expected);
    }
    CHECK(std::isnan(w[6]));
  });
}

TEST(optimizers_sgd_follows_the_reference) {
  for (const SgdStep& step :
       {SgdStep{0.1f, 0.0f, false, 0.0f}, SgdStep{0.1f, 0.9f, false, 0.02f}, SgdStep{0.5f, 0.8f, true, 0.0f}}) {
    testing::for_each_table([&](const Kernels& table) {
      std::vector<float> w = normals(kRoom, 2), u(kRoom);
      for (int s = 0; s < kSteps; ++s) {
        const std::vector<float> g = gradients(s), w0 = w, u0 = u;
        std::vector<double> we = widened(w), ue = widened(u);
        const bool has_momentum = step.momentum != 0.0f;
        table.sgd(w.data(), has_momentum ? u.data() : nullptr, g.data(), kCount, step);
        figurate::reference::sgd(we.data(), has_momentum ? ue.data() : nullptr, widened(g).data(), kCount, step);
        for (size_t i = 0; i < kCount; ++i) {
          const double down = std::fabs(step.rate * g[i]), sum = down + std::fabs(u0[i]) + std::fabs(ue[i]);
          CHECK_NEAR(u[i], ue[i], 3 * kUnit * sum);
          CHECK_NEAR(w[i], we[i], kUnit * (6 * (sum + down) + 2 * std::fabs(w0[i]) + std::fabs(we[i])));
        }
        check_room(w, w0), check_room(u, u0);
      }
    });
  }
}

TEST(optimizers_rmsprop_follows_the_reference) {
  for (const RmspropStep& step :
       {RmspropStep{1e-3f, 0.9f, 0.0f, 1e-7f, false, 0.0f}, RmspropStep{0.1f, 0.5f, 0.9f, 1e-3f, false, 0.01f},
        RmspropStep{1e-2f, 0.9f, 0.5f, 1e-2f, true, 0.0f}}) {
    testing::for_each_table([&](const Kernels& table) {
      std::vector<float> w = normals(kRoom, 3), v(kRoom), u(kRoom), a(kRoom);
      for (int s = 0; s < kSteps; ++s) {
        const std::vector<float> g = gradients(s), w0 = w, v0 = v, u0 = u, a0 = a;
        std::vector<double> we = widened(w), ve = widened(v), ue = widened(u), ae = widened(a);
        const bool has_momentum = step.momentum != 0.0f;
        table.rmsprop(w.data(), v.data(), has_momentum ? u.data() : nullptr, step.centered ? a.data() : nullptr,
                      g.data(), kCount, step);
        figurate::reference::rmsprop(we.data(), ve.data(), has_momentum ? ue.data() : nullptr,
                                     step.centered ? ae.data() : nullptr, widened(g).data(), kCount, step);
        for (size_t i = 0; i < kCount; ++i) {
          const double v_error = 4 * kUnit * ve[i];
          const double a_error = 3 * kUnit * (std::fabs(a0[i]) + std::fabs(g[i]));
          const double spread = ve[i] + step.epsilon - ae[i] * ae[i];
          const double spread_error =
              v_error + 2 * std::fabs(ae[i]) * a_error + 2 * kUnit * (ve[i] + step.epsilon + ae[i] * ae[i]);
          const double change = std::fabs(step.rate * g[i]) / std::sqrt(spread);
          const double u_error =
              change * (0.5 * spread_error / spread + kRoot) + 2 * kUnit * (std::fabs(u0[i]) + std::fabs(ue[i]));
          CHECK_NEAR(v[i], ve[i], v_error);
          CHECK_NEAR(a[i], ae[i], a_error);
          if (has_momentum) CHECK_NEAR(u[i], ue[i], u_error);
          CHECK_NEAR(w[i], we[i], u_error + kUnit * (2 * std::fabs(w0[i]) + std::fabs(we[i])));
        }
        check_room(w, w0), check_room(v, v0), check_room(u, u0), check_room(a, a0);
      }
    });
  }
}

namespace {

// One weight of 2 and constant gradient 3, through `steps` steps of an optimizer.
float weight_after(const figurate::Spec& optimizer, int steps, double rate) {
  const auto made = figurate::make_optimizer(optimizer);
  std::vector<figurate::Parameter> parameters;
  parameters.push_back({"kernel", {1}, figurate::Buffer<float>(kRoom), {}});
  parameters[0].values[0] = 2.0f;
  made->prepare(parameters);
  CHECK_EQUAL(parameters[0].slots.size(), made->slots().size());
  std::vector<float> gradient(kRoom);
  gradient[0] = 3.0f;
  for (int s = 1; s <= steps; ++s) (*made->step(static_cast<uint64_t>(s), rate))(parameters[0], 0, 1, gradient.data());
  for (size_t i = 1; i < kRoom; ++i) CHECK_EQUAL(parameters[0].values[i], 0.0f);
  return parameters[0].values[0];
}

}  // namespace

// By hand. Adam with a constant gradient g: m = (1 - b1^t) g and v = (1 - b2^t) g^2, so that every corrected step is
// the rate.
TEST(optimizers_are_kerass) {
  CHECK_NEAR(weight_after(spec("adam"), 1, 0.01), 2 - 0.01, 1e-6);
  CHECK_NEAR(weight_after(spec("adam"), 5, 0.01), 2 - 0.05, 2e-6);
  // AdamW's decay comes before the step: 2 (1 - 0.01 * 0.5) - 0.01.
  CHECK_NEAR(weight_after(spec("adam", {{"weight_decay", 0.5}}), 1, 0.01), 1.98, 1e-6);
  // 2 - 3 * 0.1; with momentum 0.5 the second step is -0.3 * 0.5 - 0.3; Nesterov looks ahead: -0.3 * 0.5 - 0.3 already
  // at the first.
  CHECK_NEAR(weight_after(spec("sgd"), 1, 0.1), 1.7, 1e-6);
  CHECK_NEAR(weight_after(spec("sgd", {{"momentum", 0.5}}), 2, 0.1), 1.7 - 0.45, 1e-6);
  CHECK_NEAR(weight_after(spec("sgd", {{"momentum", 0.5}, {"nesterov", true}}), 1, 0.1), 2 - 0.45, 1e-6);
  CHECK_NEAR(weight_after(spec("sgd", {{"weight_decay", 0.1}}), 1, 0.1), 2 * 0.99 - 0.3, 1e-6);
  // v = 0.1 * 9: 2 - 0.01 * 3 / sqrt(0.9); centered: v - mean^2 = 0.9 - 0.09.
  CHECK_NEAR(weight_after(spec("rmsprop"), 1, 0.01), 2 - 0.03 / std::sqrt(0.9), 1e-6);
  CHECK_NEAR(weight_after(spec("rmsprop", {{"centered", true}}), 1, 0.01), 2 - 0.03 / std::sqrt(0.81), 1e-6);
  CHECK_NEAR(weight_after(spec("rmsprop", {{"momentum", 0.5}}), 1, 0.01), 2 - 0.03 / std::sqrt(0.9), 1e-6);
  // Clipped to 0.5, the gradient of 3 is 0.5; a limit above it changes nothing.
  CHECK_NEAR(weight_after(spec("sgd", {{"clipvalue", 0.5}}), 1, 0.1), 1.95, 1e-6);
  CHECK_EQUAL(weight_after(spec("sgd", {{"clipvalue", 3.0}}), 3, 0.1), weight_after(spec("sgd"), 3, 0.1));
  CHECK_THROWS(figurate::ValueError, "no optimizer 'lion'", figurate::make_optimizer(spec("lion")));
}

// By hand: the weight goes 2, 1.7, 1.4, 1.1 ...; its average begins as 1.7 and moves half of the way each step.
TEST(optimizers_average_the_weights) {
  for (const int64_t every : {0, 3}) {
    const auto made = figurate::make_optimizer(spec("rmsprop", {{"rho", 0.0},
                                                                {"centered", true},
                                                                {"momentum", 0.5},
                                                                {"ema_momentum", 0.5},
                                                                {"ema_overwrite_frequency", every}}));
    CHECK_EQUAL(made->slots().size(), size_t{4});
    CHECK_EQUAL(made->slot(figurate::kAverage), size_t{3});
  }
  for (const int64_t every : {0, 3}) {
    const auto made =
        figurate::make_optimizer(spec("sgd", {{"ema_momentum", 0.5}, {"ema_overwrite_frequency", every}}));
    std::vector<figurate::Parameter> parameters;
    parameters.push_back({"kernel", {1}, figurate::Buffer<float>(kRoom), {}});
    parameters[0].values[0] = 2.0f;
    made->prepare(parameters);
    std::vector<float> gradient(kRoom);
    gradient[0] = 3.0f;
    const double averages[] = {1.7, (1.7 + 1.4) / 2, ((1.7 + 1.4) / 2 + 1.1) / 2};
    for (int s = 0; s < 3; ++s) {
      (*made->step(static_cast<uint64_t>(s + 1), 0.1))(parameters[0], 0, 1, gradient.data());
      CHECK_NEAR(parameters[0].slots[0][0], averages[s], 1e-6);
      CHECK_NEAR(parameters[0].values[0], every == 3 && s == 2 ? averages[2] : 1.7 - 0.3 * s, 1e-6);
    }
  }
  CHECK_THROWS(figurate::ValueError, "the optimizer keeps no 'average'",
               figurate::make_optimizer(spec("sgd"))->slot(figurate::kAverage));
}
