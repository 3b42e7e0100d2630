"""LiteRT files, run by ai-edge-litert's interpreter on one thread."""

from __future__ import annotations

import json
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from figurate.errors import FigurateError
from figurate.export.litert.flatbuffer import IDENTIFIER, METADATA, schema
from figurate.export.running import ExportedFile, Floats, check_origin, first_line, unreadable
from figurate.libraries import library


class LiteRTFile(ExportedFile):
    """A LiteRT file that `model.export` wrote."""

    def __init__(self, interpreter: Any, facts: dict[str, str], path: str) -> None:
        (entry,), (output,) = interpreter.get_input_details(), interpreter.get_output_details()
        self.path = path
        self.facts = facts
        self.input_shape = tuple(int(size) for size in entry["shape"][1:])
        self.output_shape = tuple(int(size) for size in output["shape"][1:])
        self._interpreter = interpreter
        self._entry, self._output, self._taken = entry["index"], output["index"], int(entry["shape"][0])

    @classmethod
    def parsed(cls, data: bytes, path: str) -> Self:
        runtime = library(
            "ai_edge_litert.interpreter", "LiteRT files are run with `ai_edge_litert.interpreter`", "figurate[litert]"
        )
        if data[4:8] != IDENTIFIER:
            raise unreadable(path, "it is no LiteRT file")
        try:
            # Without delegates: their arithmetic differs from one machine to the next.
            plain = runtime.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
            interpreter = runtime.Interpreter(model_content=data, num_threads=1, experimental_op_resolver_type=plain)
            interpreter.allocate_tensors()
            # The interpreter has found the file sound by now, and what follows reads the same bytes.
            facts = _facts(data)
            check_origin(facts, path)
            return cls(interpreter, facts, path)
        except FigurateError:
            raise
        except Exception as error:  # the library raises whatever its binding makes of it
            raise unreadable(path, f"LiteRT says: {first_line(error)}") from error

    def run(self, figures: npt.NDArray[Any]) -> Floats:
        if len(figures) != self._taken:
            self._interpreter.resize_tensor_input(self._entry, [len(figures), *self.input_shape])
            self._interpreter.allocate_tensors()
            self._taken = len(figures)
        self._interpreter.set_tensor(self._entry, np.ascontiguousarray(figures))
        self._interpreter.invoke()
        found: Floats = self._interpreter.get_tensor(self._output)
        return found


def _facts(data: bytes) -> dict[str, str]:
    """The JSON that the file has under figurate's name; empty where there is none."""
    model = schema().Model.GetRootAs(data)
    for number in range(model.MetadataLength()):
        entry = model.Metadata(number)
        if entry.Name() == METADATA.encode() and entry.Buffer() < model.BuffersLength():
            found = json.loads(model.Buffers(entry.Buffer()).DataAsNumpy().tobytes())
            return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}
    return {}
