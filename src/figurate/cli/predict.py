"""`figurate predict`: what a model reads in pictures of one's own.

Bringing a picture into the model's form is pictures.py's.
"""

from __future__ import annotations

from pathlib import Path

import click

from figurate.cli.words import IMAGE, MODEL

_DRAWN_AT_MOST = 4


@click.command(short_help="Read pictures with a model.")
@click.argument("model", type=MODEL)
@click.argument("images", type=IMAGE, nargs=-1, required=True, metavar="IMAGE...")
@click.option("--invert", is_flag=True, help="Turn dark into light first, for dark strokes on a light ground.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a picture, each on its own line.")
@click.pass_context
def predict(ctx: click.Context, model: Path, images: tuple[Path, ...], invert: bool, as_json: bool) -> int:
    """Say what MODEL reads in each IMAGE: PNG, JPEG, GIF, BMP, WebP, TIFF or PGM.

    A picture is made grey if the model's figures are, resized to their size where it has another, and given the range
    of pixels that the model was trained on. Nothing else is done to it: MNIST's figures are light strokes on black,
    centred, with a margin, and a model that learned from them reads such pictures best. --invert makes dark strokes
    light.

    \b
      figurate predict mnist.safetensors seven.png
      figurate predict mnist.safetensors --invert scans/*.png
      figurate predict mnist.safetensors *.png --json | jq .class

    In a terminal up to four pictures are drawn with all their probabilities. A picture that can't be read is named,
    the others are read, and the exit status is 1.
    """  # noqa: D301 - click reads \b: what follows stays as it is
    from figurate.cli import models, pictures
    from figurate.cli.output import Output
    from figurate.cli.status import FAILURE
    from figurate.errors import FigurateError

    output = Output(as_json=as_json)
    network = models.load(model)
    form = models.picture_form(network)
    names = models.class_names(network)
    draws = not as_json and output.results.is_terminal and len(images) <= _DRAWN_AT_MOST
    failed = light = 0
    for path in images:
        try:
            picture = pictures.read(path, form, invert=invert)
        except (FigurateError, OSError) as error:
            output.note(f"{path}: {getattr(error, 'strerror', None) or error}")
            failed += 1
            continue
        if picture.resized_from is not None and not as_json:
            output.note(
                f"{path}: resized from {_size(picture.resized_from)} to {_size((form.height, form.width))} pixels."
            )
        light += picture.is_light
        models.show_reading(
            output, path, picture.pixels, models.predict(network, picture.pixels[None])[0], names, drawn=draws
        )
    if light and not invert:
        subject = "1 picture is" if light == 1 else f"{light} pictures are"
        output.note(
            f"{subject} mostly light. If the model learned from light strokes on black, as MNIST's are, try --invert."
        )
    return FAILURE if failed else 0


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]} × {size[1]}"
