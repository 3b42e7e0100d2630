"""What layers share: shapes in both forms, weights by way of a model, and what Keras has and figurate has not."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from figurate import layers
from figurate.errors import ConfigurationError, ShapeError, UnsupportedError

# Each layer with the shape of a figure before and after it, weights, and the engine's layers.
LAYERS: dict[str, tuple[layers.Layer, tuple[int, ...], tuple[int, ...], int, list[tuple[str, dict[str, object]]]]] = {
    "flatten": (layers.Flatten(), (28, 28), (784,), 0, [("flatten", {})]),
    "flatten colour": (layers.Flatten(), (8, 8, 3), (192,), 0, [("flatten", {})]),
    # 784 · 20 + 20 = 15,700
    "dense": (layers.Dense(20), (784,), (20,), 15_700, [("dense", {"units": 20, "use_bias": True})]),
    "dense without bias": (
        layers.Dense(10, "softmax", use_bias=False),
        (20,),
        (10,),
        200,
        [("dense", {"units": 10, "use_bias": False}), ("activation", {"function": "softmax"})],
    ),
    "activation": (layers.Activation("tanh"), (5, 5), (5, 5), 0, [("activation", {"function": "tanh"})]),
    "linear": (layers.Activation("linear"), (5,), (5,), 0, []),
    "relu": (layers.ReLU(), (5, 5), (5, 5), 0, [("activation", {"function": "relu"})]),
    "leaky relu": (
        layers.ReLU(negative_slope=0.1),
        (5,),
        (5,),
        0,
        [("activation", {"function": "leaky_relu", "alpha": 0.1})],
    ),
    "softmax": (layers.Softmax(), (10,), (10,), 0, [("activation", {"function": "softmax"})]),
    "rescaling": (layers.Rescaling(2, -1), (28, 28), (28, 28), 0, [("rescaling", {"scale": 2.0, "offset": -1.0})]),
    "dropout": (layers.Dropout(0.2), (20,), (20,), 0, [("dropout", {"rate": 0.2})]),
    "dropout by seed": (
        layers.Dropout(0.2, seed=2**32 + 7),
        (20,),
        (20,),
        0,
        [("dropout", {"rate": 0.2, "stream": 7})],
    ),
    "reshape": (layers.Reshape((28, -1)), (784,), (28, 28), 0, [("reshape", {"target_shape": [28, 28]})]),
    "input": (layers.Input((28, 28)), (28, 28), (28, 28), 0, []),
}


@pytest.mark.parametrize("case", LAYERS)
def test_shapes_weights_and_engine_layers(case: str) -> None:
    layer, before, after, weights, engine = LAYERS[case]
    assert layer.output_shape_of(before) == after
    assert layer.compute_output_shape((None, *before)) == (None, *after)
    assert layer.compute_output_shape([32, *before]) == (32, *after)
    layer.build((None, *before))
    assert layer.built
    assert layer.built_shape == before
    assert layer.count_params() == weights
    assert layer.to_engine() == engine
    assert [spec.trainable for spec in layer.weight_specs(before)] == [True] * len(layer.weight_specs(before))


def test_what_needs_a_shape_says_how_to_give_one() -> None:
    layer = layers.Dense(20, name="hidden")
    assert not layer.built
    with pytest.raises(
        ConfigurationError, match=r"`hidden` does not know the shape of its input yet\. Give .* `input_shape"
    ):
        layer.count_params()


@pytest.mark.parametrize("shape", [None, 3, (), "28", (None, None), (None, 0), (None, 2.5)])
def test_shapes_that_are_none(shape: Any) -> None:
    with pytest.raises(ShapeError, match=r"expects the batch axis first .* such as \(None, 28, 28\), received"):
        layers.Flatten().compute_output_shape(shape)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"input_shape": (28, 28)}, (28, 28)),
        ({"input_shape": [28, 28, 1]}, (28, 28, 1)),
        ({"input_dim": 784}, (784,)),
        ({"batch_input_shape": (None, 28, 28)}, (28, 28)),
        ({}, None),
    ],
)
def test_input_shape_of_a_first_layer(arguments: dict[str, Any], expected: tuple[int, ...] | None) -> None:
    for layer in (layers.Flatten(**arguments), layers.Dense(3, **arguments), layers.Rescaling(1 / 255, **arguments)):
        assert layer.input_shape == expected
        assert type(layer).from_config(layer.get_config()).input_shape == expected


def test_input_shapes_that_are_none() -> None:
    with pytest.raises(
        ConfigurationError, match=r"`Flatten\(input_shape=…\)` expects the sizes .* received \(None, 28\)"
    ):
        layers.Flatten(input_shape=(None, 28))
    with pytest.raises(ConfigurationError, match=r"`Dense\(input_shape=…\)` expects the sizes .* received \('784',\)"):
        layers.Dense(3, input_dim="784")


class Store:
    """A model that holds one layer's weights."""

    def __init__(self, layer: layers.Layer, shape: tuple[int, ...]) -> None:
        layer.build((None, *shape))
        self.weights = [np.zeros(spec.shape, np.float32) for spec in layer.weight_specs(shape)]
        layer.connect(lambda: [w.copy() for w in self.weights], self.write)

    def write(self, weights: list[npt.NDArray[np.float32]]) -> None:
        self.weights = weights


def test_weights_are_the_model_s() -> None:
    layer = layers.Dense(2)
    store = Store(layer, (3,))
    kernel, bias = layer.get_weights()
    assert kernel.shape == (3, 2)
    layer.set_weights([kernel.astype(np.float64) + 1, [5, 6]])
    assert [w.dtype for w in store.weights] == [np.float32, np.float32]
    np.testing.assert_array_equal(layer.get_weights()[1], [5, 6])
    np.testing.assert_array_equal(bias, [0, 0])


def test_weights_that_do_not_fit() -> None:
    layer = layers.Dense(2, name="small")
    with pytest.raises(ConfigurationError, match="`small` has no weights yet: they come with the model"):
        layer.get_weights()
    with pytest.raises(ConfigurationError, match="`small` has no weights yet"):
        layer.set_weights([])
    Store(layer, (3,))
    with pytest.raises(
        ShapeError, match=r"`small` expects weights of the shapes \[\(3, 2\), \(2,\)\], received \[\(2, 3\)\]"
    ):
        layer.set_weights([np.zeros((2, 3))])


REFUSED: dict[str, tuple[Any, dict[str, Any], str]] = {
    "frozen layers": (layers.Flatten, {"trainable": False}, "All layers train together"),
    "other number types": (layers.Flatten, {"dtype": "float16"}, "The engine computes in float32"),
    "activity": (layers.Dropout, {"rate": 0.1, "activity_regularizer": "l1"}, "Use `Dropout`, or `weight_decay="),
    "channels first": (layers.Flatten, {"data_format": "channels_first"}, "Colours lie on the last axis"),
    "noise shape": (layers.Dropout, {"rate": 0.1, "noise_shape": (1, 2)}, "Each value is dropped on its own"),
    "a bounded ReLU": (layers.ReLU, {"max_value": 6.0}, r"`ReLU\(max_value=…\)` is not supported, received 6\.0"),
    "a ReLU with threshold": (layers.ReLU, {"threshold": 1.0}, "The bias of the layer before moves the threshold"),
    "softmax over another axis": (layers.Softmax, {"axis": 1}, r"`Softmax\(axis=…\)` supports -1 alone"),
    "constraints": (layers.Dense, {"units": 1, "kernel_constraint": "max_norm"}, "keeps weights small"),
    "lora": (layers.Dense, {"units": 1, "lora_rank": 4}, "Train all weights"),
    "a batch size": (layers.Input, {"shape": (2,), "batch_size": 32}, "Give `fit` and `predict` their `batch_size=`"),
    "a type of input": (layers.Input, {"shape": (2,), "dtype": "uint8"}, "Figures of any number type are read"),
    "a ragged input": (layers.Input, {"shape": (2,), "ragged": True}, "Bring all figures to one size first"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_by_name_with_the_alternative(case: str) -> None:
    layer, arguments, message = REFUSED[case]
    with pytest.raises(UnsupportedError, match=message):
        layer(**arguments)


def test_functional_models_are_refused() -> None:
    with pytest.raises(UnsupportedError, match=r"`Dense` was called on InputLayer\(.*List the layers in `Sequential"):
        layers.Dense(3)(layers.Input((28, 28)))
    with pytest.raises(UnsupportedError, match="`Flatten` was called on nothing: functional models are not supported"):
        layers.Flatten()()


def test_freezing_later_is_refused() -> None:
    layer = layers.Dense(3, name="head")
    layer.trainable = True
    assert layer.trainable
    with pytest.raises(
        UnsupportedError, match=r"`head\.trainable = False` is not supported\. All layers train together"
    ):
        layer.trainable = False


def test_layer_itself_is_no_layer() -> None:
    with pytest.raises(UnsupportedError, match="`Layer` is no layer itself"):
        layers.Layer()
