"""The kinds of words that several commands take, such as a data set or a model file; each completes itself in a shell.

Checks the word, not what it stands for: reading is data.py's and the library's.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from figurate import presets
from figurate.cli import networks
from figurate.presets import Preset

if TYPE_CHECKING:
    # Generic since click 8.2.
    _Word = click.ParamType[Any]
else:
    _Word = click.ParamType

MODEL_ENDING = ".safetensors"
EXPORTED = (".onnx", ".tflite")
"""The endings of exported files that can be run here."""
PICTURE_ENDINGS = (".png", ".svg", ".pdf")
DATA_ENDINGS = (".csv", ".tsv", ".npz", ".npy", ".parquet", ".gz", ".idx", "ubyte")
_READ_ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm")


def is_data_file(path: str | Path) -> bool:
    """Whether a file's name is one of many figures: a table, arrays, IDX or Parquet.

    Example:
        >>> is_data_file("train.csv"), is_data_file("t10k-images.idx3-ubyte"), is_data_file("seven.png")
        (True, True, False)
    """
    return str(path).lower().endswith(DATA_ENDINGS)


class FileWord(_Word):
    """The path of a file that should end in one of a few ways; completion offers those and folders.

    Args:
        name: what the word is called in help.
        endings: the endings offered.
    """

    def __init__(self, name: str, endings: tuple[str, ...]) -> None:
        self.name = name
        self._endings = endings

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        return Path(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        folder, _, stem = incomplete.rpartition("/")
        try:
            entries = sorted(
                os.scandir(folder + "/" if folder or incomplete.startswith("/") else "."), key=lambda e: e.name
            )
        except OSError:
            return []
        before = incomplete[: len(incomplete) - len(stem)]
        found = []
        for entry in entries:
            if not entry.name.startswith(stem) or (entry.name.startswith(".") and not stem):
                continue
            if entry.is_dir():
                found.append(CompletionItem(f"{before}{entry.name}/"))
            elif entry.name.lower().endswith(self._endings):
                found.append(CompletionItem(f"{before}{entry.name}"))
        return found


class DataWord(FileWord):
    """The name of a data set, or the path of figures: a folder, or a file of many. It stays text."""

    def __init__(self) -> None:
        super().__init__("data", DATA_ENDINGS)

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from figurate.datasets import names

        known = [CompletionItem(name) for name in names() if name.startswith(incomplete)]
        return [*known, *super().shell_complete(ctx, param, incomplete)]


class NetworkWord(_Word):
    """A named or spelled-out network."""

    name = "network"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Preset:
        if isinstance(value, Preset):
            return value
        from figurate.errors import ConfigurationError

        try:
            return networks.parse(str(value))
        except ConfigurationError as error:
            self.fail(str(error), param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        known = (*presets.names(), *networks.NAMED, "dense:")
        return [CompletionItem(name) for name in known if name.startswith(incomplete)]


DATA = DataWord()
NETWORK = NetworkWord()
MODEL = FileWord("model", (MODEL_ENDING,))
MODEL_OR_EXPORTED = FileWord("model", (MODEL_ENDING, *EXPORTED))
EXPORT = FileWord("path", (*EXPORTED, ".c"))
IMAGE = FileWord("image", (*_READ_ENDINGS, *DATA_ENDINGS))
PICTURE = FileWord("path", PICTURE_ENDINGS)


class ModelOrDataWord(_Word):
    """Either of the two, told apart by the library."""

    name = "what"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        models = [item.value for item in MODEL.shell_complete(ctx, param, incomplete)]
        data = [item.value for item in DATA.shell_complete(ctx, param, incomplete)]
        return [CompletionItem(word) for word in dict.fromkeys([*models, *data])]


MODEL_OR_DATA = ModelOrDataWord()


def check_model_target(path: Path, option: str) -> None:
    """Refuse, before any work is done, a path that no model can be written to.

    Raises:
        click.BadParameter: saying what stands in the way.
    """
    if path.suffix != MODEL_ENDING:
        raise click.BadParameter(
            f"A model is a {MODEL_ENDING} file, received '{path}'. Name it '{path}{MODEL_ENDING}'.", param_hint=option
        )
    check_target(path, option)


def check_target(path: Path, option: str) -> None:
    """Refuse, before any work is done, a path that no file can be written to.

    Raises:
        click.BadParameter: saying what stands in the way.
    """
    if path.exists() and not path.is_file():
        kind = "folder" if path.is_dir() else "device"
        raise click.BadParameter(f"'{path}' is a {kind}. Name a file to write.", param_hint=option)
    folder = path.parent
    if not folder.is_dir():
        raise click.BadParameter(
            f"The folder '{folder}' does not exist. Make it first: mkdir -p '{folder}'", param_hint=option
        )
    if not os.access(folder, os.W_OK):
        raise click.BadParameter(f"The folder '{folder}' can't be written to. Choose another.", param_hint=option)
