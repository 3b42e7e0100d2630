"""`ProgressBar`: shows a run while it trains: a live bar in a terminal, one line an epoch elsewhere.

Only draws. It is called about every 30 ms and draws at most every 100 ms, since a whole run may take half a second.
"""

from __future__ import annotations

import sys
import time
from typing import IO, TYPE_CHECKING, Any

from figurate.callbacks.callback import Callback, Logs

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

# Drawing takes 1 to 2 ms, so this keeps it near 1 % of the time.
_SECONDS_BETWEEN_DRAWINGS = 0.1


class ProgressBar(Callback):
    """Show epochs, loss, metrics and the time left. `fit(verbose=1)` adds one for standard output by itself.

    Args:
        console: A `rich.console.Console`, such as `Console(stderr=True)`; None: standard output.
        live: Whether to draw a live bar; None: if the output is a terminal.

    Example:
        >>> from rich.console import Console
        >>> callbacks = [ProgressBar(Console(stderr=True))]
    """

    def __init__(self, console: Console | None = None, live: bool | None = None) -> None:
        super().__init__()
        self.console = console
        self.live = live
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._lines: list[str] = []
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
        if self.live if self.live is not None else self._is_terminal():
            self._start_bar()

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
            self._bar.stop()
            self._bar = None
        self._training = False

    def on_test_begin(self, logs: Logs | None = None) -> None:
        self._test_began = time.perf_counter()

    def on_test_end(self, logs: Logs | None = None) -> None:
        if not self._training:
            self._write(f"{_seconds(time.perf_counter() - self._test_began)}  {_values(logs)}")

    def _is_terminal(self) -> bool:
        if self.console is not None:
            return bool(self.console.is_terminal)
        out = _stdout()
        return out is not None and out.isatty()

    def _start_bar(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %  {task.fields[values]}  {task.fields[left]}", markup=False),
            console=self.console or Console(),
            auto_refresh=False,
            transient=True,
        )
        total = self.params["epochs"] * self.params["steps"]
        self._task = self._bar.add_task("Epoch", total=total, values="", left="")
        self._bar.start()

    def _advance(self, done: int, logs: Logs | None) -> None:
        """Draw the bar, and above it the lines of epochs that ended, unless it was drawn just now."""
        if self._bar is None or self._task is None or time.perf_counter() - self._drawn < _SECONDS_BETWEEN_DRAWINGS:
            return
        self._flush()
        # The validation's values come in the lines; here they would make the bar jump.
        shown = {name: value for name, value in (logs or {}).items() if not name.startswith("val_")}
        name = f"Epoch {self._epoch + 1}/{self.params['epochs']}"
        self._bar.update(self._task, completed=done, description=name, values=_values(shown), left=self._left(done))
        self._bar.refresh()
        self._drawn = time.perf_counter()

    def _flush(self) -> None:
        """Write the lines of epochs that ended."""
        if self._lines:
            self._write("\n".join(self._lines))
            self._lines.clear()

    def _write(self, text: str) -> None:
        console = self._bar.console if self._bar is not None else self.console
        if console is not None:
            console.print(text, markup=False, highlight=False, soft_wrap=True)
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
    return "  ".join(f"{name}: {_number(value)}" for name, value in (logs or {}).items())


def _number(value: Any) -> str:
    if _is_small(value):
        return f"{value:.4e}"
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def _is_small(value: Any) -> bool:
    """Whether four decimals would show a value, such as a learning rate, as next to nothing."""
    return isinstance(value, float) and 0 < abs(value) < 1e-3


def _seconds(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(int(seconds + 0.5), 60)
    return f"{minutes} min {rest:02d} s"
