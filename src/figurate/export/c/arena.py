"""Where each value of a program lies in one piece of memory: values that are never needed at once share their place.

Greedy by size, as in Pisarchyk & Lee, "Efficient memory management for deep neural net inference" (arXiv:2001.03288):
the largest first, each at the lowest place that is free for as long as it lives.
"""

from __future__ import annotations

from dataclasses import dataclass

from figurate.export.c.operations import IN_PLACE
from figurate.export.c.program import Program


@dataclass(frozen=True)
class Arena:
    """Places of values.

    Attributes:
        places: Of each of the program's values, in numbers from the beginning.
        size: How many numbers there are in all.
    """

    places: list[int]
    size: int

    @classmethod
    def of(cls, program: Program) -> Arena:
        """The arena of a program.

        Example:
            >>> from figurate import Sequential, layers
            >>> from figurate.export.plan import Plan
            >>> model = Sequential([layers.Input((8, 8)), layers.Flatten(), layers.Dense(9), layers.Dense(7)])
            >>> Arena.of(Program.of(Plan.of(model)))
            Arena(places=[0, 64, 0], size=73)
        """
        buffers = _buffers(program)
        placed: list[tuple[_Buffer, int]] = []
        for buffer in sorted(buffers, key=lambda one: (-one.size, one.begin)):
            place = 0
            # Those that are there at the same time, lowest first: the first gap that is large enough.
            for other, at in sorted((pair for pair in placed if pair[0].meets(buffer)), key=lambda pair: pair[1]):
                if place + buffer.size <= at:
                    break
                place = max(place, at + other.size)
            placed.append((buffer, place))
        places = [0] * len(program.sizes)
        for buffer, place in placed:
            for value in buffer.values:
                places[value] = place
        return cls(places, max(place + buffer.size for buffer, place in placed))


@dataclass
class _Buffer:
    """Values that lie in the same place, one over the other, and the operations between which they are needed."""

    values: list[int]
    size: int
    begin: int
    end: int

    def meets(self, other: _Buffer) -> bool:
        return self.begin <= other.end and other.begin <= self.end


def _buffers(program: Program) -> list[_Buffer]:
    last_use = {program.result: len(program.operations)}
    for number, operation in enumerate(program.operations):
        for value in operation.inputs:
            last_use[value] = max(number, last_use.get(value, 0))
    buffers = {0: _Buffer([0], program.sizes[0], -1, last_use.get(0, 0))}
    for number, operation in enumerate(program.operations):
        before, after = operation.inputs[0], operation.output
        end = last_use.get(after, number)
        if isinstance(operation, IN_PLACE) and last_use[before] == number:
            buffer = buffers[after] = buffers[before]
            buffer.values.append(after)
            buffer.end = end
        else:
            buffers[after] = _Buffer([after], program.sizes[after], number, end)
    return list({id(buffer): buffer for buffer in buffers.values()}.values())
