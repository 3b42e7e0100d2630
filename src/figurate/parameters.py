"""Kinds of parameters: the rows of the tables by which settings are checked and written to files.

A class lists its parameters once, `{"units": Integer(low=1), "use_bias": Boolean()}`. `registry.Configurable` checks
every value against its row, builds the configuration from it, and shows it in `repr`. Nothing here knows any one
class.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from figurate.errors import ConfigurationError, shown, unknown_name

# No size or count in a network of small figures comes near this; it keeps products of sizes within 64 bits.
LARGEST_SIZE = 2**31 - 1
# The engine's generator takes seeds of 64 bits; only the seed of the whole process has Keras' 32, see `utils.py`.
LARGEST_SEED = 2**64 - 1


class Parameter:
    """One row of a table: what values a parameter takes, and their form in a configuration."""

    def check(self, owner: str, name: str, value: object) -> Any:
        """`value` in its plain form: an int for a numpy integer, …; None only for a row that is `optional`.

        Args:
            owner: Whose parameter it is, a class or a function, for messages.
            name: The parameter's name, for messages.
            value: As the user gave it.

        Raises:
            ConfigurationError: It is not what the row expects.

        Example:
            >>> Integer(low=1).check("Dense", "units", np.int64(20))
            20
        """
        raise NotImplementedError

    def encode(self, value: Any) -> object:
        """The value as JSON holds it; `check` turns it back."""
        return value

    def wrong(self, owner: str, name: str, value: object, expected: str) -> ConfigurationError:
        """The error for a value that is not what the row expects."""
        return ConfigurationError(f"`{owner}({name}=…)` expects {expected}, received {shown(value)}.")


@dataclass(frozen=True)
class Integer(Parameter):
    """A whole number from `low` to `high`; booleans are none. `optional` admits None."""

    low: int = 0
    high: int = LARGEST_SIZE
    optional: bool = False

    def check(self, owner: str, name: str, value: object) -> Any:
        if value is None and self.optional:
            return None
        if isinstance(value, numbers.Integral) and not isinstance(value, bool) and self.low <= int(value) <= self.high:
            return int(value)
        upper = "" if self.high == LARGEST_SIZE else f" and at most {self.high}"
        either = " or None" if self.optional else ""
        raise self.wrong(owner, name, value, f"a whole number of at least {self.low}{upper}{either}")


@dataclass(frozen=True)
class Real(Parameter):
    """A finite number within an interval, ends included unless `low_open` or `high_open`; `optional` admits None."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    optional: bool = False

    def check(self, owner: str, name: str, value: object) -> Any:
        if value is None and self.optional:
            return None
        if isinstance(value, np.ndarray) and value.ndim == 0:
            value = value[()]
        if isinstance(value, numbers.Real) and not isinstance(value, (bool, np.bool_)):
            try:
                number = float(value)
            except OverflowError:
                number = math.inf
            above = number > self.low if self.low_open else number >= self.low
            below = number < self.high if self.high_open else number <= self.high
            if math.isfinite(number) and above and below:
                return number
        raise self.wrong(owner, name, value, self._expected())

    def _expected(self) -> str:
        limits = []
        if math.isfinite(self.low):
            limits.append(f"above {self.low:g}" if self.low_open else f"of at least {self.low:g}")
        if math.isfinite(self.high):
            limits.append(f"below {self.high:g}" if self.high_open else f"at most {self.high:g}")
        limit = " " + " and ".join(limits) if limits else ""
        return f"a finite number{limit}{' or None' if self.optional else ''}"


@dataclass(frozen=True)
class Boolean(Parameter):
    """True or False, Python's or numpy's."""

    def check(self, owner: str, name: str, value: object) -> bool:
        if isinstance(value, (bool, np.bool_)):
            return bool(value)
        raise self.wrong(owner, name, value, "True or False")


@dataclass(frozen=True)
class Text(Parameter):
    """A string that is not empty."""

    def check(self, owner: str, name: str, value: object) -> str:
        if isinstance(value, str) and value:
            return value
        raise self.wrong(owner, name, value, "a string of at least one character")


@dataclass(frozen=True)
class Option(Parameter):
    """One of a few strings, all in lower case; `any_case` admits "SAME" for "same"."""

    options: tuple[str, ...]
    any_case: bool = False

    def check(self, owner: str, name: str, value: object) -> str:
        if isinstance(value, str):
            plain = value.lower() if self.any_case else value
            if plain in self.options:
                return plain
            raise unknown_name(f"`{owner}({name}=…)`", value, self.options)
        raise self.wrong(owner, name, value, "one of " + ", ".join(map(repr, self.options)))


@dataclass(frozen=True)
class Reals(Parameter):
    """A sequence of finite numbers of at least `low`, kept as a tuple; whole numbers stay whole."""

    low: float = -math.inf

    def check(self, owner: str, name: str, value: object) -> tuple[float, ...]:
        entries: Sequence[object] | None = None
        if isinstance(value, np.ndarray) and value.ndim == 1:
            entries = value.tolist()
        elif isinstance(value, (list, tuple)):
            entries = value
        if entries is None:
            raise self.wrong(owner, name, value, "a list of numbers")
        single = Real(low=self.low)
        for entry in entries:
            single.check(owner, name, entry)
        return tuple(int(e) if isinstance(e, numbers.Integral) else float(e) for e in entries)  # type: ignore[arg-type]

    def encode(self, value: Any) -> object:
        return list(value)


@dataclass(frozen=True)
class Pair(Parameter):
    """Two whole numbers from `low` to `high`, for height and width, kept as a tuple; one number stands for both."""

    low: int = 1
    high: int = LARGEST_SIZE

    def check(self, owner: str, name: str, value: object) -> tuple[int, int]:
        entries = [value, value] if isinstance(value, numbers.Integral) else value
        single = Integer(self.low, self.high)
        try:
            if isinstance(entries, (list, tuple)) and len(entries) == 2:
                return single.check(owner, name, entries[0]), single.check(owner, name, entries[1])
        except ConfigurationError:
            pass  # the message below speaks of both forms
        upper = "" if self.high == LARGEST_SIZE else f" and at most {self.high}"
        raise self.wrong(
            owner, name, value, f"a whole number of at least {self.low}{upper}, or two of them, (height, width)"
        )

    def encode(self, value: Any) -> object:
        return list(value)


@dataclass(frozen=True)
class Range(Parameter):
    """A number, or two as the ends of a range, smaller first, kept as a tuple; what a number stands for its owner says.

    Numbers lie within `low` and `high`, ends included unless `low_open`. `pair` asks for two; `optional` admits None.
    """

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    pair: bool = False
    optional: bool = False

    def check(self, owner: str, name: str, value: object) -> Any:
        if value is None and self.optional:
            return None
        entries = value.tolist() if isinstance(value, np.ndarray) else value
        single = Real(self.low, self.high, self.low_open)
        try:
            if isinstance(entries, (list, tuple)) and len(entries) == 2:
                ends = single.check(owner, name, entries[0]), single.check(owner, name, entries[1])
                return min(ends), max(ends)
            if not self.pair:
                return single.check(owner, name, entries)
        except ConfigurationError:
            pass  # the message below speaks of both forms
        limits = "that are finite"
        if math.isfinite(self.low):
            limits = f"above {self.low:g}" if self.low_open else f"of at least {self.low:g}"
        if math.isfinite(self.high):
            limits = f"{limits} and at most {self.high:g}"
        count = "two numbers" if self.pair else "a number, or two,"
        raise self.wrong(owner, name, value, f"{count} {limits}{' or None' if self.optional else ''}")

    def encode(self, value: Any) -> object:
        return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True)
class Margins(Parameter):
    """Whole numbers of at least 0 around a figure, kept as ((top, bottom), (left, right)); see `ZeroPadding2D`."""

    def check(self, owner: str, name: str, value: object) -> tuple[tuple[int, int], tuple[int, int]]:
        entries = [value, value] if isinstance(value, numbers.Integral) else value
        single = Pair(low=0)
        try:
            if isinstance(entries, (list, tuple)) and len(entries) == 2:
                return single.check(owner, name, entries[0]), single.check(owner, name, entries[1])
        except ConfigurationError:
            pass  # the message below speaks of all forms
        raise self.wrong(
            owner,
            name,
            value,
            "whole numbers of at least 0: one for all sides, (rows, columns), or ((top, bottom), (left, right))",
        )

    def encode(self, value: Any) -> object:
        return [list(side) for side in value]


@dataclass(frozen=True)
class Shape(Parameter):
    """The sizes of a figure's axes, without the batch axis, kept as a tuple.

    `rest` admits one -1, the axis that takes what is left over; `optional` admits None.
    """

    rest: bool = False
    optional: bool = False

    def check(self, owner: str, name: str, value: object) -> tuple[int, ...] | None:
        if value is None and self.optional:
            return None
        expected = "the sizes of a figure's axes without the batch axis, such as (28, 28)"
        if self.rest:
            expected += ", with at most one -1"
        entries = [value] if isinstance(value, numbers.Integral) and not isinstance(value, bool) else value
        if not isinstance(entries, (list, tuple)) or not 1 <= len(entries) <= 8:
            raise self.wrong(owner, name, value, expected)
        sizes: list[int] = []
        for entry in entries:
            whole = isinstance(entry, numbers.Integral) and not isinstance(entry, bool)
            if not whole or not (entry >= 1 or (self.rest and entry == -1)):
                raise self.wrong(owner, name, value, expected)
            sizes.append(int(entry))
        if sizes.count(-1) > 1:
            raise self.wrong(owner, name, value, expected)
        if math.prod(abs(size) for size in sizes) > LARGEST_SIZE:
            raise self.wrong(owner, name, value, f"at most {LARGEST_SIZE} values a figure")
        return tuple(sizes)

    def encode(self, value: Any) -> object:
        return None if value is None else list(value)


@dataclass(frozen=True)
class Resolved(Parameter):
    """A value found by a function (`activations.get`, `initializers.get`) and written by another."""

    get: Callable[[Any], Any]
    serialize: Callable[[Any], object]

    def check(self, owner: str, name: str, value: object) -> Any:
        return self.get(value)

    def encode(self, value: Any) -> object:
        return self.serialize(value)
