"""A model file as the commands use it: loaded, asked, its readings told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from figurate.cli.output import Output
    from figurate.cli.pictures import Seen
    from figurate.models import Ensemble, Sequential

    Model = Sequential | Ensemble


def load(path: Path) -> Model:
    """Load the file of a model or of an ensemble.

    Raises:
        FileFormatError: where it is none.
        OSError: where it can't be read.
    """
    from figurate.models import load_model

    found: Model = load_model(path)
    return found


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


def class_names(model: Model) -> list[str]:
    """The names of the model's classes; their numbers where it knows none."""
    return model.class_names or [str(number) for number in range(model.output_shape[-1] or 0)]


def predict(model: Model, x: NDArray[Any]) -> NDArray[Any]:
    """Probabilities (n, classes) of raw figures (n, …) uint8."""
    probabilities: NDArray[Any] = model.predict_form(x)
    return probabilities


def evaluate(model: Model, x: NDArray[Any], y: NDArray[Any]) -> dict[str, float]:
    """Loss and metrics of raw figures (n, …) uint8 and their labels (n,)."""
    values: dict[str, float] = model.evaluate(model.as_input(x), y, verbose=0, return_dict=True)
    return values


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
