"""`figurate evaluate`: how well a model file reads a data set."""

from __future__ import annotations

from pathlib import Path

import click

from figurate.cli.words import DATA, MODEL


@click.command(short_help="Measure how well a model reads a data set.")
@click.argument("model", type=MODEL)
@click.argument("data", type=DATA)
@click.option(
    "--split",
    type=click.Choice(["test", "train"]),
    default="test",
    show_default=True,
    help="Which half of the set to read.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")
def evaluate(model: Path, data: str, split: str, as_json: bool) -> None:
    """Read all figures of DATA with MODEL and compare with their labels.

    MODEL is a file that figurate saved. DATA is mnist, fashion_mnist, kmnist, or a folder of four IDX files.

    \b
      figurate evaluate mnist.safetensors mnist
      figurate evaluate mnist.safetensors mnist --split train    on what it learned from
      figurate evaluate mnist.safetensors ./my-set --json
    """  # noqa: D301 - click reads \b: what follows stays as it is
    from figurate.cli import models
    from figurate.cli.data import load
    from figurate.cli.output import Output, finite
    from figurate.plots._words import share

    output = Output(as_json=as_json)
    network = models.load(model)
    x, y = load(data).split(split)
    values = models.evaluate(network, x, y)
    probabilities = models.predict(network, x)
    right = int((probabilities.argmax(axis=1) == y).sum())
    measured = ", ".join(f"{name} {value:.4f}" for name, value in values.items())
    output.line(
        f"Of the {len(x):,} {split} figures of {data}, {model} reads {right:,} rightly ({share(right, len(x))}): "
        f"{measured}."
    )
    output.object(
        {
            **{name: finite(value) for name, value in values.items()},
            "accuracy": right / len(x),
            "right": right,
            "figures": len(x),
            "split": split,
            "data": data,
            "path": str(model),
        }
    )
