"""Show on standard error how a download gets on: a bar in a terminal, a plain line a file elsewhere."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console
    from rich.progress import TaskID

__all__ = ["progress"]


@contextmanager
def progress(title: str, console: Console | None = None) -> Iterator[Callable[[str, int, int | None], None]]:
    """Open a progress display; it closes with the `with` block.

    Args:
        title: What is being downloaded: the set's name.
        console: Where to draw, standard error by default.

    Returns:
        A function to call with a file's name, the bytes there are, and those there will be, or None.
    """
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    console = console or Console(stderr=True)
    if not console.is_terminal:
        named: set[str] = set()

        def say(name: str, done: int, total: int | None) -> None:
            if name not in named:
                named.add(name)
                size = f" ({total / 1e6:.1f} MB)" if total is not None else ""
                console.print(f"{title}: downloading {name}{size}", highlight=False, soft_wrap=True)

        yield say
        return

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        tasks: dict[str, TaskID] = {}

        def draw(name: str, done: int, total: int | None) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(f"{title}: {name}", total=total)
            bar.update(tasks[name], completed=done, total=total)

        yield draw
