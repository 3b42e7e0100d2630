"""Schedules: values worked by hand, one step and arrays of steps, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from figurate.errors import ConfigurationError, UnsupportedError
from figurate.optimizers import schedules as s

# name: (schedule, {step: rate}); each rate is worked out beside it.
BY_HAND: dict[str, tuple[s.LearningRateSchedule, dict[int, float]]] = {
    # 0.1 · 0.5 ** (step / 100)
    "exponential": (s.ExponentialDecay(0.1, 100, 0.5), {0: 0.1, 50: 0.1 * math.sqrt(0.5), 100: 0.05, 300: 0.0125}),
    "exponential, in steps": (
        s.ExponentialDecay(0.1, 100, 0.5, staircase=True),
        {0: 0.1, 99: 0.1, 100: 0.05, 250: 0.025},
    ),
    # 0.1 / (1 + 0.5 · step / 10)
    "inverse time": (s.InverseTimeDecay(0.1, 10, 0.5), {0: 0.1, 5: 0.08, 20: 0.05}),
    "inverse time, in steps": (s.InverseTimeDecay(0.1, 10, 0.5, True), {5: 0.1, 19: 0.1 / 1.5, 20: 0.05}),
    # A boundary itself still has the value before it.
    "piecewise": (
        s.PiecewiseConstantDecay([10, 20], [1.0, 0.5, 0.1]),
        {0: 1, 10: 1, 11: 0.5, 20: 0.5, 21: 0.1, 999: 0.1},
    ),
    # (0.1 - 0.02) · (1 - step / 10) ** power + 0.02
    "polynomial": (s.PolynomialDecay(0.1, 10, 0.02), {0: 0.1, 5: 0.06, 10: 0.02, 50: 0.02}),
    "polynomial, squared": (s.PolynomialDecay(0.1, 10, 0.02, power=2.0), {5: 0.04, 10: 0.02}),
    # Step 15 lies in a cycle stretched to 20: 1 - 15 / 20 = 0.25; step 10 ends the first one.
    "polynomial, in cycles": (s.PolynomialDecay(0.1, 10, 0.02, cycle=True), {0: 0.1, 10: 0.02, 15: 0.04, 20: 0.02}),
    # (1 + cos(pi · step / 10)) / 2: 1, 1/2 at half the way, 0 at the end; cos(pi / 3) = 1/2 at a third.
    "cosine": (s.CosineDecay(0.1, 30), {0: 0.1, 10: 0.075, 15: 0.05, 30: 0.0, 99: 0.0}),
    "cosine, not to 0": (s.CosineDecay(0.1, 30, alpha=0.2), {0: 0.1, 15: 0.06, 30: 0.02}),
    "cosine after a warm-up": (
        s.CosineDecay(0.0, 30, warmup_target=0.1, warmup_steps=10),
        {0: 0.0, 5: 0.05, 10: 0.1, 25: 0.05, 40: 0.0, 99: 0.0},
    ),
    "cosine after a warm-up of no steps": (s.CosineDecay(0.0, 30, warmup_target=0.1), {0: 0.1, 15: 0.05}),
    # Periods begin at 0, 10, 30 (10 + 20), 70; in the middle of each the rate is half of its first.
    "restarts": (s.CosineDecayRestarts(0.1, 10), {0: 0.1, 5: 0.05, 10: 0.1, 20: 0.05, 30: 0.1, 50: 0.05, 70: 0.1}),
    "restarts, each half as high": (
        s.CosineDecayRestarts(0.1, 10, m_mul=0.5, alpha=0.1),
        {0: 0.1, 10: 0.055, 30: 0.0325},  # 0.1 · (0.9 · 0.5 ** period + 0.1)
    ),
    "restarts, all as long": (s.CosineDecayRestarts(0.1, 10, t_mul=1.0), {0: 0.1, 5: 0.05, 10: 0.1, 25: 0.05}),
    "restarts, three times as long": (
        s.CosineDecayRestarts(0.1, 10, t_mul=3.0),
        {10: 0.1, 40: 0.1, 130: 0.1, 25: 0.05},
    ),
    # From 1/10 up to 1 over steps 0..20, half way at 10; then down to 1/100 over 20..100, half way at 60.
    "one cycle, linear": (
        s.OneCycle(1.0, 100, 0.2, 10, 100, "linear"),
        {0: 0.1, 10: 0.55, 20: 1.0, 60: 0.505, 80: 0.2575, 100: 0.01, 500: 0.01},
    ),
    # The waves are half way where the lines are, and (1 - cos(pi / 4)) / 2 of the way at a quarter.
    "one cycle": (
        s.OneCycle(1.0, 100, 0.2, 10, 100),
        {0: 0.1, 5: 0.1 + 0.9 * (1 - math.sqrt(0.5)) / 2, 10: 0.55, 20: 1.0, 60: 0.505, 100: 0.01},
    ),
    "one cycle that only falls": (s.OneCycle(1.0, 10, 0, annealing="linear"), {0: 1.0, 5: 0.50005, 10: 1e-4}),
    "one cycle that only rises": (s.OneCycle(1.0, 10, 1, 2, annealing="linear"), {0: 0.5, 5: 0.75, 10: 1.0}),
}


@pytest.mark.parametrize("case", BY_HAND)
def test_by_hand(case: str) -> None:
    schedule, rates = BY_HAND[case]
    for step, rate in rates.items():
        assert schedule(step) == pytest.approx(rate, rel=1e-12, abs=1e-15)
        assert isinstance(schedule(step), float)
        assert isinstance(schedule(np.int64(step)), float)


@pytest.mark.parametrize("case", BY_HAND)
def test_arrays_of_steps(case: str) -> None:
    schedule, _ = BY_HAND[case]
    steps = np.arange(120).reshape(3, 40)
    rates = schedule(steps)
    assert rates.dtype == np.float64
    np.testing.assert_array_equal(rates, [[schedule(int(step)) for step in row] for row in steps])
    engine = schedule.rates(steps)
    assert engine.dtype == np.float32
    np.testing.assert_array_equal(engine, rates.astype(np.float32))


def test_restarts_begin_exactly_where_they_should() -> None:
    # The logarithm of a power is not always a whole number: log(3**5) / log(3) is 4.999…
    for t_mul in (1.5, 2.0, 3.0, 10.0):
        schedule = s.CosineDecayRestarts(1.0, 1.0, t_mul=t_mul)
        begins = (t_mul ** np.arange(1, 9) - 1) / (t_mul - 1)
        np.testing.assert_allclose(schedule(begins), 1.0, rtol=1e-9)


class Mine(s.LearningRateSchedule):
    """A schedule of one's own, which asks for one step at a time."""

    def __call__(self, step: int) -> float:
        return 0.1 if step < 2 else -1.0


def test_a_schedule_of_one_s_own() -> None:
    np.testing.assert_array_equal(Mine().rates(np.arange(2)), np.array([0.1, 0.1], np.float32))
    with pytest.raises(
        ConfigurationError, match=r"`Mine` expects to give finite .* of at least 0, gave -1\.0 at step 2"
    ):
        Mine().rates(np.arange(5))
    with pytest.raises(UnsupportedError, match="`Mine` is no schedule of figurate's own"):
        s.serialize(Mine())


REFUSED: dict[str, tuple[Any, tuple[Any, ...], str]] = {
    "no steps": (
        s.ExponentialDecay,
        (0.1, 0, 0.5),
        r"`ExponentialDecay\(decay_steps=…\)` expects .* above 0 or None, received 0",
    ),
    "no steps of a wave": (s.CosineDecay, (0.1, 0), "above 0 or None, received 0"),
    "no steps of a period": (s.CosineDecayRestarts, (0.1, -1), "above 0, received -1"),
    "shorter periods": (
        s.CosineDecayRestarts,
        (0.1, 10, 0.5),
        r"`CosineDecayRestarts\(t_mul=…\)` expects .* at least 1",
    ),
    "as many values as boundaries": (
        s.PiecewiseConstantDecay,
        ([1, 2], [0.1, 0.2]),
        "one value more than boundaries, received 2 boundaries and 2 values",
    ),
    "no boundary": (s.PiecewiseConstantDecay, ([], [0.1]), "expects at least one boundary"),
    "boundaries out of order": (s.PiecewiseConstantDecay, ([2, 1], [1, 1, 1]), r"received \[2, 1\]\. Sort them"),
    "a cycle of more than all steps": (
        s.OneCycle,
        (1.0, 10, 1.5),
        r"`OneCycle\(warmup_fraction=…\)` expects .* at most 1",
    ),
    "a divisor that raises": (
        s.OneCycle,
        (1.0, 10, 0.3, 0.5),
        r"`OneCycle\(initial_divisor=…\)` expects .* at least 1",
    ),
    "another annealing": (s.OneCycle, (1.0, 10, 0.3, 25, 1e4, "cos"), "'cos'. Did you mean 'cosine'"),
    "a staircase by name": (s.InverseTimeDecay, (0.1, 1, 1, "yes"), "expects True or False, received 'yes'"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    schedule, arguments, message = REFUSED[case]
    with pytest.raises(ConfigurationError, match=message):
        schedule(*arguments)
