"""Whole runs against Keras itself: the same weights, batches and steps give the same losses, metrics and weights.

Each case trains 100 steps in both, without shuffling; Keras runs on JAX. Skipped by name where Keras is not installed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from figurate import callbacks, layers, losses, metrics, optimizers
from tests.parity import (
    BATCH,
    BINARY,
    CLASSES,
    EPOCHS,
    MANY_HOT,
    NUMBERS,
    ONE_HOT,
    RELATIVE,
    SIDE,
    WEIGHT,
    Ours,
    X,
    Y,
    compare,
)

keras = pytest.importorskip("keras")

# Keras' own arrays and saving of optimizer state, not ours.
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"),
]


def build(package: Any, last: str | None = "softmax", outputs: int = CLASSES, activation: str = "tanh") -> Any:
    """The same network of figurate's or Keras' layers.

    Smooth by default: where a sum of float32 comes out on the other side of ReLU's corner, a whole gradient is lost,
    and the runs part by 1e-4 at once (seen once in 2000 runs or so, against float64 too). ReLU has its own case.
    """
    kinds = package.layers
    return package.Sequential(
        [
            kinds.Input((SIDE, SIDE)),
            kinds.Flatten(),
            kinds.Dense(12, activation=activation),
            kinds.Dense(outputs, activation=last),
        ]
    )


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("Adam", {}),
        ("Adam", {"beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-4, "weight_decay": 0.01}),
        ("AdamW", {"learning_rate": 0.002}),
        ("SGD", {"learning_rate": 0.05}),
        ("SGD", {"learning_rate": 0.02, "momentum": 0.9}),
        ("SGD", {"learning_rate": 0.02, "momentum": 0.9, "nesterov": True}),
        ("SGD", {"learning_rate": 0.05, "weight_decay": 0.01}),
        ("RMSprop", {}),
        ("RMSprop", {"learning_rate": 0.002, "momentum": 0.5, "rho": 0.8}),
        ("RMSprop", {"learning_rate": 0.002, "centered": True}),
        # At first single weights' gradients have norms from 0.05 to 0.7 and all together from 0.4 to 1.1, so that each
        # limit is passed by some; their numbers go up to 0.1 to 0.3.
        ("Adam", {"clipnorm": 0.3}),
        ("SGD", {"learning_rate": 0.05, "clipnorm": 0.3}),
        ("SGD", {"learning_rate": 0.05, "global_clipnorm": 0.6}),
        ("RMSprop", {"momentum": 0.5, "global_clipnorm": 0.6}),
        ("SGD", {"learning_rate": 0.05, "clipvalue": 0.01}),
        ("Adam", {"use_ema": True, "ema_momentum": 0.9}),
        ("SGD", {"learning_rate": 0.05, "momentum": 0.9, "use_ema": True, "ema_overwrite_frequency": 7}),
        ("RMSprop", {"centered": True, "momentum": 0.5, "use_ema": True, "ema_momentum": 0.5, "clipvalue": 0.02}),
        ("AdamW", {"use_ema": True, "ema_momentum": 0.95, "ema_overwrite_frequency": 33, "global_clipnorm": 0.2}),
    ],
)
def test_optimizers(name: str, settings: dict[str, Any]) -> None:
    ours, theirs = build(Ours), build(keras)
    ours.compile(getattr(optimizers, name)(**settings), "sparse_categorical_crossentropy", metrics=["accuracy"])
    theirs.compile(getattr(keras.optimizers, name)(**settings), "sparse_categorical_crossentropy", metrics=["accuracy"])
    compare(ours, theirs, Y, validation_data=(X[:40], Y[:40]))


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.9}),
        ("CosineDecay", {"initial_learning_rate": 0.02, "decay_steps": 80, "warmup_target": 0.1, "warmup_steps": 20}),
        ("PiecewiseConstantDecay", {"boundaries": [30, 60], "values": [0.1, 0.05, 0.01]}),
        ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 60, "power": 2.0}),
        ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5}),
    ],
)
def test_schedules(name: str, settings: dict[str, Any]) -> None:
    ours, theirs = build(Ours), build(keras)
    ours.compile(optimizers.SGD(getattr(optimizers.schedules, name)(**settings)), "sparse_categorical_crossentropy")
    schedule = getattr(keras.optimizers.schedules, name)(**settings)
    theirs.compile(keras.optimizers.SGD(schedule), "sparse_categorical_crossentropy")
    compare(ours, theirs, Y)


@pytest.mark.parametrize(
    ("name", "settings", "y", "last", "outputs"),
    [
        ("SparseCategoricalCrossentropy", {}, Y, "softmax", CLASSES),
        ("SparseCategoricalCrossentropy", {}, Y[:, np.newaxis], "softmax", CLASSES),
        ("SparseCategoricalCrossentropy", {}, Y, "sigmoid", CLASSES),
        ("SparseCategoricalCrossentropy", {"from_logits": True}, Y, None, CLASSES),
        ("CategoricalCrossentropy", {}, ONE_HOT, "softmax", CLASSES),
        ("CategoricalCrossentropy", {"label_smoothing": 0.1}, ONE_HOT, "softmax", CLASSES),
        ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.2}, ONE_HOT, None, CLASSES),
        ("BinaryCrossentropy", {}, MANY_HOT, "sigmoid", CLASSES),
        ("BinaryCrossentropy", {}, BINARY, "sigmoid", 1),
        ("BinaryCrossentropy", {"label_smoothing": 0.1}, MANY_HOT, "sigmoid", CLASSES),
        ("BinaryCrossentropy", {"from_logits": True}, MANY_HOT, None, CLASSES),
        ("MeanSquaredError", {}, NUMBERS, None, CLASSES),
        ("MeanSquaredError", {}, ONE_HOT, "softmax", CLASSES),
    ],
)
def test_losses(name: str, settings: dict[str, Any], y: NDArray[Any], last: str | None, outputs: int) -> None:
    ours, theirs = build(Ours, last, outputs), build(keras, last, outputs)
    # Accuracy of free numbers hangs on ties and rounding, so it is left out there.
    measures = [] if y is NUMBERS else ["accuracy"]
    ours.compile(optimizers.SGD(0.05), getattr(losses, name)(**settings), metrics=measures)
    theirs.compile(keras.optimizers.SGD(0.05), getattr(keras.losses, name)(**settings), metrics=measures)
    compare(ours, theirs, y)


@pytest.mark.parametrize(
    "activation", ["linear", "relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid", "softmax"]
)
def test_activations(activation: str) -> None:
    ours, theirs = build(Ours, activation=activation), build(keras, activation=activation)
    ours.compile(optimizers.SGD(0.05), "sparse_categorical_crossentropy")
    theirs.compile(keras.optimizers.SGD(0.05), "sparse_categorical_crossentropy")
    compare(ours, theirs, Y)


@pytest.mark.parametrize(
    ("name", "settings", "y"),
    [
        ("SparseCategoricalAccuracy", {}, Y),
        ("SparseTopKCategoricalAccuracy", {"k": 2}, Y),
        ("CategoricalAccuracy", {}, ONE_HOT),
        ("TopKCategoricalAccuracy", {"k": 2}, ONE_HOT),
        ("BinaryAccuracy", {"threshold": 0.3}, ONE_HOT),
        ("Precision", {"class_id": 2, "thresholds": 0.2}, ONE_HOT),
        ("Precision", {"thresholds": 0.25}, ONE_HOT),
        ("Precision", {"class_id": 1, "top_k": 1}, ONE_HOT),
        ("Recall", {"class_id": 3, "thresholds": 0.2}, ONE_HOT),
        ("Recall", {"thresholds": 0.2}, ONE_HOT),
    ],
)
def test_metrics(name: str, settings: dict[str, Any], y: NDArray[Any]) -> None:
    ours, theirs = build(Ours), build(keras)
    loss = "sparse_categorical_crossentropy" if y.ndim == 1 else "categorical_crossentropy"
    ours.compile(optimizers.SGD(0.05), loss, metrics=[getattr(metrics, name)(name="measured", **settings)])
    theirs.compile(
        keras.optimizers.SGD(0.05), loss, metrics=[getattr(keras.metrics, name)(name="measured", **settings)]
    )
    compare(ours, theirs, y)


@pytest.mark.parametrize(
    "fit",
    [
        {"class_weight": {0: 0.5, 2: 3.0}},
        {"sample_weight": WEIGHT},
        {"validation_data": (X[:40], Y[:40], WEIGHT[:40])},
        {"validation_split": 0.2},
        {"batch_size": 24},
        {"validation_data": (X[:40], Y[:40]), "validation_freq": 2},
        {"initial_epoch": 2},
    ],
    ids=lambda fit: "-".join(fit),
)
def test_arguments_of_fit(fit: dict[str, Any]) -> None:
    ours, theirs = build(Ours), build(keras)
    ours.compile(optimizers.SGD(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
    theirs.compile(keras.optimizers.SGD(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
    compare(ours, theirs, Y, **fit)


def test_layers_of_their_own_and_rescaling() -> None:
    def stack(kinds: Any) -> list[Any]:
        return [
            kinds.Input((SIDE, SIDE)),
            kinds.Rescaling(1 / 127.5, offset=-1.0),
            kinds.Reshape((SIDE * SIDE,)),
            kinds.Dense(12, use_bias=False),
            kinds.ReLU(negative_slope=0.1),
            kinds.Dense(8),
            kinds.Activation("tanh"),
            kinds.Dense(CLASSES),
            kinds.Softmax(),
        ]

    ours, theirs = Ours.Sequential(stack(layers)), keras.Sequential(stack(keras.layers))
    ours.compile(optimizers.SGD(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
    theirs.compile(keras.optimizers.SGD(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
    compare(ours, theirs, Y, x=np.rint(X * 255).astype(np.uint8))


def test_augmentation_that_leaves_nothing_to_chance() -> None:
    """Training sees figures moved, evaluation and prediction as they are."""

    def stack(kinds: Any) -> list[Any]:
        return [
            kinds.Input((SIDE, SIDE, 1)),
            kinds.RandomTranslation((0.2, 0.2), (-0.1, -0.1)),
            kinds.RandomRotation((0.1, 0.1), fill_mode="constant"),
            kinds.RandomBrightness((0.1, 0.1), value_range=(0, 1)),
            kinds.Flatten(),
            kinds.Dense(12, activation="tanh"),
            kinds.Dense(CLASSES, activation="softmax"),
        ]

    ours, theirs = Ours.Sequential(stack(layers)), keras.Sequential(stack(keras.layers))
    ours.compile(optimizers.SGD(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
    theirs.compile(keras.optimizers.SGD(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
    compare(ours, theirs, Y, x=X[..., np.newaxis])


@pytest.mark.parametrize("swap_on_epoch", [False, True])
def test_averages_swapped_for_the_validation(swap_on_epoch: bool) -> None:
    ours, theirs = build(Ours), build(keras)
    settings: dict[str, Any] = {"learning_rate": 0.05, "use_ema": True, "ema_momentum": 0.9}
    ours.compile(optimizers.SGD(**settings), "sparse_categorical_crossentropy", metrics=["accuracy"])
    theirs.compile(keras.optimizers.SGD(**settings), "sparse_categorical_crossentropy", metrics=["accuracy"])
    rng = np.random.default_rng(8)
    weights = [rng.uniform(-0.3, 0.3, w.shape).astype(np.float32) for w in ours.get_weights()]
    found = []
    for package, made in ((callbacks, ours), (keras.callbacks, theirs)):
        made.set_weights(weights)
        swapping = package.SwapEMAWeights(swap_on_epoch=swap_on_epoch)
        history = made.fit(X, Y, BATCH, EPOCHS, 0, [swapping], validation_data=(X[:40], Y[:40]), shuffle=False).history
        found.append((history, made.get_weights()))
    for name, values in found[1][0].items():
        np.testing.assert_allclose(found[0][0][name], values, rtol=RELATIVE, atol=1e-6, err_msg=name)
    for mine, other in zip(found[0][1], found[1][1], strict=True):
        np.testing.assert_allclose(mine, other, rtol=10 * RELATIVE, atol=10 * RELATIVE)
