"""The .c and the .h of a model, and the main.c and the Makefile beside them, put together of their parts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from figurate.errors import ConfigurationError
from figurate.export.c.compiled import CompiledSource
from figurate.export.c.form import FormSource
from figurate.export.c.network import NetworkSource
from figurate.export.c.templates import renamed, template
from figurate.export.c.words import string
from figurate.export.metadata import picture_size
from figurate.export.plan import Model
from figurate.figures import FigurePreprocessing
from figurate.naming import names_of_classes, names_of_two

_FILE, _NAMES = "@FILE@", "@NAMES@"  # where the file's and the classes' names go once ours are renamed


@dataclass(frozen=True)
class CFiles:
    """The files of one model.

    Attributes:
        name: Of the files, without an ending.
        prefix: What outer names begin with.
        model: Whose they are.
        network: What `figure_predict` computes.
    """

    name: str
    prefix: str
    model: Model
    network: NetworkSource

    def texts(self) -> dict[str, str]:
        """Names and texts of the .h and the .c."""
        names = self._class_names
        source = renamed(self._source(), self.prefix)
        # What the user has named keeps its name, also where it begins as ours do.
        source = source.replace(_FILE, self.name, 1).replace(
            _NAMES, ",\n".join(f"    {string(name)}" for name in names), 1
        )
        return {f"{self.name}.h": renamed(self._header(), self.prefix), f"{self.name}.c": source}

    def main_texts(self) -> dict[str, str]:
        """Names and texts of main.c and the Makefile.

        Raises:
            ConfigurationError: The model does not read grey pictures.
        """
        if self.form is None or self.form.channels != 1:
            raise ConfigurationError(
                "`export(main=True)` expects a model of grey pictures that knows the range of its pixels, received one "
                f"for figures of shape {self.model.input_shape[1:]}. Leave out `main`; `{self.prefix}_predict` is "
                "there for any program."
            )
        main = renamed(template("main.c"), self.prefix).replace('"figure.h"', f'"{self.name}.h"')
        return {"main.c": main, "Makefile": template("Makefile").replace("figure", self.name)}

    def numbers(self) -> dict[str, int]:
        """Bytes and counts for the report; see `write_c`."""
        network, form = self.network, self.form
        found = {
            "flash_bytes_of_constants": network.constant_bytes,
            "ram_bytes_of_scratch": 4 * self._predict_floats,
        }
        if form is not None:
            floats = FormSource(form).floats(2 * form.height, 2 * form.width)
            found["ram_bytes_to_prepare_a_picture_twice_as_high_and_wide"] = 4 * floats
        return found | {"multiplications": network.program.multiplications}

    def compiled(self) -> CompiledSource:
        """The .c, compiled here and ready to run.

        Raises:
            FigurateError: The compiler does not take it.
            NotRunError: No compiler makes what runs here.
        """
        pixels = self.network.scaling is not None
        return CompiledSource(self.texts(), self.prefix, self._outputs, pixels)

    @property
    def form(self) -> FigurePreprocessing | None:
        """The form that `figure_prepare` brings pictures into; None where there is none, so that it is left out."""
        if self.network.scaling is None:
            return None
        form: FigurePreprocessing | None = self.model.preprocessing
        size = picture_size(self.network.program.plan.input_shape)
        if form is None and size is not None:
            return FigurePreprocessing(height=size[0], width=size[1], channels=size[2])
        if form is None or math.prod(form.figure_shape) != self.network.program.sizes[0]:
            return None
        return form

    @property
    def _outputs(self) -> int:
        return self.network.program.sizes[self.network.program.result]

    @property
    def _class_names(self) -> list[str]:
        given = self.model.class_names
        return names_of_two(given) if self.network.tells_two else names_of_classes(given, self._outputs)

    @property
    def _returns(self) -> str:
        """What `figure_predict` returns."""
        if self.network.tells_two:
            return "The class of a figure: 1 where its score is above 0.5, else 0"
        if self._outputs == 1:
            return "The score of a figure; 0 is returned"
        return "The class of a figure: the number of its greatest score"

    @property
    def _predict_floats(self) -> int:
        return -(-self.network.arena_bytes // 4)

    def _header(self) -> str:
        form, network = self.form, self.network
        program = network.program
        macros = {"INPUTS": program.sizes[0], "OUTPUTS": self._outputs, "CLASSES": len(self._class_names)}
        if form is not None:
            macros |= {"HEIGHT": form.height, "WIDTH": form.width, "CHANNELS": form.channels}
        macros["PREDICT_FLOATS"] = self._predict_floats
        defined = "\n".join(f"#define FIGURE_{name} {value}" for name, value in macros.items())
        takes = (
            "figure: FIGURE_INPUTS floats, as the model takes them."
            if network.scaling is None
            else "figure: FIGURE_INPUTS pixels of 0..255, row by row, in the form of the figures that it learned from."
        )
        room = "" if form is None else "; the memory of `figure_prepare` serves both"
        gives = "FIGURE_OUTPUTS scores, which are"
        if network.tells_two:
            gives = "the probability of class 1, which is"
        elif program.tail is not None and program.tail.function == "softmax":
            gives = "FIGURE_OUTPUTS probabilities, which are"
        return f"""{_head(network)}
#ifndef FIGURE_H
#define FIGURE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {{
#endif

{defined}

/* The name of each class. */
extern const char* const figure_class_names[FIGURE_CLASSES];

/* {self._returns}.

   {takes}
   scores: {gives} written.
   scratch: FIGURE_PREDICT_FLOATS floats{room}. */
{network.signature};

{FormSource(form).declarations() if form is not None else ""}
#ifdef __cplusplus
}}
#endif

#endif
"""

    def _source(self) -> str:
        form = self.form
        # Where one of the two files is left from an earlier export, scratch might be too short.
        sizes = {
            "INPUTS": self.network.program.sizes[0],
            "OUTPUTS": self._outputs,
            "PREDICT_FLOATS": self._predict_floats,
        }
        differs = " || ".join(f"FIGURE_{name} != {value}" for name, value in sizes.items())
        return f"""{_head(self.network)}
#include "{_FILE}.h"

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#if {differs}
#error "This .c and its .h are of different exports; what they need of memory is not the same. Take both from one."
#endif

{self.network.text()}
const char* const figure_class_names[FIGURE_CLASSES] = {{
{_NAMES}}};
{"" if form is None else chr(10) + FormSource(form).text()}"""


def _head(network: NetworkSource) -> str:
    from figurate import __version__

    return f"""/* A trained network in {network.precision}, written by figurate {__version__}. C99; allocates nothing.

   {network.constant_bytes:,} bytes of constants, {network.arena_bytes:,} bytes of scratch, \
{network.program.multiplications:,} multiplications a figure. */
"""
