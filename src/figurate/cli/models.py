"""A model file as the commands use it: loaded, asked, its readings told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from figurate.cli.words import EXPORTED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from figurate.cli.output import Output
    from figurate.cli.pictures import Seen
    from figurate.losses import Loss
    from figurate.models import Ensemble, Sequential
    from figurate.models.exported import ExportedModel

    Model = Sequential | Ensemble
    Readable = Model | ExportedModel


def load(path: Path) -> Model:
    """Load the file of a model or of an ensemble.

    Raises:
        FileFormatError: where it is none.
        OSError: where it can't be read.
    """
    from figurate.models import load_model

    found: Model = load_model(path)
    return found


def load_readable(path: Path) -> Readable:
    """Load the file of a model, of an ensemble, or one that was exported to a format that can be run here.

    Raises:
        FileFormatError: where it is none.
        OSError: where it can't be read.
    """
    if path.suffix.lower() not in EXPORTED:
        return load(path)
    from figurate.models.exported import ExportedModel

    return ExportedModel(path)


def member(model: Model, number: int, path: str) -> Sequential:
    """The model itself, or the member of that number of an ensemble.

    Raises:
        ConfigurationError: where there is no such member.
    """
    from figurate.errors import ConfigurationError
    from figurate.models import Ensemble

    models = model.models if isinstance(model, Ensemble) else [model]
    if number >= len(models):
        held = f"an ensemble of {len(models)} models, counted from 0" if len(models) > 1 else "one model, number 0"
        raise ConfigurationError(f"Expected --member to name a model of '{path}', received {number}. It holds {held}.")
    return models[number]


def predict(model: Readable, x: NDArray[Any]) -> NDArray[Any]:
    """Probabilities (n, classes) of raw figures (n, …) uint8, or what comes nearest to them: to compare with labels."""
    from figurate.models.probabilities import probabilities

    return probabilities(model.predict_form(x), model.link)


def read(model: Readable, x: NDArray[Any]) -> tuple[NDArray[Any], list[str]]:
    """Probabilities (n, classes) of raw figures (n, …) uint8, and the classes' names."""
    found = model.classify_form(x)
    return found.probabilities, found.class_names


def evaluate(model: Readable, x: NDArray[Any], y: NDArray[Any]) -> tuple[dict[str, float], int]:
    """Measure how a model reads figures.

    Args:
        model: With or without a loss; an exported file has none.
        x: Raw figures (n, …) uint8.
        y: Their labels (n,), whole numbers.

    Returns:
        Loss and metrics, none where the model has no loss; and how many figures are read rightly.
    """
    from figurate.models.exported import ExportedModel

    values = {} if isinstance(model, ExportedModel) else _measured(model, x, y)
    if "accuracy" in values:  # the outputs have been computed, and need not be again
        return values, round(values["accuracy"] * len(x))
    return values, int((predict(model, x).argmax(axis=1) == y).sum())


def _measured(model: Model, x: NDArray[Any], y: NDArray[Any]) -> dict[str, float]:
    """Loss and metrics; none where the model has no loss."""
    from figurate import utils

    loss = _loss(model)
    if loss is None:
        return {}
    outputs = model.output_shape[-1] or 1
    truth = y if loss.sparse or outputs == 1 else utils.to_categorical(y, outputs)
    values: dict[str, float] = model.evaluate(model.as_input(x), truth, verbose=0, return_dict=True)
    return values


def _loss(model: Model) -> Loss | None:
    """The loss that a model, or the first member of an ensemble that has one, was compiled with."""
    from figurate.models import Ensemble

    members = model.models if isinstance(model, Ensemble) else [model]
    chosen = [member.compiled_or_none for member in members]
    return next((compiled.loss for compiled in chosen if compiled is not None and compiled.loss is not None), None)


def show_reading(output: Output, seen: Seen, probabilities: NDArray[Any], names: list[str], *, drawn: bool) -> None:
    """Tell what was read in one picture: a line or a drawing for people, an object for programs."""
    from figurate.plots._words import percent

    best = int(probabilities.argmax())
    if output.as_json:
        output.object(
            {
                "file": seen.name,
                "class": names[best],
                "probability": float(probabilities[best]),
                "probabilities": [float(value) for value in probabilities],
            }
        )
        return
    output.line(f"{seen.name}: {names[best]} ({percent(float(probabilities[best]))})")
    if drawn:
        from figurate.plots.terminal import PredictionDrawing

        output.say(PredictionDrawing(seen.figure, probabilities, names, original=seen.original))
