"""What an exported file says of itself: class names, image size, range of pixels, polarity, and the figures' form.

The keys `Image.*` are the ONNX standard's (docs/MetadataProps.md of the repository onnx/onnx); `names` and `imgsz` are
those that many programs read which run ONNX files. The rest is figurate's, in JSON where it has parts.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from figurate.export.pixels import scaling_of
from figurate.naming import names_of_classes

if TYPE_CHECKING:
    from figurate.export.plan import Model, Plan

_RANGES = {(0.0, 255.0): "NominalRange_0_255", (0.0, 1.0): "Normalized_0_1", (-1.0, 1.0): "Normalized_1_1"}
_LONGEST = 1 << 20


def metadata(model: Model, plan: Plan, input: str = "float32") -> dict[str, str]:
    """The metadata of a model's file.

    Args:
        model: Built.
        plan: The model's.
        input: "float32", figures as `predict` takes them, or "uint8", pixels of 0..255.

    Returns:
        `names`, {"0": "zero", …} in JSON; `output`, "probabilities" of a softmax or "scores"; `link`, what makes
        probabilities of the outputs, "softmax" or "sigmoid", "probabilities" where they are some, else "unknown". Where
        figures are pictures `imgsz`, [height, width], `Image.BitmapPixelFormat` and `Image.ColorSpaceGamma`; where it
        is known `Image.NominalPixelRange` or `pixel_range`, what 0 and 255 are in the input; where the model knows the
        form of its figures `polarity` ("light_on_dark" or "dark_on_light") and `preprocessing`.
    """
    from figurate import __version__

    outputs = math.prod(plan.output_shape)
    names = names_of_classes(model.class_names, outputs)
    found = {
        "figurate": __version__,
        "names": _json({str(number): name for number, name in enumerate(names)}),
        "input": input,
        "output": "probabilities" if plan.gives_probabilities else "scores",
        "link": model.link,
    }
    size = picture_size(plan.input_shape)
    if size is not None:
        height, width, channels = size
        found["imgsz"] = _json([height, width])
        found["Image.BitmapPixelFormat"] = "Gray8" if channels == 1 else "Rgb8"
        found["Image.ColorSpaceGamma"] = "SRGB"
    scaling = scaling_of(model, plan)
    ends = (0.0, 255.0) if input == "uint8" else None if scaling is None else scaling.ends
    if ends is not None:
        rounded = round(ends[0], 6), round(ends[1], 6)
        found["pixel_range"] = _json(list(rounded))
        if rounded in _RANGES:
            found["Image.NominalPixelRange"] = _RANGES[rounded]
    form = model.preprocessing
    if form is not None:
        found["polarity"] = "light_on_dark" if form.ground == "dark" else "dark_on_light"
        found["preprocessing"] = _json(form.get_config())
    return found


def picture_size(shape: tuple[int, ...]) -> tuple[int, int, int] | None:
    """(height, width, channels) of figures of this shape; None where they are no pictures of 1 or 3 channels.

    Example:
        >>> picture_size((28, 28)), picture_size((784,))
        ((28, 28, 1), None)
    """
    if len(shape) == 2:
        return shape[0], shape[1], 1
    if len(shape) == 3 and shape[2] in (1, 3):
        return shape[0], shape[1], shape[2]
    return None


def read(found: Mapping[str, str], key: str) -> Any:
    """A value that is JSON, out of a file's metadata; None where it is missing or no JSON."""
    text = found.get(key)
    if text is None or len(text) > _LONGEST:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
