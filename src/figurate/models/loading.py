"""`load_model`: a model from its file, ready to predict, and to train on where training ended."""

from __future__ import annotations

from os import PathLike

from figurate.callbacks import History
from figurate.errors import FileFormatError, UnsupportedError
from figurate.layers import Input
from figurate.models import saving
from figurate.models.sequential import Sequential


def load_model(
    filepath: str | PathLike[str], custom_objects: None = None, compile: bool = True, safe_mode: bool = True
) -> Sequential:
    """Read the model that `model.save` wrote.

    Args:
        filepath: The file's path.
        custom_objects: Refused: model files name figurate's own classes alone.
        compile: Whether optimizer, loss, metrics and the optimizer's state come back.
        safe_mode: Without effect: files never hold code.

    Returns:
        The model.

    Raises:
        FileFormatError: The file is truncated, altered or of another kind.
        FileNotFoundError: There is none.
        UnsupportedError: `custom_objects` was given.

    Example:
        >>> model = load_model("digits.safetensors")  # doctest: +SKIP
    """
    if custom_objects:
        raise UnsupportedError(
            "`load_model(custom_objects=…)` is not supported: model files name figurate's own layers, losses and "
            "optimizers alone. Leave it out."
        )
    saved = saving.read(filepath)
    description = saved.description
    model = Sequential(
        [Input(description.input_shape), *description.layers], name=description.name, seed=description.seed
    )
    model.preprocessing = description.preprocessing
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
