"""Files that run elsewhere: a closed list of formats, each written from a `Plan` and held against its model.

Reads configuration and weights only. `model.export` and `figurate export` come here.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import Any

from figurate.errors import ArgumentError, ConfigurationError, nearest, shown, unknown_name
from figurate.export.agreement import Agreement, DisagreementError
from figurate.export.plan import Model, Plan
from figurate.export.report import Exported

__all__ = ["FORMATS", "Agreement", "DisagreementError", "Exported", "Format", "Model", "Plan", "export"]


@dataclass(frozen=True)
class Format:
    """A format that models are exported to.

    Attributes:
        name: As `export(format=…)` takes it.
        endings: Of its files' names; the first one is the usual one.
        title: For people.
        module, function: Where its writer is: `function(model, plan, path, *, …)`, which returns an `Exported`.
    """

    name: str
    endings: tuple[str, ...]
    title: str
    module: str
    function: str

    @property
    def writer(self) -> Callable[..., Exported]:
        """What writes it."""
        found: Callable[..., Exported] = getattr(import_module(self.module), self.function)
        return found

    @property
    def options(self) -> list[str]:
        """The names of the options that it takes."""
        parameters = inspect.signature(self.writer).parameters.values()
        return sorted(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)


FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        Format("onnx", (".onnx",), "ONNX", "figurate.export.onnx_file", "write_onnx"),
        Format("c", (".c", ".h"), "C99", "figurate.export.c", "write_c"),
        Format("litert", (".tflite",), "LiteRT", "figurate.export.litert", "write_litert"),
    )
}
"""The closed list."""

# Of files that an export must not be taken for, nor be written over.
_ENDINGS = {".safetensors", ".keras", ".h5", ".pt", ".pth"}.union(*(one.endings for one in FORMATS.values()))


def export(model: Model, path: str | PathLike[str], format: str | None = None, **options: Any) -> Exported:
    """Write a model in a format that runs elsewhere; the file is held against the model before it is given out.

    Args:
        model: Built.
        path: Of the file.
        format: "onnx", "c" or "litert"; None: by the path's ending, .onnx, .c or .tflite.
        options: The format's, see `Format.options`.

    Raises:
        ConfigurationError: The model is not built, the format is unknown, or an option's value is wrong.
        ArgumentError: The format has no such option.
        DisagreementError: The file's outputs are not the model's; nothing was written.
        UnsupportedError: The model has a layer that the format cannot say, or a library is not installed.
        OSError: The file cannot be written.
    """
    chosen = format_of(path, format)
    known = chosen.options
    for name in options:
        if name not in known:
            guess = nearest(name, known)
            question = f" Did you mean `{guess}`?" if guess is not None else ""
            raise ArgumentError(
                f"`export(format={chosen.name!r})` has no option `{name}`.{question} Known: {', '.join(known)}."
            )
    return chosen.writer(model, Plan.of(model), path, **options)


def format_of(path: str | PathLike[str], format: str | None = None) -> Format:
    """The format of this name, or the one that a path's ending stands for.

    Raises:
        ConfigurationError: There is none.

    Example:
        >>> format_of("digits.onnx").title
        'ONNX'
    """
    if not isinstance(path, (str, PathLike)):
        raise ConfigurationError(
            f"`export` expects the path of a file, received {shown(path)}. Write `model.export('digits.onnx')`."
        )
    name = os.fspath(path)
    if format is not None:
        if format not in FORMATS:
            raise unknown_name("format", str(format), FORMATS)
        chosen = FORMATS[format]
        ending = Path(name).suffix.lower()
        if ending in _ENDINGS and ending not in chosen.endings:
            raise ConfigurationError(
                f"`export(format={format!r})` expects a path that ends in {chosen.endings[0]}, received {name!r}, the "
                "name of another kind of file. Rename it."
            )
        return chosen
    for one in FORMATS.values():
        if Path(name).suffix.lower() in one.endings:
            return one
    endings = ", ".join(one.endings[0] for one in FORMATS.values())
    raise ConfigurationError(
        f"`export` expects a path that ends in one of {endings}, received {name!r}. Rename it, or say the format: "
        "`format='onnx'`."
    )
