"""What `figurate.datasets.checking.check` finds, each in figures made for it: nothing else may be found beside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from figurate.datasets.checking import Report, check, similar
from figurate.errors import ConfigurationError, DataError, ShapeError

CLASSES = 4


def strokes(count: int, seed: int = 0, side: int = 28) -> NDArray[np.uint8]:
    """Light figures on dark ground, no two alike: smooth noise within a ring of ground."""
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(0, 255, (count, side // 4, side // 4))
    x = np.kron(coarse, np.ones((1, 4, 4)))
    x[:, :3] = x[:, -3:] = 0
    x[:, :, :3] = x[:, :, -3:] = 0
    return x.astype(np.uint8)


def clean(
    count: int = 80, tests: int = 40
) -> tuple[tuple[NDArray[Any], NDArray[Any]], tuple[NDArray[Any], NDArray[Any]]]:
    x = strokes(count + tests)
    y = np.arange(count + tests) % CLASSES
    return (x[:count], y[:count]), (x[count:], y[count:])


def kinds(report: Report) -> set[str]:
    return {finding.kind for finding in report.findings}


NOTHING = {"classes", "polarity"}


def test_clean_figures_have_notes_only() -> None:
    report = check(clean())
    assert kinds(report) == NOTHING
    assert report.worst == "note"
    assert "two_labels" in report.passed
    assert "train_and_test" in report.passed
    assert "sizes" not in report.passed  # there are no files to have any
    assert report.describe() == "figures: 80 to learn from, 40 to test with; 28 × 28 pixels; 4 classes."


def test_one_split_is_not_said_to_have_passed_what_takes_two() -> None:
    (x, y), _ = clean()
    assert "train_and_test" not in check((x, y)).passed


def test_exact_twins() -> None:
    (x, y), (x_test, y_test) = clean()
    x[4] = x[0]  # one label, one half
    x[5] = x[2]  # two labels
    x_test[3] = x[7]  # both halves, one label
    report = check(((x, y), (x_test, y_test)))
    assert kinds(report) == {*NOTHING, "duplicates", "two_labels", "train_and_test"}
    assert report.number_of("error") == 2
    found = {finding.kind: finding for finding in report.findings}
    assert found["duplicates"].count == 1
    assert found["duplicates"].severity == "warning"
    assert found["two_labels"].count == 2
    assert [(one.split, one.row, one.label) for one in found["two_labels"].examples[0]] == [
        ("train", 2, "2"),
        ("train", 5, "1"),
    ]
    assert found["train_and_test"].count == 1
    assert [one.place for one in found["train_and_test"].examples[0]] == ["train[7]", "test[3]"]
    assert found["train_and_test"].details["share_of_test"] == pytest.approx(1 / 40)


def test_a_half_of_nothing_new() -> None:
    """Each figure of the test stands in train, too, or is blank."""
    (x, y), (x_test, y_test) = clean()
    report = check(((x, y), (x[: len(y_test)], y[: len(y_test)])))
    found = report.finding("train_and_test")
    assert found is not None
    assert found.count == len(y_test)
    report = check(((x, y), (np.zeros_like(x_test), y_test)))
    assert kinds(report) >= {"blank"}


def test_near_twins() -> None:
    (x, y), (x_test, y_test) = clean()
    noise = np.random.default_rng(1).integers(-6, 7, (3, 28, 28))
    x[4] = (x[0] + noise[0]).clip(0, 255)
    x[5] = (x[2] * 0.7 + 20 + noise[1]).clip(0, 255)  # paler, on lighter ground
    x_test[3] = (x[7] + noise[2]).clip(0, 255)
    report = check(((x, y), (x_test, y_test)))
    assert kinds(report) == {*NOTHING, "near_duplicates", "near_two_labels", "near_train_and_test"}
    assert report.worst == "warning"
    for kind, count, places in (
        ("near_duplicates", 1, ["train[0]", "train[4]"]),
        ("near_two_labels", 2, ["train[2]", "train[5]"]),
        ("near_train_and_test", 1, ["train[7]", "test[3]"]),
    ):
        finding = report.finding(kind)
        assert finding is not None
        assert finding.count == count
        assert [one.place for one in finding.examples[0]] == places


def test_what_was_not_looked_for_has_not_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar, "MOST_FIGURES", 100)
    report = check(clean())
    assert not {kind for kind in report.passed if kind.startswith("near_")}
    finding = report.finding("near_duplicates")
    assert finding is not None
    assert finding.message.startswith("Near twins were not looked for")


def test_blank_figures_are_no_twins() -> None:
    (x, y), test = clean()
    x[3], x[10] = 0, 200
    x[11] = 200
    x[11, 5, 5] = 204  # JPEG's noise
    report = check(((x, y), test))
    finding = report.finding("blank")
    assert finding is not None
    assert finding.count == 3
    assert kinds(report) == {*NOTHING, "blank"}


def test_a_single_colour_is_blank() -> None:
    (x, y), _ = clean()
    coloured = np.repeat(x[..., None], 3, axis=3)
    coloured[6] = (255, 0, 0)
    finding = check((coloured, y)).finding("blank")
    assert finding is not None
    assert [one.row for group in finding.examples for one in group] == [6]


def test_the_other_polarity() -> None:
    (x, y), test = clean()
    x[20:25] = 255 - x[20:25]
    finding = check(((x, y), test)).finding("polarity")
    assert finding is not None
    assert (finding.severity, finding.count) == ("warning", 5)
    assert finding.details["light_on_dark"] == 115
    assert [one.row for group in finding.examples for one in group] == [20, 21, 22, 23, 24]


def test_photographs_have_no_polarity() -> None:
    x = np.random.default_rng(0).integers(0, 255, (40, 16, 16, 3), dtype=np.uint8)
    assert check((x, np.arange(40) % 2)).finding("polarity") is None


def test_floats_are_judged_as_bytes_are() -> None:
    (x, y), (x_test, y_test) = clean()
    x[3] = 0
    x[4] = x[0]
    report = check(((x / 255, y), (x_test / 255, y_test)))
    assert kinds(report) == {*NOTHING, "blank", "duplicates"}
    finding = report.finding("duplicates")
    assert finding is not None
    assert finding.examples[0][0].pixels is not None
    assert (finding.examples[0][0].pixels == x[0]).all()


@pytest.mark.parametrize(
    ("labels", "kind", "severity"),
    [
        ([0] * 120, "one_class", "error"),
        ([0] * 78 + [1, 1] + [0, 1] * 20, "imbalance", "warning"),
        ([0] * 78 + [1, 1] + [0, 1] * 20, "few_figures", "warning"),
        ([0, 1] * 40 + [0, 2] * 20, "absent_classes", "error"),
        ([0, 1, 2, 3] * 20 + [0, 1] * 20, "absent_classes", "warning"),
    ],
)
def test_classes(labels: list[int], kind: str, severity: str) -> None:
    (x, _), (x_test, _) = clean()
    y = np.array(labels)
    finding = check(((x, y[:80]), (x_test, y[80:]))).finding(kind)
    assert finding is not None
    assert finding.severity == severity


def test_any_labels_and_one_hot() -> None:
    (x, y), _ = clean()
    words = np.array(["ä", "ß", "日", "<b>"])
    assert check((x, words[y])).class_names == tuple(sorted(words))
    assert check((x, np.eye(CLASSES)[y])).splits[0].counts == (20, 20, 20, 20)


def test_examples_are_limited() -> None:
    (x, y), test = clean()
    x[40:] = x[:40]
    report = check(((x, y), test), examples=5)
    finding = report.finding("duplicates")
    assert finding is not None
    assert finding.count == 40
    assert len(finding.examples) == 5


def test_json_holds_everything() -> None:
    (x, y), test = clean()
    x[5] = x[2]
    told = json.loads(json.dumps(check(((x, y), test)).to_dict(), allow_nan=False))
    assert list(told) == [
        "data", "figure_shape", "splits", "classes", "errors", "warnings", "notes", "findings", "passed", "remarks",
        "seconds",
    ]  # fmt: skip
    assert told["classes"][0] == {"class": "0", "train": 20, "test": 10}
    assert told["findings"][0]["kind"] == "two_labels"
    assert told["findings"][0]["examples"][0][0] == {
        "place": "train[2]",
        "split": "train",
        "row": 2,
        "file": None,
        "class": "2",
        "text": "",
    }


def test_nothing_is_changed() -> None:
    (x, y), test = clean()
    x.flags.writeable = False
    check(((x, y), test))


@pytest.mark.parametrize(
    ("data", "error", "match"),
    [
        (
            (np.zeros((3, 4, 4)), np.zeros(2)),
            DataError,
            "Expected as many labels as figures in train, received 3 figures",
        ),
        ((np.zeros((3, 16)), np.zeros(3)), ShapeError, r"Expected figures of the shape .* received \(3, 16\)"),
        ((np.zeros((0, 4, 4)), np.zeros(0)), DataError, "Expected at least one figure to learn from"),
        ((np.full((3, 4, 4), "a"), np.zeros(3)), DataError, "Expected figures of numbers, received <U1"),
        (7, DataError, "Expected a data set, its name or path"),
        (
            ((np.zeros((3, 4, 4)), np.arange(3)), (np.zeros((3, 5, 4)), np.arange(3))),
            ShapeError,
            "Expected training and test figures of one shape",
        ),
    ],
)
def test_messages(data: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        check(data)


def test_what_is_no_number_is_named() -> None:
    (x, y), test = clean()
    floats = x / 255
    floats[9, 3, 3] = np.nan
    with pytest.raises(DataError, match=r"Expected finite pixels, received NaN or infinity in train\[9\]"):
        check(((floats, y), test))


@pytest.mark.parametrize("count", [1, 2, 9])
def test_nothing_but_blank_figures(count: int) -> None:
    report = check((np.zeros((count, 5, 5), np.uint8), np.zeros(count)))
    assert {finding.kind for finding in report.findings} >= {"blank", "one_class"}


def test_a_wrong_number_of_examples() -> None:
    with pytest.raises(ConfigurationError, match="Expected `examples` as a whole number from 0 on, received -1"):
        check(clean(), examples=-1)


def test_a_name_that_is_no_data_set(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Unknown data set"):
        check("mnisd")
