"""The guides in docs run from top to bottom, print what they say, draw what they show; the lesson has its own test."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from docs.make.blocks import blocks, fresh_names, is_as_said, run
from figurate.cli.app import app

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDES = [
    page
    for page in sorted(DOCS.glob("*.md"))
    if page.name != "lesson.md" and "```python" in page.read_text(encoding="utf-8")
]


# Keras' `model.save` warns of its own arrays.
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning")
@pytest.mark.parametrize("guide", GUIDES, ids=lambda page: page.name)
def test_a_guide_runs_and_prints_what_it_says(guide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = guide.read_text(encoding="utf-8")
    found = blocks(page)
    assert len(found) == page.count("```python")
    assert sum(block.printed is not None for block in found) == page.count("```text")
    shutil.copytree(DOCS / "pictures", tmp_path / "pictures")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    names = fresh_names()
    for block in found:
        printed = run(block, names, guide)
        if block.printed is None:
            assert printed == "", f"{guide.name}, line {block.line}: prints what the page doesn't show:\n{printed}"
        else:
            assert is_as_said(printed, block.printed), f"{guide.name}, line {block.line}: printed\n{printed}"
    for name in re.findall(r"\]\(images/([^)]+\.png)\)", page):
        with Image.open(tmp_path / name) as drawn, Image.open(DOCS / "images" / name) as kept:
            assert np.ptp(np.asarray(drawn.convert("L"))) > 100, f"{name} is blank"
            assert abs(drawn.width - kept.width) < 0.15 * kept.width, f"{name} has changed: draw docs/images again"


def _commands(page: Path) -> list[str]:
    """The lines that call the command, fenced or indented, without what they say of it behind two spaces."""
    fence, found = None, []
    for line in page.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        if line.startswith("```"):
            fence = line[3:] if fence is None else None
        elif line.startswith("    figurate ") or (fence == "sh" and line.startswith("figurate ")):
            found.append(re.sub(r"   *", "  ", line.strip()).partition("  ")[0])
    return found


COMMANDS = [(page.name, line) for page in [DOCS.parent / "README.md", *DOCS.glob("*.md")] for line in _commands(page)]


@pytest.mark.parametrize(("page", "line"), COMMANDS, ids=[f"{page}: {line}" for page, line in COMMANDS])
def test_commands_have_the_options_that_guides_give_them(page: str, line: str) -> None:
    words = shlex.split(line.partition(" | ")[0], comments=True)[1:]
    command = app if words[0].startswith("-") else app.commands[words[0]]
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    used = {word.partition("=")[0] for word in words if word.startswith("-") and not word.lstrip("-").isdecimal()}
    assert used <= known | {"--help", "-"}, f"{page}: {line}"


def test_there_are_guides() -> None:
    assert "training.md" in [page.name for page in GUIDES]
