"""`figurate predict`: what a model reads in pictures of one's own, one figure each.

Opening pictures and bringing them into form is pictures.py's matter, telling what was read readings.py's; whole pages
are read by `figurate read`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from figurate.cli.readings import SHEETS, TABLE, Readings
from figurate.cli.words import IMAGE, MODEL, FileWord, check_target, is_data_file

if TYPE_CHECKING:
    from figurate.figures import FigurePreprocessing

_DRAWN_AT_MOST = 4
_ROWS = 256
_OUT = FileWord("path", (*SHEETS, TABLE))


@click.command(short_help="Read pictures with a model, one figure each.")
@click.argument("model", type=MODEL)
@click.argument("images", type=IMAGE, nargs=-1, required=True, metavar="IMAGE...")
@click.option(
    "--out", type=_OUT, help="Draw each picture beside what the model saw (.png, .jpg), or write a table (.csv)."
)
@click.option("--as-is", is_flag=True, help="Only fit pictures to the model's size: they are in its form already.")
@click.option(
    "--invert", is_flag=True, help="Turn dark into light first, where that isn't found out: with --as-is, in arrays."
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a picture, each on its own line.")
def predict(model: Path, images: tuple[Path, ...], out: Path | None, as_is: bool, invert: bool, as_json: bool) -> int:
    """Say what MODEL reads in each IMAGE: PNG, JPEG, GIF, BMP, WebP, TIFF or PNM, of one figure.

    Each picture is brought into the form of the figures that the model learned from. Where those are strokes on plain
    ground, such as MNIST's, it is found out which of ink and paper is dark; uneven light, ruled lines and specks are
    removed, and the figure is cut out, fitted and centred. In a terminal up to four pictures are drawn beside what the
    model saw of them; --out draws up to 200.

    \b
      figurate predict mnist.safetensors seven.png
      figurate predict mnist.safetensors scans/*.png --out seen.png
      figurate predict mnist.safetensors *.png --json | jq .class
      figurate predict mnist.safetensors test.csv --out submission.csv    for Kaggle

    IMAGE may also be many figures: a folder of pictures, a table with a column of pictures or with columns pixel0,
    pixel1, …, IDX, NPY, NPZ or Parquet. Arrays of the model's size are taken to be in its form. Pictures of pages
    and of several figures are read by `figurate read`.

    A picture that can't be read is named, the others are read, and the exit status is 1.
    """  # noqa: D301 - click reads \b: what follows stays as it is
    from figurate.cli import models, pictures
    from figurate.cli.output import Output
    from figurate.cli.status import FAILURE

    if out is not None:
        if out.suffix.lower() not in (*SHEETS, TABLE):
            raise click.BadParameter(
                f"A picture ends in .png or .jpg, a table in .csv, received '{out}'. Name it '{out}.png'.",
                param_hint="--out",
            )
        check_target(out, "--out")
    output = Output(as_json=as_json)
    network = models.load(model)
    form = network.picture_form(as_is=as_is)
    if invert and form.box is not None and not all(map(is_data_file, images)):
        output.note("--invert changes no pictures without --as-is: which of ink and paper is dark is found out.")
    few = len(images) <= _DRAWN_AT_MOST and not any(map(pictures.is_set, images))
    readings = Readings(output, network, out, drawn=few and not as_json and output.results.is_terminal)
    failed = _read_all(readings, images, form, invert)
    readings.write()
    return FAILURE if failed else 0


def _read_all(readings: Readings, paths: tuple[Path, ...], form: FigurePreprocessing, invert: bool) -> int:
    """Read everything that is named, in its order; returns how many could not be read."""
    from itertools import groupby

    from figurate.cli import pictures
    from figurate.errors import FigurateError

    failed = 0
    for many, group in groupby(paths, pictures.is_set):
        if not many:
            failed += _read_pictures(readings, list(group), form, invert)
            continue
        for path in group:
            try:
                failed += _read_set(readings, path, form, invert)
            except (FigurateError, OSError) as error:
                readings.output.note(pictures.failure(path, error))
                failed += 1
    return failed


def _read_pictures(readings: Readings, paths: list[Path], form: FigurePreprocessing, invert: bool) -> int:
    """Read pictures of one figure each; returns how many could not be read."""
    from figurate.cli import pictures

    failed, names = 0, iter(paths)
    for some in pictures.seen(paths, form, invert=invert, kept=readings.draws):
        run: list[pictures.Seen] = []
        for one in some:
            path = next(names)
            if not isinstance(one, Exception):
                run.append(one)
                continue
            readings.read(run)  # so that all is told in the order in which it was named
            run = []
            readings.output.note(pictures.failure(path, one))
            failed += 1
        readings.read(run)
    return failed


def _read_set(readings: Readings, path: Path, form: FigurePreprocessing, invert: bool) -> int:
    """Read many figures from one path; returns how many could not be read."""
    import numpy as np

    from figurate import datasets
    from figurate.cli import data, pictures

    found = datasets.load_figures(path, preprocessing=form)
    data.tell(readings.output, found.notes)
    # Of pictures, and of arrays that were brought into a form of strokes, it is found out what is ink.
    invert = invert and (form.box is None or (is_data_file(path) and not found.brought_into_form))
    for first in range(0, len(found), _ROWS):
        some = np.asarray(found.x[first : first + _ROWS])
        names = [str(name) for name in found.ids[first : first + _ROWS]]
        originals = [pictures.original(path / name) if readings.draws and path.is_dir() else None for name in names]
        readings.read(
            [
                pictures.Seen(name, picture, figure)
                for name, picture, figure in zip(names, originals, 255 - some if invert else some, strict=True)
            ]
        )
    for file, reason in found.skipped:
        readings.output.note(f"{file}: {reason}")
    return len(found.skipped)
