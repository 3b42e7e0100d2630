"""Writes docs/cli.md: every command's own help, as `figurate COMMAND --help` prints it.

Run it as `python docs/make/cli.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "cli.md"
_WIDTH = 100

_HEAD = """\
# The command line

This page is what `figurate --help` and `figurate COMMAND --help` print. `python docs/make/cli.py` writes it; a
test holds it against the program.

The exit status is 0 when all went well, 1 after a failure (one line on standard error says which; with
`FIGURATE_DEBUG=1` also where), 2 when the command was written wrongly, and 130 after Ctrl-C.
"""


def page() -> str:
    """The whole page."""
    from figurate.cli.app import app

    root = app.make_context("figurate", [], resilient_parsing=True, terminal_width=_WIDTH)
    sections = [_HEAD, _section("figurate", app.get_help(root))]
    for name, command in app.commands.items():
        context = command.make_context(name, [], parent=root, resilient_parsing=True, terminal_width=_WIDTH)
        sections.append(_section(f"figurate {name}", command.get_help(context)))
    return "\n".join(sections)


def _section(title: str, text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return f"## {title}\n\n```text\n{lines}\n```\n"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))
    PAGE.write_text(page(), encoding="utf-8")
