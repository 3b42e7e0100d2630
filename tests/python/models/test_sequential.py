"""Building a `Sequential`: its layers, shapes and weights, before anything is learned."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import figurate
from figurate import errors, layers, losses
from figurate.models import Model, Sequential
from tests.small import figures, network, same_weights


def lesson(**options: Any) -> Sequential:
    return Sequential(
        [
            layers.Flatten(input_shape=(28, 28)),
            layers.Dense(20, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ],
        **options,
    )


def test_the_lessons_network_counts_as_in_the_lesson() -> None:
    model = lesson()
    # 784 · 20 + 20 = 15,700 and 20 · 10 + 10 = 210.
    assert [layer.count_params() for layer in model.layers] == [0, 15700, 210]
    assert model.count_params() == 15910
    assert (model.input_shape, model.output_shape) == ((None, 28, 28), (None, 10))
    assert [w.shape for w in model.get_weights()] == [(784, 20), (20,), (20, 10), (10,)]
    assert [w.shape for w in model.weights] == [(784, 20), (20,), (20, 10), (10,)]


def test_the_same_public_names_lead_to_the_same_class() -> None:
    assert figurate.Sequential is figurate.models.Sequential is Sequential
    assert figurate.Input is figurate.layers.Input


def test_add_builds_the_same_model_as_a_list() -> None:
    by_list = network(seed=11)
    by_add = Sequential(seed=11)
    assert not by_add.built
    by_add.add(layers.Input((8, 8)))
    by_add.add(layers.Flatten())
    by_add.add(layers.Dense(12, activation="relu"))
    first = by_add.get_weights()[0]
    by_add.add(layers.Dense(4, activation="softmax"))
    assert by_add.built
    np.testing.assert_array_equal(by_add.get_weights()[0], first)
    assert same_weights(by_list, by_add)


def test_pop_keeps_the_other_weights() -> None:
    model = network()
    before = model.get_weights()
    removed = model.pop()
    assert isinstance(removed, layers.Dense)
    assert model.output_shape == (None, 12)
    np.testing.assert_array_equal(model.get_weights()[1], before[1])
    model.add(removed)
    assert model.output_shape == (None, 4)


def test_pop_of_all_layers() -> None:
    model = Sequential([layers.Dense(3, input_shape=(2,))])
    model.pop()
    assert not model.built
    assert model.layers == []
    with pytest.raises(errors.ConfigurationError, match=r"`pop` expects a model with layers"):
        model.pop()


def test_weights_by_seed() -> None:
    assert same_weights(network(seed=5), network(seed=5))
    assert not same_weights(network(seed=5), network(seed=6))
    figurate.utils.set_random_seed(1)
    first = lesson(), lesson()
    figurate.utils.set_random_seed(1)
    second = lesson(), lesson()
    assert same_weights(first[0], second[0])
    assert same_weights(first[1], second[1])
    assert not same_weights(first[0], first[1])


def test_glorot_uniform_by_default() -> None:
    kernel, bias, *_ = lesson(seed=0).get_weights()
    limit = np.sqrt(6 / (784 + 20))
    assert np.abs(kernel).max() <= limit
    assert np.abs(kernel).max() > 0.99 * limit
    assert abs(kernel.mean()) < 0.01
    assert not bias.any()


def test_weights_are_copies_and_can_be_set() -> None:
    model = network()
    weights = model.get_weights()
    weights[0][:] = 0
    assert model.get_weights()[0].any()
    model.set_weights([np.full(w.shape, i, dtype=np.float64) for i, w in enumerate(weights)])
    assert [float(w.flat[0]) for w in model.get_weights()] == [0, 1, 2, 3]
    dense = model.get_layer(index=-1)
    kernel, bias = dense.get_weights()
    assert kernel.shape == (12, 4)
    dense.set_weights([kernel + 1, bias])
    assert [float(w.flat[0]) for w in model.get_weights()] == [0, 1, 3, 3]


def test_set_weights_of_wrong_shapes_changes_nothing() -> None:
    model = network()
    before = model.get_weights()
    with pytest.raises(
        errors.ShapeError, match=r"`set_weights` expects 4 arrays of the shapes \[\(64, 12\).*received 1"
    ):
        model.set_weights(before[:1])
    with pytest.raises(errors.ShapeError, match=r"received 4 of \[\(12, 64\)"):
        model.set_weights([before[0].T, *before[1:]])
    np.testing.assert_array_equal(model.get_weights()[0], before[0])


def test_get_layer() -> None:
    model = Sequential([layers.Dense(3, name="first", input_shape=(2,)), layers.Dense(1, name="second")])
    assert model.get_layer("second") is model.layers[1]
    assert model.get_layer(index=0) is model.layers[0]
    with pytest.raises(errors.ConfigurationError, match=r"Unknown layer 'secnd'. Did you mean 'second'\?"):
        model.get_layer("secnd")
    with pytest.raises(errors.ConfigurationError, match="expects an index below the number of layers, 2, received 2"):
        model.get_layer(index=2)
    with pytest.raises(errors.ConfigurationError, match="received both or neither"):
        model.get_layer()


def test_build_by_shape() -> None:
    model = Sequential([layers.Flatten(), layers.Dense(3)])
    with pytest.raises(
        errors.ConfigurationError, match=r"The model is not built: .*Put `Input\(shape=\(28, 28\)\)` first"
    ):
        model.count_params()
    with pytest.raises(
        errors.ShapeError, match=r"with the batch axis first, such as \(None, 28, 28\), received \(28,\)"
    ):
        model.build((28,))
    model.build((None, 5, 5))
    assert model.count_params() == 78
    model.build((None, 5, 5))
    with pytest.raises(errors.ShapeError, match=r"expects figures of shape \(5, 5\), received \(6, 5\)"):
        model.build((None, 6, 5))


def test_a_shape_that_fails_can_be_followed_by_one_that_fits() -> None:
    model = Sequential([layers.Reshape((4, 4)), layers.Flatten(), layers.Dense(3)])
    with pytest.raises(errors.ShapeError, match="expects figures of 16 values"):
        model.build((None, 15))
    model.build((None, 16))
    assert model.count_params() == 51


def test_a_layer_that_does_not_fit_is_not_added() -> None:
    model = Sequential([layers.Input((8, 8))])
    with pytest.raises(errors.ShapeError, match=r"`Dense` expects .*Add `Flatten\(\)` before it"):
        model.add(layers.Dense(3))
    assert model.layers == []
    model.add(layers.Flatten())
    model.add(layers.Dense(3))
    assert model.output_shape == (None, 3)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([layers.Flatten], r"received .*Flatten.*Write `Flatten\(\)`"),
        (["dense"], r"expects layer objects of `figurate.layers`, received 'dense'"),
        ([None], "received None"),
        ("dense", r"expects a list of layers, received 'dense'. Write `Sequential\(\[...\]\)`"),
        (layers.Dense(3), r"expects a list of layers, received Dense"),
        ([layers.Flatten(), layers.Input((2,))], r"expects `Input` once and in front"),
        ([layers.Dense(2, name="a", input_shape=(2,)), layers.Dense(2, name="a")], "received 'a' twice"),
    ],
)
def test_what_is_no_list_of_layers(entries: Any, message: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=message):
        Sequential(entries)


def test_a_layer_belongs_to_one_model() -> None:
    shared = layers.Dense(3, input_shape=(2,))
    first = Sequential([shared])
    with pytest.raises(
        errors.ConfigurationError, match=r"which belongs to another. Make a new one with `Dense.from_config"
    ):
        Sequential([shared])
    del first
    gc.collect()
    assert Sequential([shared]).built


def test_what_is_not_supported_is_refused_by_name() -> None:
    model = network()
    with pytest.raises(errors.UnsupportedError, match=r"received a whole model. .*`model.add\(Softmax\(\)\)`"):
        Sequential([model, layers.Softmax()])  # type: ignore[list-item]
    with pytest.raises(errors.UnsupportedError, match=r"functional and subclassed models .* Write `Sequential"):
        Model(inputs=None, outputs=None)
    with pytest.raises(errors.UnsupportedError, match=r"`Own\(Model\)` was defined"):

        class Own(Model):
            pass

    with pytest.raises(errors.UnsupportedError, match=r"expected `model.predict\(x\)`"):
        model(np.zeros((1, 8, 8)))
    with pytest.raises(errors.ConfigurationError, match="all layers train together"):
        Sequential([], trainable=False)
    with pytest.raises(errors.ConfigurationError, match=r"`Sequential\(seed=…\)` expects a whole number"):
        Sequential(seed=-1)
    with pytest.raises(AttributeError, match="module `figurate` has no attribute `keras`"):
        _ = figurate.keras


def test_configuration_makes_the_same_network() -> None:
    model = network()
    again = Sequential.from_config(model.get_config())
    assert again.name == model.name
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
    assert again.input_shape == model.input_shape
    open_shape = Sequential([layers.Flatten(), layers.Dense(2)])
    assert not Sequential.from_config(open_shape.get_config()).built
    with pytest.raises(errors.ConfigurationError, match="expects what `get_config` returned"):
        Sequential.from_config({"layers": None})


def test_class_names() -> None:
    model = network()
    assert model.class_names is None
    model.class_names = ["a", "b", "c", "d"]
    assert model.class_names == ["a", "b", "c", "d"]
    with pytest.raises(
        errors.ConfigurationError, match=r"`class_names` expects 4 strings, one an output, received \['a'\]"
    ):
        model.class_names = ["a"]


def test_repr_names_the_layers() -> None:
    assert repr(Sequential([layers.Dense(2, input_shape=(3,))], name="tiny")).startswith("<Sequential 'tiny': Dense(")


def test_layers_may_be_added_after_training() -> None:
    x, y = figures()
    trained = network(last="linear")
    trained.compile("adam", losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    trained.fit(x, y, verbose=0)
    logits = trained.predict(x)
    trained.add(layers.Softmax())
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(trained.predict(x), expected, rtol=1e-4)
    trained.add(layers.Dense(2))
    trained.compile("adam", "mse", metrics=["accuracy"])
    trained.fit(x, np.zeros((len(x), 2)), verbose=0)
    assert trained.output_shape == (None, 2)


def test_class_names_that_no_longer_fit_are_not_saved(tmp_path: Path) -> None:
    model = network()
    model.class_names = ["a", "b", "c", "d"]
    model.add(layers.Dense(2))
    with pytest.raises(errors.ConfigurationError, match="expects a class name for each of the 2 outputs, received 4"):
        model.save(tmp_path / "a.safetensors")
