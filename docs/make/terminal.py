"""The picture of `figurate train mnist` in a terminal: the command's own output, exported by rich as SVG."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import IO, cast

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import MONOKAI

_WIDTH = 92
# rich's picture asks a web server for its font; this one takes what the reader has.
_FONT = re.compile(r"@font-face \{\{.*?\}\}", re.DOTALL)


class _Into(io.TextIOBase):
    """A file whose text another console prints."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def write(self, text: str) -> int:
        self._console.print(text, end="", markup=False, highlight=False, style="dim", soft_wrap=True)
        return len(text)


def draw(path: Path, words: str = "train mnist") -> None:
    """Run a command of figurate's and write what it printed as a picture.

    Args:
        path: of the SVG file.
        words: of the command, after `figurate`.
    """
    import figurate
    from figurate.cli import output, status
    from figurate.cli.app import app

    results = Console(record=True, file=io.StringIO(), force_terminal=True, color_system="truecolor", width=_WIDTH)
    messages = Console(file=cast(IO[str], _Into(results)), force_terminal=False, width=_WIDTH)
    results.print(f"[bold green]$[/] [bold]figurate {words}[/]")

    def console(*, to_error: bool, quiet: bool) -> Console:
        return messages if to_error else results

    figurate.utils.clear_session()
    own = output._console
    output._console = console
    try:
        if status.run(app, words.split()) != 0:
            raise RuntimeError(f"figurate {words} failed")
    finally:
        output._console = own
    picture = results.export_svg(
        title="figurate", theme=MONOKAI, code_format=_FONT.sub("", CONSOLE_SVG_FORMAT), unique_id="lesson"
    )
    path.write_text("\n".join(line.rstrip() for line in picture.splitlines()) + "\n", encoding="utf-8")
