"""A live bar in a terminal, drawn by rich, with the lines of finished epochs above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


# In characters. "59 min 59 s left" has room from the beginning, so that the bar keeps its length.
_LONGEST_BAR, _LONG_ENOUGH, _SHORTEST_BAR = 40, 10, 3
_SHARE = len(" 100 %")
_LEFT = len("  59 min 59 s left")


class TerminalBar:
    """A bar that moves until it is closed.

    Args:
        console: Where to; None: standard output.
        total: Steps of all epochs.
    """

    shows_validation = False  # it stands in the lines above; here it would make the bar jump

    def __init__(self, console: Console | None, total: int) -> None:
        from rich.console import Console as OnStandardOutput
        from rich.progress import BarColumn, Progress, TextColumn

        self._line = BarColumn(_LONGEST_BAR)
        self._bar = Progress(
            TextColumn("{task.description}"),
            self._line,
            TextColumn("{task.percentage:>3.0f} %{task.fields[words]}", markup=False),
            console=console or OnStandardOutput(),
            auto_refresh=False,
            transient=True,
        )
        self._task = self._bar.add_task("Epoch", total=total, words="")
        self._bar.start()

    @property
    def width(self) -> int | None:
        """Characters of a line; None where the terminal is none that draws."""
        console = self._bar.console
        return None if console.is_dumb_terminal else console.width

    def draw(self, done: int, epoch: str, values: Sequence[str], left: str) -> None:
        """Draw the bar anew.

        Args:
            done: Steps made.
            epoch: "Epoch 3/20".
            values: Loss and metrics so far; the last ones are left out where there is no room.
            left: How long it will take; may be empty.
        """
        room = self._bar.console.width - len(epoch) - 1 - _SHARE - _LEFT
        words = ""
        for value in values:
            if room - len(f"{words}  {value}") < _LONG_ENOUGH:
                break
            words = f"{words}  {value}"
        self._line.bar_width = min(_LONGEST_BAR, max(_SHORTEST_BAR, room - len(words)))
        words += f"  {left}" if left else ""
        self._bar.update(self._task, completed=done, description=epoch, words=words)
        self._bar.refresh()

    def write(self, lines: str) -> None:
        """Write lines above the bar."""
        self._bar.console.print(lines, markup=False, highlight=False, soft_wrap=True)

    def close(self) -> None:
        """Take the bar away and give the terminal back."""
        self._bar.stop()
