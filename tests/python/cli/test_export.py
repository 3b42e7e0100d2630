"""`figurate export` writes what runs elsewhere, and `figurate evaluate` measures the files it wrote."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import pytest
from PIL import Image

from figurate import Sequential, layers
from figurate.models import load_model
from tests.python.cli.conftest import Call, bars


def test_an_onnx_file(call: Call, model_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "bars.onnx"
    outcome = call("export", model_file, path)
    assert outcome.status == 0, outcome
    assert outcome.out.startswith(f"Wrote {path} (ONNX, ")
    assert "Run against the model on 56 figures, random: outputs differ by" in outcome.out
    assert outcome.err == ""
    figures = bars(16, 3)[0]
    model = load_model(model_file)
    (outputs,) = onnxruntime.InferenceSession(str(path)).run(
        None, {"figures": model.as_input(figures).astype(np.float32)}
    )
    np.testing.assert_allclose(outputs, model.predict_form(figures), atol=1e-5)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("bars.onnx", ()),
        ("bars.onnx", ("--input", "uint8")),
        ("bars.tflite", ()),
        ("bars.tflite", ("--precision", "int8", "--calibration", "{folder}", "--input", "uint8")),
    ],
)
def test_what_is_shipped_is_measured(
    call: Call, folder: Path, model_file: Path, tmp_path: Path, name: str, words: tuple[str, ...]
) -> None:
    path = tmp_path / name
    outcome = call("export", model_file, path, "--json", *(word.format(folder=folder) for word in words))
    assert outcome.status == 0, outcome
    facts = json.loads(outcome.out)
    assert facts["files"] == [str(path)]
    assert facts["bytes"] == path.stat().st_size
    own, shipped = (json.loads(call("evaluate", file, folder, "--json").out) for file in (model_file, path))
    assert shipped["figures"] == own["figures"] == 64
    assert abs(shipped["right"] - own["right"]) <= (2 if "int8" in words else 0)
    assert "loss" in own
    assert "loss" not in shipped


@pytest.mark.parametrize("kind", ["folder", "npy"])
def test_figures_to_calibrate_on_need_no_labels(call: Call, model_file: Path, tmp_path: Path, kind: str) -> None:
    figures, source = bars(40, 4)[0], tmp_path / "figures"
    if kind == "npy":
        source = source.with_suffix(".npy")
        np.save(source, figures)
    else:
        source.mkdir()
        for number, figure in enumerate(figures):
            Image.fromarray(figure).save(source / f"{number}.png")
    words = ("--precision", "int8", "--calibration", source, "--json")
    outcome = call("export", model_file, tmp_path / "bars.tflite", *words)
    assert outcome.status == 0, outcome
    assert json.loads(outcome.out)["same_class"] > 0.9


def test_what_is_read_is_told(call: Call, folder: Path, model_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "bars.onnx"
    assert call("export", model_file, path, "--json").status == 0
    outcome = call("evaluate", path, folder)
    assert outcome.out.startswith(f"Of the 64 test figures of {folder}, {path} reads ")
    assert outcome.out.endswith(" %).\n")


def test_a_model_whose_outputs_are_no_probabilities_is_measured_too(call: Call, folder: Path, tmp_path: Path) -> None:
    figures, labels = bars(64, 1)
    classes = int(labels.max()) + 1
    model = Sequential([layers.Input(figures.shape[1:]), layers.Flatten(), layers.Dense(classes, "sigmoid")], seed=1)
    model.compile("sgd", "mse")
    model.learn_form(figures)
    model.save(tmp_path / "shares.safetensors")
    outcome = call("evaluate", tmp_path / "shares.safetensors", folder)
    assert outcome.status == 0, outcome
    assert " rightly (" in outcome.out


def test_mistakes_are_named(call: Call, folder: Path, model_file: Path, tmp_path: Path) -> None:
    outcome = call("export", model_file, tmp_path / "bars.pb")
    assert outcome.status == 1
    assert "expects a path that ends in one of .onnx, .c, .tflite" in outcome.err
    outcome = call("export", model_file, tmp_path / "bars.onnx", "--precision", "int8")
    assert outcome.status == 1
    assert "has no option `precision`. Known: input." in outcome.err
    outcome = call("export", model_file, tmp_path / "none" / "bars.onnx")
    assert outcome.status == 2
    assert "Make it first: mkdir -p" in outcome.err
    outcome = call("export", model_file, tmp_path / "bars.tflite", "--precision", "int8")
    assert outcome.status == 1
    assert "expects some hundred figures to find the ranges of numbers on" in outcome.err
    outcome = call("export", model_file, tmp_path / "bars.tflite", "--calibration", folder)
    assert outcome.status == 2
    assert "It is for files in int8. Add --precision int8." in outcome.err
    outcome = call("export", model_file, model_file, "--format", "onnx")
    assert outcome.status == 1
    assert "the name of another kind of file. Rename it." in outcome.err
    assert load_model(model_file).built
    outcome = call("export", tmp_path / "none.safetensors", tmp_path / "bars.onnx")
    assert outcome.status == 1
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_none(call: Call, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "bars.onnx"
    path.write_bytes(b"no model")
    outcome = call("evaluate", path, folder)
    assert outcome.status == 1
    assert f"Cannot run '{path}': ONNX Runtime says" in outcome.err
