"""LiteRT files (.tflite): a plan as a flatbuffer of standard operators, in float32 or in int8.

Written with the schema's classes that ai-edge-litert brings, and run by its interpreter; TensorFlow is not needed.
"""

from __future__ import annotations

from os import PathLike
from typing import Any

import numpy as np

from figurate.errors import ConfigurationError, shown
from figurate.export import quantizing
from figurate.export.agreement import agreed
from figurate.export.calibration import calibration_figures
from figurate.export.litert.flatbuffer import FlatBuffer
from figurate.export.litert.operators import Writer
from figurate.export.litert.running import LiteRTFile
from figurate.export.lowering import lowered
from figurate.export.metadata import metadata
from figurate.export.pixels import Scaling, known_scaling
from figurate.export.plan import Model, Plan
from figurate.export.quantizing import Quantization
from figurate.export.report import Exported
from figurate.export.steps import Floats
from figurate.files import write_atomically


def write_litert(
    model: Model,
    plan: Plan,
    path: str | PathLike[str],
    *,
    input: str = "float32",
    precision: str = "float32",
    calibration: Any = None,
) -> Exported:
    """Write a model as a LiteRT file, once it is sure that the file gives what the model gives.

    Args:
        model: Built.
        plan: The model's.
        path: Of the file.
        input: "float32": figures as `predict` takes them. "uint8": pixels of 0..255, scaled within the file.
        precision: What the file computes in: "float32", or "int8", with weights of a quarter of the size.
        calibration: For int8, some hundred figures as `predict` takes them, (n, *input_shape); the ranges of numbers
            are found on them. None: MNIST's training figures, where they fit.

    Raises:
        ConfigurationError: Another input or precision; "uint8" where the range of the model's pixels is not known; int8
            without figures to calibrate on.
        DataError, ShapeError: The figures to calibrate on are no figures of the model's.
        DisagreementError: The file's outputs are not the model's.
        UnsupportedError: ai-edge-litert is not installed, or a layer has no operator.
        OSError: The file cannot be written.
    """
    for name, value, known in (("input", input, ("float32", "uint8")), ("precision", precision, ("float32", "int8"))):
        if value not in known:
            raise ConfigurationError(
                f"`export({name}=…)` expects {' or '.join(map(repr, known))}, received {shown(value)}."
            )
    figures = calibration_figures(model, plan, calibration) if precision == "int8" else None
    data = litert_bytes(model, plan, input, figures)
    agreement = agreed(
        model,
        plan,
        LiteRTFile.parsed(data, str(path)).run,
        input=input,
        rough=figures is not None,
        real=None if calibration is None else figures,
    )
    write_atomically(path, data)
    return Exported.of("litert", [path], agreement)


def litert_bytes(model: Model, plan: Plan, input: str, calibration: Floats | None) -> bytes:
    """The bytes of the file.

    Args:
        model, plan, input, Raises: See `write_litert`.
        calibration: Figures to find ranges on, for int8; None: float32.
    """
    scaling = known_scaling(model, plan) if input == "uint8" else None
    file, simple = FlatBuffer(model.name), lowered(plan)
    ranges = None if calibration is None else quantizing.ranges_of(simple, calibration)
    entry, figures = _entry(file, plan, scaling, ranges)
    output = Writer(file, simple, figures, ranges).write()
    if ranges is not None:
        output = file.operator("DEQUANTIZE", [output], file.tensor("outputs", plan.output_shape), int8=True)
    facts = {**metadata(model, plan, input), "precision": "float32" if ranges is None else "int8"}
    return file.finished(entry, output, facts)


def _entry(file: FlatBuffer, plan: Plan, scaling: Scaling | None, ranges: list[Quantization] | None) -> tuple[int, int]:
    """The tensor that the file takes, and the one with the model's figures in the numbers that it computes in."""
    shape = plan.input_shape
    if scaling is None:
        entry = file.tensor("figures", shape)
        if ranges is None:
            return entry, entry
    elif ranges is None:
        return _scaled(file, shape, scaling)
    else:
        # The pixel that stands for 0 is a whole number: for -1..1 it is half a step off.
        zero = int(np.clip(round(-scaling.offset / scaling.scale), 0, 255))
        pixels = Quantization(np.array([scaling.scale], np.float32), zero)
        entry = file.tensor("figures", shape, "uint8", pixels)
    whole = file.tensor("figures_int8", shape, "int8", ranges[0])
    return entry, file.operator("QUANTIZE", [entry], whole, int8=True)


def _scaled(file: FlatBuffer, shape: tuple[int, ...], scaling: Scaling) -> tuple[int, int]:
    """Pixels as float32, in the range of the model."""
    entry = file.tensor("figures", shape, "uint8")
    found = file.operator("CAST", [entry], file.tensor("pixels", shape), "Cast", inDataType=3, outDataType=0)
    for kind, number, neutral in (("MUL", scaling.scale, 1.0), ("ADD", scaling.offset, 0.0)):
        if number != neutral:
            constant = file.constant(f"pixels_{kind.lower()}", np.array(number, np.float32))
            found = file.operator(kind, [found, constant], file.tensor(f"pixels_{kind}", shape), kind.title())
    return entry, found
