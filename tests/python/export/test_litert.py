"""LiteRT files give what their models give, in ai-edge-litert's interpreter, in float32 and nearly so in int8."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType  # type: ignore[import-untyped]

from figurate import Ensemble, Sequential, layers, presets
from figurate.datasets import mnist
from figurate.export import DisagreementError, Plan, quantizing
from figurate.export.calibration import calibration_figures
from figurate.export.lowering import lowered
from figurate.export.pixels import scaling_of
from figurate.models import clone_model
from tests.contracts.test_layers_in_models import CASES
from tests.python.export.conftest import scrambled

# All but those that are refused.
RUN = {
    name: (shape, make)
    for name, (shape, make) in CASES.items()
    if not any(isinstance(one, layers.LayerNormalization) for layer in make() for one in layer.walk())
}


def run(path: Path, x: np.ndarray) -> np.ndarray:
    """What a user's own interpreter gives."""
    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES  # the delegate prints a line
    interpreter = Interpreter(str(path), experimental_op_resolver_type=plain)
    (entry,), (output,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.resize_tensor_input(entry["index"], x.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(entry["index"], x)
    interpreter.invoke()
    return np.asarray(interpreter.get_tensor(output["index"]))


@pytest.mark.parametrize(("shape", "make"), RUN.values(), ids=RUN)
def test_every_layer(shape: tuple[int, ...], make: Any, tmp_path: Path) -> None:
    model = scrambled(Sequential([layers.Input(shape), *make()]))
    model.export(tmp_path / "model.tflite")
    for n in (1, 7):
        x = np.random.default_rng(n).normal(0, 1, (n, *shape)).astype(np.float32)
        np.testing.assert_allclose(run(tmp_path / "model.tflite", x), model.predict(x), rtol=2e-5, atol=2e-5)


@pytest.mark.filterwarnings("ignore:The exported file gives another class")  # these networks are sure of nothing
@pytest.mark.parametrize(("shape", "make"), RUN.values(), ids=RUN)
def test_every_layer_in_int8(shape: tuple[int, ...], make: Any, tmp_path: Path) -> None:
    model = scrambled(Sequential([layers.Input(shape), *make()]))
    x = np.random.default_rng(1).normal(0, 1, (200, *shape)).astype(np.float32)
    if scaling_of(model, Plan.of(model)) is not None:
        x = np.clip(x * 60 + 128, 0, 255)
    model.export(tmp_path / "model.tflite", precision="int8", calibration=x)
    expected, received = model.predict(x), run(tmp_path / "model.tflite", x)
    # A hundredth of the range, to which 0 belongs, is two to three of int8's 255 steps.
    assert np.abs(received - expected).mean() < 0.01 * np.ptp(np.append(expected, 0))


@pytest.mark.parametrize("name", presets.names())
def test_presets(name: str, tmp_path: Path) -> None:
    model = scrambled(presets.get(name).build((28, 28), 10))
    assert model.export(tmp_path / "model.tflite").agreement.largest < 1e-5
    written = model.export(tmp_path / "pixels.tflite", input="uint8")
    assert written.agreement.largest < 1e-5


def test_int8_reads_as_well(digits: Sequential, tmp_path: Path) -> None:
    _, (x, y) = mnist.load_data()
    figures = (x[:2000] / 255.0).astype(np.float32)
    whole = digits.export(tmp_path / "digits.tflite")
    written = digits.export(tmp_path / "int8.tflite", precision="int8")
    pixels = digits.export(tmp_path / "pixels.tflite", precision="int8", input="uint8")
    right = (digits.predict(figures).argmax(axis=1) == y[:2000]).mean()
    for path, given in (("int8", figures), ("pixels", np.array(x[:2000]))):
        outputs = run(tmp_path / f"{path}.tflite", given)
        assert abs((outputs.argmax(axis=1) == y[:2000]).mean() - right) < 0.005
    assert written.size < whole.size
    assert written.agreement.mean < 0.02
    assert pixels.agreement.mean < 0.02


def test_no_scale_is_left_where_it_can_be_folded() -> None:
    def names(model: Sequential) -> list[str]:
        return [type(step).__name__ for step in lowered(Plan.of(model)).steps]

    pixels = [layers.Input((6, 6, 1)), layers.Rescaling(1 / 255)]
    assert names(Sequential([*pixels, layers.Conv2D(2, 3, padding="same")])) == ["Conv2D"]
    # An offset does not go into a convolution that pads with zeros.
    shifted = [layers.Input((6, 6, 1)), layers.Rescaling(1 / 127, -1), layers.Conv2D(2, 3, padding="same")]
    assert names(Sequential(shifted)) == ["DepthwiseConv2D", "Conv2D"]
    rows = [layers.Input((3, 4)), layers.Rescaling(2.0, 1.0)]
    assert names(Sequential(rows)) == ["Reshape", "DepthwiseConv2D", "Reshape"]


def test_quantization_worked_by_hand() -> None:
    # -1 .. 4.1 in 255 steps of 0.02; -128 stands for -1, so 0 is 50 steps up.
    found = quantizing.Quantization.of_range(-1.0, 4.1)
    assert found.scale[0] == pytest.approx(0.02)
    assert found.zero == -78
    kernel = np.array([[1.0, -0.5], [0.0, 0.0]], np.float32)
    whole, scales = quantizing.weights(kernel, axis=0)
    assert whole.tolist() == [[127, -64], [0, 0]]
    assert scales.scale.tolist() == pytest.approx([1 / 127, 1.0])


def test_what_has_no_operator_is_named(tmp_path: Path) -> None:
    model = Sequential([layers.Input((4,)), layers.Dense(4), layers.LayerNormalization(name="norm")])
    with pytest.raises(
        NotImplementedError, match="`norm` cannot be exported to LiteRT: there is no operator for Layer"
    ):
        model.export(tmp_path / "model.tflite")
    first = Sequential([layers.Input((4,)), layers.Dense(2)])
    with pytest.raises(NotImplementedError, match=r"no operator for Mean\. Export the model to ONNX"):
        Ensemble([first, clone_model(first)]).export(tmp_path / "model.tflite")
    assert not list(tmp_path.iterdir())


def test_figures_to_calibrate_on(tmp_path: Path) -> None:
    model = Sequential([layers.Input((8, 8)), layers.Flatten(), layers.Dense(2)])
    with pytest.raises(ValueError, match="expects some hundred figures to find the ranges of numbers on"):
        model.export(tmp_path / "model.tflite", precision="int8")
    with pytest.raises(ValueError, match=r"`export` expects calibration to hold figures of shape \(8, 8\)"):
        model.export(tmp_path / "model.tflite", precision="int8", calibration=np.zeros((3, 9, 9)))
    with pytest.raises(ValueError, match="expects finite numbers, received NaN"):
        model.export(tmp_path / "model.tflite", precision="int8", calibration=np.full((3, 8, 8), np.nan))
    with pytest.raises(ValueError, match="expects some hundred figures, at least 10, received 3"):
        model.export(tmp_path / "model.tflite", precision="int8", calibration=np.eye(8)[np.newaxis].repeat(3, axis=0))
    with pytest.raises(ValueError, match="figures with something in them, received 0 throughout"):
        model.export(tmp_path / "model.tflite", precision="int8", calibration=np.zeros((50, 8, 8)))
    with pytest.raises(ValueError, match=r"`export\(precision=…\)` expects 'float32' or 'int8', received 'int4'"):
        model.export(tmp_path / "model.tflite", precision="int4")


@pytest.mark.parametrize(("factor", "received"), [(255, r"0\.\.255"), (1 / 255, r"0\.\.0\.00392157")])
def test_figures_to_calibrate_on_have_the_range_of_the_training(
    digits: Sequential, tmp_path: Path, factor: float, received: str
) -> None:
    figures = mnist.load_data()[0][0][:300] / 255.0 * factor
    for ending in (".tflite", ".c"):
        with pytest.raises(ValueError, match=rf"figures as `predict` takes them, 0\.\.1, received {received}\. Bring"):
            digits.export(tmp_path / f"model{ending}", precision="int8", calibration=figures)
    assert not list(tmp_path.iterdir())


def test_a_file_has_a_signature(digits: Sequential, tmp_path: Path) -> None:
    figures = np.float32(mnist.load_data()[1][0][:1] / 255.0)
    for precision in ("float32", "int8"):
        digits.export(tmp_path / "digits.tflite", precision=precision)
        signature = Interpreter(str(tmp_path / "digits.tflite")).get_signature_runner("serving_default")
        assert list(signature.get_input_details()) == ["figures"]
        found = signature(figures=figures)
        assert list(found) == ["probabilities"]
        assert found["probabilities"].argmax() == digits.predict(figures).argmax()


def test_strokes_on_light_ground_are_calibrated_on_such(tmp_path: Path) -> None:
    x, y = mnist.load_data()[0]
    model = Sequential(
        [layers.Input((28, 28)), layers.Flatten(), layers.Dense(20, "relu"), layers.Dense(10, "softmax")], seed=1
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(1 - x[:4000] / 255.0, y[:4000], epochs=3, verbose=0)
    assert model.preprocessing is not None
    assert model.preprocessing.ground == "light"
    written = model.export(tmp_path / "model.tflite", precision="int8")
    assert written.agreement.same_class > 0.98
    ranges = calibration_figures(model, Plan.of(model))
    assert ranges.mean() > 0.8


def test_what_int8_cannot_hold_is_refused(tmp_path: Path) -> None:
    model = scrambled(Sequential([layers.Input((4,)), layers.Dense(4), layers.Dense(4, "sigmoid")]))
    figures = np.random.default_rng(0).normal(0, 1, (200, 4))
    figures[0] *= 1e6  # the scale of all is this one's
    with pytest.raises(DisagreementError, match=r"not written: expected outputs within 0\.1 .* Pass more figures like"):
        model.export(tmp_path / "model.tflite", precision="int8", calibration=figures)
    assert not list(tmp_path.iterdir())
