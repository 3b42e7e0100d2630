"""The fenced code of a Markdown page: found, run in order, and its printed output held against the page's.

A block of `text` right after a block of `python` is what that block prints; `…` in it stands for anything.
"""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One block of Python.

    Attributes:
        code: as it stands on the page.
        printed: what the page says that it prints; None where it doesn't say.
        line: of the page on which the code begins.
    """

    code: str
    printed: str | None
    line: int


def blocks(page: str) -> list[Block]:
    """All blocks of Python on a page, in order."""
    return [Block(found[1], found[2], page.count("\n", 0, found.start()) + 2) for found in _BLOCK.finditer(page)]


def fresh_names() -> dict[str, object]:
    """What a page begins with: no names of its own, and layers named from the beginning again."""
    import figurate

    figurate.utils.clear_session()
    return {"__name__": "page"}


def run(block: Block, names: dict[str, object], page: Path) -> str:
    """Run a block with the names that those before it have left, and give what it printed."""
    code = compile("\n" * (block.line - 1) + block.code, str(page), "exec")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, names)  # noqa: S102 - the project's own page
    return printed.getvalue()


def is_as_said(printed: str, said: str) -> bool:
    """Whether a block printed what the page says, spaces at the ends of lines aside."""
    pattern = ".*?".join(re.escape(part) for part in _trimmed(said).split("…"))
    return re.fullmatch(pattern, _trimmed(printed), re.DOTALL) is not None


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())
