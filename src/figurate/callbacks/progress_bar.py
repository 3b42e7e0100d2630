"""`ProgressBar`: shows a run while it trains: a live bar in a terminal or notebook, one line an epoch elsewhere.

Says what is shown; `terminal_bar.py` and `notebook_bar.py` draw. It is called about every 30 ms and draws at most every
100 ms, since a whole run may take half a second.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING

from figurate.callbacks.callback import Callback, Logs
from figurate.callbacks.notebook_bar import NotebookBar, in_notebook
from figurate.callbacks.terminal_bar import TerminalBar
from figurate.showing import number

if TYPE_CHECKING:
    from rich.console import Console

# Drawing takes 1 to 2 ms, so this keeps it near 1 % of the time.
_SECONDS_BETWEEN_DRAWINGS = 0.1
# Before either has passed since the first step the time left would be a guess.
_SECONDS_TO_JUDGE_BY, _STEPS_TO_JUDGE_BY = 1.0, 8


class ProgressBar(Callback):
    """Show epochs, loss, metrics and the time left. `fit(verbose=1)` adds one for standard output by itself.

    Args:
        console: A `rich.console.Console`, such as `Console(stderr=True)`; None: standard output.
        live: Whether to draw a live bar; None: if the output is a terminal or a notebook.

    Example:
        >>> from rich.console import Console
        >>> callbacks = [ProgressBar(Console(stderr=True))]
    """

    def __init__(self, console: Console | None = None, live: bool | None = None) -> None:
        super().__init__()
        self.console = console
        self.live = live
        self._bar: TerminalBar | NotebookBar | None = None
        self._lines: list[str] = []
        self._validation: Logs = {}
        self._drawn = 0.0
        self._epoch = 0
        self._epoch_began = 0.0
        self._steps_before = 0
        self._first: tuple[int, float] | None = None
        self._training = False
        self._test_began = 0.0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._training = True
        self._first = None
        self._validation = {}
        self._bar = self._new_bar()

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch_began = time.perf_counter()
        self._steps_before = epoch * self.params["steps"]
        self._epoch = epoch

    def on_train_tick(self, step: int, logs: Logs | None = None) -> None:
        self._advance(self._steps_before + step, logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        epochs = self.params["epochs"]
        seconds = _seconds(time.perf_counter() - self._epoch_began)
        self._validation = {name: value for name, value in (logs or {}).items() if name.startswith("val_")}
        number = f"{epoch + 1:>{len(str(epochs))}}/{epochs}"
        heads = (f"Epoch {number}  {seconds:>6}", f"Epoch {number}", number)
        self._lines.append(_fitting(heads, _values(logs), self._bar.width if self._bar is not None else None))
        if self._bar is None:
            self._flush()
        else:
            self._advance(self._steps_before + self.params["steps"], logs)

    def on_train_end(self, logs: Logs | None = None) -> None:
        self.on_train_exit()

    def on_train_exit(self) -> None:
        self._flush()
        if self._bar is not None:
            self._bar.close()
            self._bar = None
        self._training = False

    def on_test_begin(self, logs: Logs | None = None) -> None:
        self._test_began = time.perf_counter()

    def on_test_end(self, logs: Logs | None = None) -> None:
        if not self._training:
            self._write("  ".join([_seconds(time.perf_counter() - self._test_began), *_values(logs)]))

    def _new_bar(self) -> TerminalBar | NotebookBar | None:
        """A live bar, where there is to be one."""
        total = self.params["epochs"] * self.params["steps"]
        if self.console is None and self.live is not False and in_notebook():
            return NotebookBar(total)
        if self.live if self.live is not None else self._is_terminal():
            return TerminalBar(self.console, total)
        return None

    def _is_terminal(self) -> bool:
        if self.console is not None:
            return bool(self.console.is_terminal)
        out = _stdout()
        return out is not None and out.isatty()

    def _advance(self, done: int, logs: Logs | None) -> None:
        """Draw the bar, and above it the lines of epochs that ended, unless it was drawn just now."""
        now = time.perf_counter()
        if self._first is None:
            self._first = (done, now)
        if self._bar is None or now - self._drawn < _SECONDS_BETWEEN_DRAWINGS:
            return
        self._flush()
        shown = {name: value for name, value in (logs or {}).items() if not name.startswith("val_")}
        if self._bar.shows_validation:
            shown |= self._validation
        name = f"Epoch {self._epoch + 1}/{self.params['epochs']}"
        self._bar.draw(done, name, _values(shown), self._left(done, now))
        self._drawn = time.perf_counter()

    def _flush(self) -> None:
        """Write the lines of epochs that ended."""
        if self._lines:
            self._write("\n".join(self._lines))
            self._lines.clear()

    def _write(self, text: str) -> None:
        if self._bar is not None:
            self._bar.write(text)
        elif self.console is not None:
            self.console.print(text, markup=False, highlight=False, soft_wrap=True)
        elif _stdout() is not None:
            print(text, flush=True)

    def _left(self, done: int, now: float) -> str:
        """How long the rest takes, by the steps after the first, which has the beginning's work in it."""
        first, began = self._first or (done, now)
        steps, seconds = done - first, now - began
        if steps <= 0 or (steps < _STEPS_TO_JUDGE_BY and seconds < _SECONDS_TO_JUDGE_BY):
            return ""
        total = self.params["epochs"] * self.params["steps"]
        return f"{_seconds(seconds * (total - done) / steps)} left"


def _stdout() -> IO[str] | None:
    """Standard output, or None where the process was started without one."""
    return sys.stdout


def _values(logs: Logs | None) -> list[str]:
    return [f"{name}: {number(value)}" for name, value in (logs or {}).items()]


def _fitting(heads: Sequence[str], values: Sequence[str], width: int | None) -> str:
    """A line with the first of these heads that leaves room for all values, else lines that break between values.

    Args:
        heads: The longest first.
        values: Such as "loss: 0.1".
        width: Characters of a line; None: as many as it takes.
    """
    whole = ["  ".join([head, *values]) for head in heads]
    if width is None:
        return whole[0]
    for line in whole:
        if len(line) <= width:
            return line
    lines = [heads[-1]]
    for value in values:
        longer = f"{lines[-1]}  {value}"
        lines = [*lines[:-1], longer] if len(longer) <= width else [*lines, f"  {value}"]
    return "\n".join(lines)


def _seconds(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(int(seconds + 0.5), 60)
    return f"{minutes} min {rest:02d} s"
