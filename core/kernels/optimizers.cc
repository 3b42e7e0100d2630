// One step of each optimizer over a run of weights, with Keras' formulas.
//
// Adam: Kingma and Ba, arXiv 1412.6980, in the form of its section 2 (the bias corrections folded into the rate;
// epsilon is the paper's "epsilon hat"). Weight decay is decoupled (Loshchilov and Hutter, arXiv 1711.05101). SGD with
// Nesterov's momentum as in Sutskever et al. 2013. RMSprop: Hinton's lecture 6e, centered as in Graves, arXiv
// 1308.0850.
#include "simd.h"
#include "table.h"

namespace figurate::FIGURATE_ISA {

namespace {

// Calls step(i, get, put) for the vectors that start at i = 0, kWidth, ...; `get` loads a vector and `put` stores one,
// or of the last as many lanes as count: behind them stand numbers that another thread may be changing.
template <class Step>
FIGURATE_INLINE void for_vectors(size_t count, const Step& step) {
  size_t i = 0;
  for (; i + kWidth <= count; i += kWidth) {
    step(
        i, [](const float* from) FIGURATE_LAMBDA { return load(from); },
        [](float* to, V value) FIGURATE_LAMBDA { store(to, value); });
  }
  if (i < count) {
    const Lanes lanes(count - i);
    step(
        i, [&](const float* from) FIGURATE_LAMBDA { return load_first(from, lanes); },
        [&](float* to, V value) FIGURATE_LAMBDA { store_first(to, value, lanes.count); });
  }
}

}  // namespace

// m += (g - m)(1 - beta_1); v += (g^2 - v)(1 - beta_2); w -= rate * m / (sqrt(v) + epsilon)
void adam(float* weights, float* first, float* second, const float* gradient, size_t count, const AdamStep& step) {
  const V rate = splat(step.rate), epsilon = splat(step.epsilon), keep = splat(1.0f - step.decay);
  const V one_less_1 = splat(1.0f - step.beta_1), one_less_2 = splat(1.0f - step.beta_2);
  for_vectors(count, [&](size_t i, auto get, auto put) FIGURATE_LAMBDA {
    const V g = get(gradient + i), m0 = get(first + i), v0 = get(second + i);
    const V m = fma(g - m0, one_less_1, m0), v = fma(fma(g, g, -v0), one_less_2, v0);
    put(first + i, m);
    put(second + i, v);
    put(weights + i, get(weights + i) * keep - rate * m / (square_root(v) + epsilon));
  });
}

// momentum: u = momentum * u - rate * g; w += u, or with Nesterov w += momentum * u - rate * g.
void sgd(float* weights, float* momentum, const float* gradient, size_t count, const SgdStep& step) {
  const V rate = splat(step.rate), keep = splat(1.0f - step.decay), beta = splat(step.momentum);
  for_vectors(count, [&](size_t i, auto get, auto put) FIGURATE_LAMBDA {
    const V down = get(gradient + i) * rate;
    V change = -down;
    if (momentum != nullptr) {
      const V u = fma(get(momentum + i), beta, -down);
      put(momentum + i, u);
      change = step.nesterov ? fma(u, beta, -down) : u;
    }
    put(weights + i, fma(get(weights + i), keep, change));
  });
}

// v += (g^2 - v)(1 - rho); w -= rate * g / sqrt(v - mean^2 + epsilon), through a momentum where there is one.
void rmsprop(float* weights, float* second, float* momentum, float* mean, const float* gradient, size_t count,
             const RmspropStep& step) {
  const V rate = splat(step.rate), keep = splat(1.0f - step.decay), rho = splat(step.rho),
          one_less = splat(1.0f - step.rho);
  const V epsilon = splat(step.epsilon), beta = splat(step.momentum);
  for_vectors(count, [&](size_t i, auto get, auto put) FIGURATE_LAMBDA {
    const V g = get(gradient + i);
    const V v = fma(get(second + i), rho, g * g * one_less);
    put(second + i, v);
    V spread = v + epsilon;
    if (step.centered) {
      const V average = fma(get(mean + i), rho, g * one_less);
      put(mean + i, average);
      spread = fma(-average, average, spread);
    }
    V change = rate * g / square_root(spread);
    if (momentum != nullptr) {
      change = fma(get(momentum + i), beta, change);
      put(momentum + i, change);
    }
    put(weights + i, get(weights + i) * keep - change);
  });
}

}  // namespace figurate::FIGURATE_ISA
