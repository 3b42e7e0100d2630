"""`figurate export`: a model file in formats that run without figurate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from figurate.cli.words import DATA, EXPORT, MODEL, check_target

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from figurate.cli.output import Output
    from figurate.export import Exported
    from figurate.figures import FigurePreprocessing

_FORMATS = ("onnx", "c", "litert")


@click.command(short_help="Write a model as ONNX, as C, or for LiteRT.")
@click.argument("model", type=MODEL)
@click.argument("path", type=EXPORT)
@click.option("--format", type=click.Choice(_FORMATS), help="Where PATH's ending doesn't say: .onnx, .c, .tflite.")
@click.option(
    "--input",
    type=click.Choice(["float32", "uint8"]),
    help="What the file takes: figures as the model does (the default), or pixels of 0..255. ONNX and LiteRT.",
)
@click.option(
    "--precision",
    type=click.Choice(["float32", "int8"]),
    help="What the file computes in; int8 is a quarter of the size. C and LiteRT.",
)
@click.option(
    "--calibration",
    type=DATA,
    metavar="DATA",
    help="For int8: figures on which ranges are found. MNIST's serve where they fit.",
)
@click.option("--main", is_flag=True, default=None, help="Add a main.c and a Makefile. C.")
@click.option("--prefix", help="What the names in the code begin with. C.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")
def export(model: Path, path: Path, format: str | None, calibration: str | None, as_json: bool, **options: Any) -> None:
    """Write MODEL to PATH in a format that runs without figurate.

    The file is run before it is given out, on real figures where some fit and on random ones, and is refused where it
    doesn't give what the model gives. `figurate evaluate` measures it on all figures of a set.

    \b
      figurate export mnist.safetensors mnist.onnx                        for all that reads ONNX
      figurate export mnist.safetensors mnist.onnx --input uint8          takes pixels, scales them itself
      figurate export mnist.safetensors mnist.tflite --precision int8     for LiteRT, on phones and smaller
      figurate export mnist.safetensors mnist.c --precision int8          C99, for microcontrollers
    """  # noqa: D301 - click reads \b: what follows stays as it is
    from figurate.cli import models
    from figurate.cli.output import Output
    from figurate.export import format_of

    output = Output(as_json=as_json)
    check_target(path, "PATH")
    chosen = format_of(path, format)
    network = models.load(model)
    given = {name: value for name, value in options.items() if value is not None}
    if calibration is not None:
        if options["precision"] != "int8":
            raise click.BadParameter("It is for files in int8. Add --precision int8.", param_hint="--calibration")
        given["calibration"] = network.as_input(_figures(calibration, network.picture_form(), output))
    written = network.export(path, chosen.name, **given)
    output.object(_facts(written))
    if not as_json:
        for line in _lines(written, chosen.title):
            output.line(line)


def _figures(data: str, form: FigurePreprocessing, output: Output) -> NDArray[Any]:
    """The figures of a set, whatever they are labelled with."""
    from figurate import datasets
    from figurate.cli.data import load, tell, tell_left_out

    if data in datasets.names():
        return load(data, output, preprocessing=form).train[0]
    found = datasets.load_figures(data, preprocessing=form)
    tell(output, found.notes)
    tell_left_out(output, found.skipped)
    return found.x


def _facts(written: Exported) -> dict[str, object]:
    """What `--json` prints."""
    agreement = written.agreement
    return {
        "format": written.format,
        "files": [str(file) for file in written.files],
        "bytes": written.size,
        **written.numbers,
        **({} if written.checked_by is None else {"checked_by": written.checked_by}),
        "figures_compared": agreement.figures,
        "largest_difference": agreement.largest,
        "mean_difference": agreement.mean,
        "same_class": agreement.same_class,
    }


def _lines(written: Exported, title: str) -> list[str]:
    """What people read."""
    from figurate.plots._words import percent

    agreement = written.agreement
    files = ", ".join(str(file) for file in written.files)
    lines = [f"Wrote {files} ({title}, {written.size / 1000:,.1f} kB)."]
    lines += [f"  {name.replace('_', ' ')}: {number:,}" for name, number in written.numbers.items()]
    kind = f"{agreement.real} real and {agreement.figures - agreement.real} random" if agreement.real else "random"
    by = written.checked_by
    if by is None:
        run = "Run"
    else:
        run = "Not compiled here: its arithmetic was run in numpy" if by == "numpy" else f"Compiled by {by} and run"
    lines.append(
        f"{run} against the model on {agreement.figures} figures, {kind}: outputs differ by {agreement.largest:.2g} at "
        f"most and {agreement.mean:.2g} in the mean, {percent(agreement.same_class)} are read alike."
    )
    return lines
