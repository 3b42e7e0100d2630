"""Kinds of parameters: what each takes, what it makes of it, and what it says of anything else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from figurate.errors import ConfigurationError
from figurate.parameters import LARGEST_SIZE, Boolean, Integer, Option, Parameter, Real, Reals, Shape, Text

TAKEN: dict[str, tuple[Parameter, Any, Any]] = {
    "an int": (Integer(low=1), 3, 3),
    "a numpy int": (Integer(), np.uint8(3), 3),
    "no int": (Integer(optional=True), None, None),
    "a float": (Real(), 0.5, 0.5),
    "an int as a float": (Real(), 2, 2.0),
    "a numpy float": (Real(), np.float32(0.5), 0.5),
    "an array without axes": (Real(), np.array(0.5), 0.5),
    "the lower end": (Real(low=0), 0, 0.0),
    "a bool": (Boolean(), True, True),
    "a numpy bool": (Boolean(), np.bool_(False), False),
    "a text": (Text(), "x", "x"),
    "an option": (Option(("a", "b")), "b", "b"),
    "numbers": (Reals(), [1, 0.5], (1, 0.5)),
    "an array of numbers": (Reals(), np.array([1.0, 2.0]), (1.0, 2.0)),
    "a shape": (Shape(), [28, 28], (28, 28)),
    "a number as a shape": (Shape(), 784, (784,)),
    "a shape of numpy ints": (Shape(), (np.int64(28), 28), (28, 28)),
    "a rest": (Shape(rest=True), (28, -1), (28, -1)),
    "no shape": (Shape(optional=True), None, None),
}

REFUSED: dict[str, tuple[Parameter, Any, str]] = {
    "too low": (Integer(low=1), 0, r"`Dense\(units=…\)` expects a whole number of at least 1, received 0\."),
    "too high": (Integer(high=9), 10, r"at least 0 and at most 9, received 10\."),
    "a bool for an int": (Integer(), True, "expects a whole number"),
    "a float for an int": (Integer(), 3.0, r"received 3\.0"),
    "a text for an int": (Integer(optional=True), "3", "expects a whole number of at least 0 or None, received '3'"),
    "too large for sizes": (Integer(), LARGEST_SIZE + 1, "received 2147483648"),
    "nan": (Real(), float("nan"), "expects a finite number, received nan"),
    "infinity": (Real(low=0), float("inf"), "a finite number of at least 0, received inf"),
    "beyond floats": (Real(), 10**400, "expects a finite number"),
    "an open lower end": (Real(low=0, low_open=True), 0, "a finite number above 0, received 0"),
    "an open upper end": (Real(low=0, high=1, high_open=True), 1.0, r"of at least 0 and below 1, received 1\.0"),
    "a closed upper end": (Real(low=0, high=1, optional=True), 2, "of at least 0 and at most 1 or None, received 2"),
    "a bool for a float": (Real(), True, "expects a finite number, received True"),
    "several numbers for one": (Real(), np.zeros(3), "expects a finite number"),
    "an int for a bool": (Boolean(), 1, "expects True or False, received 1"),
    "an empty text": (Text(), "", "a string of at least one character, received ''"),
    "no option": (Option(("fan_in", "fan_out")), "fanin", "Did you mean 'fan_in'"),
    "no text for an option": (Option(("a", "b")), 1, "expects one of 'a', 'b', received 1"),
    "a number for numbers": (Reals(), 1.0, r"expects a list of numbers, received 1\.0"),
    "a text among numbers": (Reals(), [1.0, "2"], "expects a finite number, received '2'"),
    "too low among numbers": (Reals(low=0), [1.0, -2.0], "of at least 0, received -2.0"),
    "an empty shape": (Shape(), (), "expects the sizes of a figure's axes"),
    "no axis size": (Shape(), (None, 28), r"without the batch axis, such as \(28, 28\), received \(None, 28\)"),
    "a size of 0": (Shape(), (28, 0), r"received \(28, 0\)"),
    "a rest where there is none": (Shape(), (28, -1), r"received \(28, -1\)"),
    "two rests": (Shape(rest=True), (-1, -1), r"with at most one -1, received \(-1, -1\)"),
    "nine axes": (Shape(), (1,) * 9, "expects the sizes of a figure's axes"),
    "a shape past memory": (Shape(), (2**20, 2**20), "expects at most 2147483647 values a figure"),
    "a text for a shape": (Shape(), "28", "received '28'"),
}


@pytest.mark.parametrize("case", TAKEN)
def test_taken(case: str) -> None:
    parameter, value, expected = TAKEN[case]
    checked = parameter.check("Dense", "units", value)
    assert checked == expected
    assert type(checked) is type(expected)
    # What was written to a configuration is taken again.
    assert parameter.check("Dense", "units", parameter.encode(checked)) == checked


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    parameter, value, message = REFUSED[case]
    with pytest.raises(ConfigurationError, match=message):
        parameter.check("Dense", "units", value)
