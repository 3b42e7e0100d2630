"""Exported files, run as their users run them: by ONNX Runtime or LiteRT, with what the files say of themselves."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from figurate.errors import ConfigurationError, FigurateError, FileFormatError
from figurate.export import metadata
from figurate.figures import FigurePreprocessing
from figurate.libraries import library

Floats = npt.NDArray[np.float32]
LARGEST_FILE = 1 << 30


class ExportedFile(ABC):
    """A file that `model.export` wrote, ready to run. Abstract: each format is a class.

    Attributes:
        path: Of the file, for messages.
        input_shape, output_shape: Of one figure and of what comes out for it.
        facts: The metadata, see `metadata.metadata`.
    """

    path: str
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    facts: Mapping[str, str]

    @classmethod
    @abstractmethod
    def parsed(cls, data: bytes, path: str) -> Self:
        """The file whose bytes these are.

        Raises:
            FileFormatError: They are no such file, or one of another program.
            UnsupportedError: The library that runs it is not installed.
        """

    @abstractmethod
    def run(self, figures: npt.NDArray[Any]) -> Floats:
        """The outputs for figures.

        Args:
            figures: (n, *input_shape): float32 as the model's `predict` takes them, or pixels where `takes_pixels`.

        Returns:
            float32 (n, *output_shape).
        """

    @property
    def takes_pixels(self) -> bool:
        """Whether the file takes pixels of 0..255 and scales them itself."""
        return self.facts.get("input") == "uint8"

    @property
    def class_names(self) -> list[str] | None:
        """A name for each output; None where the file has none."""
        names = metadata.read(self.facts, "names")
        keys = [str(number) for number in range(int(np.prod(self.output_shape)))]
        if not isinstance(names, dict) or set(names) != set(keys):
            return None
        return [str(names[key]) for key in keys]

    @property
    def pixel_range(self) -> tuple[float, float] | None:
        """What 0 and 255 are in the file's input; None where it does not say."""
        ends = metadata.read(self.facts, "pixel_range")
        if isinstance(ends, list) and len(ends) == 2 and all(isinstance(end, (int, float)) for end in ends):
            return float(ends[0]), float(ends[1])
        return None

    @property
    def preprocessing(self) -> FigurePreprocessing | None:
        """The form of the model's figures; None where the file does not say.

        Raises:
            FileFormatError: It says it in another form.
        """
        config = metadata.read(self.facts, "preprocessing")
        if config is None:
            return None
        try:
            return FigurePreprocessing.from_config(config)
        except FigurateError as error:
            raise unreadable(self.path, f"its preprocessing has another form ({error})") from error


class OnnxFile(ExportedFile):
    """An ONNX file, run by ONNX Runtime on one thread."""

    def __init__(self, session: Any, path: str) -> None:
        (entry,), (output,) = session.get_inputs(), session.get_outputs()
        self.path = path
        self.input_shape, self.output_shape = _sizes(entry.shape, path), _sizes(output.shape, path)
        self.facts = session.get_modelmeta().custom_metadata_map
        check_origin(self.facts, path)
        self._session, self._entry = session, entry.name

    @classmethod
    def parsed(cls, data: bytes, path: str) -> Self:
        runtime = library("onnxruntime", "ONNX files are run with `onnxruntime`", "figurate[onnx]")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors alone: they come as exceptions
        try:
            session = runtime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
            return cls(session, path)
        except FigurateError:
            raise
        except Exception as error:  # the library's own exceptions have no common base
            raise unreadable(path, f"ONNX Runtime says: {first_line(error).rstrip('.')}") from error

    def run(self, figures: npt.NDArray[Any]) -> Floats:
        (outputs,) = self._session.run(None, {self._entry: np.ascontiguousarray(figures)})
        found: Floats = outputs
        return found


ENDINGS = (".onnx", ".tflite")


def open_exported(path: str | PathLike[str]) -> ExportedFile:
    """Read a file that `model.export` wrote.

    Args:
        path: Ends in ".onnx" or ".tflite".

    Raises:
        FileFormatError: It is damaged, or another program's.
        ConfigurationError: It ends otherwise.
        OSError: It cannot be read.
        UnsupportedError: The library that runs it is not installed.
    """
    name = os.fspath(path)
    ending = Path(name).suffix.lower()
    if ending not in ENDINGS:
        raise ConfigurationError(
            f"Expected an exported file that ends in {' or '.join(ENDINGS)}, received {name!r}. Write one with "
            "`model.export`."
        )
    if os.path.getsize(name) > LARGEST_FILE:
        raise unreadable(name, f"it has more than {LARGEST_FILE:,} bytes")
    if ending == ".onnx":
        return OnnxFile.parsed(Path(name).read_bytes(), name)
    from figurate.export.litert.running import LiteRTFile

    return LiteRTFile.parsed(Path(name).read_bytes(), name)


def _sizes(shape: Any, path: str) -> tuple[int, ...]:
    """A shape without the batch axis, whose length is open."""
    sizes = list(shape)[1:]
    if not sizes or not all(isinstance(size, int) and size > 0 for size in sizes):
        raise unreadable(path, f"expected figures of one size, received {shape}")
    return tuple(sizes)


def check_origin(facts: Mapping[str, str], path: str) -> None:
    """Raise `FileFormatError` where a file's metadata is not figurate's."""
    if "figurate" not in facts:
        raise unreadable(path, "it does not say what its figures and classes are, as figurate's files do")


def unreadable(path: str, reason: str) -> FileFormatError:
    """The error for a file that cannot be run."""
    return FileFormatError(f"Cannot run {path!r}: {reason}. Write it again with `model.export`.")


def first_line(error: Exception) -> str:
    """What a library says first, short."""
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
