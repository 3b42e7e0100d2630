"""What the parity tests share: figures and labels of no structure, and the same training run in figurate and Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from figurate import layers
from figurate.models import Sequential

BATCH, STEPS, SIDE, CLASSES = 16, 100, 6, 5
EPOCHS = 5
COUNT = BATCH * STEPS // EPOCHS
# One step's rounding errors differ between the two and feed the next step; 100 steps stay within this.
RELATIVE = 1e-4

# Figures have values of 0..1 without any structure, and labels without any: nothing is learned by heart so fast that a
# loss gets near 0, where a relative error says nothing.
RNG = np.random.default_rng(5)
X = (RNG.integers(0, 256, (COUNT, SIDE, SIDE)) / 255).astype(np.float32)
Y = RNG.integers(0, CLASSES, COUNT)
ONE_HOT = np.eye(CLASSES, dtype=np.float32)[Y]
MANY_HOT = RNG.integers(0, 2, (COUNT, CLASSES)).astype(np.float32)
NUMBERS = RNG.normal(size=(COUNT, CLASSES)).astype(np.float32)
BINARY = RNG.integers(0, 2, COUNT)
WEIGHT = RNG.uniform(0, 2, COUNT).astype(np.float32)


class Ours:
    """figurate under Keras' names."""

    layers = layers
    Sequential = Sequential


def compare(
    ours: Any,
    theirs: Any,
    y: NDArray[Any],
    *,
    x: NDArray[Any] = X,
    relative: float = RELATIVE,
    **fit: Any,
) -> None:
    """Train both, and compare losses and metrics of every epoch, then weights and outputs."""
    rng = np.random.default_rng(8)
    weights = [rng.uniform(-0.3, 0.3, w.shape).astype(np.float32) for w in ours.get_weights()]
    for i, spec in enumerate(spec for layer in ours.layers for spec in layer.weight_specs(layer.built_shape)):
        if not spec.trainable:
            weights[i] = np.abs(weights[i]) + 0.5  # variances are above 0
    ours.set_weights(weights)
    theirs.set_weights(weights)
    options: dict[str, Any] = {"batch_size": BATCH, "epochs": EPOCHS, "shuffle": False, "verbose": 0, **fit}
    history = ours.fit(x, y, **options).history
    expected = theirs.fit(x, y, **options).history
    assert set(history) == set(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(history[name], values, rtol=relative, atol=1e-6, err_msg=name)
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=10 * relative, atol=10 * relative)
    measured = ours.evaluate(x, y, verbose=0, return_dict=True)
    for name, value in theirs.evaluate(x, y, verbose=0, return_dict=True).items():
        np.testing.assert_allclose(measured[name], value, rtol=relative, atol=1e-6, err_msg=name)
    np.testing.assert_allclose(ours.predict(x), theirs.predict(x, verbose=0), rtol=10 * relative, atol=1e-4)
