"""`figurate train`: the command's words, checked before any work is done.

Reading the network's name is networks.py's, the run itself run.py's.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Literal

import click

from figurate import presets
from figurate.cli.options import data_options
from figurate.cli.words import DATA, MODEL, MODEL_ENDING, NETWORK, check_model_target, is_data_file
from figurate.presets import Preset


def _finite(ctx: click.Context, param: click.Parameter, value: float | None) -> float | None:
    """Refuse nan and infinity, which a range lets through."""
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(f"{value} is not a finite number.")
    return value


def _stem(data: str) -> str:
    """What a model is called after the set it learned from: `letters` for `../letters/`, `train` for `train.csv`."""
    name = os.path.basename(os.path.abspath(data))
    while is_data_file(name) and Path(name).suffix:
        name = Path(name).stem
    return name or "figures"


def _networks() -> str:
    """The lines of help that list the networks."""
    lines = [f"  {name:<12} {presets.get(name).description}" for name in presets.names()]
    lines += ["  quickstart   128 neurons and a dropout", "  linear       no hidden layer", ""]
    return "\b\nNetworks, each with its recipe (the last two, and dense:…, with the lesson's):\n" + "\n".join(lines)


@click.command(short_help="Train a network on a data set and save it.", epilog=_networks())
@click.argument("data", type=DATA)
@click.option(
    "--epochs",
    metavar="N",
    type=click.IntRange(1),
    show_default="the network's recipe",
    help="How often every figure is learned from.",
)
@click.option(
    "--batch-size",
    metavar="N",
    type=click.IntRange(1),
    show_default="the network's recipe",
    help="Figures to a step of learning.",
)
@click.option(
    "--lr",
    metavar="RATE",
    type=click.FloatRange(0.0, min_open=True),
    callback=_finite,
    show_default="the network's recipe",
    help="How far a step goes at most: Adam's learning rate.",
)
@click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(0, 2**32 - 1),
    default=0,
    show_default=True,
    help="Where chance begins; the same seed gives the same model, bit for bit, on any number of threads.",
)
@click.option(
    "--threads",
    metavar="N",
    type=click.IntRange(1, 1024),
    help="Threads to work on; by default one for every processor at hand.",
)
@click.option(
    "--network",
    type=NETWORK,
    default="lesson",
    show_default=True,
    help="One of those below, or dense layers by their widths, such as dense:128,64. Its recipe comes with it.",
)
@click.option(
    "--kind",
    type=click.Choice(presets.KINDS),
    show_default="things for fashion_mnist, else characters",
    help="What the figures show: things may be mirrored. It chooses the network's recipe.",
)
@click.option("--out", metavar="PATH", type=MODEL, help="Where to save the model; by default DATA.safetensors here.")
@click.option(
    "--resume",
    metavar="PATH",
    type=MODEL,
    help="Back the run up in this file after every epoch, and continue from it if it is there.",
)
@click.option(
    "--size",
    metavar="N",
    type=click.IntRange(8, 64),
    show_default="chosen from the figures",
    help="Height and width of figures in pixels.",
)
@click.option("--as-is", is_flag=True, help="Only fit pictures to one size; don't bring them into a form.")
@data_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output, the rest elsewhere.")
@click.option("--quiet", is_flag=True, help="Print no progress and nothing for people.")
def train(
    data: str,
    epochs: int | None,
    batch_size: int | None,
    lr: float | None,
    seed: int,
    threads: int | None,
    network: Preset,
    kind: Literal["characters", "things"] | None,
    out: Path | None,
    resume: Path | None,
    size: int | None,
    test_split: float,
    as_is: bool,
    strict: bool,
    transposed: bool | None,
    image: str | None,
    label: str | None,
    groups: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Train a network on DATA and save it.

    DATA is the name of a set, or where figures of your own lie: a folder with a folder of pictures for each class, a
    folder or table with the columns image and label, a table of pixels, IDX, NPZ, NPY or Parquet. mnist,
    printed_digits, drawn_digits and digits (all three together) come with figurate; fashion_mnist and kmnist are looked
    for on this computer and downloaded once. Test figures aren't learned from: they validate, that is, they show how
    well the network reads figures it has never seen.

    \b
      figurate train mnist                                   the lesson: 20 neurons, 20 epochs
      figurate train mnist --network fast                    convolutions, and far fewer mistakes
      figurate train mnist --network dense:128 --epochs 5    more neurons, fewer rounds
      figurate train fashion_mnist --out garments.safetensors
      figurate train ./my-letters --network fast             a folder of pictures for each letter
      figurate train mnist --resume run.safetensors          killed? the same command goes on
      figurate train mnist --json --quiet                    for programs: one line of JSON

    The model file holds all that is needed to predict on a raw picture. Ctrl-C saves what was learned so far, then
    leaves with status 130.
    """  # noqa: D301 - click reads \b: what follows stays as it is
    from figurate.cli.data import load
    from figurate.cli.output import Output
    from figurate.cli.run import Run

    for path, option in ((out, "--out"), (resume, "--resume")):
        if path is not None:
            check_model_target(path, option)
    output = Output(as_json=as_json, quiet=quiet)
    figures = load(
        data,
        output,
        test_split=test_split,
        size=size,
        preprocessing=None if as_is else "auto",
        strict=strict,
        transposed=transposed,
        image=image,
        label=label,
        groups=groups,
    )
    target = Path(f"{_stem(data)}{MODEL_ENDING}") if out is None else out
    check_model_target(target, "--out")
    if resume is not None and resume.absolute() == target.absolute():
        raise click.BadParameter(
            f"The backup and the model can't be one file, received '{resume}' for both.", param_hint="--resume"
        )
    kind = kind or figures.kind
    if network.name in presets.names():
        network = presets.get(network.name, kind)
    Run(figures, network, kind, epochs, batch_size, lr, seed, threads, target, resume).carry_out(output)
