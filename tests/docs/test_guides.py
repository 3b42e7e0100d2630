"""The guides in docs run from top to bottom and print what they say; the lesson has a test of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.make.blocks import blocks, fresh_names, is_as_said, run

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDES = [
    page
    for page in sorted(DOCS.glob("*.md"))
    if page.name != "lesson.md" and "```python" in page.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda page: page.name)
def test_a_guide_runs_and_prints_what_it_says(guide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = guide.read_text(encoding="utf-8")
    found = blocks(page)
    assert len(found) == page.count("```python")
    assert sum(block.printed is not None for block in found) == page.count("```text")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    names = fresh_names()
    for block in found:
        printed = run(block, names, guide)
        if block.printed is None:
            assert printed == "", f"{guide.name}, line {block.line}: prints what the page doesn't show:\n{printed}"
        else:
            assert is_as_said(printed, block.printed), f"{guide.name}, line {block.line}: printed\n{printed}"


def test_there_are_guides() -> None:
    assert "training.md" in [page.name for page in GUIDES]
