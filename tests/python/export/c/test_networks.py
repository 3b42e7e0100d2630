"""Every layer in C: float32 gives the model's outputs, int8 the same numbers as its arithmetic in numpy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from figurate import Ensemble, Sequential, errors, layers, presets
from figurate.datasets import mnist
from figurate.export import Plan
from figurate.export.c import c_files, integer, write_c
from figurate.export.c.compiled import compilers
from figurate.export.pixels import scaling_of
from tests.contracts.test_layers_in_models import CASES
from tests.python.export.conftest import scrambled

pytestmark = pytest.mark.skipif(not compilers(), reason="needs a C compiler")


def figures_for(shape: tuple[int, ...], pixels: bool = False) -> Any:
    rng = np.random.default_rng(1)
    return rng.integers(0, 256, (40, *shape), np.uint8) if pixels else rng.normal(0, 1, (40, *shape)).astype(np.float32)


@pytest.mark.parametrize(("shape", "make"), CASES.values(), ids=CASES)
def test_every_layer_in_float32(shape: tuple[int, ...], make: Any) -> None:
    model = scrambled(Sequential([layers.Input(shape), *make()]))
    made = c_files(model, Plan.of(model), "network")
    x = figures_for(shape, made.network.scaling is not None)
    found = made.compiled().run(x)
    np.testing.assert_allclose(found, model.predict(x).reshape(len(x), -1), rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize(("shape", "make"), CASES.values(), ids=CASES)
def test_every_layer_in_int8(shape: tuple[int, ...], make: Any) -> None:
    model = scrambled(Sequential([layers.Input(shape), *make()]))
    plan = Plan.of(model)
    scaling = scaling_of(model, plan)
    x = figures_for(shape, scaling is not None)
    if any(type(step).__name__ == "LayerNormalization" for step in plan.steps):
        with pytest.raises(errors.UnsupportedError, match=r"cannot be exported to C in int8.*`precision='float32'`"):
            c_files(model, plan, "network", precision="int8", calibration=x)
        return
    made = c_files(model, plan, "network", precision="int8", calibration=x)
    found = made.compiled().run(x)
    assert made.network.integers is not None
    np.testing.assert_allclose(found, integer.run(made.network.integers, x, scaling), rtol=1e-5, atol=1e-6)
    expected = model.predict(x).reshape(len(x), -1)
    assert np.abs(found - expected).mean() < 0.03 * max(1.0, np.abs(expected).max())


# `best` is built as `small` is; so many numbers take a compiler long.
@pytest.mark.parametrize(
    ("name", "shape"),
    [("fast", (8, 8)), ("tiny", (8, 8)), ("tiny", (32, 32, 3)), ("small", (28, 28)), ("lesson", (28, 28))],
    ids=str,
)
def test_presets(name: str, shape: tuple[int, ...]) -> None:
    model = scrambled(presets.get(name).build(shape, 10))
    plan = Plan.of(model)
    pixels = np.random.default_rng(1).integers(0, 256, (3, *plan.input_shape), np.uint8)
    found = c_files(model, plan, "network").compiled().run(pixels)
    np.testing.assert_allclose(found, model.predict(pixels), rtol=1e-4, atol=1e-5)


def test_a_trained_model_loses_nothing_to_speak_of(digits: Sequential, tmp_path: Path) -> None:
    x, y = (part[:2000] for part in mnist.load_data()[1])
    right = (digits.predict(x / np.float32(255)).argmax(axis=1) == y).mean()
    for precision, least in (("float32", right), ("int8", right - 0.003)):
        made = c_files(digits, Plan.of(digits), "digits", precision=precision)
        classes = made.compiled().run(x).argmax(axis=1)
        assert (classes == y).mean() >= least, precision
        written = write_c(digits, Plan.of(digits), tmp_path / "digits.c", precision=precision)
        assert written.agreement.same_class > 0.98


def test_a_residual_and_two_ways_need_room_for_both() -> None:
    inner = [layers.Conv2D(4, 3, padding="same", activation="relu"), layers.Conv2D(4, 3, padding="same")]
    model = scrambled(
        Sequential([layers.Input((6, 6, 4)), layers.Residual(inner), layers.ReLU(), layers.Flatten(), layers.Dense(3)])
    )
    made = c_files(model, Plan.of(model), "network")
    assert made.network.arena.size == 3 * 144
    x = figures_for((6, 6, 4))
    np.testing.assert_allclose(made.compiled().run(x), model.predict(x), rtol=1e-5, atol=1e-5)


def test_pooled_convolutions_need_no_room_for_what_is_pooled() -> None:
    model = Sequential([layers.Input((28, 28, 1)), layers.Conv2D(8, 5, activation="relu"), layers.MaxPooling2D()])
    assert c_files(model, Plan.of(model), "network").network.arena.size == 784 + 12 * 12 * 8


def test_an_ensemble_is_refused() -> None:
    models = [Sequential([layers.Input((4,)), layers.Dense(3, "softmax")]) for _ in range(2)]
    both = Ensemble(models)
    with pytest.raises(errors.UnsupportedError, match=r"An ensemble cannot be exported to C.*members one by one"):
        c_files(both, Plan.of(both), "network")


def test_int8_without_figures_is_refused() -> None:
    model = Sequential([layers.Input((4,)), layers.Dense(3, "softmax")])
    with pytest.raises(errors.ConfigurationError, match=r"expects some hundred figures.*`calibration=x_train\[:500\]`"):
        c_files(model, Plan.of(model), "network", precision="int8")


def test_an_unknown_precision_is_refused(digits: Sequential) -> None:
    with pytest.raises(errors.ConfigurationError, match="expects 'float32' or 'int8', received 'int4'"):
        c_files(digits, Plan.of(digits), "digits", precision="int4")


def test_many_inputs_need_wide_numbers() -> None:
    model = scrambled(Sequential([layers.Input((200, 200)), layers.Flatten(), layers.Dense(2)]))
    made = c_files(model, Plan.of(model), "network")
    assert "typedef int extent_t;" in made.texts()["network.c"]
    x = figures_for((200, 200))[:2]
    np.testing.assert_allclose(made.compiled().run(x), model.predict(x), rtol=1e-4, atol=1e-4)
