"""Model files: what of a model is written, and how it is put into a model again.

The bytes are `container.py`'s matter, the document `document.py`'s; docs/file-format.md states the rules for both.
"""

from __future__ import annotations

import errno
import math
import os
from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike
from typing import IO, Any, Protocol

import numpy as np
import numpy.typing as npt

from figurate import _engine, layers
from figurate.errors import ConfigurationError, FileFormatError, UnsupportedError
from figurate.figures import FigurePreprocessing
from figurate.layers import Layer
from figurate.models import container, document
from figurate.models.container import Arrays
from figurate.models.document import Description
from figurate.models.values import decode, encode
from figurate.training.compiled import Compiled
from figurate.training.data import InputRange

SUFFIX = ".safetensors"
_OTHER_FORMATS = (".keras", ".h5", ".hdf5", ".pb", ".pt", ".pth", ".pkl", ".onnx", ".tflite")


class SavedModel(Protocol):
    """What is written of a model."""

    name: str
    seed: int
    epochs_trained: int
    input_range: InputRange | None
    history: Any

    @property
    def preprocessing(self) -> FigurePreprocessing | None: ...

    @property
    def class_names(self) -> list[str] | None: ...
    @property
    def network(self) -> _engine.Network: ...
    @property
    def layers(self) -> list[Layer]: ...
    @property
    def input_shape(self) -> tuple[int | None, ...]: ...
    @property
    def output_shape(self) -> tuple[int | None, ...]: ...
    @property
    def compiled_or_none(self) -> Compiled | None: ...
    def get_weights(self) -> list[npt.NDArray[np.float32]]: ...


@dataclass(frozen=True)
class Saved:
    """What a file holds of a model: the checked description, the weights, the optimizer's arrays, history and run."""

    path: str
    description: Description
    weights: list[npt.NDArray[np.float32]]
    slots: dict[str, list[npt.NDArray[np.float32]]]
    history: dict[str, Any] | None
    run: dict[str, Any] | None

    @property
    def compiled(self) -> Compiled:
        """Optimizer, loss and metrics.

        Raises:
            FileFormatError: There are none.
        """
        if self.description.compiled is None:
            raise FileFormatError(
                f"Cannot continue from {self.path!r}: its model was not compiled. Train it with `fit` first."
            )
        return self.description.compiled


@dataclass(frozen=True)
class SavedEnsemble:
    """What the file of an ensemble holds: its name, and its members."""

    path: str
    name: str
    members: list[Saved]


def save(
    model: SavedModel,
    filepath: str | PathLike[str],
    overwrite: bool = True,
    include_optimizer: bool = True,
    run: dict[str, Any] | None = None,
) -> None:
    """Write a model file.

    Args:
        model: Built.
        filepath: Must end in ".safetensors".
        overwrite: Whether an earlier file may be replaced.
        include_optimizer: Whether the optimizer's state goes along, to train on where training ended.
        run: The state of a run, for `BackupAndRestore`.

    Raises:
        UnsupportedError: Another format.
        ConfigurationError: The model is not built, or has figures too large or class names too few for a file.
        FileExistsError: The file exists and `overwrite` is False.
        OSError: The file cannot be written; an earlier one is unchanged.
    """
    path = checked_path(filepath, "save", overwrite)
    arrays: Arrays = {}
    _write(path, "model", _fields(model, include_optimizer, run, arrays, ""), arrays)


def to_bytes(model: SavedModel, include_optimizer: bool = True) -> bytes:
    """The bytes of the file that `save` would write. Args and errors: see there."""
    arrays: Arrays = {}
    return container.to_bytes(_document("model", _fields(model, include_optimizer, None, arrays, "")), arrays)


def save_ensemble(
    name: str,
    models: Iterable[SavedModel],
    filepath: str | PathLike[str],
    overwrite: bool = True,
    include_optimizer: bool = True,
) -> None:
    """Write the file of an ensemble of that name. Args and errors: see `save`."""
    path = checked_path(filepath, "save", overwrite)
    arrays: Arrays = {}
    members = [
        _fields(model, include_optimizer, None, arrays, document.member_prefix(i)) for i, model in enumerate(models)
    ]
    _write(path, "ensemble", {"name": name, "members": members}, arrays)


def _write(path: str, contents: str, fields: dict[str, Any], arrays: Arrays) -> None:
    container.write(path, _document(contents, fields), arrays)


def _document(contents: str, fields: dict[str, Any]) -> dict[str, Any]:
    from figurate import __version__

    return {"library_version": __version__, "contents": contents, **fields}


def _fields(
    model: SavedModel, include_optimizer: bool, run: dict[str, Any] | None, arrays: Arrays, prefix: str
) -> dict[str, Any]:
    """The fields of the document that describe `model`; its arrays are put into `arrays`, their names after `prefix`.

    Raises:
        ConfigurationError: See `save`.
    """
    _ = model.network  # complains where the model is not built
    names = list(document.weight_shapes(model.layers))
    if math.prod(size for size in model.input_shape if size is not None) > document.LARGEST_FIGURE:
        raise ConfigurationError(
            f"A model file holds figures of up to {document.LARGEST_FIGURE:,} values, received a model for "
            f"{model.input_shape}."
        )
    outputs = math.prod(without_batch(model.output_shape))
    if model.class_names is not None and len(model.class_names) != outputs:
        raise ConfigurationError(
            f"`save` expects a class name for each of the {outputs} outputs, received {len(model.class_names)} names. "
            "Set `model.class_names` again."
        )
    arrays |= {prefix + name: array for name, array in zip(names, model.get_weights(), strict=True)}
    compiled = model.compiled_or_none
    state = compiled.state(model.network) if compiled is not None and include_optimizer else None
    trained = document.weight_shapes(model.layers, trainable=True)
    iterations, slots = state if state is not None else (0, {})
    for slot, values in slots.items():
        arrays |= {f"{prefix}optimizer.{slot}.{name}": value for name, value in zip(trained, values, strict=True)}
    range_ = model.input_range
    history = getattr(model.history, "get_state", lambda: None)()
    return {
        "name": model.name,
        "seed": model.seed,
        "input_shape": list(model.input_shape[1:]),
        "layers": [layers.serialize(layer) for layer in model.layers],
        "class_names": model.class_names,
        "preprocessing": None if model.preprocessing is None else model.preprocessing.get_config(),
        "input": None if range_ is None else {"minimum": range_.low, "maximum": range_.high, "dtype": range_.dtype},
        "compile": None if compiled is None else compiled.get_config(without_batch(model.output_shape)),
        "training": {"iterations": iterations, "epochs": model.epochs_trained, "slots": sorted(slots)},
        "history": None if history is None else encode(history, arrays, f"{prefix}history."),
        "run": None if run is None else encode(run, arrays, f"{prefix}run."),
    }


def read(filepath: str | PathLike[str]) -> Saved:
    """Read the file of one model; everything is checked before anything is made of it.

    Raises:
        FileFormatError: The file is damaged, altered or of another kind.
        FileNotFoundError: There is none.
    """
    found = read_any(filepath)
    if isinstance(found, SavedEnsemble):
        raise FileFormatError(
            f"Cannot read {found.path!r} as a figurate model: it holds an ensemble of {len(found.members)} models. Use "
            "`load_model`, which gives an `Ensemble`; its `models` are the members."
        )
    return found


def read_any(filepath: str | PathLike[str]) -> Saved | SavedEnsemble:
    """Read the file of a model or of an ensemble; everything is checked before anything is made of it.

    Raises:
        FileFormatError: The file is damaged, altered or of another kind.
        FileNotFoundError: There is none.
    """
    path = os.fspath(filepath)
    with _open(path) as file:
        return read_open(file, path)


def read_open(file: IO[bytes], path: str) -> Saved | SavedEnsemble:
    """`read_any`, of a file that is open, or of bytes in memory.

    Args:
        file: At its start.
        path: What messages call it.
    """
    header = container.read_header(file, path)
    found = document.parse(header)
    expected = {prefix + name: shape for prefix, one in found.items() for name, shape in one.shapes().items()}
    # Arrays of histories and runs, for each model by itself: none may refer to another's, or to weights.
    referred = {prefix: document.referred(header.shapes, prefix) for prefix in found}
    extra = {name: header.shapes[name] for names in referred.values() for name in names}
    container.check_shapes(header, expected | extra)
    arrays = container.read_arrays(file, header)
    members = [
        _saved(path, description, arrays, {name: arrays[name] for name in referred[prefix]}, prefix)
        for prefix, description in found.items()
    ]
    return members[0] if "" in found else SavedEnsemble(path, header.document["name"], members)


def _saved(path: str, description: Description, arrays: Arrays, referred: Arrays, prefix: str) -> Saved:
    """What the file holds of one model.

    Args:
        path: Of the file.
        description: The model's.
        arrays: All of the file.
        referred: Those that the model's history and run must refer to.
        prefix: What the names of the model's arrays begin with.
    """
    history, run = decode(description.history, referred, path), decode(description.run, referred, path)
    for name in referred:
        raise FileFormatError(
            f"Cannot read {path!r} as a figurate model: nothing in its document refers to the array {name!r}. It was "
            "altered."
        )
    names = document.weight_shapes(description.layers)
    trained = document.weight_shapes(description.layers, trainable=True)
    return Saved(
        path,
        description,
        [arrays[prefix + name] for name in names],
        {slot: [arrays[f"{prefix}optimizer.{slot}.{name}"] for name in trained] for slot in description.slots},
        history,
        run,
    )


def save_weights(model: SavedModel, filepath: str | PathLike[str], overwrite: bool = True) -> None:
    """Write a file of weights alone. Args and errors: see `save`."""
    path = checked_path(filepath, "save_weights", overwrite)
    weights = model.get_weights()
    _write(path, "weights", {}, dict(zip(document.weight_shapes(model.layers), weights, strict=True)))


def read_weights(filepath: str | PathLike[str], model_layers: list[Layer]) -> list[npt.NDArray[np.float32]]:
    """The weights for these built layers, from a file of weights or a model file.

    Raises:
        FileFormatError: The file is damaged, or its weights are those of another network.
        FileNotFoundError: There is none.
    """
    path = os.fspath(filepath)
    expected = document.weight_shapes(model_layers)
    with _open(path) as file:
        header = container.read_header(file, path)
        if header.document.get("contents") == "ensemble":
            raise FileFormatError(
                f"Cannot read the weights of one model from {path!r}: it holds an ensemble. Use `load_model`, and "
                "`set_weights` with those of one of its `models`."
            )
        others = {name: shape for name, shape in header.shapes.items() if not name.startswith("layers.")}
        container.check_shapes(header, expected | others)
        arrays = container.read_arrays(file, header)
    return [arrays[name] for name in expected]


def checked_path(filepath: str | PathLike[str], caller: str, overwrite: bool = True) -> str:
    """`filepath` as a string, if figurate writes such files.

    Args:
        filepath: Should end in ".safetensors".
        caller: "save" or "save_weights", for messages.
        overwrite: Whether an earlier file may be replaced.

    Raises:
        UnsupportedError: The ending is another library's format.
        ConfigurationError: It ends otherwise.
        FileExistsError: The file exists and `overwrite` is False.
    """
    path = os.fspath(filepath)
    if not isinstance(path, str) or not path.endswith(SUFFIX):
        error = UnsupportedError if str(path).endswith(_OTHER_FORMATS) else ConfigurationError
        raise error(
            f"`{caller}` expects a path that ends in '{SUFFIX}', received {path!r}. figurate writes no other format: "
            "change the ending."
        )
    if not overwrite and os.path.exists(path):
        raise FileExistsError(
            errno.EEXIST,
            f"`{caller}(overwrite=False)` expects a new path, and there is a file already. Choose another",
            path,
        )
    return path


def _open(path: str) -> Any:
    try:
        return open(path, "rb")
    except FileNotFoundError as error:
        raise FileNotFoundError(
            errno.ENOENT, "There is no model file. Expected the path that `model.save` wrote, received", path
        ) from error


def without_batch(shape: tuple[int | None, ...]) -> tuple[int, ...]:
    """(None, 28, 28) as (28, 28)."""
    return tuple(size for size in shape[1:] if size is not None)
