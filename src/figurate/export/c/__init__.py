"""A model as C99: one .h and one .c, for microcontrollers and for programs that want no library.

No memory is allocated and nothing is called but a few functions of math.h; weights are `const`. In float32 or in int8,
with `figure_prepare`, which brings pictures into the model's form.
"""

from __future__ import annotations

import warnings
from os import PathLike
from pathlib import Path
from typing import Any

from figurate.errors import ConfigurationError, FigurateWarning, shown, user_level
from figurate.export.agreement import Run, agreed
from figurate.export.c import integer
from figurate.export.c.compiled import NotRunError, missing_compiler
from figurate.export.c.files import CFiles
from figurate.export.c.network import NetworkSource
from figurate.export.c.program import Program
from figurate.export.c.quantized import IntegerProgram
from figurate.export.c.words import checked_name, checked_prefix
from figurate.export.calibration import calibration_figures
from figurate.export.lowering import lowered
from figurate.export.pixels import Scaling, scaling_of
from figurate.export.plan import Model, Plan
from figurate.export.report import Exported
from figurate.files import write_together

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

    It is compiled and run here where there is a compiler whose programs run here ($CC, which may have options, cc, gcc
    or clang). Where there is none, int8 is run as the same arithmetic in numpy, and float32 as the plan that the C was
    written from. The report's `checked_by` says which.

    Args:
        model: Built.
        plan: The model's.
        path: Of the .c; the .h lies beside it. Neither is replaced before both have reached the disk.
        precision: What the C computes in: "float32", or "int8", with weights of a quarter of the size.
        main: Whether a main.c and a Makefile are written beside it: a program that reads pictures. They replace no
            other files.
        calibration: For int8, some hundred figures as `predict` takes them, (n, *input_shape); the ranges of numbers
            are found on them. None: MNIST's training figures, where they fit.
        prefix: What outer names begin with; macros begin with the same in capitals.

    Returns:
        The report. Its `numbers`: `flash_bytes_of_constants`, weights and tables, to which code comes (see
        docs/microcontrollers.md); `ram_bytes_of_scratch` that `figure_predict` needs; where there is a
        `figure_prepare`, `ram_bytes_to_prepare_a_picture_twice_as_high_and_wide` as a figure; `multiplications` for a
        figure.

    Raises:
        ConfigurationError: Another precision, prefix or name; `main` where there is no `figure_prepare` for grey
            pictures; int8 without figures to calibrate on.
        DataError: The figures to calibrate on do not fit.
        DisagreementError: The C's scores are not the model's.
        UnsupportedError: A layer has no C, or none in int8; the message names it.
        FileExistsError: A main.c or Makefile of another program lies there.
        OSError: The files cannot be written.

    Warns:
        FigurateWarning: $CC is no program that is found, or what compilers made cannot be run here.
    """
    given = Path(path)
    target = given.with_suffix(".c") if given.suffix.lower() in (".c", ".h") else given.with_name(given.name + ".c")
    name = checked_name(target.stem, main)
    figures = None if calibration is None else calibration_figures(model, plan, calibration)
    made = c_files(model, plan, name, precision=precision, calibration=figures, prefix=prefix)
    texts = made.texts()
    if main:
        texts |= made.main_texts()
        for other in ("main.c", "Makefile"):
            _check_own(target.with_name(other), texts[other])
    input = "float32" if made.network.scaling is None else "uint8"
    run, checked_by = _runner(made, plan)
    agreement = agreed(model, plan, run, input=input, rough=precision == "int8", real=figures)
    files = {target.with_name(file): text.encode() for file, text in texts.items()}
    write_together(files)
    return Exported.of("c", list(files), agreement, made.numbers(), checked_by)


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


def _check_own(path: Path, text: str) -> None:
    """Refuse to replace what lies there, unless it is the same."""
    if path.is_dir():
        found = "a folder of that name"
    elif path.exists() and path.read_text("utf-8", "replace") != text:
        found = "another one"
    else:
        return
    raise FileExistsError(
        f"`export(main=True)` expects to write a new {path.name}, found {found} in {str(path.parent)!r}. Move it, or "
        "export into a folder of its own."
    )


def _runner(made: CFiles, plan: Plan) -> tuple[Run, str]:
    """What gives the C's scores for figures, and what it is called."""
    if (missing := missing_compiler()) is not None:
        warnings.warn(
            f"`export` expects the environment variable CC to name a C compiler, received {shown(missing)}, which is "
            "not found. cc, gcc and clang are tried in its place. Set CC again, or unset it.",
            FigurateWarning,
            stacklevel=user_level(),
        )
    integers, scaling, shape = made.network.integers, made.network.scaling, plan.output_shape
    try:
        compiled = made.compiled()
    except NotRunError as error:
        if error.tried:
            warnings.warn(
                f"`export` expects a C compiler whose programs run here, received {'; '.join(error.tried)}. The C's "
                "arithmetic is run in numpy in its place. Install a compiler for this machine, or set TMPDIR to a "
                "folder that programs may be run from.",
                FigurateWarning,
                stacklevel=user_level(),
            )
    else:
        return lambda figures: compiled.run(figures).reshape(-1, *shape), compiled.compiler
    if integers is not None:
        return lambda figures: integer.run(integers, figures, scaling).reshape(-1, *shape), "numpy"
    by = scaling or Scaling(1.0, 0.0)
    return lambda figures: plan.run(by.figures(figures)).reshape(-1, *shape), "numpy"
