"""The wheel is small, complete and portable. It is the one that was built for these tests, in build/wheel."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools.house.files import ROOT

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def wheel() -> Path:
    wheels = list((ROOT / "build" / "wheel").glob("figurate-*.whl"))
    if not wheels:
        pytest.skip("there is no wheel in build/wheel: `make wheel` builds one")
    assert len(wheels) == 1
    return wheels[0]


def test_wheel_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size < 15 * MEGABYTE


def test_wheel_has_everything_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    package = {name for name in names if name.startswith("figurate/")}
    assert {"figurate/__init__.py", "figurate/py.typed", "figurate/_core.pyi"} <= package
    assert len([name for name in package if name.endswith(".so")]) == 1
    kept = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src").rglob("*") if path.is_file()}
    wanted = {name for name in kept if "__pycache__" not in name and not name.endswith(".so")}
    assert {name for name in package if not name.endswith(".so")} == wanted
    others = {name.split("/")[-1] for name in set(names) - package}
    assert others == {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "LICENSE", "NOTICE"}


def test_wheel_runs_where_the_system_is_older(wheel: Path) -> None:
    """auditwheel finds no library or symbol that a Linux of 2022 (glibc 2.35) lacks."""
    show = [sys.executable, "-m", "auditwheel", "show", str(wheel)]
    report = " ".join(subprocess.run(show, capture_output=True, text=True, check=True).stdout.split())
    tag = report.split('is consistent with the following platform tag: "')[1].split('"')[0]
    family, major, minor, _ = tag.split("_", 3)
    assert family == "manylinux"
    assert (int(major), int(minor)) <= (2, 35)


def test_kernels_share_no_code_with_the_rest() -> None:
    """An inline function that a kernel's file emits could serve all others, with instructions a machine may lack."""
    objects = list((ROOT / "build").glob("cp3*/core/**/kernels_*.dir/**/*.o"))
    if not objects:
        pytest.skip("there are no compiled kernels in build/: `make install` compiles them")
    symbols = subprocess.run(
        ["nm", "--demangle", *map(str, objects)], capture_output=True, text=True, check=True
    ).stdout
    assert [line for line in symbols.splitlines() if line[17:19] in {"W ", "V ", "u "}] == []
