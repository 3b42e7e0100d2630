"""The command line: `figurate train mnist` and what goes with it, a command a file.

Reads words, calls the library, prints; what is computed is computed elsewhere. Only click is imported before a command
runs, so that help comes at once.
"""

from __future__ import annotations

import sys
from typing import NoReturn

__all__ = ["main"]


def main() -> NoReturn:
    """Run the command line on `sys.argv` and leave with its exit status."""
    from figurate.cli.app import app
    from figurate.cli.status import run

    sys.exit(run(app, sys.argv[1:]))
