"""Writes examples/lesson.ipynb: docs/lesson.md as a notebook, its pictures shown where they are drawn, without outputs.

Run it as `python docs/make/notebook.py`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LESSON = ROOT / "docs" / "lesson.md"
NOTEBOOK = ROOT / "examples" / "lesson.ipynb"

_CODE = re.compile(r"^```python\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
_PRINTED = re.compile(r"^```text\n.*?^```\n", re.MULTILINE | re.DOTALL)
_IMAGE = re.compile(r"^!\[[^\]]*\]\(images/[^)]*\)\n", re.MULTILINE)
_SAVED = re.compile(r"^(plots\..*)\.save\(\"[^\"]*\"\)$", re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?://|#)([^)]+)\)")


def notebook(lesson: str) -> str:
    """The notebook's JSON.

    Args:
        lesson: the page.
    """
    cells: list[dict[str, object]] = []
    for number, part in enumerate(_CODE.split(lesson)):
        if number % 2:
            _add_code(cells, _SAVED.sub(r"\1", part))
        else:
            text = _LINK.sub(r"](../docs/\1)", _IMAGE.sub("", _PRINTED.sub("", part)))
            _add(cells, "markdown", re.sub(r"\n{3,}", "\n\n", text))
    document = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _add_code(cells: list[dict[str, object]], code: str) -> None:
    """One cell; a picture amid its lines ends a cell of its own, since a notebook shows what the last line gives."""
    lines = code.strip("\n").split("\n")
    start = 0
    for number, line in enumerate(lines):
        if line.startswith("plots.") and number < len(lines) - 1:
            _add(cells, "code", "\n".join(lines[start : number + 1]))
            start = number + 1
    _add(cells, "code", "\n".join(lines[start:]))


def _add(cells: list[dict[str, object]], kind: str, text: str) -> None:
    text = text.strip("\n")
    if not text:
        return
    cell: dict[str, object] = {"cell_type": kind, "id": f"cell-{len(cells)}", "metadata": {}}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    cells.append({**cell, "source": text.splitlines(keepends=True)})


if __name__ == "__main__":
    NOTEBOOK.write_text(notebook(LESSON.read_text(encoding="utf-8")), encoding="utf-8")
