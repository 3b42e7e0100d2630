"""The lesson in JAX without Keras: each epoch, shuffling and validation included, is one XLA program.

best: `jax.lax.scan` over the steps, four of them unrolled, the data resident as float32, Adam written out. The fastest
JAX known to us; JAX's documentation shows no such program for this task, so there is no documented setting.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from benchmarks.competitor import EpochClock, Job, load_scaled, main, versions

BATCH, RATE, BETA_1, BETA_2, EPSILON, UNROLL = 32, 1e-3, 0.9, 0.999, 1e-7, 4

Weights = list[jax.Array]


def outputs(weights: Weights, x: jax.Array) -> jax.Array:
    """Logits (batch, 10) of figures (batch, 784)."""
    kernel_1, bias_1, kernel_2, bias_2 = weights
    return jax.nn.relu(x @ kernel_1 + bias_1) @ kernel_2 + bias_2


def loss(weights: Weights, x: jax.Array, y: jax.Array) -> jax.Array:
    """Mean sparse categorical cross-entropy."""
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(outputs(weights, x)), y[:, None], axis=1))


@jax.jit
def epoch(state: Any, key: jax.Array, xt: jax.Array, yt: jax.Array, xv: jax.Array, yv: jax.Array) -> Any:
    """One epoch from (weights, momentum, velocity, steps made); returns the new state, val_loss and val_accuracy."""

    def step(state: Any, rows: jax.Array) -> Any:
        weights, momentum, velocity, count = state
        gradients = jax.grad(loss)(weights, xt[rows], yt[rows])
        count = count + 1
        rate = RATE * jnp.sqrt(1 - BETA_2**count) / (1 - BETA_1**count)
        momentum = [BETA_1 * m + (1 - BETA_1) * g for m, g in zip(momentum, gradients, strict=True)]
        velocity = [BETA_2 * v + (1 - BETA_2) * g * g for v, g in zip(velocity, gradients, strict=True)]
        weights = [w - rate * m / (jnp.sqrt(v) + EPSILON) for w, m, v in zip(weights, momentum, velocity, strict=True)]
        return (weights, momentum, velocity, count), None

    batches = jax.random.permutation(key, len(xt)).reshape(-1, BATCH)
    state, _ = jax.lax.scan(step, state, batches, unroll=UNROLL)
    return state, loss(state[0], xv, yv), (outputs(state[0], xv).argmax(1) == yv).mean()


def run(job: Job) -> dict[str, Any]:
    (xt, yt), (xv, yv) = load_scaled(job)
    x_train, x_valid = (jnp.asarray(x.reshape(len(x), 784), jnp.float32) for x in (xt, xv))
    y_train, y_valid = (jnp.asarray(y, jnp.int32) for y in (yt, yv))
    key = jax.random.key(job.seed)
    glorot, key_1, key_2 = jax.nn.initializers.glorot_uniform(), *jax.random.split(key)
    weights = [glorot(key_1, (784, 20)), jnp.zeros(20), glorot(key_2, (20, 10)), jnp.zeros(10)]
    zeros = [jnp.zeros_like(weight) for weight in weights]
    state = (weights, zeros, zeros, jnp.zeros(()))
    clock = EpochClock()
    for number in range(job.epochs):
        state, *values = epoch(state, jax.random.fold_in(key, number), x_train, y_train, x_valid, y_valid)
        val_loss, val_accuracy = (float(value) for value in values)
        clock.tick()
    return {
        "epoch_seconds": clock.seconds,
        "val_accuracy": val_accuracy,
        "val_loss": val_loss,
        "versions": versions("jax", "numpy"),
    }


if __name__ == "__main__":
    main(run)
