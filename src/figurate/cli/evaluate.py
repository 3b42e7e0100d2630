"""`figurate evaluate`: how well a model file reads a data set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from figurate.cli.options import data_options
from figurate.cli.words import DATA, MODEL_OR_EXPORTED


@click.command(short_help="Measure how well a model reads a data set.")
@click.argument("model", type=MODEL_OR_EXPORTED)
@click.argument("data", type=DATA)
@click.option(
    "--split",
    type=click.Choice(["test", "train", "all"]),
    default="test",
    show_default=True,
    help="Which part of the set to read. Without a test part, test is what `figurate train` puts aside.",
)
@data_options
@click.option("--as-is", is_flag=True, help="Only fit pictures to the model's size: they are in its form already.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")
def evaluate(model: Path, data: str, split: str, as_is: bool, as_json: bool, **options: Any) -> None:
    """Read all figures of DATA with MODEL and compare with their labels.

    MODEL is a file that figurate saved, or an ONNX or LiteRT file that it exported. DATA is what `figurate train`
    takes; pictures are brought into the form of the figures that the model learned from, and labels are compared by the
    names of the classes.

    \b
      figurate evaluate mnist.safetensors mnist
      figurate evaluate mnist.safetensors mnist --split train        on what it learned from
      figurate evaluate mnist.safetensors ./my-digits --split all    on all pictures of a folder
      figurate evaluate mnist.onnx mnist                             what is shipped, by ONNX Runtime
      figurate evaluate mnist.safetensors ./my-digits --json
    """  # noqa: D301 - click reads \b: what follows stays as it is
    from figurate.cli import models
    from figurate.cli.data import for_model, part_of
    from figurate.cli.output import Output, finite
    from figurate.plots._words import share

    output = Output(as_json=as_json)
    network = models.load_readable(model)
    if split == "all":
        options["test_split"] = None
    loaded = for_model(data, network, output, preprocessing=network.picture_form(as_is=as_is), **options)
    x, y = part_of(loaded, split)
    values, right = models.evaluate(network, x, y)
    measured = ", ".join(f"{name} {value:.4f}" for name, value in values.items())
    part = "" if split == "all" else f" {split}"
    output.line(
        f"Of the {len(x):,}{part} figures of {data}, {model} reads {right:,} rightly ({share(right, len(x))})"
        + (f": {measured}." if measured else ".")
    )
    output.object(
        {
            **{name: finite(value) for name, value in values.items()},
            "accuracy": right / len(x),
            "right": right,
            "figures": len(x),
            "skipped": len(loaded.skipped),
            "split": split,
            "data": data,
            "path": str(model),
        }
    )
