"""`load_model`: a model from its file, ready to predict, and to train on where training ended.

Models are copied, and sent to other processes, through the same bytes: `copy.deepcopy`, joblib and multiprocessing use
what is registered here.
"""

from __future__ import annotations

import copyreg
import io
import os
from collections.abc import Callable
from os import PathLike
from typing import Any

from figurate.callbacks import History
from figurate.errors import FigurateError, FileFormatError, UnsupportedError
from figurate.layers import Input
from figurate.models import saving
from figurate.models.ensemble import Ensemble
from figurate.models.sequential import Sequential

_EXPORTED = "It was exported: `figurate evaluate` and `figurate.models.exported.ExportedModel` read it."
_OTHERS = {
    ".onnx": _EXPORTED,
    ".tflite": _EXPORTED,
    ".c": "It is source code, which was measured when it was exported: compile it.",
    ".keras": "Use `figurate.from_keras`.",
    ".h5": "Load it with Keras, and pass the model to `figurate.from_keras`.",
    ".pt": "Load it with PyTorch, and pass the module to `figurate.from_torch`.",
    ".pth": "Load it with PyTorch, and pass the module to `figurate.from_torch`.",
}


def load_model(
    filepath: str | PathLike[str], custom_objects: None = None, compile: bool = True, safe_mode: bool = True
) -> Any:
    """Read the model that `model.save` wrote, or the ensemble.

    Args:
        filepath: The file's path.
        custom_objects: Refused: model files name figurate's own classes alone.
        compile: Whether optimizer, loss, metrics and the optimizer's state come back.
        safe_mode: Without effect: files never hold code.

    Returns:
        A `Sequential`, or an `Ensemble` where the file holds one: only the file knows, hence the type `Any`.

    Raises:
        FileFormatError: The file is truncated, altered or of another kind.
        FileNotFoundError: There is none.
        UnsupportedError: `custom_objects` was given, or the file is another library's.

    Example:
        >>> model = load_model("digits.safetensors")  # doctest: +SKIP
    """
    if custom_objects:
        raise UnsupportedError(
            "`load_model(custom_objects=…)` is not supported: model files name figurate's own layers, losses and "
            "optimizers alone. Leave it out."
        )
    _refuse_others(os.fspath(filepath))
    return _loaded(saving.read_any(filepath), compile)


def from_bytes(data: bytes) -> Any:
    """The model of a file's bytes, as `saving.to_bytes` gives them, checked as `load_model` checks a file.

    Raises:
        FileFormatError: The bytes are truncated, altered or of another kind.

    Example:
        >>> model = from_bytes(Path("digits.safetensors").read_bytes())  # doctest: +SKIP
    """
    return _loaded(saving.read_open(io.BytesIO(data), "bytes"), True)


def _refuse_others(path: str) -> None:
    """Say who reads files that are no model files by their ending."""
    advice = _OTHERS.get(os.path.splitext(path)[1].lower())
    if advice is not None and os.path.exists(path):
        raise UnsupportedError(f"`load_model` expects a file that `model.save` wrote, received {path!r}. {advice}")


def _loaded(saved: saving.Saved | saving.SavedEnsemble, compile: bool) -> Any:
    if isinstance(saved, saving.Saved):
        return _model(saved, compile)
    try:
        return Ensemble([_model(member, compile) for member in saved.members], saved.name)
    except FileFormatError:
        raise
    except FigurateError as error:
        raise FileFormatError(f"Cannot read {saved.path!r} as a figurate model: {error} It was altered.") from error


def _model(saved: saving.Saved, compile: bool) -> Sequential:
    description = saved.description
    model = Sequential(
        [Input(description.input_shape), *description.layers], name=description.name, seed=description.seed
    )
    model.take_form(description.preprocessing)
    model.class_names = description.class_names
    if saved.history is not None:
        model.history = _history(saved)
    model.take_state(saved, description.compiled if compile else None)
    return model


def _history(saved: saving.Saved) -> History:
    history = History()
    try:
        history.set_state(saved.history or {})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FileFormatError(
            f"Cannot read {saved.path!r} as a figurate model: its history has another form ({error!r}). It was altered."
        ) from error
    return history


def _reduced(model: Sequential) -> tuple[Callable[..., Sequential], tuple[Any, ...]]:
    """What makes a copy of a model, and of what: a built one comes through the bytes of its file."""
    if model.built:
        return from_bytes, (saving.to_bytes(model),)
    compiled = model.compiled_or_none
    chosen = None if compiled is None else (compiled.optimizer, compiled.loss, compiled.chosen_metrics)
    return _unbuilt, (model.get_config(), model.seed, chosen)


def _unbuilt(config: dict[str, Any], seed: int, chosen: tuple[Any, Any, Any] | None) -> Sequential:
    model = Sequential.from_config(config)
    model.seed = seed
    if chosen is not None:
        optimizer, loss, metrics = chosen
        model.compile(optimizer, loss, metrics=metrics)
    return model


copyreg.pickle(Sequential, _reduced)
