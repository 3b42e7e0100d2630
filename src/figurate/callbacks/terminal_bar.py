"""A live bar in a terminal, drawn by rich, with the lines of finished epochs above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


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

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %  {task.fields[values]}  {task.fields[left]}", markup=False),
            console=console or OnStandardOutput(),
            auto_refresh=False,
            transient=True,
        )
        self._task = self._bar.add_task("Epoch", total=total, values="", left="")
        self._bar.start()

    def draw(self, done: int, epoch: str, values: str, left: str) -> None:
        """Draw the bar anew.

        Args:
            done: Steps made.
            epoch: "Epoch 3/20".
            values: Loss and metrics so far.
            left: How long it will take; may be empty.
        """
        self._bar.update(self._task, completed=done, description=epoch, values=values, left=left)
        self._bar.refresh()

    def write(self, lines: str) -> None:
        """Write lines above the bar."""
        self._bar.console.print(lines, markup=False, highlight=False, soft_wrap=True)

    def close(self) -> None:
        """Take the bar away and give the terminal back."""
        self._bar.stop()
