"""Python boundaries that import-linter can't see: the compiled module, and libraries that are slow to load.

Only `_engine.py` imports `_core`; the slow ones are imported inside the functions that need them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tools.house.files import text_files

GATE = "src/figurate/_engine.py"
# Loaded when first needed: each would cost `import figurate` or `figurate --help` 10 to 300 ms.
LAZY = {"PIL", "matplotlib", "rich", "safetensors", "urllib"}
# Modules that are themselves loaded only when needed.
LAZY_FREE = ("src/figurate/plots/",)


def problems(root: Path) -> list[str]:
    """Every import of `_core` outside the gate, and every slow library imported at a module's top."""
    found = []
    for path, text in text_files(root):
        if not path.startswith("src/figurate/") or not path.endswith(".py"):
            continue
        tree = ast.parse(text, filename=path)
        for node in ast.walk(tree):
            for name in _imported(node):
                if name.split(".")[-1] == "_core" and path != GATE:
                    found.append(f"{path}:{node.lineno}: imports _core; only {GATE} does")  # type: ignore[attr-defined]
        if not path.startswith(LAZY_FREE):
            for node in _top_level(tree.body):
                for name in _imported(node):
                    if name.split(".")[0] in LAZY:
                        found.append(f"{path}:{node.lineno}: imports {name} at its top, not in a function")
    return found


def _imported(node: ast.AST) -> list[str]:
    """The dotted names that an import statement brings in; for `from x import y`, x and x.y."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        module = node.module or ""
        inner = [f"{module}.{alias.name}" for alias in node.names if alias.name == "_core"]
        return inner or ([module] if module else [])
    return []


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run when the module is imported, those under `if TYPE_CHECKING` left out."""
    for statement in body:
        if isinstance(statement, ast.If):
            if "TYPE_CHECKING" not in ast.dump(statement.test):
                yield from _top_level(statement.body)
            yield from _top_level(statement.orelse)
        elif isinstance(statement, ast.Try):
            yield from _top_level(statement.body)
        else:
            yield statement
