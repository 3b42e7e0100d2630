"""What `small` and `tiny` promise to small devices, and that activations are counted rightly."""

from __future__ import annotations

import pytest

from figurate import presets
from figurate.layers import (
    Augment,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
    ReLU,
    Rescaling,
    Residual,
)
from figurate.presets.budget import neighbouring_activations

FIGURE = (28, 28, 1)


@pytest.mark.parametrize(("name", "parameters", "activations"), [("small", 35_000, 12_000), ("tiny", 5_000, 6_000)])
def test_what_is_promised(name: str, parameters: int, activations: int) -> None:
    preset = presets.get(name)
    model = preset.build(FIGURE, 10)
    assert model.count_params() < parameters
    assert neighbouring_activations(preset.layers(FIGURE, 10), FIGURE) < activations
    assert neighbouring_activations(model.layers, FIGURE) < activations, "rescaling and augmentation are free"


def test_a_count_by_hand() -> None:
    # 784, then 24·24·16 = 9216, pooled to 12·12·16 = 2304, and 10 at the end.
    layers = [Conv2D(16, 5), MaxPooling2D(2), GlobalAveragePooling2D(), Dense(10)]
    assert neighbouring_activations(layers, FIGURE) == 9216 + 2304
    assert neighbouring_activations(layers[:1], FIGURE) == 784 + 9216
    assert neighbouring_activations([], FIGURE) == 784
    assert neighbouring_activations([Flatten(), Dense(10)], FIGURE) == 794


def test_what_works_in_place_counts_for_nothing() -> None:
    layers = [
        Rescaling(1 / 255),
        Augment.digits(),
        Conv2D(4, 5, use_bias=False),
        BatchNormalization(),
        ReLU(),
        Dropout(0.2),
        Flatten(),
        Dense(10),
    ]
    assert neighbouring_activations(layers, FIGURE) == 784 + 24 * 24 * 4


def test_a_residual_keeps_what_comes_in() -> None:
    # 784 kept, 784·2 read and 784·3 written within; then 784 kept and the sum.
    block = Residual([Conv2D(2, 3, padding="same"), Conv2D(3, 3, padding="same"), Conv2D(1, 1)])
    assert neighbouring_activations([block], FIGURE) == 784 * (1 + 2 + 3)
    wide = Residual([Conv2D(8, 1)], shortcut=[Conv2D(8, 1)])
    assert neighbouring_activations([wide], FIGURE) == 784 * (1 + 1 + 8)
