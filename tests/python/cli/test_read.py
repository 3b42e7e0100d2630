"""`figurate evaluate` and `figurate predict`: what a model reads in a set, and in pictures of one's own."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import figurate
from figurate import layers

Call = Callable[..., Any]


def figure_of(folder: Path, label: int) -> NDArray[np.uint8]:
    """A test figure of this class, (8, 8)."""
    (_, _), (x, y) = figurate.datasets.load(folder)
    return np.asarray(x[list(y).index(label)])


def save(pixels: NDArray[np.uint8], name: str, **options: Any) -> str:
    Image.fromarray(pixels).save(name, **options)
    return name


def test_evaluate_counts(call: Call, folder: Path, model_file: Path) -> None:
    outcome = call("evaluate", model_file, folder)
    assert outcome.status == 0
    assert f"Of the 64 test figures of {folder}" in outcome.out
    assert "loss " in outcome.out


@pytest.mark.parametrize(("split", "figures"), [("test", 64), ("train", 512)])
def test_evaluate_as_json(call: Call, folder: Path, model_file: Path, split: str, figures: int) -> None:
    outcome = call("evaluate", model_file, folder, "--split", split, "--json")
    assert outcome.out.count("\n") == 1
    said = json.loads(outcome.out)
    assert said["accuracy"] == said["right"] / figures
    assert said["accuracy"] > 0.9
    assert said["figures"] == figures
    assert said["split"] == split
    assert said["loss"] > 0.0


def test_predict_reads_each_picture(call: Call, folder: Path, model_file: Path) -> None:
    names = [save(figure_of(folder, label), f"{label}.png") for label in (2, 7)]
    outcome = call("predict", model_file, *names)
    assert outcome.status == 0
    assert [line.split(" (")[0] for line in outcome.out.splitlines()] == ["2.png: 2", "7.png: 7"]


def test_predict_as_json_is_a_line_a_picture(call: Call, folder: Path, model_file: Path) -> None:
    names = [save(figure_of(folder, label), f"{label}.png") for label in (2, 7)]
    outcome = call("predict", model_file, *names, "--json")
    said = [json.loads(line) for line in outcome.out.splitlines()]
    assert [(one["file"], one["class"]) for one in said] == [("2.png", "2"), ("7.png", "7")]
    for one in said:
        assert len(one["probabilities"]) == 8
        assert one["probability"] == max(one["probabilities"])
        assert sum(one["probabilities"]) == pytest.approx(1.0, abs=1e-5)


def test_a_picture_reads_as_its_figure_does_in_python(call: Call, folder: Path, model_file: Path) -> None:
    figure = figure_of(folder, 5)
    said = json.loads(call("predict", model_file, save(figure, "5.png"), "--json").out)
    expected = figurate.models.load_model(model_file).predict(figure, verbose=0)
    np.testing.assert_allclose(said["probabilities"], expected.reshape(-1), rtol=1e-6)


def test_a_model_of_pixels_from_0_to_1_gets_them_so(call: Call, folder: Path) -> None:
    (x, y), _ = figurate.datasets.load(folder)
    model = figurate.Sequential([layers.Flatten(input_shape=(8, 8)), layers.Dense(8, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    model.fit(x / 255.0, y, epochs=2, verbose=0)
    model.save("floats.safetensors")
    figure = figure_of(folder, 5)
    outcome = call("predict", "floats.safetensors", save(figure, "5.png"), "--json")
    assert outcome.err == ""
    expected = model.predict(figure[None] / 255.0, verbose=0)[0]
    np.testing.assert_allclose(json.loads(outcome.out)["probabilities"], expected, rtol=1e-5)
    assert call("evaluate", "floats.safetensors", folder).err == ""


def forms(figure: NDArray[np.uint8]) -> dict[str, Image.Image]:
    """One figure in the forms that picture files come in."""
    grey = Image.fromarray(figure)
    transparent = Image.new("LA", grey.size, (0, 0))
    transparent.putdata([(0, 255 - int(value)) for value in figure.reshape(-1)])
    return {
        "rgb.png": grey.convert("RGB"),
        "palette.png": grey.convert("P"),
        "rgba.png": grey.convert("RGBA"),
        "grey.bmp": grey,
        "grey.gif": grey,
        "grey.tif": grey,
        "grey.pgm": grey,
        "grey.webp": grey.convert("RGB"),
        "good.jpg": grey,
        "large.png": grey.resize((80, 80), Image.Resampling.NEAREST),
        "black ink on glass.png": transparent,
    }


@pytest.mark.parametrize("name", forms(np.zeros((8, 8), np.uint8)))
def test_forms_of_pictures(call: Call, folder: Path, model_file: Path, name: str) -> None:
    options = {"lossless": True} if name.endswith("webp") else {"quality": 98} if name.endswith("jpg") else {}
    forms(figure_of(folder, 6))[name].save(name, **options)
    outcome = call("predict", model_file, name)
    assert outcome.status == 0
    assert outcome.out.startswith(f"{name}: 6 (")
    assert outcome.err == ""


def test_figures_without_a_form_are_inverted_where_one_says_so(call: Call, folder: Path, model_file: Path) -> None:
    figure = figure_of(folder, 3)
    name = save(255 - figure, "3.png")
    np.save("3.npy", 255 - figure[None])
    for words in ([name], [name, "--as-is"]):
        outcome = call("predict", model_file, *words, "--invert")
        assert (outcome.status, outcome.err) == (0, "")
        assert outcome.out.startswith("3.png: 3 (")
    assert call("predict", model_file, "3.npy", "--invert").out.startswith("1: 3 (")


def test_what_is_no_picture_is_named_and_the_others_are_read(call: Call, folder: Path, model_file: Path) -> None:
    good = save(figure_of(folder, 1), "1.png")
    whole = Path(good).read_bytes()
    Path("text.png").write_text("not a picture")
    Path("cut.png").write_bytes(whole[: len(whole) // 2])
    Path("empty.png").touch()
    Path("folder.png").mkdir()
    save(np.zeros((1, 1), np.uint8), "huge.png")
    header = Path("huge.png").read_bytes()
    sized = b"IHDR" + (60000).to_bytes(4, "big") * 2 + header[24:29]
    Path("huge.png").write_bytes(header[:12] + sized + zlib.crc32(sized).to_bytes(4, "big") + header[33:])
    bad = ["text.png", "cut.png", "empty.png", "missing.png", "folder.png", "huge.png"]
    outcome = call("predict", model_file, *bad[:3], good, *bad[3:], "--json")
    assert outcome.status == 1
    assert [json.loads(line)["file"] for line in outcome.out.splitlines()] == [good]
    lines = outcome.err.splitlines()
    assert len(lines) == len(bad)
    for name, line, part in zip(
        bad,
        lines,
        [
            "it begins with 6e 6f 74",
            "is damaged",
            "it is empty",
            "No such file",
            "expected pictures",
            "at most 100,000,000 pixels",
        ],
        strict=True,
    ):
        assert line.startswith(f"figurate: {name}: ")
        assert part in line


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "bad.safetensors"), (b"x" * 100, "bad.safetensors"), (None, "bad.safetensors")]
)
@pytest.mark.parametrize("words", [["evaluate", "M", "mnist"], ["predict", "M", "a.png"], ["show", "M"]])
def test_a_model_file_that_is_none(call: Call, words: list[str], content: bytes | None, said: str) -> None:
    if content is not None:
        Path("bad.safetensors").write_bytes(content)
    outcome = call(*[word.replace("M", "bad.safetensors") for word in words])
    assert outcome.status == 1
    assert outcome.err.count("\n") == 1
    assert said in outcome.err


def test_a_set_of_another_size_is_brought_to_the_models(call: Call, folder: Path, model_file: Path) -> None:
    (_, _), (x, y) = figurate.datasets.load(folder)
    np.savez("large.npz", x=np.kron(x, np.ones((1, 3, 3), np.uint8)), y=y)
    outcome = call("evaluate", model_file, "large.npz", "--split", "all", "--json")
    assert "Brought into the model's form." in outcome.err
    said = json.loads(outcome.out)
    assert (said["figures"], said["split"]) == (64, "all")
    assert said["accuracy"] > 0.9


def test_labels_that_the_model_does_not_know_are_refused(call: Call, model_file: Path) -> None:
    np.savez("ten.npz", x=np.zeros((40, 8, 8), np.uint8), y=np.arange(40) % 10)
    outcome = call("evaluate", model_file, "ten.npz")
    assert outcome.status == 1
    assert "received ['8', '9'] too. Train a model on this set, or leave these figures out." in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_model_that_takes_no_picture(call: Call, folder: Path) -> None:
    model = figurate.Sequential([layers.Input((5,)), layers.Dense(2, activation="softmax")])
    model.save("five.safetensors")
    outcome = call("predict", "five.safetensors", save(figure_of(folder, 1), "1.png"))
    assert outcome.status == 1
    assert "takes figures of the shape (5,), which is no picture" in outcome.err
