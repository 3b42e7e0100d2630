"""A plan computes what its model computes, in fewer steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from figurate import Ensemble, Sequential, layers, presets
from figurate.export import Plan
from figurate.export.steps import KINDS, Dense
from figurate.models import clone_model
from tests.contracts.test_layers_in_models import CASES
from tests.python.export.conftest import scrambled


def names(plan: Plan) -> list[str]:
    return [type(step).__name__ for step in plan.steps]


@pytest.mark.parametrize(("shape", "make"), CASES.values(), ids=CASES)
def test_every_layer_computes_the_same(shape: tuple[int, ...], make: Any) -> None:
    model = scrambled(Sequential([layers.Input(shape), *make()]))
    x = np.random.default_rng(1).normal(0, 1, (5, *shape)).astype(np.float32)
    plan = Plan.of(model)
    np.testing.assert_allclose(plan.run(x), model.predict(x), rtol=2e-5, atol=2e-5)
    assert plan.output_shape == tuple(model.output_shape[1:])
    assert all(type(step) in KINDS for step in plan.steps)


@pytest.mark.parametrize("name", presets.names())
@pytest.mark.parametrize("shape", [(28, 28), (8, 8), (32, 32, 3)], ids=str)
def test_presets_compute_the_same(name: str, shape: tuple[int, ...]) -> None:
    model = scrambled(presets.get(name).build(shape, 10))
    plan = Plan.of(model)
    x = np.random.default_rng(1).integers(0, 256, (3, *plan.input_shape)).astype(np.float32)
    np.testing.assert_allclose(plan.run(x), model.predict(x), rtol=1e-4, atol=1e-6)
    assert "ScaleShift" not in names(plan) or shape == (8, 8)  # small figures are padded with zeros


def test_a_normalization_goes_into_the_layer_before_it() -> None:
    model = Sequential([layers.Input((6, 6, 2)), layers.Conv2D(3, 3), layers.BatchNormalization(), layers.ReLU()])
    assert names(Plan.of(model)) == ["Conv2D", "Activation"]


def test_a_normalization_goes_past_a_reshape_into_the_layer_after_it() -> None:
    model = Sequential(
        [layers.Input((6, 6, 2)), layers.MaxPooling2D(), layers.BatchNormalization(), layers.Flatten(), layers.Dense(3)]
    )
    assert names(Plan.of(model)) == ["MaxPooling2D", "Reshape", "Dense"]


def test_a_normalization_stays_where_zeros_are_padded() -> None:
    model = Sequential([layers.Input((6, 6, 2)), layers.BatchNormalization(), layers.Conv2D(3, 3, padding="same")])
    scrambled(model)
    assert names(Plan.of(model)) == ["ScaleShift", "Conv2D"]


def test_a_normalization_stays_where_its_input_goes_two_ways() -> None:
    inside = [layers.BatchNormalization(), layers.Dense(4)]
    model = Sequential([layers.Input((4,)), layers.Dense(4), layers.Residual(inside)])
    assert names(Plan.of(model)) == ["Dense", "Dense", "Add"]  # into the second dense layer, not into the first
    model = Sequential([layers.Input((4,)), layers.Dense(4), layers.Residual([layers.BatchNormalization()])])
    assert names(Plan.of(model)) == ["Dense", "ScaleShift", "Add"]


def test_worked_by_hand() -> None:
    # 2 * (x - 1) / sqrt(3 + 1) + 5 = x + 4; then the dense layer's 3 x + 1: 3 (x + 4) + 1 = 3 x + 13.
    model = Sequential([layers.Input((1,)), layers.BatchNormalization(epsilon=1.0), layers.Dense(1)])
    model.set_weights([[2.0], [5.0], [1.0], [3.0], [[3.0]], [1.0]])
    (dense,) = Plan.of(model).steps
    assert isinstance(dense, Dense)
    assert dense.kernel.tolist() == [[3.0]]
    assert dense.bias.tolist() == [13.0]
    assert Plan.of(model).run([[2.0]]).tolist() == [[19.0]]


def test_what_matters_to_training_alone_is_gone() -> None:
    model = Sequential(
        [
            layers.Input((8, 8)), layers.Augment(shift=0.1), layers.Flatten(), layers.Dropout(0.5),
            layers.Dense(2, "softmax"),
        ]
    )  # fmt: skip
    plan = Plan.of(model)
    assert names(plan) == ["Reshape", "Dense", "Softmax"]
    assert plan.gives_probabilities
    assert plan.users_of(-1) == [0]
    assert plan.shape_of(-1) == (8, 8)
    assert plan.shape_of(0) == (64,)


def test_an_ensemble_is_the_mean_of_its_members() -> None:
    first = Sequential([layers.Input((4,)), layers.Dense(3, "softmax")])
    ensemble = Ensemble([first, clone_model(first, seed=2), clone_model(first, seed=3)])
    plan = Plan.of(ensemble)
    x = np.random.default_rng(0).normal(0, 1, (6, 4)).astype(np.float32)
    np.testing.assert_allclose(plan.run(x), ensemble.predict(x), atol=1e-6)
    assert names(plan) == 3 * ["Dense", "Softmax"] + ["Mean"]
    assert plan.gives_probabilities


def test_a_model_without_a_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="The model is not built"):
        Plan.of(Sequential([layers.Dense(2)]))
