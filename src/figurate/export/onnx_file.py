"""ONNX files: a plan as a graph of standard operators, written and checked by the `onnx` library.

The file takes figures as `predict` does, channels last, any number of them; within, planes are channels first, as
ONNX's convolutions want them. Layouts change where figures come in and nowhere else, as long as a dense layer's weights
can take the order of what comes to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import Any

from figurate.errors import ConfigurationError, shown
from figurate.export.agreement import agreed
from figurate.export.metadata import metadata, picture_size
from figurate.export.onnx_operators import Graph
from figurate.export.pixels import known_scaling
from figurate.export.plan import Model, Plan
from figurate.export.report import Exported
from figurate.export.running import OnnxFile
from figurate.files import write_atomically
from figurate.libraries import library

OPSET = 17
"""Of 2022: everything that is needed, layer normalization included, and what older runtimes read."""
_IR_VERSION = 8


def write_onnx(model: Model, plan: Plan, path: str | PathLike[str], *, input: str = "float32") -> Exported:
    """Write a model as an ONNX file, once it is sure that the file gives what the model gives.

    Args:
        model: Built.
        plan: The model's.
        path: Of the file.
        input: "float32": figures as `predict` takes them. "uint8": pixels of 0..255, scaled within the file.

    Raises:
        ConfigurationError: Another input, or "uint8" where the range of the model's pixels is not known.
        DisagreementError: The file's outputs are not the model's.
        UnsupportedError: onnx or onnxruntime is not installed.
        OSError: The file cannot be written.
    """
    data = onnx_bytes(model, plan, input)
    agreement = agreed(model, plan, OnnxFile.parsed(data, str(path)).run, input=input)
    write_atomically(path, data)
    return Exported.of("onnx", [path], agreement)


def onnx_bytes(model: Model, plan: Plan, input: str = "float32") -> bytes:
    """The bytes of the file, checked by onnx.checker. Args and Raises: see `write_onnx`."""
    if input not in ("float32", "uint8"):
        raise ConfigurationError(f"`export(input=…)` expects 'float32' or 'uint8', received {shown(input)}.")
    onnx = library("onnx", "ONNX files are written with `onnx`", "figurate[onnx]")
    output = "probabilities" if plan.gives_probabilities else "scores"
    graph = Graph(plan, "figures", output)
    if input == "uint8":
        graph.scale_pixels(known_scaling(model, plan))
    for number in range(len(plan.steps)):
        graph.add(number)
    graph.finish()

    kind = onnx.TensorProto.UINT8 if input == "uint8" else onnx.TensorProto.FLOAT
    helper = onnx.helper
    made = helper.make_model(
        helper.make_graph(
            [helper.make_node(operator, taken, [given], **options) for operator, taken, given, options in graph.nodes],
            model.name,
            [_described(helper.make_tensor_value_info("figures", kind, ["n", *plan.input_shape]), plan.input_shape)],
            [helper.make_tensor_value_info(output, onnx.TensorProto.FLOAT, ["n", *plan.output_shape])],
            [onnx.numpy_helper.from_array(array, name) for name, array in graph.constants.items()],
        ),
        producer_name="figurate",
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=_IR_VERSION,
    )
    helper.set_model_props(made, metadata(model, plan, input))
    onnx.checker.check_model(made, full_check=True)
    data: bytes = made.SerializeToString()
    return data


def _described(info: Any, shape: Sequence[int]) -> Any:
    """Say of the input that it is pictures, and which axis is what: docs/TypeDenotation.md."""
    if picture_size(tuple(shape)) is not None:
        info.type.denotation = "IMAGE"
        words = ("DATA_BATCH", "DATA_FEATURE", "DATA_FEATURE", "DATA_CHANNEL")
        for axis, word in zip(info.type.tensor_type.shape.dim, words, strict=False):
            axis.denotation = word
    return info
