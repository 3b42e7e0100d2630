"""`figure_prepare` as C: brings a picture of any size into the form of a model's figures, as `core/figures` does."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from figurate.export.c.templates import needed, template
from figurate.export.c.words import number
from figurate.figures import FigurePreprocessing

_STEPS = ("selection", "plane", "noise", "ground", "rules", "pieces", "resample", "strokes", "form")
_SIGNATURE = (
    "int figure_prepare(const uint8_t* picture, int height, int width, float* scratch, int floats, uint8_t* figure)"
)


@dataclass(frozen=True)
class FormSource:
    """The C that brings pictures into a form.

    Attributes:
        form: Of the model's figures. With a box, strokes are found and fitted; without one, pictures are only fitted.
    """

    form: FigurePreprocessing

    def declarations(self) -> str:
        """For the header: sizes of scratch as macros, what is returned, and the function."""
        form = self.form
        kind = template("prepare/fit.h" if form.box is None else "prepare/strokes.h")
        if form.box is not None:
            # Upright figures may be wider than high pictures, and are made beside what they are made of.
            wider = "(FIGURE_SHRUNK(width, height, width) + 2 * FIGURE_SHRUNK(height, height, width) + 4)"
            more = f" + {wider} * (2 * FIGURE_SHRUNK(height, height, width) + BOX_HEIGHT)" if form.deskew else ""
            kind = kind.replace(" UPRIGHT", more)
            for name, side in zip(("BOX_HEIGHT", "BOX_WIDTH"), form.box, strict=True):
                kind = kind.replace(name, str(math.ceil(side)))
        return f"{template('prepare/declarations.h')}\n{kind}{_SIGNATURE};\n"

    def floats(self, height: int, width: int) -> int:
        """What FIGURE_PREPARE_FLOATS is of a picture."""
        form, longest = self.form, max(height, width)
        if form.box is None:
            return max(height * form.width, width * form.height) * form.channels // 4 + 1 + 2 * (height + width)
        factor = -(-longest // 256)
        height, width, longest = (-(-side // factor) for side in (height, width, longest))
        growth = 3 if longest < 80 else 5 if longest < 120 else 7
        down, across = (math.ceil(side) for side in form.box)
        found = max(3 * height * width + 4 * longest + 32, 2 * (down * growth + 3) * (across * growth + 3))
        return found + (width + 2 * height + 4) * (2 * height + down) * form.deskew

    def text(self) -> str:
        """For the source."""
        form = self.form
        if form.box is None:
            return needed(["prepare/selection.c", "prepare/fit.c"], "figure_prepare") + "\n"
        thinnest, thickest = form.stroke_width or (0.0, 0.0)
        constants = {
            "BOX_HEIGHT": np.float32(form.box[0]),
            "BOX_WIDTH": np.float32(form.box[1]),
            "LIGHT_GROUND": form.ground == "light",
            "CENTRE_MASS": form.centre == "mass",
            "THINNEST": np.float32(thinnest),
            "THICKEST": np.float32(thickest),
            "DESKEW": form.deskew,
        }
        defined = "\n".join(f"#define FORM_{name} {number(value)}" for name, value in constants.items())
        steps = needed([f"prepare/{name}.c" for name in _STEPS], "figure_prepare")
        return f"/* ---- the form of the figures {'-' * 86} */\n\n{defined}\n\n{steps}\n"
