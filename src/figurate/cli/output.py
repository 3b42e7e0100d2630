"""Where a command's words go: results to standard output, progress and messages to standard error, nothing twice.

With `--json` standard output carries JSON alone and everything meant for people goes to standard error; with `--quiet`
they go nowhere. Drawing is figurate.plots.terminal's.
"""

from __future__ import annotations

import json
import math
import sys
from typing import TYPE_CHECKING

from figurate.errors import harmless

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


class Output:
    """What a command prints with.

    Args:
        as_json: whether standard output is kept for JSON.
        quiet: whether people's part is left out.
    """

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self._results: Console | None = None
        self._messages: Console | None = None

    @property
    def messages(self) -> Console:
        """The console on standard error."""
        if self._messages is None:
            self._messages = _console(to_error=True, quiet=self.quiet)
        return self._messages

    @property
    def results(self) -> Console:
        """The console for what people asked for: standard output, unless JSON has it."""
        if self.as_json:
            return self.messages
        if self._results is None:
            self._results = _console(to_error=False, quiet=self.quiet)
        return self._results

    def say(self, *renderables: RenderableType) -> None:
        """Print for people, one below the other, without rich reading anything into the text."""
        for renderable in renderables:
            # Sentences are folded for readers at a terminal, never for other programs.
            unfolded = isinstance(renderable, str) and not self.results.is_terminal
            if isinstance(renderable, str):
                renderable = harmless(renderable)
            self.results.print(renderable, markup=False, highlight=False, soft_wrap=unfolded)

    def note(self, text: str) -> None:
        """A line about what is being done, which is no result: to standard error."""
        self.messages.print(harmless(f"figurate: {text}"), markup=False, highlight=False, soft_wrap=True)

    def line(self, text: str) -> None:
        """A line of results that is never folded, for people and for other programs."""
        self.results.print(harmless(text), markup=False, highlight=False, soft_wrap=True)

    def object(self, value: dict[str, object]) -> None:
        """Print one object on one line, if JSON was asked for."""
        if self.as_json:
            sys.stdout.write(json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n")
            sys.stdout.flush()


def finite(value: float) -> float | None:
    """A number as JSON knows it: what isn't finite becomes null."""
    number = float(value)
    return number if math.isfinite(number) else None


def _console(*, to_error: bool, quiet: bool) -> Console:
    from rich.console import Console

    return Console(stderr=to_error, quiet=quiet)
