"""`figurate check-data`: what it prints, its page, its JSON and its exit status."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

import click
import numpy as np
import pytest
from numpy.typing import NDArray

from figurate.cli import status
from figurate.cli.check_data import check_data


def run(*words: object) -> tuple[int, str, str]:
    """Run the command: exit status, standard output, standard error."""
    app = click.Group(commands=[check_data])
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = status.run(app, ["check-data", *map(str, words)])
    return code, out.getvalue(), err.getvalue()


def figures(count: int, seed: int) -> NDArray[np.uint8]:
    x = np.zeros((count, 12, 12), np.uint8)
    x[:, 2:-2, 2:-2] = np.random.default_rng(seed).integers(0, 256, (count, 8, 8))
    return x


def saved(path: Path, *, repeated: bool = False, torn: bool = False) -> Path:
    """A set of 60 + 20 figures as NPZ."""
    x, x_test, y = figures(60, 0), figures(20, 1), np.arange(60) % 3
    if repeated:
        x[3] = x[0]
    if torn:
        x[4] = x[0]
    np.savez(path, x_train=x, y_train=y, x_test=x_test, y_test=np.arange(20) % 3)
    return path


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    return saved(tmp_path / "clean.npz")


def test_clean_figures(clean: Path) -> None:
    code, out, _ = run(clean)
    assert code == 0
    assert f"{clean}: 60 to learn from, 20 to test with; 12 × 12 pixels; 3 classes." in out
    assert "No errors, no warnings, 2 notes" in out


@pytest.mark.parametrize(
    ("repeated", "torn", "fail_on", "expected"),
    [
        (True, False, "error", 0),
        (True, False, "warning", 1),
        (False, True, "error", 1),
        (False, True, "warning", 1),
        (True, True, "never", 0),
    ],
)
def test_the_exit_status(tmp_path: Path, repeated: bool, torn: bool, fail_on: str, expected: int) -> None:
    path = saved(tmp_path / "set.npz", repeated=repeated, torn=torn)
    assert run(path, "--fail-on", fail_on)[0] == expected


def test_what_is_wrong_is_told_with_its_place(tmp_path: Path) -> None:
    code, out, _ = run(saved(tmp_path / "set.npz", torn=True))
    assert code == 1
    assert "Same figure, two labels  error" in out
    assert "2 figures in 1 group of the same pixels have more than one label" in " ".join(out.split())


@pytest.mark.parametrize(
    ("y", "y_test", "kind", "said"),
    [
        ([7], [7], "one_class", "All figures are of one class, “7”: there is nothing to tell apart."),
        ([3, 7], [3, 8], "absent_classes", "(none in train: “8”; none in test: “7”). The test asks for classes"),
    ],
)
def test_what_cannot_be_learned_from_is_looked_over_all_the_same(
    tmp_path: Path, y: list[int], y_test: list[int], kind: str, said: str
) -> None:
    path = tmp_path / "set.npz"
    labels, tested = np.resize(y, 60), np.resize(y_test, 20)
    np.savez(path, x_train=figures(60, 0), y_train=labels, x_test=figures(20, 1), y_test=tested)
    code, out, _ = run(path)
    assert code == 1
    assert said in " ".join(out.split())
    told = json.loads(run(path, "--json")[1])
    assert [finding["kind"] for finding in told["findings"] if finding["severity"] == "error"] == [kind]


def test_json_is_one_object_alone(tmp_path: Path) -> None:
    code, out, _ = run(saved(tmp_path / "set.npz", torn=True), "--json", "--examples", 1)
    assert code == 1
    assert out.count("\n") == 1
    told = json.loads(out)
    assert told["errors"] == 1
    assert told["splits"] == {"train": 60, "test": 20}
    assert [finding["kind"] for finding in told["findings"]] == ["two_labels", "polarity", "classes"]


def test_the_page(clean: Path, tmp_path: Path) -> None:
    code, out, _ = run(clean, "--out", tmp_path / "report.html")
    assert code == 0
    assert f"With pictures: {tmp_path / 'report.html'}" in " ".join(out.split("\n"))
    assert (tmp_path / "report.html").read_text().startswith("<!doctype html>")


def test_mistakes_in_the_command(clean: Path, tmp_path: Path) -> None:
    code, _, err = run(clean, "--out", tmp_path / "missing" / "report.html")
    assert code == 2
    assert "does not exist. Make it first" in err
    assert run(clean, "--fail-on", "anything")[0] == 2
    assert run()[0] == 2


def test_no_such_set(tmp_path: Path) -> None:
    code, out, err = run("mnisd")
    assert (code, out) == (1, "")
    assert err.startswith("figurate: Unknown data set 'mnisd'. Did you mean 'mnist'?")
