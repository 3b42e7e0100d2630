"""`summary`: Keras' table."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest

from figurate import errors, layers
from figurate.models import Sequential
from figurate.models.summary import summary_lines

MODEL: list[tuple[str, Any, dict[str, int]]] = [
    ("flatten", layers.Flatten, {}),
    ("hidden", layers.Dense, {"units": 20}),
    ("out", layers.Dense, {"units": 10}),
]


def lesson() -> Sequential:
    return Sequential([kind(name=name, **settings) for name, kind, settings in MODEL], name="lesson")


def test_the_whole_table() -> None:
    model = lesson()
    model.build((None, 28, 28))
    lines: list[str] = []
    model.summary(line_length=60, print_fn=lines.append)
    assert lines == [
        'Model: "lesson"',
        "┏━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━┓",
        "┃ Layer (type)             ┃ Output Shape       ┃  Param # ┃",
        "┡━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━┩",
        "│ flatten (Flatten)        │ (None, 784)        │        0 │",
        "├──────────────────────────┼────────────────────┼──────────┤",
        "│ hidden (Dense)           │ (None, 20)         │   15,700 │",
        "├──────────────────────────┼────────────────────┼──────────┤",
        "│ out (Dense)              │ (None, 10)         │      210 │",
        "└──────────────────────────┴────────────────────┴──────────┘",
        " Total params: 15,910 (62.15 KB)",
        " Trainable params: 15,910 (62.15 KB)",
        " Non-trainable params: 0 (0.00 B)",
    ]


def test_weights_that_are_not_trained_and_layers_within_a_layer() -> None:
    block = layers.Residual(
        [
            layers.Conv2D(4, 3, padding="same", use_bias=False, name="conv"),
            layers.BatchNormalization(name="batch_normalization_1"),
            layers.Residual([layers.ReLU(name="bend")], name="inner"),
        ],
        shortcut=[layers.Conv2D(4, 1, name="around")],
        name="block",
    )
    block.build((None, 8, 8, 2))
    # conv 3 · 3 · 2 · 4 = 72; normalization 4 · 4, half of them not trained; around 2 · 4 + 4 = 12.
    assert summary_lines("net", [block], 70)[4:] == [
        "│ block (Residual)             │ (None, 8, 8, 4)        │        100 │",
        "│   conv (Conv2D)              │ (None, 8, 8, 4)        │         72 │",
        "│   batch_normalization_1      │ (None, 8, 8, 4)        │         16 │",
        "│   (BatchNormalization)       │                        │            │",
        "│   inner (Residual)           │ (None, 8, 8, 4)        │          0 │",
        "│     bend (ReLU)              │ (None, 8, 8, 4)        │          0 │",
        "│   shortcut: around (Conv2D)  │ (None, 8, 8, 4)        │         12 │",
        "└──────────────────────────────┴────────────────────────┴────────────┘",
        " Total params: 100 (400.00 B)",
        " Trainable params: 92 (368.00 B)",
        " Non-trainable params: 8 (32.00 B)",
    ]


def test_before_the_shape_is_known() -> None:
    lines: list[str] = []
    lesson().summary(line_length=60, print_fn=lines.append)
    assert "│ hidden (Dense)           │ ?                  │ 0 (unbu… │" in lines
    assert " Total params: 0 (0.00 B)" in lines


def test_no_layers_and_a_line_too_short() -> None:
    lines: list[str] = []
    Sequential().summary(print_fn=lines.append)
    assert " Total params: 0 (0.00 B)" in lines
    with pytest.raises(errors.ConfigurationError, match=r"`summary\(line_length=…\)` expects at least 40, received 20"):
        lesson().summary(line_length=20)


def test_a_terminal_without_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    output = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", output)
    model = lesson()
    model.build((None, 28, 28))
    model.summary(line_length=60)
    output.flush()
    text = output.buffer.getvalue().decode("ascii")
    assert "| hidden (Dense)           | (None, 20)         |   15,700 |" in text
