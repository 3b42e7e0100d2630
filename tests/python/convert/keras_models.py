"""Keras models that the tests of conversions share, small and of every layer that there is here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

RNG = np.random.default_rng(4)

# Keras' own arrays, not ours.
KERASS_ARRAYS = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)


def keras_or_skip() -> Any:
    """Keras on JAX, as everywhere in the tests."""
    pytest.importorskip("jax", reason="Keras runs on JAX here")
    return pytest.importorskip("keras", reason="converts models of Keras")


class Zeros:
    """Keras' layers with weights of zero at first: its random numbers take JAX a second for each shape."""

    _WEIGHTS: ClassVar = {
        "Dense": ["kernel"],
        "Conv2D": ["kernel"],
        "DepthwiseConv2D": ["depthwise"],
        "SeparableConv2D": ["depthwise", "pointwise"],
    }

    def __init__(self, layers: Any) -> None:
        self._layers = layers

    def __getattr__(self, name: str) -> Any:
        zeros = {f"{weight}_initializer": "zeros" for weight in self._WEIGHTS.get(name, ())}
        return partial(getattr(self._layers, name), **zeros) if zeros else getattr(self._layers, name)


def dense(keras: Any) -> Any:
    k = Zeros(keras.layers)
    return keras.Sequential(
        [k.Input((6, 6)), k.Rescaling(2.0, -1.0), k.Flatten(), k.Dense(8, "relu"), k.Dense(4, "softmax")]
    )


def planes(keras: Any) -> Any:
    k = Zeros(keras.layers)
    return keras.Sequential(
        [
            k.Input((9, 8, 3)),
            k.RandomTranslation(0.1, 0.1),
            k.Conv2D(4, 3, padding="same", strides=2, activation="leaky_relu"),
            k.BatchNormalization(momentum=0.9, epsilon=0.01),
            k.ZeroPadding2D(((1, 0), (2, 1))),
            k.SeparableConv2D(6, 2, depth_multiplier=2, activation="elu"),
            k.MaxPooling2D(2, strides=1, padding="same"),
            k.DepthwiseConv2D(2, depth_multiplier=2, use_bias=False),
            k.LayerNormalization(),
            k.AveragePooling2D(2),
            k.SpatialDropout2D(0.1),
            k.LeakyReLU(negative_slope=0.2),
            k.Reshape((-1, 4)),
            k.Flatten(),
            k.BatchNormalization(scale=False),
            k.Dropout(0.5),
            k.Dense(5),
            k.ELU(),
            k.Softmax(),
        ]
    )


def groups(keras: Any) -> Any:
    k = Zeros(keras.layers)
    return keras.Sequential(
        [
            k.Input((7, 7, 4)),
            k.Conv2D(8, 3, groups=2, dilation_rate=2, use_bias=False),
            k.Activation("gelu"),
            k.GlobalMaxPooling2D(keepdims=True),
            k.Conv2D(6, 1, activation="silu"),
            k.ReLU(negative_slope=0.1),
            k.GlobalAveragePooling2D(),
            k.Dense(3, "sigmoid"),
        ]
    )


def within(keras: Any) -> Any:
    """Models within models, with layers of one name."""
    k = Zeros(keras.layers)
    first = keras.Sequential([k.Flatten(name="flat"), k.Dense(7, "tanh", name="same")], name="first")
    second = keras.Sequential([k.Dense(7, "tanh", name="same"), k.Dense(3, name="last")], name="second")
    return keras.Sequential([k.Input((5, 4)), first, second, k.Dense(2, name="same")])


def around(keras: Any) -> Any:
    """A functional model with ways around layers, one within another, by `Add` and by `+`."""
    k = Zeros(keras.layers)
    figures = k.Input((8, 8, 3))
    x = k.Conv2D(4, 3, padding="same", activation="relu")(figures)
    y = k.Conv2D(4, 3, padding="same")(x)
    y = k.BatchNormalization()(y)
    y = y + k.Conv2D(4, 1)(y)
    x = k.Add()([x, k.ReLU()(y)])
    y = k.Conv2D(6, 3, strides=2, padding="same")(x)
    x = k.Add()([k.Conv2D(6, 1, strides=2)(x), y])
    return keras.Model(figures, k.Dense(3, "softmax")(k.GlobalAveragePooling2D()(x)))


MODELS: dict[str, Callable[[Any], Any]] = {
    "dense": dense,
    "planes": planes,
    "groups": groups,
    "within": within,
    "around": around,
}


_MADE: dict[str, Any] = {}


def made(keras: Any, name: str, **compiled: Any) -> Any:
    """A model with weights and moving means of its own, compiled anew where something is said.

    Each is built once: building takes Keras on JAX seconds.
    """
    if name in _MADE:
        if compiled:
            _MADE[name].compile(**compiled)
        return _MADE[name]
    model = _MADE[name] = MODELS[name](keras)
    for variable in model.weights:
        # Small ones: Keras cuts the losses of probabilities near 0 off.
        low, high = (0.5, 1.0) if "variance" in variable.path else (-0.3, 0.3)
        variable.assign(RNG.uniform(low, high, variable.shape).astype(np.float32))
    if compiled:
        model.compile(**compiled)
    return model


def outputs(model: Any, x: NDArray[Any]) -> NDArray[Any]:
    """What the model predicts, as one program of XLA's: `predict` has JAX compile each operation by itself."""
    import jax

    program = jax.jit(lambda trained, others, x: model.stateless_call(trained, others, x, training=False)[0])
    variables = ([one.value for one in kept] for kept in (model.trainable_variables, model.non_trainable_variables))
    return np.asarray(program(*variables, x))


def figures(model: Any, count: int = 40) -> NDArray[np.float32]:
    return RNG.random((count, *model.input_shape[1:]), dtype=np.float32)


def classes(model: Any, count: int = 40) -> NDArray[np.int64]:
    return RNG.integers(0, model.output_shape[-1], count)


def same_state(one: Any, other: Any, tolerance: float = 0.0) -> None:
    """Whether two Keras optimizers have come as far."""
    pairs = list(zip(one.optimizer.variables, other.optimizer.variables, strict=True))
    assert len(pairs) > 2
    for mine, theirs in pairs:
        np.testing.assert_allclose(np.asarray(mine.value), np.asarray(theirs.value), rtol=tolerance, atol=tolerance)
