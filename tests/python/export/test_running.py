"""Exported files that are read back: as models they predict alike; damaged ones and other programs' are refused."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from figurate import Sequential, layers
from figurate.datasets import mnist
from figurate.errors import FigurateWarning, FileFormatError
from figurate.export import DisagreementError, Plan, agreement, export
from figurate.export.running import open_exported
from figurate.models import clone_model
from figurate.models.exported import ExportedModel

ENDINGS = (".onnx", ".tflite")


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("input", ["float32", "uint8"])
def test_a_file_answers_as_its_model_does(digits: Sequential, ending: str, input: str, tmp_path: Path) -> None:
    path = tmp_path / f"digits{ending}"
    digits.export(path, input=input)
    model = ExportedModel(path)
    _, (x, _) = mnist.load_data()
    np.testing.assert_allclose(model.predict_form(x[:300]), digits.predict_form(x[:300]), atol=1e-5)
    picture = 255 - np.pad(x[0], 20)  # dark on light, and larger
    np.testing.assert_allclose(model.predict_pictures(picture), digits.predict_pictures(picture), atol=1e-5)
    assert model.input_shape == (None, 28, 28)
    assert model.output_shape == (None, 10)
    assert model.class_names == digits.class_names
    assert model.preprocessing == digits.preprocessing
    given = x[0] if input == "uint8" else x[0] / 255.0
    assert model.predict(given).shape == (1, 10)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "damage",
    [lambda data: b"", lambda data: data[: len(data) // 2], lambda data: b"\0" * 100, lambda data: data[8:]],
    ids=["empty", "cut short", "zeros", "without its beginning"],
)
def test_damaged_files(digits: Sequential, ending: str, damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = tmp_path / f"digits{ending}"
    digits.export(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(FileFormatError, match=r"Cannot run '.*'.*Write it again with `model.export`"):
        open_exported(path)


def test_files_of_other_programs(digits: Sequential, tmp_path: Path) -> None:
    path = tmp_path / "digits.onnx"
    digits.export(path)
    other = onnx.load(str(path))
    del other.metadata_props[:]
    onnx.save(other, str(path))
    with pytest.raises(FileFormatError, match="it does not say what its figures and classes are"):
        open_exported(path)


def test_other_endings(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"Expected an exported file that ends in \.onnx or \.tflite, received"):
        open_exported(tmp_path / "model.pb")


def test_formats_and_options(digits: Sequential, tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match=r"expects a path that ends in one of \.onnx, \.c, \.tflite, received 'model\.pb'"
    ):
        digits.export("model.pb")
    with pytest.raises(ValueError, match=r"Unknown format 'onxn'\. Did you mean 'onnx'\?"):
        digits.export("model.pb", "onxn")
    with pytest.raises(TypeError, match=r"has no option `inputs`\. Did you mean `input`"):
        digits.export(tmp_path / "model.onnx", inputs="uint8")
    digits.export(tmp_path / "model.bin", "onnx")
    assert onnx.load(str(tmp_path / "model.bin")).producer_name == "figurate"


@pytest.mark.parametrize(
    ("ending", "missing"), [(".onnx", "onnx"), (".onnx", "onnxruntime"), (".tflite", "ai_edge_litert.interpreter")]
)
def test_a_missing_library_is_named_with_its_command(
    digits: Sequential, ending: str, missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    extra = "onnx" if ending == ".onnx" else "litert"
    with pytest.raises(
        NotImplementedError,
        match=rf"with `{missing}`, which is not installed. Install it with `pip install 'figurate\[{extra}\]'`",
    ):
        digits.export(tmp_path / f"model{ending}")
    assert not list(tmp_path.iterdir())


def test_a_file_that_disagrees_is_not_given_out(digits: Sequential) -> None:
    plan = Plan.of(digits)
    right = plan.run

    def agreed(run: agreement.Run) -> agreement.Agreement:
        return agreement.agreed(digits, plan, run)

    assert agreed(right).largest < 1e-5
    with pytest.raises(DisagreementError, match=r"received a difference of 0\.001"):
        agreed(lambda x: right(x) + np.float32(0.001))
    with pytest.raises(DisagreementError, match=r"expected finite outputs .* with NaN or infinity"):
        agreed(lambda x: right(x) * np.float32(np.nan))
    with pytest.raises(
        DisagreementError, match=r"expected finite outputs of shape \(256, 10\), received shape \(256, 1\)"
    ):
        agreed(lambda x: right(x)[:, :1])


def test_a_file_that_reads_otherwise_is_told_of(digits: Sequential) -> None:
    unsure = clone_model(digits)
    unsure.set_weights([weight * np.float32(0.01) for weight in digits.get_weights()])
    with pytest.warns(FigurateWarning, match=r"another class than the model for \d+% of 200 figures: .*calibration="):
        agreement.agreed(unsure, Plan.of(unsure), lambda x: np.full((len(x), 10), 0.1, np.float32), rough=True)


@pytest.mark.parametrize("path", [None, 5])
def test_a_path_is_asked_for(digits: Sequential, path: Any) -> None:
    with pytest.raises(
        ValueError, match=r"`export` expects the path of a file, received (None|5)\. Write `model\.export"
    ):
        digits.export(path)


def test_pixels_of_more_bits_end_where_the_trainings_did(tmp_path: Path) -> None:
    (x, y), (x_test, _) = mnist.load_data()
    model = Sequential(
        [layers.Input((28, 28)), layers.Rescaling(1 / 4095), layers.Flatten(), layers.Dense(10, "softmax")]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x[:3000].astype(np.uint16) * 16, y[:3000], epochs=3, verbose=0)
    right = model.predict(x_test[:300].astype(np.uint16) * 16).argmax(axis=1)
    model.export(tmp_path / "model.onnx", input="uint8")
    exported = ExportedModel(tmp_path / "model.onnx")
    assert (exported.predict(x_test[:300]).argmax(axis=1) == right).mean() > 0.99
    assert (model.predict_form(x_test[:300]).argmax(axis=1) == right).mean() > 0.99


def test_numbers_that_are_no_pixels_are_refused(digits: Sequential, tmp_path: Path) -> None:
    digits.export(tmp_path / "pixels.onnx", input="uint8")
    digits.export(tmp_path / "floats.onnx")
    pixels, floats = ExportedModel(tmp_path / "pixels.onnx"), ExportedModel(tmp_path / "floats.onnx")
    x = mnist.load_data()[1][0][:50]
    np.testing.assert_allclose(pixels.predict(x.astype(np.int64)), floats.predict(x / 255.0), atol=1e-6)
    for wrong, received in (
        (x / 255.0, r"0\.\.1 in float64"),
        (x + np.int64(256), r"256\.\."),
        (-x.astype(int), r"-255\.\.0 in int64"),
    ):
        with pytest.raises(
            ValueError, match=rf"expects pixels, whole numbers of 0\.\.255.*received numbers of {received}"
        ):
            pixels.predict(wrong)
    for file in (pixels, floats):
        with pytest.raises(ValueError, match="expects finite numbers, received NaN or infinity"):
            file.predict(np.full((1, 28, 28), np.nan))


@pytest.mark.parametrize(("name", "format"), [("model.safetensors", "onnx"), ("model.tflite", "onnx"), ("m.onnx", "c")])
def test_a_name_of_another_kind_is_refused(digits: Sequential, tmp_path: Path, name: str, format: str) -> None:
    with pytest.raises(
        ValueError, match=rf"`export\(format='{format}'\)` expects a path that ends in \.{format}, received"
    ):
        digits.export(tmp_path / name, format)


def test_one_output_is_judged_as_two_classes(tmp_path: Path) -> None:
    model = Sequential([layers.Input((4,)), layers.Dense(1, "sigmoid")], seed=1)
    plan = Plan.of(model)
    assert agreement.agreed(model, plan, plan.run).same_class == 1.0
    figures = np.random.default_rng(1).normal(size=(100, 4)).astype(np.float32)
    with pytest.warns(FigurateWarning, match="another class"):
        found = agreement.agreed(
            model, plan, lambda x: plan.run(x) * 0 + np.float32(0.5), rough=True, real=figures * 0.1
        )
    assert found.same_class < 0.9


def test_the_functions_way(tmp_path: Path) -> None:
    model = Sequential([layers.Input((3,)), layers.Dense(2)])
    assert export(model, tmp_path / "model.onnx").agreement.real == 0
