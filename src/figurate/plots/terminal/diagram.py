"""A network in a terminal: a line a layer, a row of dots as long as the layer is wide, a square for each channel.

The table of shapes and parameters is `Model.summary`; this is the picture beside it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from figurate.plots._model import parts
from figurate.plots.terminal.figure import is_unicode

if TYPE_CHECKING:
    from figurate.models import Sequential

_MOST_DOTS = 20
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
        dot, plane, arrow = ("\u25cf", "\u25a0", "\u2502") if unicode else ("o", "#", "|")
        gap = "\u00b7\u00b7\u00b7" if unicode else "..."
        dots = [_dots(part.shape[2], plane, gap) if part.planes else _dots(part.size, dot, gap) for part in self._parts]
        kinds = [f"{part.kind} {part.detail}".strip() for part in self._parts]
        width = max(len(line) for line in dots) + _INDENT
        counts = [f"{part.parameters:,} parameters" if part.parameters else "" for part in self._parts]
        left = max(len(text) for text in (*kinds, *counts)) + _INDENT
        for number, (part, line, kind) in enumerate(zip(self._parts, dots, kinds, strict=True)):
            if number:
                yield Text(f"{counts[number]:<{left}}{arrow.center(width).rstrip()}", style="dim")
            shape = (" \u00d7 " if unicode else " x ").join(str(length) for length in part.shape)
            text = Text()
            text.append(f"{kind:<{left}}", style="bold")
            text.append(line.center(width), style="cyan" if part.parameters else "")
            text.append(f"  {shape}")
            yield text


def _dots(size: int, dot: str, gap: str) -> str:
    """`size` dots; above the most that are drawn those of both ends, a little more where the layer is wider."""
    if size <= _MOST_DOTS:
        return " ".join([dot] * size)
    half = min(_MOST_DOTS // 2, 7 + round(math.log2(size / _MOST_DOTS)))
    side = " ".join([dot] * half)
    return f"{side} {gap} {side}"
