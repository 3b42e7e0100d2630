"""The errors: what they derive from, and the messages that several places share."""

from __future__ import annotations

import pytest

from figurate import errors
from figurate.errors import FigurateError, harmless, nearest, shown, unknown_name


@pytest.mark.parametrize(
    ("name", "builtin"),
    [
        ("ShapeError", ValueError),
        ("DataError", ValueError),
        ("ConfigurationError", ValueError),
        ("ArgumentError", TypeError),
        ("ArgumentError", ValueError),
        ("UnsupportedError", NotImplementedError),
        ("UnsupportedError", TypeError),
        ("FileFormatError", ValueError),
        ("DownloadError", OSError),
        ("TrainingError", RuntimeError),
    ],
)
def test_errors_are_also_the_builtin_ones(name: str, builtin: type[Exception]) -> None:
    error = getattr(errors, name)
    assert issubclass(error, FigurateError)
    assert issubclass(error, builtin)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rellu", "relu"),
        ("RELU", "relu"),
        ("Leaky-ReLU", "leaky_relu"),
        ("leakyrelu", "leaky_relu"),
        ("quaternion", None),
        ("", None),
        ("x" * 100_000, None),
    ],
)
def test_nearest(name: str, expected: str | None) -> None:
    assert nearest(name, {"linear", "relu", "leaky_relu"}) == expected


def test_unknown_name_has_the_nearest_and_all() -> None:
    error = unknown_name("activation", "rellu", ["relu", "linear", "relu"])
    assert str(error) == "Unknown activation 'rellu'. Did you mean 'relu'? Known: 'linear', 'relu'."
    assert "Did you mean" not in str(unknown_name("activation", "zzz", ["relu"]))


def test_shown_is_short_and_on_one_line() -> None:
    assert shown([1, 2]) == "[1, 2]"
    assert len(shown("x" * 1000)) == 80
    assert "\n" not in shown(type("Odd", (), {"__repr__": lambda self: "a\n  b"})())


def test_control_characters_are_spelled_out() -> None:
    assert harmless("plain, ü, 日本\n\tand on") == "plain, ü, 日本\n\tand on"
    assert harmless("\x1b[31mred\x07\x7f\x9b") == "\\x1b[31mred\\x07\\x7f\\x9b"


def test_marks_of_direction_are_spelled_out_and_joiners_stay() -> None:
    assert harmless("\u202eevil\u2066\u200f\u061c") == "\\u202eevil\\u2066\\u200f\\u061c"
    assert (
        harmless("\U0001f469\u200d\U0001f52c क\u094d\u200cष שלום") == "\U0001f469\u200d\U0001f52c क\u094d\u200cष שלום"
    )
