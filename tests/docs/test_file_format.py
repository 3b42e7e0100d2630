"""docs/file-format.md names what files may hold: every layer and every array of weights."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from figurate import layers

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "file-format.md").read_text(encoding="utf-8")


def test_every_layer_is_listed() -> None:
    found = re.search(r"\(for layers ([^)]*)\)", PAGE)
    assert found is not None
    known = {kind.__name__ for kind in layers._REGISTRY.classes} - {"InputLayer"}
    assert set(re.findall(r"`(\w+)`", found[1])) == known


@pytest.mark.parametrize(
    "layer",
    [
        layers.Dense(2),
        layers.Conv2D(2, 1),
        layers.DepthwiseConv2D(1),
        layers.SeparableConv2D(2, 1),
        layers.BatchNormalization(),
        layers.LayerNormalization(),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_every_array_is_listed(layer: layers.Layer) -> None:
    kind = type(layer).__name__
    shape = (3,) if kind == "Dense" else (4, 4, 3)
    rows = [line for line in PAGE.splitlines() if line.startswith("| `layers.<i>.")]
    for spec in layer.weight_specs(shape):
        owners = (f"`{kind}`", "convolutions") if "Conv" in kind else (f"`{kind}`",)
        assert any(f"`layers.<i>.{spec.name}`" in row and any(o in row for o in owners) for row in rows), spec.name
