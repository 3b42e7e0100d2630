"""Names that objects get, counted as Keras counts them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from figurate import layers, metrics, naming, utils


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    utils.clear_session()
    yield
    utils.clear_session()


@pytest.mark.parametrize(
    ("class_name", "expected"),
    [("Dense", "dense"), ("ReLU", "re_lu"), ("InputLayer", "input_layer"), ("TopKAccuracy", "top_k_accuracy")],
)
def test_snake_case(class_name: str, expected: str) -> None:
    assert naming.snake_case(class_name) == expected


def test_layers_and_metrics_are_counted_by_kind() -> None:
    assert [layers.Dense(1).name for _ in range(3)] == ["dense", "dense_1", "dense_2"]
    assert layers.Flatten().name == "flatten"
    assert layers.Dense(1, name="mine").name == "mine"
    assert [metrics.Precision().name for _ in range(2)] == ["precision", "precision_1"]
    utils.clear_session()
    assert layers.Dense(1).name == "dense"
