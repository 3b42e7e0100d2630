"""A live bar in a notebook: one line under the cell, rewritten while the model trains.

In the end it is the last epoch's; where none came to its end it says so.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from figurate.showing import Markup, element


def in_notebook() -> bool:
    """Whether a notebook's kernel runs this: then IPython is loaded, and its shell has a kernel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


class NotebookBar:
    """A bar with a line of text, shown where the cell's output is.

    Args:
        total: Steps of all epochs.
    """

    shows_validation = True  # of the epoch before, since finished epochs have no line of their own
    width = None  # lines are folded by the browser

    def __init__(self, total: int) -> None:
        self._total = max(1, total)
        self._handle: Any = None
        self._last = ""
        self._stopped = ""

    def draw(self, done: int, epoch: str, values: Sequence[str], left: str) -> None:
        """Draw the line anew; see `TerminalBar.draw`."""
        bar = element("progress", "", value=str(done), max=str(self._total), style="vertical-align: middle")
        share = f"{100 * done // self._total} %"
        self._stopped = f"{epoch}  stopped at {share} of all epochs"
        self._show("  ".join(part for part in (epoch, share, *values, left) if part), bar)

    def write(self, lines: str) -> None:
        """Take note of finished epochs' lines; the last one stays when the bar is closed."""
        self._last = lines.splitlines()[-1]

    def close(self) -> None:
        """Leave the last finished epoch's line, or one that says that there is none."""
        if self._last or self._stopped:
            self._show(self._last or self._stopped)

    def _show(self, line: str, bar: str = "") -> None:
        words = element("code", line, style="white-space: pre-wrap; background: none")
        page = element("div", Markup(f"{bar} {words}"))
        data = {"text/plain": line, "text/html": page}
        if self._handle is None:
            # It is loaded, see `in_notebook`.
            self._handle = sys.modules["IPython"].display.display(data, raw=True, display_id=True)
        else:
            self._handle.update(data, raw=True)
