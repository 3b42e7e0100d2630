"""`figurate train`: what it says, what it writes, what it refuses."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import figurate

Call = Callable[..., Any]


def test_it_says_what_it_does_and_draws_the_first_validation_figure(call: Call, folder: Path) -> None:
    outcome = call("train", folder, "--epochs", 30)
    assert outcome.status == 0
    for part in (
        "512 figures to learn from, 64 to validate with; 8 × 8 pixels, uint8 0..255; 8 classes.",
        "Total params: 1,468",  # (64 + 1)·20 + (20 + 1)·8
        "Recipe lesson, changed by --epochs: Adam, learning rate 0.001, 30 epochs, batches of 32, seed 0,",
        "saved in bars.safetensors (",
        "The first validation figure, which the network has never seen:",
        "◀ true label",
        "Of the 64 validation figures it reads ",
    ):
        assert part in outcome.out
    assert "Epoch 30/30" in outcome.err
    assert Path("bars.safetensors").is_file()


def test_json_is_one_object_on_one_line(call: Call, folder: Path) -> None:
    outcome = call("train", folder, "--epochs", 3, "--seed", 5, "--threads", 1, "--out", "a.safetensors", "--json")
    assert outcome.status == 0
    assert outcome.out.count("\n") == 1
    said = json.loads(outcome.out)
    assert set(said) >= {"val_accuracy", "val_loss", "accuracy", "loss", "fit_seconds", "instruction_set"}
    assert said | {
        "epochs": 3, "seed": 5, "threads": 1, "path": "a.safetensors", "parameters": 1468, "network": "lesson",
        "batch_size": 32, "learning_rate": 0.001, "figures": 512, "validation_figures": 64, "data": str(folder),
    } == said  # fmt: skip
    assert 0.0 <= said["val_accuracy"] <= 1.0
    assert "The first validation figure" in outcome.err


def test_quiet_says_nothing(call: Call, folder: Path) -> None:
    outcome = call("train", folder, "--epochs", 1, "--quiet")
    assert (outcome.status, outcome.out, outcome.err) == (0, "", "")
    outcome = call("train", folder, "--epochs", 1, "--quiet", "--json", "--out", "b.safetensors")
    assert (outcome.status, outcome.out.count("\n"), outcome.err) == (0, 1, "")


def test_the_saved_model_reads_raw_figures(call: Call, folder: Path, model_file: Path) -> None:
    (_, _), (x, y) = figurate.datasets.load(folder)
    model = figurate.models.load_model(model_file)
    assert np.mean(model.predict(x, verbose=0).argmax(axis=1) == y) > 0.9


def test_the_same_seed_is_the_same_model_on_any_number_of_threads(call: Call, folder: Path) -> None:
    weights = []
    for name, threads in (("a", 1), ("b", 2), ("c", 4)):
        assert call("train", folder, "--epochs", 2, "--threads", threads, "--out", f"{name}.safetensors").status == 0
        weights.append(figurate.models.load_model(f"{name}.safetensors").get_weights())
    for others in weights[1:]:
        for one, other in zip(weights[0], others, strict=True):
            assert_array_equal(one, other)


def test_replacing_a_model_is_said(call: Call, folder: Path) -> None:
    Path("a.safetensors").write_text("something else")
    outcome = call("train", folder, "--epochs", 1, "--out", "a.safetensors")
    assert outcome.status == 0
    assert "'a.safetensors' is there already and will be replaced" in outcome.err
    assert figurate.models.load_model("a.safetensors").count_params() == 1468


@pytest.mark.parametrize(
    ("network", "parameters"),
    [("lesson", 1468), ("linear", 520), ("dense:5", 373), ("dense:16,dropout:0.2,8", 1248), ("quickstart", 9352)],
)
def test_networks(call: Call, folder: Path, network: str, parameters: int) -> None:
    outcome = call("train", folder, "--epochs", 1, "--network", network, "--json", "--quiet")
    assert json.loads(outcome.out)["parameters"] == parameters


def test_a_preset_brings_its_recipe(call: Call, folder: Path) -> None:
    outcome = call("train", folder, "--network", "fast", "--json")
    recipe = figurate.presets.get("fast").recipe
    said = json.loads(outcome.out)
    assert said["recipe"] == said["network"] == "fast"
    assert said["epochs"] == recipe.epochs_for(512)
    assert said["batch_size"] == recipe.batch_size
    assert said["learning_rate"] == pytest.approx(recipe.learning_rate)
    assert "Recipe fast: Adam, learning rate up to " in outcome.err
    assert said["val_accuracy"] > 0.9

    words = ["--network", "small", "--epochs", 2, "--batch-size", 50, "--lr", 0.003]
    outcome = call("train", folder, *words, "--json")
    said = json.loads(outcome.out)
    assert (said["epochs"], said["batch_size"], said["learning_rate"]) == (2, 50, pytest.approx(0.003))
    assert "Recipe small, changed by --epochs and --batch-size and --lr: Adam, learning rate up to 0.003" in outcome.err
    assert "weights averaged, figures changed by chance, 2 epochs, batches of 50, seed 0" in outcome.err
    # What was validated last is what is saved, averages and all.
    (_, _), (x, y) = figurate.datasets.load(folder)
    assert figurate.models.load_model("bars.safetensors").evaluate(x, y, verbose=0)[1] == said["val_accuracy"]


def test_a_preset_from_the_command_line_is_the_one_from_python(call: Call, folder: Path) -> None:
    data = figurate.datasets.load(folder)
    (x, y), test = data
    for name in ("lesson", "tiny"):
        assert call("train", folder, "--network", name, "--epochs", 2, "--seed", 4, "--quiet").status == 0
        model = figurate.presets.get(name, data.kind).fit(x, y, validation_data=test, epochs=2, seed=4, verbose=0)
        saved = figurate.models.load_model("bars.safetensors")
        for one, other in zip(saved.get_weights(), model.get_weights(), strict=True):
            assert_array_equal(one, other)


def test_the_kind_of_figures_chooses_the_recipe(call: Call, folder: Path) -> None:
    outcome = call("train", folder, "--network", "tiny", "--kind", "things", "--epochs", 1, "--json")
    assert "Recipe tiny for things, changed by --epochs: Adam" in outcome.err
    assert json.loads(outcome.out)["kind"] == "things"
    assert [layer.mirror for layer in figurate.models.load_model("bars.safetensors").layers[1:2]] == [True]
    outcome = call("train", folder, "--kind", "things", "--epochs", 1)
    assert "Recipe lesson, changed by --epochs: Adam" in outcome.out, "the lesson's is one for all"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--network", "fats"], r"Unknown network 'fats'. Did you mean 'fast'?"),
        (["--network", "lessom"], r"Unknown network 'lessom'. Did you mean 'lesson'?"),
        (["--network", "dense:20,"], "such as 'dense:128,64'"),
        (["--network", "dense:0"], "1 to 65,536 neurons"),
        (["--epochs", "0"], "'--epochs'"),
        (["--epochs", "many"], "'many' is not a valid integer"),
        (["--lr", "0"], "'--lr'"),
        (["--lr", "nan"], "'--lr'"),
        (["--lr", "inf"], "'--lr'"),
        (["--seed", "-1"], "'--seed'"),
        (["--threads", "0"], "'--threads'"),
        (["--out", "model.h5"], "A model is a .safetensors file, received 'model.h5'. Name it 'model.h5.safetensors'."),
        (["--out", "nowhere/a.safetensors"], "The folder 'nowhere' does not exist. Make it first: mkdir -p 'nowhere'"),
        (["--out", "folder.safetensors"], "'folder.safetensors' is a folder. Name a file to write."),
        (["--resume", "run.ckpt"], "A model is a .safetensors file, received 'run.ckpt'"),
        (["--out", "a.safetensors", "--resume", "a.safetensors"], "The backup and the model can't be one file"),
    ],
)
def test_mistakes_in_use(call: Call, folder: Path, words: list[str], said: str) -> None:
    Path("folder.safetensors").mkdir()
    outcome = call("train", folder, *words)
    assert outcome.status == 2
    assert said in " ".join(outcome.err.split())
    assert os.listdir() == ["folder.safetensors"], "nothing was trained or written"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("mnits", "Unknown data set 'mnits'. Did you mean 'mnist'?"),
        ("empty", "`empty`: expected a data set, received an empty folder. Make a folder for each class"),
        ("file", "`file`: expected a folder, or a file of IDX, NPZ, NPY, CSV or Parquet, received one that is called"),
    ],
)
def test_data_that_is_none(call: Call, data: str, said: str) -> None:
    Path("empty").mkdir()
    Path("file").touch()
    outcome = call("train", data)
    assert outcome.status == 1
    assert said in outcome.err
    assert outcome.err.startswith("figurate: ")
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize("least", [0.0, -1.0])
def test_figures_that_are_not_bytes_are_made_bytes(call: Call, folder: Path, least: float) -> None:
    Path("floats").mkdir()
    for name in os.listdir(folder):
        data = (folder / name).read_bytes()
        if "images" in name:  # kind 13: float32, four bytes each
            pixels = np.frombuffer(data[16:], np.uint8) / 255 * (1 - least) + least
            data = data[:2] + b"\x0d" + data[3:16] + pixels.astype(">f4").tobytes()
        Path("floats", name).write_bytes(data)
    outcome = call("train", "floats", "--epochs", 30, "--json")
    if least < 0:
        assert outcome.status == 1
        assert "`floats`: expected pixels from 0 to 255, from 0 to 1 or of 16 bits" in outcome.err
        return
    assert "figurate: Pixels from 0 to 0.83" in outcome.err
    assert json.loads(outcome.out)["val_accuracy"] > 0.9
