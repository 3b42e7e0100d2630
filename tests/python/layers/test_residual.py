"""`Residual`: shapes of both ways, names, weights of the layers within, and what it tells the engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from figurate import layers
from figurate.errors import ConfigurationError, ShapeError, UnsupportedError
from figurate.models import Sequential
from figurate.models.layer_list import without_names


def block() -> layers.Residual:
    return layers.Residual(
        [layers.Dense(4, "relu", name="first"), layers.Residual([layers.Dense(4, name="inner")], name="within")],
        shortcut=[layers.Dense(4, use_bias=False, name="around")],
        name="block",
    )


def test_to_the_engine() -> None:
    one = block()
    one.build((None, 3))
    assert one.to_engine() == [
        ("residual_begin", {}),
        ("dense", {"units": 4, "use_bias": True}),
        ("activation", {"function": "relu"}),
        ("residual_begin", {}),
        ("dense", {"units": 4, "use_bias": True}),
        ("residual_end", {}),
        ("residual_shortcut", {}),
        ("dense", {"units": 4, "use_bias": False}),
        ("residual_end", {}),
    ]


def test_layers_within_are_built_for_what_comes_to_them() -> None:
    one = layers.Residual(
        [layers.Conv2D(4, 3, padding="same"), layers.GlobalAveragePooling2D(keepdims=True), layers.ZeroPadding2D(1)],
        shortcut=[layers.GlobalMaxPooling2D(keepdims=True), layers.ZeroPadding2D(1), layers.Conv2D(4, 1)],
    )
    assert one.output_shape_of((8, 8, 2)) == (3, 3, 4)
    assert one.compute_output_shape((None, 8, 8, 2)) == (None, 3, 3, 4)
    one.build((None, 8, 8, 2))
    assert [layer.built_shape for layer in one.walk()] == [
        (8, 8, 2),
        (8, 8, 2),
        (8, 8, 4),
        (1, 1, 4),
        (8, 8, 2),
        (1, 1, 2),
        (3, 3, 2),
    ]
    assert ("reshape", {"target_shape": [1, 1, 2]}) in one.to_engine()


def test_weights_have_their_places_in_their_names() -> None:
    one = block()
    specs = one.weight_specs((3,))
    assert [(spec.name, spec.shape) for spec in specs] == [
        ("layers.0.kernel", (3, 4)),
        ("layers.0.bias", (4,)),
        ("layers.1.layers.0.kernel", (4, 4)),
        ("layers.1.layers.0.bias", (4,)),
        ("shortcut.0.kernel", (3, 4)),
    ]
    one.build((None, 3))
    assert one.count_params() == 12 + 4 + 16 + 4 + 12
    assert [spec.trainable for spec in layers.Residual([layers.BatchNormalization()]).weight_specs((5,))] == [
        True,
        True,
        False,
        False,
    ]


def test_layers_within_read_and_write_their_own_weights() -> None:
    one = block()
    one.build((None, 3))
    held = [np.full(spec.shape, i, np.float32) for i, spec in enumerate(one.weight_specs((3,)))]

    def write(weights: list[npt.NDArray[np.float32]]) -> None:
        held[:] = weights

    one.connect(lambda: [weight.copy() for weight in held], write)
    by_name = {layer.name: layer for layer in one.walk()}
    assert [float(w.flat[0]) for w in by_name["inner"].get_weights()] == [2, 3]
    assert [float(w.flat[0]) for w in by_name["within"].get_weights()] == [2, 3]
    assert [float(w.flat[0]) for w in by_name["around"].get_weights()] == [4]
    by_name["inner"].set_weights([np.full((4, 4), 7), np.full(4, 8)])
    assert [float(w.flat[0]) for w in held] == [0, 1, 7, 8, 4]


@pytest.mark.parametrize(
    ("within", "before", "message"),
    [
        (
            [layers.Conv2D(64, 3, strides=2, padding="same")],
            (28, 28, 32),
            r"adds its input to what its layers give and expects one shape, received \(None, 28, 28, 32\) and "
            r"\(None, 14, 14, 64\)\. Pass `shortcut=\[Conv2D\(64, 1, strides=2\)\]`\.",
        ),
        ([layers.Conv2D(64, 3, padding="same")], (28, 28, 32), r"Pass `shortcut=\[Conv2D\(64, 1\)\]`\."),
        (
            [layers.Conv2D(64, 3, strides=(1, 2), padding="same")],
            (28, 28, 32),
            r"`shortcut=\[Conv2D\(64, 1, strides=\(1, 2\)\)\]`\.",
        ),
        ([layers.Conv2D(32, 3)], (28, 28, 32), r"Give the layers within `padding='same'`, or pass a `shortcut="),
        ([layers.Dense(4)], (3,), r"received \(None, 3\) and \(None, 4\)\. Pass `shortcut=\[Dense\(4\)\]`\."),
    ],
)
def test_shapes_that_differ_say_which_shortcut_would_do(
    within: list[layers.Layer], before: tuple[int, ...], message: str
) -> None:
    with pytest.raises(ShapeError, match=message):
        layers.Residual(within).build((None, *before))


def test_what_is_proposed_does() -> None:
    for size, strides in ((28, 2), (27, 2), (9, 4)):
        within = [layers.Conv2D(6, 3, strides=strides, padding="same")]
        one = layers.Residual(within, shortcut=[layers.Conv2D(6, 1, strides=strides)])
        assert one.output_shape_of((size, size, 2)) == (-(-size // strides), -(-size // strides), 6)


def test_a_shortcut_that_differs() -> None:
    with pytest.raises(ShapeError, match=r"`block` adds its shortcut to what .* received \(None, 5\) and \(None, 4\)"):
        layers.Residual([layers.Dense(4)], [layers.Dense(5)], name="block").build((None, 3))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], r"`Residual\(layers=…\)` expects a list of layers, such as .* received \[\]"),
        (layers.ReLU(name="r"), r"`Residual\(layers=…\)` expects a list of layers, .* received ReLU\(name='r'\)"),
        (["relu"], r"expects layer objects of `figurate\.layers`, received 'relu'\. See"),
        ([layers.ReLU], r"Write `ReLU\(\)`, with its arguments"),
        ([layers.Input((3,))], r"received InputLayer\(.*Leave it out: the layers take what comes to them"),
        ([layers.RandomFlip()], r"received RandomFlip\(.*put it before the first layer with weights"),
        ([layers.ReLU(name="a"), layers.ReLU(name="a")], r"expects layers with names of their own, received 'a' twice"),
        ([layers.ReLU(name="a"), layers.Residual([layers.ReLU(name="a")])], r"received 'a' twice"),
    ],
)
def test_what_is_no_list_of_layers(given: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        layers.Residual(given)


def test_a_whole_model_within_is_refused() -> None:
    with pytest.raises(UnsupportedError, match=r"received a whole model\. Put layers into a list of their own"):
        layers.Residual([Sequential([layers.ReLU()])])  # type: ignore[list-item]


def test_names_of_layers_within_tell_nothing_of_a_network() -> None:
    first, second = (
        layers.Residual([layers.Dense(4, kernel_initializer="ones")], shortcut=[layers.Dense(4)]) for _ in range(2)
    )
    assert first.get_config() != second.get_config()
    assert without_names([first]) == without_names([second])
    assert without_names([first]) != without_names([layers.Residual([layers.Dense(4)], shortcut=[layers.Dense(4)])])


def test_in_a_model_layers_within_have_names_and_owners_too() -> None:
    model = Sequential([block(), layers.Dense(2, name="last")])
    assert not model.built
    assert model.get_layer("inner").name == "inner"
    with pytest.raises(ConfigurationError, match=r"Unknown layer 'innr'\. Did you mean 'inner'\?"):
        model.get_layer("innr")
    with pytest.raises(ConfigurationError, match="received 'first' twice"):
        model.add(layers.Dense(2, name="first"))
    with pytest.raises(ConfigurationError, match="received 'last' twice"):
        model.add(layers.Residual([layers.ReLU(name="last")]))
    shared = model.get_layer("inner")
    with pytest.raises(ConfigurationError, match="received 'inner', which belongs to another"):
        Sequential([shared])
    with pytest.raises(ConfigurationError, match="received 'inner', which belongs to another"):
        Sequential([layers.Residual([shared], name="other")])
    model.pop()
    removed = model.pop()
    assert Sequential([removed]).layers == [removed]
