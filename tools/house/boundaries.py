"""The compiled module has one door: only `_engine.py` imports `_core`.

import-linter holds the other directions, but reads Python files alone and so can't see a compiled module.
"""

from __future__ import annotations

import ast
from pathlib import Path

from tools.house.files import text_files

DOOR = "src/figurate/_engine.py"


def problems(root: Path) -> list[str]:
    """Every import of `_core` in another file of the package."""
    found = []
    for path, text in text_files(root):
        if not path.startswith("src/figurate/") or not path.endswith(".py") or path == DOOR:
            continue
        for node in ast.walk(ast.parse(text, filename=path)):
            if isinstance(node, ast.Import | ast.ImportFrom) and any(
                "_core" in name.split(".") for name in _names(node)
            ):
                found.append(f"{path}:{node.lineno}: imports _core; only {DOOR} does")
    return found


def _names(node: ast.Import | ast.ImportFrom) -> list[str]:
    """The dotted names that an import statement may bring in."""
    names = [alias.name for alias in node.names]
    return [*names, node.module or ""] if isinstance(node, ast.ImportFrom) else names
