"""The code that README.md shows runs as it stands there, block after block, in an empty folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.house.files import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_readme_code_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert BLOCKS, "README.md shows no Python"
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "readme"}
    for number, block in enumerate(BLOCKS):
        exec(compile(block, f"README.md, block {number}", "exec"), names)  # noqa: S102
    assert "7" in capsys.readouterr().out, "the first validation figure is a 7, and the code shows it"


def test_readme_names_make_targets_that_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    wanted = set(re.findall(r"(?:^    |`)make ([a-z][a-z-]*)", README, re.MULTILINE))
    assert {"demo", "test"} <= wanted
    assert wanted <= set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
