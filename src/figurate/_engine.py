"""The one door to the compiled engine: every other module takes the engine's names from here.

Does no arithmetic of its own; it only says how to mend a missing build.
"""

try:
    from figurate._core import (
        Figures,
        Network,
        Trainer,
        apply_layers,
        bring_into_form,
        default_threads,
        info,
        normal,
        stroke_widths,
        uniform,
    )
except ImportError as error:
    raise ImportError(
        f"The compiled engine `figurate._core` could not be loaded ({error}). Expected it beside the Python files of "
        "the package. Build it with `pip install .` in the repository's root, or install a wheel."
    ) from error

__all__ = [
    "Figures",
    "Network",
    "Trainer",
    "apply_layers",
    "bring_into_form",
    "default_threads",
    "info",
    "normal",
    "stroke_widths",
    "uniform",
]
