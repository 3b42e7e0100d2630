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
