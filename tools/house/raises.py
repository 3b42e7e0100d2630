"""A test that expects an error says which: every `pytest.raises` and `pytest.warns` has `match=`.

Without it, the test passes on any error of that type, the wrong one too.
"""

from __future__ import annotations

import ast
from pathlib import Path

from tools.house.files import text_files

# Ctrl-C brings no message.
MUTE = {"KeyboardInterrupt"}


def problems(root: Path) -> list[str]:
    """Every expectation of an error or warning in tests/ without its message."""
    found = []
    for path, text in text_files(root):
        if not path.startswith("tests/") or not path.endswith(".py"):
            continue
        for node in ast.walk(ast.parse(text, filename=path)):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) not in {"pytest.raises", "pytest.warns"}:
                continue
            if not any(keyword.arg == "match" for keyword in node.keywords) and ast.unparse(node.args[0]) not in MUTE:
                found.append(f"{path}:{node.lineno}: {ast.unparse(node.func)} without match=")
    return found
