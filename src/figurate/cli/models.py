"""A model file as the commands use it: loaded, asked in the form it was trained in, its readings told.

What the numbers of pixels are is the model's record; where it has none, they are passed on as they are.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from figurate.errors import ShapeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from figurate.cli.output import Output
    from figurate.cli.pictures import Form
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


def picture_form(model: Model) -> Form:
    """The form of a picture that the model takes.

    Raises:
        ShapeError: where its input is no picture.
    """
    from figurate.cli.pictures import Form
    from figurate.plots._model import model_input_shape

    shape = model_input_shape(model)
    if len(shape) == 1 and math.isqrt(shape[0]) ** 2 == shape[0]:
        return Form(math.isqrt(shape[0]), math.isqrt(shape[0]))
    if len(shape) == 2:
        return Form(*shape)
    if len(shape) == 3 and shape[2] in (1, 3):
        return Form(*shape)
    raise ShapeError(
        f"The model takes figures of the shape {shape}, which is no picture of grey or colour. Use it from Python."
    )


def class_names(model: Model) -> list[str]:
    """The names of the model's classes; their numbers where it knows none."""
    return model.class_names or [str(number) for number in range(model.output_shape[-1] or 0)]


def predict(model: Model, x: NDArray[Any]) -> NDArray[Any]:
    """Probabilities (n, classes) of raw figures (n, …) uint8."""
    probabilities: NDArray[Any] = model.predict(_in_range(model, x), verbose=0)
    return probabilities


def evaluate(model: Model, x: NDArray[Any], y: NDArray[Any]) -> dict[str, float]:
    """Loss and metrics of raw figures (n, …) uint8 and their labels (n,)."""
    values: dict[str, float] = model.evaluate(_in_range(model, x), y, verbose=0, return_dict=True)
    return values


def _in_range(model: Model, x: NDArray[Any]) -> NDArray[Any]:
    """Raw figures in the model's shape and in the range of its training pixels."""
    from figurate.plots._model import model_input_shape

    shape = model_input_shape(model)
    if x.shape[1:] != shape and math.prod(x.shape[1:]) == math.prod(shape):
        x = x.reshape(-1, *shape)
    trained_on = model.input_range
    if trained_on is not None and trained_on.dtype.startswith("float") and trained_on.high <= 1.0:
        return x / 255.0
    return x


def show_reading(
    output: Output, path: Path, pixels: NDArray[Any], probabilities: NDArray[Any], names: list[str], *, drawn: bool
) -> None:
    """Tell what was read in one picture: a line or a drawing for people, an object for programs."""
    from figurate.plots._words import percent

    best = int(probabilities.argmax())
    if output.as_json:
        output.object(
            {
                "file": str(path),
                "class": names[best],
                "probability": float(probabilities[best]),
                "probabilities": [float(value) for value in probabilities],
            }
        )
        return
    output.line(f"{path}: {names[best]} ({percent(float(probabilities[best]))})")
    if drawn:
        from figurate.plots.terminal import PredictionDrawing

        output.say(PredictionDrawing(pixels, probabilities, names))
