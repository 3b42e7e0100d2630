"""Pictures of one's own through real commands: folders, tables, Kaggle's files, and pictures that can't be read."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

import figurate

Call = Callable[..., Any]
Start = Callable[..., "subprocess.Popen[str]"]

# Any Unicode: beyond Latin, with a space, a right-to-left one, and one of several code points.
NAMES = ["ring ○", "десять", "אחד", "é⚑"]
COUNT = 30


def drawn(kind: int, rng: np.random.Generator) -> Image.Image:
    """A ring, a cross, a line or an angle, in dark ink on light paper, of any size."""
    width, height = (int(side) for side in rng.integers(30, 110, 2))
    ink, paper = int(rng.integers(0, 90)), int(rng.integers(180, 256))
    picture = Image.new("L", (width, height), paper)
    draw = ImageDraw.Draw(picture)
    left, top = (float(share * side) for share, side in zip(rng.uniform(0.1, 0.3, 2), (width, height), strict=True))
    side = min(width, height) * float(rng.uniform(0.45, 0.65))
    right, bottom = left + side, top + side
    thick = max(3, round(side / 8))
    if kind == 0:
        draw.ellipse((left, top, right, bottom), outline=ink, width=thick)
    elif kind == 1:
        draw.line((left, (top + bottom) / 2, right, (top + bottom) / 2), ink, thick)
        draw.line(((left + right) / 2, top, (left + right) / 2, bottom), ink, thick)
    elif kind == 2:
        draw.line((left, bottom, right, top), ink, thick)
    else:
        draw.line((left, top, left, bottom), ink, thick)
        draw.line((left, bottom, right, bottom), ink, thick)
    return picture


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of pictures for each class, of mixed sizes, dark on light."""
    folder = tmp_path_factory.mktemp("own") / "my signs"
    rng = np.random.default_rng(11)
    for kind, name in enumerate(NAMES):
        (folder / name).mkdir(parents=True)
        for number in range(COUNT):
            drawn(kind, rng).save(folder / name / f"{number:02}.png")
    return folder


@pytest.fixture(scope="module")
def signs(call: Call, pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that reads the signs."""
    path = tmp_path_factory.mktemp("models") / "signs.safetensors"
    assert call("train", pictures, "--epochs", 40, "--out", path, "--quiet").status == 0
    return path


def table(path: str) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_folder_from_training_to_reading_in_processes_of_their_own(start: Start, pictures: Path) -> None:
    process = start("train", pictures, "--epochs", 40, "--test-split", "0.3")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "84 figures to learn from, 36 to validate with; 28 × 28 pixels" in out
    assert "figurate: Strokes on plain ground, brought into form: 28 × 28 pixels, grey, on dark ground" in err
    assert "figurate: No test part: split 70:30 by class, seed 0" in err
    model = figurate.models.load_model("my signs.safetensors")
    assert model.class_names == sorted(NAMES)
    assert model.preprocessing is not None
    assert model.preprocessing.box == (20.0, 20.0)

    process = start("predict", "my signs.safetensors", pictures / NAMES[2] / "03.png", "--json")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert json.loads(out)["class"] == NAMES[2]


@pytest.mark.parametrize(("split", "figures"), [("test", 24), ("train", 96), ("all", 120)])
def test_evaluate_reads_the_pictures_that_were_put_aside(
    call: Call, pictures: Path, signs: Path, split: str, figures: int
) -> None:
    outcome = call("evaluate", signs, pictures, "--split", split, "--json")
    said = json.loads(outcome.out)
    assert (said["figures"], said["skipped"], said["split"]) == (figures, 0, split)
    assert said["accuracy"] > 0.9
    assert "figurate: Brought into form: 28 × 28 pixels" in outcome.err
    assert ("No test part: split 80:20 by class" in outcome.err) == (split != "all")


def test_a_table_of_what_was_read(call: Call, pictures: Path, signs: Path) -> None:
    outcome = call("predict", signs, pictures / NAMES[0], "--out", "table.csv")
    assert (outcome.status, outcome.out) == (0, "")
    assert "30 rows written to 'table.csv'." in outcome.err
    rows = table("table.csv")
    assert list(rows[0]) == ["image", "label"]
    assert [row["image"] for row in rows] == [f"{number:02}.png" for number in range(COUNT)]
    assert sum(row["label"] == NAMES[0] for row in rows) > 0.9 * COUNT
    # Picture files by name give the same, with their paths.
    files = sorted((pictures / NAMES[0]).iterdir())
    outcome = call("predict", signs, *files, "--out", "named.csv", "--json")
    named = table("named.csv")
    assert [row["label"] for row in named] == [row["label"] for row in rows]
    assert [json.loads(line)["file"] for line in outcome.out.splitlines()] == [row["image"] for row in named]


@pytest.mark.parametrize("ending", [".png", ".jpg"])
def test_a_sheet_has_each_picture_beside_what_the_model_saw(
    call: Call, pictures: Path, signs: Path, ending: str
) -> None:
    files = [pictures / name / "00.png" for name in NAMES]
    outcome = call("predict", signs, *files, pictures / NAMES[1], "--out", f"seen{ending}")
    assert outcome.status == 0
    assert f"34 drawn in 'seen{ending}'." in outcome.err
    assert len(outcome.out.splitlines()) == 34
    with Image.open(f"seen{ending}") as image:
        assert image.format == {".png": "PNG", ".jpg": "JPEG"}[ending]
        pixels = np.asarray(image.convert("L"))
    assert pixels.shape[0] > 9 * 112  # four to a row
    assert pixels.shape[1] > 8 * 112
    # The first picture is dark on light, what the model saw of it light on dark.
    original, figure = pixels[12:124, 12:124], pixels[12:124, 136:248]
    assert original.mean() > 120
    assert figure.mean() < 100
    assert figure.max() > 200


def test_a_long_sheet_says_what_it_left_out(call: Call, signs: Path) -> None:
    np.save("many.npy", np.zeros((203, 28, 28), np.uint8))
    outcome = call("predict", signs, "many.npy", "--out", "seen.png")
    assert "200 drawn in 'seen.png'; 3 more have no room there." in outcome.err
    assert len(outcome.out.splitlines()) == 203


def test_kaggle(call: Call) -> None:
    rng = np.random.default_rng(5)
    form = figurate.figures.FigurePreprocessing(height=28, width=28, box=(20, 20))
    kinds = np.arange(160) % 4
    figures = form.all([np.asarray(drawn(int(kind), rng)) for kind in kinds]).reshape(160, -1)
    head = ",".join(f"pixel{number}" for number in range(784))
    rows = [",".join(map(str, row)) for row in figures.tolist()]
    lines = [f"label,{head}", *(f"{kind},{row}" for kind, row in zip(kinds[:120].tolist(), rows, strict=False))]
    Path("train.csv").write_text("\n".join(lines) + "\n")
    Path("test.csv").write_text("\n".join([head, *rows[120:]]) + "\n")
    assert call("train", "train.csv", "--epochs", 40).status == 0
    outcome = call("predict", "train.safetensors", "test.csv", "--out", "submission.csv")
    assert (outcome.status, outcome.out) == (0, "")
    assert outcome.err == "figurate: 40 rows written to 'submission.csv'.\n"
    found = table("submission.csv")
    assert list(found[0]) == ["ImageId", "Label"]
    assert [row["ImageId"] for row in found] == [str(number) for number in range(1, 41)]
    assert np.mean([int(row["Label"]) for row in found] == kinds[120:]) > 0.9
    # And a picture on paper is read by what learned from the table.
    drawn(1, rng).save("cross.png")
    assert call("predict", "train.safetensors", "cross.png").out.startswith("cross.png: 1 (")


def test_as_is_only_fits(call: Call, pictures: Path, signs: Path) -> None:
    path = pictures / NAMES[1] / "05.png"
    model = figurate.models.load_model(signs)
    assert isinstance(model, figurate.Sequential)
    for words, as_is in (([], False), (["--as-is"], True)):
        said = json.loads(call("predict", signs, path, "--json", *words).out)
        np.testing.assert_allclose(
            said["probabilities"], model.predict_pictures([path], as_is=as_is)[0], rtol=1e-5, atol=1e-7
        )
    fitted = model.picture_form(as_is=True).all([path])[0]
    Image.fromarray(255 - fitted).save("fitted.png")
    one = call("predict", signs, path, "--as-is", "--json").out
    other = call("predict", signs, "fitted.png", "--as-is", "--invert", "--json").out
    assert json.loads(one)["probabilities"] == json.loads(other)["probabilities"]
    outcome = call("predict", signs, path, "--invert")
    assert "--invert changes no pictures without --as-is" in outcome.err
    assert f": {NAMES[1]} (" in outcome.out


def test_arrays_in_the_models_size_are_taken_as_they_are(call: Call, pictures: Path, signs: Path) -> None:
    model = figurate.models.load_model(signs)
    assert isinstance(model, figurate.Sequential)
    figures = model.picture_form().all([pictures / name / "07.png" for name in NAMES])
    np.save("figures.npy", figures)
    np.save("negatives.npy", 255 - figures)
    outcome = call("predict", signs, "figures.npy")
    assert (outcome.status, outcome.err) == (0, "")
    assert [line.split(" (")[0] for line in outcome.out.splitlines()] == [
        f"{number}: {name}" for number, name in enumerate(NAMES, 1)
    ]
    negatives = call("predict", signs, "negatives.npy")
    assert negatives.err == "figurate: Brought into the model's form.\n"
    assert [line.split(" (")[0] for line in negatives.out.splitlines()] == [
        f"{number}: {name}" for number, name in enumerate(NAMES, 1)
    ]
    np.save("large.npy", np.kron(255 - figures, np.ones((1, 2, 2), np.uint8)))
    large = call("predict", signs, "large.npy", "--invert")
    assert large.err == "figurate: Brought into the model's form.\n"
    assert large.out.count("\n") == len(NAMES)
    assert f"1: {NAMES[0]} (" in large.out, "which is dark is found out, so --invert has nothing to do"


def test_labels_go_by_the_names_of_classes(call: Call, pictures: Path, signs: Path, tmp_path: Path) -> None:
    few = tmp_path / "few"
    few.mkdir()
    for name in NAMES[2:]:
        (few / name).symlink_to(pictures / name)
    said = json.loads(call("evaluate", signs, few, "--split", "all", "--json").out)
    assert said["figures"] == 2 * COUNT
    assert said["accuracy"] > 0.9
    (few / "unknown").symlink_to(pictures / NAMES[0])
    outcome = call("evaluate", signs, few)
    assert outcome.status == 1
    assert "expected labels that the model knows, [" in outcome.err
    assert "received ['unknown'] too. Train a model on this set, or leave these figures out." in outcome.err
    assert outcome.err.count("\n") == 1


def test_pictures_that_cannot_be_read_are_named_counted_and_left_out(
    call: Call, pictures: Path, signs: Path, tmp_path: Path
) -> None:
    spoilt = tmp_path / "spoilt"
    for name in NAMES:
        (spoilt / name).mkdir(parents=True)
        for number in range(10):
            whole = (pictures / name / f"{number:02}.png").read_bytes()
            (spoilt / name / f"{number:02}.png").write_bytes(whole[:60] if number in (3, 4) else whole)
    outcome = call("train", spoilt, "--epochs", 2, "--out", "a.safetensors")
    assert outcome.status == 0
    assert "figures to learn from, " in outcome.out
    named = [line for line in outcome.err.splitlines() if line.startswith("figurate: left out: ")]
    assert len(named) == 5
    assert all(line.startswith(f"figurate: left out: {spoilt}") for line in named)
    assert "figurate: 8 are left out in all; figurate check-data names all, --strict stops at the first." in outcome.err
    said = json.loads(call("evaluate", signs, spoilt, "--split", "all", "--json").out)
    assert (said["figures"], said["skipped"]) == (32, 8)

    outcome = call("train", spoilt, "--epochs", 2, "--strict", "--out", "b.safetensors")
    assert outcome.status == 1
    assert str(spoilt) in outcome.err
    assert not Path("b.safetensors").exists()

    outcome = call("predict", signs, spoilt / NAMES[0], "missing.csv", pictures / NAMES[0] / "00.png")
    assert outcome.status == 1
    assert len(outcome.out.splitlines()) == 9
    assert [line.split(": ")[1].rsplit("/")[-1] for line in outcome.err.splitlines()[-3:]] == [
        "03.png", "04.png", "missing.csv",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--out", "seen.gif"], "A picture ends in .png or .jpg, a table in .csv, received 'seen.gif'."),
        (["--out", "nowhere/seen.png"], "The folder 'nowhere' does not exist."),
    ],
)
def test_mistakes_in_use(call: Call, signs: Path, words: list[str], said: str) -> None:
    outcome = call("predict", signs, "a.png", *words)
    assert outcome.status == 2
    assert said in " ".join(outcome.err.split())
