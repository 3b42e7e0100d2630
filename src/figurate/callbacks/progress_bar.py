"""`ProgressBar`: shows a run while it trains: a live bar in a terminal or notebook, one line an epoch elsewhere.

Says what is shown; `terminal_bar.py` and `notebook_bar.py` draw. It is called about every 30 ms and draws at most every
100 ms, since a whole run may take half a second.
"""

from __future__ import annotations

import sys
import time
from typing import IO, TYPE_CHECKING

from figurate.callbacks.callback import Callback, Logs
from figurate.callbacks.notebook_bar import NotebookBar, in_notebook
from figurate.callbacks.terminal_bar import TerminalBar
from figurate.showing import number

if TYPE_CHECKING:
    from rich.console import Console

# Drawing takes 1 to 2 ms, so this keeps it near 1 % of the time.
_SECONDS_BETWEEN_DRAWINGS = 0.1


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
        self._first_step: int | None = None
        self._began = 0.0
        self._training = False
        self._test_began = 0.0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._training = True
        self._began = time.perf_counter()
        self._first_step = None
        self._validation = {}
        self._bar = self._new_bar()

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch_began = time.perf_counter()
        self._steps_before = epoch * self.params["steps"]
        if self._first_step is None:
            self._first_step = self._steps_before
        self._epoch = epoch

    def on_train_tick(self, step: int, logs: Logs | None = None) -> None:
        self._advance(self._steps_before + step, logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        epochs = self.params["epochs"]
        width = len(str(epochs))
        seconds = _seconds(time.perf_counter() - self._epoch_began)
        self._validation = {name: value for name, value in (logs or {}).items() if name.startswith("val_")}
        self._lines.append(f"Epoch {epoch + 1:>{width}}/{epochs}  {seconds:>6}  {_values(logs)}")
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
            self._write(f"{_seconds(time.perf_counter() - self._test_began)}  {_values(logs)}")

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
        if self._bar is None or time.perf_counter() - self._drawn < _SECONDS_BETWEEN_DRAWINGS:
            return
        self._flush()
        shown = {name: value for name, value in (logs or {}).items() if not name.startswith("val_")}
        if self._bar.shows_validation:
            shown |= self._validation
        name = f"Epoch {self._epoch + 1}/{self.params['epochs']}"
        self._bar.draw(done, name, _values(shown), self._left(done))
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

    def _left(self, done: int) -> str:
        first = self._first_step or 0
        total = self.params["epochs"] * self.params["steps"]
        if done <= first:
            return ""
        left = (time.perf_counter() - self._began) * (total - done) / (done - first)
        return f"{_seconds(left)} left"


def _stdout() -> IO[str] | None:
    """Standard output, or None where the process was started without one."""
    return sys.stdout


def _values(logs: Logs | None) -> str:
    return "  ".join(f"{name}: {number(value)}" for name, value in (logs or {}).items())


def _seconds(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(int(seconds + 0.5), 60)
    return f"{minutes} min {rest:02d} s"
