"""A network in a terminal: a line a layer, a row of dots as long as the layer is wide, a square for each channel.

Where a terminal is too narrow for the shortest dots there are none. The table of shapes and parameters is
`Model.summary`; this is the picture beside it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from figurate.plots._model import parts
from figurate.plots.terminal.figure import is_unicode

if TYPE_CHECKING:
    from figurate.models import Sequential

# The most that are drawn of a layer, the first of these that fits.
_MOST_DOTS = (20, 14, 8)
_INDENT = 2


class NetworkDrawing:
    """A model that rich can print.

    Args:
        model: a `Sequential` that knows its input's shape.

    Raises:
        ConfigurationError: where it doesn't.
    """

    def __init__(self, model: Sequential) -> None:
        self._parts = parts(model)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        unicode = is_unicode(console)
        times = " \u00d7 " if unicode else " x "
        kinds = [f"{part.kind} {part.detail}".strip() for part in self._parts]
        counts = [f"{part.parameters:,} parameters" if part.parameters else "" for part in self._parts]
        shapes = [times.join(str(length) for length in part.shape) for part in self._parts]
        left = max(len(text) for text in (*kinds, *counts)) + _INDENT
        room = options.max_width - left - _INDENT - max(map(len, shapes))
        dots = self._dots(unicode, room - _INDENT)
        if dots is None:
            yield from _list(kinds, counts, shapes)
            return
        width = max(map(len, dots)) + _INDENT
        arrow = ("\u2502" if unicode else "|").center(width).rstrip()
        for number, (part, line) in enumerate(zip(self._parts, dots, strict=True)):
            if number:
                yield Text(f"{counts[number]:<{left}}{arrow}", style="dim")
            text = Text()
            text.append(f"{kinds[number]:<{left}}", style="bold")
            text.append(line.center(width), style="cyan" if part.parameters else "")
            text.append(f"  {shapes[number]}")
            yield text

    def _dots(self, unicode: bool, room: int) -> list[str] | None:
        """Each layer's dots, no longer than `room`; None where they are."""
        dot, plane, gap = ("\u25cf", "\u25a0", "\u00b7\u00b7\u00b7") if unicode else ("o", "#", "...")
        for most in _MOST_DOTS:
            dots = [
                _row(part.shape[2], plane, gap, most) if part.planes else _row(part.size, dot, gap, most)
                for part in self._parts
            ]
            if max(map(len, dots)) <= room:
                return dots
        return None


def _list(kinds: Sequence[str], counts: Sequence[str], shapes: Sequence[str]) -> RenderResult:
    """A line a layer, its parameters below it; what is too long is cut rather than folded."""
    left = max(map(len, kinds)) + _INDENT
    for kind, count, shape in zip(kinds, counts, shapes, strict=True):
        text = Text(f"{kind:<{left}}", style="bold", no_wrap=True, overflow="ellipsis")
        yield text.append(shape, style="not bold")
        if count:
            yield Text(" " * _INDENT + count, style="dim", no_wrap=True, overflow="ellipsis")


def _row(size: int, dot: str, gap: str, most: int) -> str:
    """`size` dots; above the most that are drawn those of both ends, a little more where the layer is wider."""
    if size <= most:
        return " ".join([dot] * size)
    half = min(most // 2, most // 3 + 1 + round(math.log2(size / most)))
    side = " ".join([dot] * half)
    return f"{side} {gap} {side}"
