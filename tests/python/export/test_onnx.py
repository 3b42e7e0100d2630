"""ONNX files give what their models give, in ONNX Runtime, and say what they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime  # type: ignore[import-untyped]
import pytest

from figurate import Ensemble, Sequential, layers, presets
from figurate.datasets import mnist
from figurate.figures import FigurePreprocessing
from figurate.models import clone_model
from tests.contracts.test_layers_in_models import CASES
from tests.python.export.conftest import scrambled


def run(path: Path, x: np.ndarray) -> np.ndarray:
    """What a user's own session gives."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (outputs,) = session.run(None, {session.get_inputs()[0].name: x})
    return np.asarray(outputs)


def operators(path: Path) -> list[str]:
    return [node.op_type for node in onnx.load(str(path)).graph.node]


def facts(path: Path) -> dict[str, str]:
    return {entry.key: entry.value for entry in onnx.load(str(path)).metadata_props}


@pytest.mark.parametrize(("shape", "make"), CASES.values(), ids=CASES)
def test_every_layer(shape: tuple[int, ...], make: Any, tmp_path: Path) -> None:
    model = scrambled(Sequential([layers.Input(shape), *make()]))
    model.export(tmp_path / "model.onnx")
    for n in (1, 7):  # the batch axis is free
        x = np.random.default_rng(n).normal(0, 1, (n, *shape)).astype(np.float32)
        np.testing.assert_allclose(run(tmp_path / "model.onnx", x), model.predict(x), rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("name", presets.names())
def test_presets(name: str, tmp_path: Path) -> None:
    model = scrambled(presets.get(name).build((28, 28), 10))
    written = model.export(tmp_path / "model.onnx")
    assert written.agreement.largest < 1e-5
    assert written.agreement.real == 200
    # Planes are turned around nowhere, and no normalization is left.
    assert not {"Transpose", "BatchNormalization"} & set(operators(tmp_path / "model.onnx"))


def test_real_figures_as_predict_takes_them(digits: Sequential, tmp_path: Path) -> None:
    written = digits.export(tmp_path / "digits.onnx")
    _, (x, _) = mnist.load_data()
    figures = (x[:500] / 255.0).astype(np.float32)
    np.testing.assert_allclose(run(tmp_path / "digits.onnx", figures), digits.predict(figures), atol=1e-5)
    assert written.format == "onnx"
    assert written.files == (tmp_path / "digits.onnx",)
    assert written.size == (tmp_path / "digits.onnx").stat().st_size
    assert written.agreement.largest < 1e-5
    assert written.agreement.same_class == 1.0


def test_pixels_are_scaled_in_the_graph(digits: Sequential, tmp_path: Path) -> None:
    digits.export(tmp_path / "digits.onnx", input="uint8")
    _, (x, _) = mnist.load_data()
    expected = digits.predict(x[:500] / 255.0)
    np.testing.assert_allclose(run(tmp_path / "digits.onnx", np.array(x[:500])), expected, atol=1e-5)
    assert facts(tmp_path / "digits.onnx")["input"] == "uint8"
    assert facts(tmp_path / "digits.onnx")["Image.NominalPixelRange"] == "NominalRange_0_255"


@pytest.mark.parametrize(("low", "high"), [(-1.0, 1.0), (0.0, 100.0), (-0.5, 2.0)])
def test_pixels_are_scaled_as_predict_form_scales_them(low: float, high: float, tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (50, 12, 12), dtype=np.uint8)
    model = Sequential([layers.Input((12, 12)), layers.Flatten(), layers.Dense(3, "softmax")], seed=0)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(low + pixels * ((high - low) / 255), np.arange(50) % 3, verbose=0)
    model.export(tmp_path / "model.onnx", input="uint8")
    np.testing.assert_allclose(run(tmp_path / "model.onnx", pixels), model.predict_form(pixels), atol=1e-5)


def test_pixels_are_refused_where_no_scaling_is_known(tmp_path: Path) -> None:
    model = Sequential([layers.Input((8, 8)), layers.Flatten(), layers.Dense(2)])
    with pytest.raises(
        ValueError, match="expects a model that knows the range of its pixels, received one that did not l"
    ):
        model.export(tmp_path / "model.onnx", input="uint8")
    assert not list(tmp_path.iterdir())
    # An untrained preset begins with a rescaling of whole pixels.
    presets.get("lesson").build((8, 8), 2).export(tmp_path / "model.onnx", input="uint8")


def test_metadata(digits: Sequential, tmp_path: Path) -> None:
    digits.export(tmp_path / "digits.onnx")
    found = facts(tmp_path / "digits.onnx")
    assert json.loads(found["names"])["7"] == "seven"
    assert json.loads(found["imgsz"]) == [28, 28]
    assert found["Image.BitmapPixelFormat"] == "Gray8"
    assert found["Image.ColorSpaceGamma"] == "SRGB"
    assert found["Image.NominalPixelRange"] == "Normalized_0_1"
    assert found["polarity"] == "light_on_dark"
    assert found["input"] == "float32"
    assert found["output"] == "probabilities"
    assert FigurePreprocessing.from_config(json.loads(found["preprocessing"])) == digits.preprocessing
    graph = onnx.load(str(tmp_path / "digits.onnx")).graph
    assert [entry.name for entry in graph.input] == ["figures"]
    assert graph.input[0].type.denotation == "IMAGE"
    assert [entry.name for entry in graph.output] == ["probabilities"]


def test_colour_and_scores(tmp_path: Path) -> None:
    model = Sequential([layers.Input((8, 8, 3)), layers.Flatten(), layers.Dense(4)])
    model.export(tmp_path / "model.onnx")
    found = facts(tmp_path / "model.onnx")
    assert found["Image.BitmapPixelFormat"] == "Rgb8"
    assert found["output"] == "scores"
    assert "Image.NominalPixelRange" not in found
    assert "polarity" not in found


def test_an_ensemble(digits: Sequential, tmp_path: Path) -> None:
    ensemble = Ensemble([digits, clone_model(digits, seed=5)])
    ensemble.export(tmp_path / "two.onnx")
    figures = np.random.default_rng(0).random((9, 28, 28), dtype=np.float32)
    np.testing.assert_allclose(run(tmp_path / "two.onnx", figures), ensemble.predict(figures), atol=1e-5)


def test_an_earlier_file_stays_where_the_path_cannot_be_written(digits: Sequential, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Create the folder"):
        digits.export(tmp_path / "none" / "digits.onnx")


def test_another_input_is_refused(digits: Sequential, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"`export\(input=…\)` expects 'float32' or 'uint8', received 'int4'"):
        digits.export(tmp_path / "digits.onnx", input="int4")
