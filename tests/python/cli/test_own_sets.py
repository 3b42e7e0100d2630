"""Sets and models of other kinds through real commands: colour, MNIST learned in Python, and no pictures at all."""

from __future__ import annotations

import json
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


def test_numbered_classes_are_no_digits(call: Call, tmp_path: Path) -> None:
    """A model of 5, 6 and 7 does not know a set of 0, 1 and 2, though both have three classes."""
    rng = np.random.default_rng(2)
    x = rng.integers(0, 255, (30, 8, 8), dtype=np.uint8)
    for name, first in (("five", 5), ("nought", 0)):
        np.savez(f"{name}.npz", x=x, y=np.arange(30) % 3 + first)
    assert call("train", "five.npz", "--epochs", 1, "--out", "five.safetensors", "--quiet").status == 0
    assert call("evaluate", "five.safetensors", "five.npz").status == 0
    outcome = call("evaluate", "five.safetensors", "nought.npz")
    assert outcome.status == 1
    assert "expected labels that the model knows, ['5', '6', '7'], received ['0', '1', '2'] too" in outcome.err


def test_mnist_learned_in_python_reads_a_picture_on_paper(call: Call) -> None:
    (x, y), (x_test, y_test) = figurate.datasets.mnist.load_data()
    model = figurate.Sequential(
        [layers.Flatten(input_shape=(28, 28)), layers.Dense(64, activation="relu"), layers.Dense(10, "softmax")], seed=1
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x[:6000] / 255.0, y[:6000], epochs=4, verbose=0)
    model.save("python.safetensors")
    files, labels = [], []
    for number in range(20):
        figure = Image.fromarray(255 - x_test[number]).resize((70, 70), Image.Resampling.BICUBIC)
        paper = Image.new("L", (160, 120), 244)
        paper.paste(figure.point(lambda value: value * 244 // 255), (80, 5))
        paper.save(f"{number}.png")
        files.append(f"{number}.png")
        labels.append(str(y_test[number]))
    read = [
        json.loads(line)["class"] for line in call("predict", "python.safetensors", *files, "--json").out.splitlines()
    ]
    assert sum(one == other for one, other in zip(read, labels, strict=True)) >= 18


def bars(count: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Figures (count, 8, 8) of noise with one bright row, and which."""
    x = np.random.default_rng(4).integers(0, 140, (count, 8, 8), dtype=np.uint8)
    y = (np.arange(count) % 8).astype(np.uint8)
    x[np.arange(count), y] += 60
    return x, y


@pytest.mark.parametrize(
    ("loss", "metrics", "measured"),
    [
        ("sparse_categorical_crossentropy", ["accuracy"], ["loss", "accuracy"]),
        ("sparse_categorical_crossentropy", ["acc"], ["loss", "acc"]),
        ("sparse_categorical_crossentropy", None, ["loss"]),
        ("categorical_crossentropy", ["accuracy", "precision"], ["loss", "accuracy", "precision"]),  # one-hot labels
        ("mse", ["accuracy"], ["loss", "accuracy"]),
        (None, None, []),
    ],
)
def test_evaluate_measures_what_the_model_does(
    call: Call, loss: str | None, metrics: list[str] | None, measured: list[str]
) -> None:
    x, y = bars(320)
    np.savez("bars.npz", x=x, y=y)
    model = figurate.Sequential([layers.Flatten(input_shape=(8, 8)), layers.Dense(8, "softmax")], seed=3)
    model.compile("adam", loss or "mse", metrics=metrics)
    sparse = loss is not None and loss.startswith("sparse")
    truth = y if sparse else figurate.utils.to_categorical(y, 8)
    model.fit(x, truth, epochs=30, verbose=0)
    right = int((model.predict(x).argmax(axis=1) == y).sum())
    expected = {} if loss is None else model.evaluate(x, truth, verbose=0, return_dict=True)
    if loss is None:
        model.compile()
    model.save("model.safetensors")
    outcome = call("evaluate", "model.safetensors", "bars.npz", "--split", "all", "--json")
    assert outcome.status == 0
    said = json.loads(outcome.out)
    assert 40 < right < 320
    assert (said["right"], said["figures"], said["accuracy"]) == (right, 320, right / 320)
    assert {name: said[name] for name in measured} == pytest.approx({name: expected[name] for name in measured})
    line = call("evaluate", "model.safetensors", "bars.npz", "--split", "all").out
    assert f"reads {right} rightly" in line
    assert all(f" {name} " in line for name in measured)


@pytest.mark.parametrize("named", [True, False])
def test_figures_of_one_class_are_measured_and_not_learned_from(call: Call, named: bool) -> None:
    x, y = bars(80)
    model = figurate.Sequential([layers.Flatten(input_shape=(8, 8)), layers.Dense(8, "softmax")], seed=3)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=4, verbose=0)
    names = [f"row {number}" for number in range(8)] if named else [str(number) for number in range(8)]
    if named:
        model.class_names = names
    model.save("model.safetensors")
    Path("fifth", names[5]).mkdir(parents=True)
    for number in np.flatnonzero(y == 5):
        Image.fromarray(x[number]).save(Path("fifth", names[5], f"{number:02}.png"))
    outcome = call("evaluate", "model.safetensors", "fifth", "--split", "all", "--as-is", "--json")
    assert outcome.status == 0
    said = json.loads(outcome.out)
    assert said["right"] == (model.predict(x[y == 5]).argmax(axis=1) == 5).sum()
    assert said["figures"] == 10
    outcome = call("show", "model.safetensors", "confusion", "--data", "fifth", "--split", "all")
    assert outcome.status == 0
    outcome = call("train", "fifth")
    assert outcome.status == 1
    assert outcome.err.count("\n") == 1
    assert f"`fifth`: expected figures of at least two classes to learn from, received one, '{names[5]}'" in outcome.err


@pytest.mark.parametrize("words", [["predict", "five.safetensors", "a.png"], ["evaluate", "five.safetensors", "mnist"]])
def test_a_model_of_what_are_no_pictures(call: Call, words: list[str]) -> None:
    figurate.Sequential([layers.Input((5,)), layers.Dense(2, activation="softmax")]).save("five.safetensors")
    Image.new("L", (8, 8)).save("a.png")
    outcome = call(*words)
    assert outcome.status == 1
    assert "takes figures of the shape (5,), which is no picture of grey or colour." in outcome.err
    assert outcome.err.count("\n") == 1


def coloured(count: int, seed: int) -> tuple[NDArray[np.uint8], list[int]]:
    """Pictures (count, 32, 32, 3) of noise, reddish, greenish or bluish."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 120, (count, 32, 32, 3), dtype=np.uint8)
    labels = [number % 3 for number in range(count)]
    for figure, label in zip(x, labels, strict=True):
        figure[:, :, label] += 100
    return x, labels


def test_pictures_in_colour(call: Call) -> None:
    names = ["red", "green", "blue"]
    for number, (figure, label) in enumerate(zip(*coloured(90, 1), strict=True)):
        Path("colours", names[label]).mkdir(parents=True, exist_ok=True)
        Image.fromarray(figure).save(f"colours/{names[label]}/{number}.png")
    outcome = call("train", "colours", "--network", "fast", "--epochs", 8, "--json")
    said = json.loads(outcome.out)
    assert (said["kind"], said["figures"], said["validation_figures"]) == ("characters", 72, 18)
    assert said["val_accuracy"] > 0.9
    model = figurate.models.load_model("colours.safetensors")
    assert model.input_shape == (None, 32, 32, 3)
    Image.fromarray(coloured(3, 2)[0][2]).resize((200, 120)).save("sea.webp")
    outcome = call("predict", "colours.safetensors", "sea.webp", "--out", "seen.png")
    assert outcome.out.startswith("sea.webp: blue (")
    with Image.open("seen.png") as image:
        assert len(np.unique(np.asarray(image.convert("RGB")).reshape(-1, 3), axis=0)) > 100
