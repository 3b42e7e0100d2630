"""A model as C99: one .h and one .c, for microcontrollers and for programs that want no library.

No memory is allocated and nothing is called but a few functions of math.h; weights are `const`. In float32 or in int8,
with `figure_prepare`, which brings pictures into the model's form.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from figurate.errors import ConfigurationError, shown
from figurate.export.agreement import agreed
from figurate.export.c import integer
from figurate.export.c.compiled import compiler
from figurate.export.c.files import CFiles
from figurate.export.c.network import NetworkSource
from figurate.export.c.program import Program
from figurate.export.c.quantized import IntegerProgram
from figurate.export.c.words import checked_name, checked_prefix
from figurate.export.calibration import calibration_figures
from figurate.export.lowering import lowered
from figurate.export.pixels import scaling_of
from figurate.export.plan import Model, Plan
from figurate.export.report import Exported
from figurate.files import write_atomically

__all__ = ["c_files", "write_c"]


def write_c(
    model: Model,
    plan: Plan,
    path: str | PathLike[str],
    *,
    precision: str = "float32",
    main: bool = False,
    calibration: Any = None,
    prefix: str = "figure",
) -> Exported:
    """Write a model as C, once it is sure that the C gives what the model gives.

    It is compiled and run here where there is a compiler ($CC, cc, gcc or clang). Where there is none, int8 is run as
    the same arithmetic in numpy, and float32 as the plan that the C was written from.

    Args:
        model: Built.
        plan: The model's.
        path: Of the .c; the .h lies beside it.
        precision: What the C computes in: "float32", or "int8", with weights of a quarter of the size.
        main: Whether a main.c and a Makefile are written beside it: a program that reads pictures. They replace no
            other files.
        calibration: For int8, some hundred figures as `predict` takes them, (n, *input_shape); the ranges of numbers
            are found on them. None: MNIST's training figures, where they fit.
        prefix: What outer names begin with; macros begin with the same in capitals.

    Returns:
        The report. Its `numbers`: `flash_bytes_of_constants`, weights and tables, to which 1 to 4 kB of code come;
        `ram_bytes_of_scratch` that `figure_predict` needs; `multiplications` for a figure.

    Raises:
        ConfigurationError: Another precision, prefix or name; `main` where there is no `figure_prepare` for grey
            pictures; int8 without figures to calibrate on.
        DataError: The figures to calibrate on do not fit.
        DisagreementError: The C's scores are not the model's.
        UnsupportedError: A layer has no C, or none in int8; the message names it.
        FileExistsError: A main.c or Makefile of another program lies there.
        OSError: The files cannot be written.
    """
    target = Path(path).with_suffix(".c")
    name = checked_name(target.stem, main)
    figures = None if calibration is None else calibration_figures(model, plan, calibration)
    made = c_files(model, plan, name, precision=precision, calibration=figures, prefix=prefix)
    texts = made.texts() | (made.main_texts() if main else {})
    for other in (target.with_name("main.c"), target.with_name("Makefile")):
        if main and other.exists() and other.read_text("utf-8", "replace") != texts[other.name]:
            raise FileExistsError(
                f"`export(main=True)` expects to write a new {other.name}, found another one in {str(other.parent)!r}. "
                "Move it, or export into a folder of its own."
            )
    input = "float32" if made.network.scaling is None else "uint8"
    rough = precision == "int8"
    agreement = agreed(model, plan, _runner(made, plan), input=input, rough=rough, real=figures)
    files = {target.with_name(file): text for file, text in texts.items()}
    for file, text in files.items():
        write_atomically(file, text.encode())
    return Exported.of("c", list(files), agreement, made.numbers())


def c_files(
    model: Model,
    plan: Plan,
    name: str,
    *,
    precision: str = "float32",
    calibration: Any = None,
    prefix: str = "figure",
) -> CFiles:
    """The files that `write_c` writes, as text.

    Args:
        name: Of the files, without an ending.

    The other arguments and Raises: see `write_c`.
    """
    if precision not in ("float32", "int8"):
        raise ConfigurationError(f"`export(precision=…)` expects 'float32' or 'int8', received {shown(precision)}.")
    checked_prefix(prefix)
    scaling = scaling_of(model, plan)
    program = Program.of(lowered(plan))
    integers = None
    if precision == "int8":
        integers = IntegerProgram.of(program, calibration_figures(model, plan, calibration), scaling)
    return CFiles(name, prefix, model, NetworkSource(program, scaling, integers))


def _runner(made: CFiles, plan: Plan) -> Any:
    """What gives the C's scores for figures."""
    network = made.network
    if compiler() is not None:
        run = made.compiled().run
    elif network.integers is not None:
        integers = network.integers

        def run(figures: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
            return integer.run(integers, figures, network.scaling)

    else:
        scaling = network.scaling

        def run(figures: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
            return plan.run(figures if scaling is None else figures * np.float32(scaling.scale) + scaling.offset)

    shape = plan.output_shape
    return lambda figures: run(figures).reshape(-1, *shape)
