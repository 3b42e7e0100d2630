"""What is published of the presets is what was measured, and a search goes on where it was stopped."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.presets import publish, search, table
from benchmarks.presets.described import described
from figurate import datasets, presets
from figurate.presets import Preset
from figurate.presets.measured import Measured

ROW: dict[str, Any] = {
    "preset": "fast",
    "data": "mnist",
    "seeds": 30,
    "accuracy": {"mean": 0.98967, "standard_deviation": 0.00041, "of": 30},
    "ensemble": {"mean": 0.9921, "standard_deviation": 0.0001, "of": 6},
    "seconds": {"min": 1.0, "median": 1.234, "max": 2.0},
}


def test_what_is_published_is_up_to_date() -> None:
    publish.update(check=True)


def test_a_measured_preset_has_its_numbers_and_others_dashes() -> None:
    lines = publish.table([ROW]).splitlines()
    fast, tiny = (next(line for line in lines if line.startswith(f"| `{name}`")) for name in ("fast", "tiny"))
    assert fast.endswith("| 98.97 ± 0.04 % | 99.21 % | 1.23 | – | – | – |")
    assert tiny.endswith("| – | – | – | – | – | – |")
    assert "standard deviations" in lines[-2]
    alone = publish.table([ROW | {"ensemble": None, "data": "fashion_mnist"}])
    assert "| – | – | – | 98.97 ± 0.04 % | – | 1.23 |" in alone


def test_the_package_reads_what_is_published() -> None:
    document = json.loads(publish.measured([ROW]))
    assert Measured(**document["mnist"]["fast"]) == Measured(0.98967, 0.00041, 30, 0.9921, 1.234)


def test_markers_must_be_there() -> None:
    with pytest.raises(SystemExit, match=r"page\.md needs the lines"):
        publish.replaced("no markers", "table", "page.md")


def test_mean_and_deviation_by_hand() -> None:
    found = table.mean_and_deviation([0.5, 0.7, 0.9])
    assert found == {"mean": pytest.approx(0.7), "standard_deviation": pytest.approx(0.2), "of": 3}
    assert table.mean_and_deviation([0.5])["standard_deviation"] == 0


def test_ensembles_are_groups_of_five_in_order() -> None:
    labels = np.array([0, 1])
    sure, wrong = np.array([[0.9, 0.1], [0.1, 0.9]]), np.array([[0.45, 0.55], [0.55, 0.45]])
    assert table.ensembles([sure] * 4, labels) is None
    # The first five are right together, though four of them are wrong alone; the second five are not; two are left.
    found = table.ensembles([sure, wrong, wrong, wrong, wrong, *[wrong] * 5, sure, sure], labels)
    assert found is not None
    assert found["of"] == 2
    assert found["mean"] == pytest.approx(0.5)


def test_a_fingerprint_is_of_all_that_training_depends_on() -> None:
    fast = presets.get("fast")
    one = described(fast, (12, 12, 1), 3, 100)
    assert described(replace(fast, name="another"), (12, 12, 1), 3, 100) == one
    assert one["parameters"] == fast.build((12, 12), 3).count_params()
    others = [
        described(search.variant(fast, "b", batch_size=100), (12, 12, 1), 3, 100),
        described(search.variant(fast, "b", learning_rate=0.1), (12, 12, 1), 3, 100),
        described(search.variant(fast, "b", presets.get("tiny").layers), (12, 12, 1), 3, 100),
        described(search.variant(fast, "b", augmentation=presets.get("tiny").recipe.augmentation), (12, 12, 1), 3, 100),
        described(fast, (12, 12, 1), 4, 100),
        described(fast, (12, 12, 1), 3, 101),
    ]
    assert len({facts["fingerprint"] for facts in [one, *others]}) == 1 + len(others)


def test_a_search_goes_on_where_it_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    x = np.random.default_rng(0).integers(0, 255, (20, 8, 8), np.uint8)
    y = np.arange(20) % 2
    looked_at: list[int] = []
    fit = Preset.fit

    def counted(self: Preset, x: Any, *rest: Any, **options: Any) -> Any:
        looked_at.append(len(x))
        return fit(self, x, *rest, **options)

    monkeypatch.setattr(Preset, "fit", counted)
    monkeypatch.setattr(datasets, "load", lambda name: ((x, y), None))
    monkeypatch.setattr(search, "JUDGED_BY", 5)
    lesson = search.variant(presets.get("lesson"), "one", epochs=1)
    path, what = tmp_path / "found.json", {"data": "mnist", "figures": 12}

    search.search([lesson], search.Results(path, what), "mnist", 12, 2, 1)
    assert looked_at == [12, 12]
    assert capsys.readouterr().out.count("\n") == 1
    another = search.variant(lesson, "two", learning_rate=0.01)
    search.search([lesson, another], search.Results(path, what), "mnist", 12, 3, 1)
    assert len(looked_at) == 2 + 1 + 3
    assert [line.split(": ")[-1] for line in capsys.readouterr().out.splitlines()] == ["one", "two"]
    document = json.loads(path.read_text(encoding="utf-8"))
    assert {row["name"]: [run["seed"] for run in row["runs"]] for row in document["candidates"]} == {
        "one": [1, 2, 3],
        "two": [1, 2, 3],
    }
    accuracies = [row["accuracy"]["mean"] for row in document["candidates"]]
    assert accuracies == sorted(accuracies, reverse=True)
    with pytest.raises(SystemExit, match="holds a search with"):
        search.Results(path, what | {"figures": 13})
