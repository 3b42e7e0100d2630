"""A LiteRT file's bytes: tensors, constants and operators, put together with the schema that ai-edge-litert brings.

Knows nothing of steps and layers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from figurate.export.quantizing import Quantization
from figurate.libraries import library

IDENTIFIER = b"TFL3"
_VERSION = 3
METADATA = "figurate"
_TYPES = {"float32": "FLOAT32", "int32": "INT32", "uint8": "UINT8", "int8": "INT8"}
# The versions of the operators that know int8; see tensorflow/lite/tools/versioning/op_version.cc.
_INT8_VERSIONS = {"CONV_2D": 3, "DEPTHWISE_CONV_2D": 3, "FULLY_CONNECTED": 4, "RESHAPE": 1, "ELU": 1, "QUANTIZE": 1}


def schema() -> Any:
    """The module of the schema's classes.

    Raises:
        UnsupportedError: ai-edge-litert is not installed.
    """
    return _library("ai_edge_litert.schema_py_generated")


def _library(name: str) -> Any:
    return library(name, "LiteRT files are written with `ai-edge-litert`", "figurate[litert]")


class FlatBuffer:
    """One graph with its constants.

    Args:
        name: Of the graph.
    """

    def __init__(self, name: str) -> None:
        self._schema = schema()
        self._graph = self._made("SubGraphT", tensors=[], inputs=[], outputs=[], operators=[], name=name)
        self._buffers = [self._made("BufferT")]  # the first one is empty by the schema's rule
        self._codes: dict[tuple[str, int], int] = {}

    def _made(self, kind: str, **fields: Any) -> Any:
        """An object of the schema; in older versions the constructors take no fields."""
        made = getattr(self._schema, kind)()
        for name, value in fields.items():
            setattr(made, name, value)
        return made

    def tensor(
        self, name: str, shape: Sequence[int], dtype: str = "float32", quantization: Quantization | None = None
    ) -> int:
        """Declare what an operator takes or gives: figures, any number of them.

        Args:
            name: In the file.
            shape: Without the batch axis.
            dtype: "float32", "int8" or "uint8".
            quantization: Of whole numbers.
        """
        number = self._tensor(name, (1, *shape), dtype, quantization, 0)
        self._graph.tensors[number].shapeSignature = [-1, *shape]
        return number

    def constant(self, name: str, array: npt.NDArray[Any], quantization: Quantization | None = None) -> int:
        """Declare a constant, and keep its bytes."""
        little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        self._buffers.append(self._made("BufferT", data=np.frombuffer(little.tobytes(), np.uint8)))
        return self._tensor(name, array.shape, array.dtype.name, quantization, len(self._buffers) - 1)

    def _tensor(
        self, name: str, shape: Sequence[int], dtype: str, quantization: Quantization | None, buffer: int
    ) -> int:
        made = self._made(
            "TensorT",
            shape=list(shape),
            type=getattr(self._schema.TensorType, _TYPES[dtype]),
            buffer=buffer,
            name=name,
            hasRank=True,
        )
        if quantization is not None:
            made.quantization = self._made(
                "QuantizationParametersT",
                scale=quantization.scale.tolist(),
                zeroPoint=[quantization.zero] * len(quantization.scale),
                quantizedDimension=quantization.axis,
            )
        self._graph.tensors.append(made)
        return len(self._graph.tensors) - 1

    def operator(
        self,
        kind: str,
        inputs: Sequence[int],
        output: int,
        options: str | None = None,
        int8: bool = False,
        **settings: Any,
    ) -> int:
        """Add an operator.

        Args:
            kind: As `BuiltinOperator` names it.
            inputs, output: Tensors.
            options: The class of its options without "Options", such as "Conv2D"; None: it has none.
            int8: Whether it computes in int8.
            settings: Of the options.

        Returns:
            `output`.
        """
        version = _INT8_VERSIONS.get(kind, 2) if int8 else 1
        code = self._codes.setdefault((kind, version), len(self._codes))
        made = self._made("OperatorT", opcodeIndex=code, inputs=list(inputs), outputs=[output])
        if options is not None:
            made.builtinOptionsType = getattr(self._schema.BuiltinOptions, f"{options}Options")
            made.builtinOptions = self._made(f"{options}OptionsT", **settings)
        self._graph.operators.append(made)
        return output

    def finished(self, entry: int, output: int, facts: Mapping[str, str]) -> bytes:
        """The file's bytes.

        Args:
            entry, output: The tensors of the figures and of what comes out.
            facts: What the file says of itself; kept as JSON under the name "figurate". `output`, "probabilities" or
                "scores", names what comes out in the file's one signature, "serving_default".
        """
        flatbuffers = _library("flatbuffers")  # comes with ai-edge-litert
        self._graph.inputs, self._graph.outputs = [entry], [output]
        text = json.dumps(dict(facts), ensure_ascii=False).encode()
        self._buffers.append(self._made("BufferT", data=np.frombuffer(text, np.uint8)))
        signature = self._made(
            "SignatureDefT",
            signatureKey="serving_default",
            subgraphIndex=0,
            inputs=[self._made("TensorMapT", name="figures", tensorIndex=entry)],
            outputs=[self._made("TensorMapT", name=facts["output"], tensorIndex=output)],
        )
        codes = []
        for kind, version in self._codes:
            number = getattr(self._schema.BuiltinOperator, kind)
            # Readers of before 2020 look at a byte, which stands at 127 for later operators.
            codes.append(
                self._made("OperatorCodeT", deprecatedBuiltinCode=min(number, 127), builtinCode=number, version=version)
            )
        model = self._made(
            "ModelT",
            version=_VERSION,
            operatorCodes=codes,
            subgraphs=[self._graph],
            description="figurate",
            buffers=self._buffers,
            signatureDefs=[signature],
            metadata=[self._made("MetadataT", name=METADATA, buffer=len(self._buffers) - 1)],
        )
        builder = flatbuffers.Builder(1024)
        builder.Finish(model.Pack(builder), file_identifier=IDENTIFIER)
        return bytes(builder.Output())
