"""A program as C: its numbers as constants, and `figure_predict`, which calls one function an operation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from figurate.export.c.arena import Arena
from figurate.export.c.operations import (
    Addition,
    Convolution,
    Function,
    Normalization,
    Operation,
    Padding,
    Pooling,
)
from figurate.export.c.program import Program
from figurate.export.c.quantized import IntegerProgram
from figurate.export.c.templates import needed
from figurate.export.c.words import array, fields, number
from figurate.export.pixels import Scaling

_FILES = ("network/{}.c", "network/layers.c", "network/activations.c")
_SIZES = {"float32": 4, "int8": 1}


@dataclass(eq=False)
class NetworkSource:
    """The C of a network.

    Args:
        program: Its operations.
        scaling: How pixels of 0..255 become the model's input; None: it takes floats as `predict` does.
        integers: The program in int8; None: it computes in float32.
    """

    program: Program
    scaling: Scaling | None
    integers: IntegerProgram | None = None
    constant_bytes: int = 0
    _constants: list[str] = field(default_factory=list)
    _calls: list[str] = field(default_factory=list)
    _longest: int = 0

    def __post_init__(self) -> None:
        self.arena = Arena.of(self.program)
        self._enter()
        for place, operation in enumerate(self.program.operations):
            self._add(place, operation)
        self._leave()

    @property
    def precision(self) -> str:
        """What it computes in."""
        return "float32" if self.integers is None else "int8"

    @property
    def arena_bytes(self) -> int:
        """Of the scratch that a prediction needs."""
        return self.arena.size * _SIZES[self.precision]

    @property
    def tells_two(self) -> bool:
        """Whether the one output is the probability of the second of two classes."""
        program = self.program
        last = program.tail.function if program.tail is not None else None
        return program.sizes[program.result] == 1 and last == "sigmoid"

    @property
    def input_type(self) -> str:
        """Of the figures' numbers."""
        return "float" if self.scaling is None else "uint8_t"

    @property
    def signature(self) -> str:
        """Of the function that predicts."""
        return f"int figure_predict(const {self.input_type}* figure, float* scores, float* scratch)"

    def text(self) -> str:
        """Functions, constants, and `figure_predict`."""
        found = "scores[0] > 0.5f" if self.tells_two else "best_of(scores, FIGURE_OUTPUTS)"
        calls = ["value_t* const values = (value_t*)scratch;", *self._calls, f"return {found};"]
        body = "\n".join(f"  {call}" for call in calls)
        title = f"/* ---- the network's constants {'-' * 86} */"
        own = "\n\n".join([title, *self._constants, f"{self.signature} {{\n{body}\n}}"])
        functions = needed([name.format(self.precision) for name in _FILES], own)
        extent = "int16_t" if self._longest < 2**15 else "int"
        return f"typedef {extent} extent_t; /* of shapes and strides */\n\n{functions}\n\n{own}\n"

    # -- where figures come in and scores go out --------------------------------------------------------------------

    def _enter(self) -> None:
        loop = f"for (int i = 0; i < FIGURE_INPUTS; ++i) values[i{self._offset(0)}] = "
        if self.integers is None:
            pixel = "figure[i]" if self.scaling is None else "(float)figure[i]"
            scale, offset = (1.0, 0.0) if self.scaling is None else (self.scaling.scale, self.scaling.offset)
            scaled = pixel if scale == 1 else f"{pixel} * {number(scale)}"
            self._calls.append(loop + (scaled if offset == 0 else f"{scaled} + {number(offset)}") + ";")
        elif self.scaling is None:
            first = self.integers.values[0]
            self._calls.append(f"enter(figure, FIGURE_INPUTS, {number(first.scale[0])}, {first.zero}, {self._at(0)});")
        else:
            table = self.integers.pixel_table(self.scaling)
            if (table == np.arange(-128, 128)).all():
                self._calls.append(loop + "(value_t)(figure[i] - 128);")
            else:
                self._calls.append(f"{loop}{self._constant('pixels', table)}[figure[i]];")

    def _leave(self) -> None:
        result, tail = self.program.result, self.program.tail
        if not self.program.gives_scores(-1):
            place = f"values[i{self._offset(result)}]"
            if self.integers is not None:
                by = self.integers.values[result]
                place = f"(float)({place} - {by.zero}) * {number(by.scale[0])}".replace("- -", "+ ")
            self._calls.append(f"for (int i = 0; i < FIGURE_OUTPUTS; ++i) scores[i] = {place};")
        if tail is not None:
            self._calls.append(_function_call(tail.function, tail.alpha, "scores", "FIGURE_OUTPUTS"))

    # -- operations --------------------------------------------------------------------------------------------------

    def _add(self, place: int, one: Operation) -> None:
        name = f"layer_{place + 1}"
        entering, leaving = self._at(one.inputs[0]), self._at(one.output)
        match one:
            case Convolution():
                self._convolution(place, name, one)
                if not self.program.gives_scores(place):
                    self._calls.append(f"convolve(&{name}, {entering}, {leaving});")
                elif self.integers is None:
                    self._calls.append(f"convolve(&{name}, {entering}, scores);")
                else:
                    scales = self._constant(f"{name}_scales", self.integers.layers[place].scales)
                    self._calls.append(f"dense_scores(&{name}, {entering}, {scales}, scores);")
            case Pooling():
                self._structure("pooling", name, (*one.shape, *one.window, *one.strides, *one.margin, *one.out))
                self._calls.append(f"{'pool_largest' if one.largest else 'pool_mean'}(&{name}, {entering}, {leaving});")
            case Padding():
                self._constants.append(f"static const int {name}_margins[4] = {{{fields(one.margins)}}};")
                zero = 0 if self.integers is None else self.integers.values[one.output].zero
                self._calls.append(f"pad({entering}, {fields(one.shape)}, {name}_margins, {zero}, {leaving});")
            case Addition():
                count, other = self.program.sizes[one.output], self._at(one.inputs[1])
                by = "" if self.integers is None else f"&{self._addition(name, one)}, "
                self._calls.append(f"add({by}{entering}, {other}, {count}, {leaving});")
            case Function():
                self._move(one)
                count = self.program.sizes[one.output]
                if self.integers is None:
                    self._calls.append(_function_call(one.function, one.alpha, leaving, str(count)))
                else:
                    table = self._constant(f"{name}_table", self.integers.tables[place])
                    self._calls.append(f"look_up({table}, {leaving}, {count});")
            case Normalization():
                self._move(one)
                gamma, beta = self._constant(f"{name}_gamma", one.gamma), self._constant(f"{name}_beta", one.beta)
                pixels, channels = self.program.sizes[one.output] // one.gamma.size, one.gamma.size
                self._calls.append(
                    f"normalize({leaving}, {pixels}, {channels}, {gamma}, {beta}, {number(one.epsilon)});"
                )

    def _convolution(self, place: int, name: str, one: Convolution) -> None:
        filters, rows, columns, entering = one.kernel.shape
        groups = one.groups, entering, filters // one.groups
        places = (*one.strides, *one.dilation, *one.margin, *one.pool, *one.pool_strides, *one.out)
        geometry = (*one.shape, *groups, rows, columns, *places)
        if self.integers is None:
            weights = self._constant(f"{name}_weights", one.kernel.astype(np.float32))
            bias = self._constant(f"{name}_bias", one.bias.astype(np.float32))
            scheme: tuple[Any, ...] = (0.0 if one.relu else "-FLT_MAX",)
        else:
            layer = self.integers.layers[place]
            before, after = self.integers.values[one.inputs[0]].zero, self.integers.values[one.output].zero
            weights = self._constant(f"{name}_weights", layer.weights)
            bias = self._constant(f"{name}_bias", layer.bias)
            scaling: tuple[Any, ...] = ("NULL", "NULL")
            if not self.program.gives_scores(place):
                scaling = (
                    self._constant(f"{name}_multipliers", layer.multipliers),
                    self._constant(f"{name}_shifts", layer.shifts),
                )
            scheme = (*scaling, before, after, after if one.relu else -128)
        self._structure("convolution", name, geometry, (weights, bias), scheme)

    def _addition(self, name: str, one: Addition) -> str:
        assert self.integers is not None
        multipliers, shift = self.integers.addition(one)
        zeros = [self.integers.values[value].zero for value in one.inputs]
        self.constant_bytes += 24
        self._constants.append(
            f"static const struct addition {name} = "
            f"{{{{{fields(zeros)}}}, {{{fields(multipliers)}}}, {self.integers.values[one.output].zero}, {shift}}};"
        )
        return name

    # -- pieces ------------------------------------------------------------------------------------------------------

    def _constant(self, name: str, values: Any) -> str:
        self._constants.append(array(name, values))
        self.constant_bytes += values.nbytes
        return name

    def _structure(
        self,
        kind: str,
        name: str,
        extents: tuple[int, ...],
        weights: tuple[str, ...] = (),
        scheme: tuple[Any, ...] = (),
    ) -> None:
        inner = [f"{{{fields(scheme)}}}"] if scheme else []
        self._constants.append(f"static const struct {kind} {name} = {{\n    {fields((*extents, *weights, *inner))}}};")
        self._longest = max(self._longest, *extents)
        self.constant_bytes += 2 * len(extents) + len(extents) % 2 * 2 + 4 * (len(weights) + len(scheme))

    def _offset(self, value: int) -> str:
        place = self.arena.places[value]
        return f" + {place}" if place else ""

    def _at(self, value: int) -> str:
        return f"values{self._offset(value)}"

    def _move(self, one: Operation) -> None:
        """Where what comes in is needed again, work on a copy."""
        if self.arena.places[one.inputs[0]] != self.arena.places[one.output]:
            size = self.program.sizes[one.output]
            self._calls.append(f"memcpy({self._at(one.output)}, {self._at(one.inputs[0])}, {size} * sizeof(value_t));")


def _function_call(function: str, alpha: float, values: str, count: str) -> str:
    name = {"tanh": "hyperbolic_tangent"}.get(function, function)
    return f"{name}({values}, {count}{f', {number(alpha)}' if alpha else ''});"
