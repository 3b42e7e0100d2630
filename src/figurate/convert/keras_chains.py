"""A functional model's graph as a chain of layers, where it is one, with ways around some of them: `Residual`."""

from __future__ import annotations

from collections.abc import Mapping

from figurate.convert.findings import Findings
from figurate.errors import FigurateError
from figurate.layers import Layer, Residual

_NO_CHAIN = "it stands on a branch; figurate has chains of layers, and ways around some of them, added at their end"

# More of them would be nested deeper than a model may be.
MOST_ADDED = 8


class Chains:
    """Finds the chain of layers between two places of a graph; what is added up becomes `Residual`.

    Args:
        before: The names of what each layer takes, layer by layer in Keras' order.
        made: The layers that stand for each.
        adds: The names of those that add.
        findings: Told of what is no such chain.
    """

    def __init__(
        self,
        before: Mapping[str, list[str]],
        made: Mapping[str, list[Layer]],
        adds: set[str],
        findings: Findings,
    ) -> None:
        self._before, self._made, self._adds, self._findings = before, made, adds, findings
        self._place = {name: i for i, name in enumerate(before)}
        self._used: set[str] = set()
        self._broken = False

    def between(self, first: str, last: str) -> list[Layer]:
        """The layers from behind `first` to `last`; complains of those of the graph that are not among them."""
        found = self._chain(first, last)
        if not self._broken:
            for name in [name for name in self._before if name not in self._used and name != first]:
                self._findings.cannot(name, _NO_CHAIN)
        return found

    def _chain(self, first: str, last: str) -> list[Layer]:
        parts: list[list[Layer]] = []
        current = last
        while current != first:
            inputs = self._before.get(current, [])
            if current in self._used or not inputs:
                self._break(current, _NO_CHAIN)
                break
            self._used.add(current)
            if current in self._adds and len(inputs) == 1:
                self._break(current, "it adds a number; `Rescaling(1.0, offset)` does, behind the first layer")
                break
            elif current in self._adds and len(inputs) <= MOST_ADDED:
                fork = self._fork(inputs)
                parts.append(self._around(current, fork, inputs))
                current = fork
            elif current in self._adds:
                self._break(current, f"it adds more than {MOST_ADDED} values")
                break
            elif len(inputs) != 1:
                self._broken = True  # which is known already
                break
            else:
                parts.append(self._made.get(current, []))
                current = inputs[0]
        return [layer for part in reversed(parts) for layer in part]

    def _around(self, name: str, fork: str, inputs: list[str]) -> list[Layer]:
        """What is added: the way around comes first, as `Residual` computes it, unless another one is empty."""
        # Of three, two are added on the way around the third.
        ends = [*(end for end in reversed(inputs) if end != fork), *(end for end in inputs if end == fork)]
        ways = [self._chain(fork, end) for end in ends]
        if not all(ways[:-1]):
            self._break(name, "it adds a value to itself")
            return []
        try:
            found = ways[-1]
            for number, way in reversed(list(enumerate(ways[:-1]))):
                found = [Residual(way, shortcut=found or None, name=f"{name}_of_{number + 1}" if number else name)]
            return found
        except FigurateError as error:
            self._break(name, str(error))
            return []

    def _break(self, name: str, reason: str) -> None:
        self._broken = True
        self._findings.cannot(name, reason)

    def _fork(self, inputs: list[str]) -> str:
        """The last place that all ways come from."""
        shared = set.intersection(*(self._all_before(one) for one in inputs))
        return max(shared, key=self._place.__getitem__)

    def _all_before(self, name: str) -> set[str]:
        found, waiting = {name}, [name]
        while waiting:
            new = [one for one in self._before[waiting.pop()] if one not in found]
            found.update(new)
            waiting += new
        return found
