"""Optional libraries: the message says whether one is missing or broken, and how to install it."""

from __future__ import annotations

from pathlib import Path

import pytest

from figurate.errors import UnsupportedError
from figurate.libraries import library


def test_a_library_that_is_there() -> None:
    assert library("os.path", "Paths are joined with os", "os").join("a", "b") == str(Path("a", "b"))


def test_a_missing_library() -> None:
    with pytest.raises(
        UnsupportedError,
        match=r"^Data are read with X, which is not installed\. Install it with `pip install 'figurate\[photos\]'`\.$",
    ):
        library("figurates_missing.part", "Data are read with X", "figurate[photos]")


def test_advice_comes_last() -> None:
    with pytest.raises(UnsupportedError, match=r"Install it with `pip install keras jax`; choose a backend\.$"):
        library("figurates_missing", "Models are made with Y", "keras jax", "choose a backend")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import figurates_missing", r"No module named 'figurates_missing'"),
        ("raise ImportError('libGL.so.1: cannot open\\nshared object file')", r"libGL\.so\.1: cannot open.*shared"),
    ],
    ids=["without its backend", "without a file of the system's"],
)
def test_a_broken_library_is_not_called_missing(
    source: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "figurates_broken.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UnsupportedError, match=rf"which cannot be imported \(.*{said}.*\)\. Install it with `pip"):
        library("figurates_broken", "Photos are read with Z", "z")
