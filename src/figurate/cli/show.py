"""`figurate show`: the figures of a set; a model's network, curve, weights and mistakes.

Decides what is shown and where; the drawings are made in views.py.
"""

from __future__ import annotations

from pathlib import Path

import click

from figurate.cli.words import DATA, MODEL_ENDING, MODEL_OR_DATA, PICTURE, PICTURE_ENDINGS, check_target, is_data_file

OF_A_SET = ("figures",)
OF_A_MODEL = ("network", "curve", "weights", "confusion", "mistakes")
_NEED_DATA = ("confusion", "mistakes")


@click.command(short_help="Show the figures of a set, or what a model is and learned.")
@click.argument("what", type=MODEL_OR_DATA)
@click.argument("view", type=click.Choice([*OF_A_SET, *OF_A_MODEL]), required=False, metavar="[VIEW]")
@click.option("--data", type=DATA, help="The set to read, for confusion and mistakes.")
@click.option(
    "--split",
    type=click.Choice(["test", "train", "all"]),
    default="test",
    show_default=True,
    help="Which part of the set is meant.",
)
@click.option(
    "--count",
    metavar="N",
    type=click.IntRange(1, 400),
    default=20,
    show_default=True,
    help="How many figures or mistakes at most.",
)
@click.option(
    "--first", metavar="N", type=click.IntRange(0), default=0, show_default=True, help="The figure to begin with."
)
@click.option(
    "--member",
    metavar="N",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Which model of an ensemble, for network, curve and weights.",
)
@click.option("--out", type=PICTURE, help="Write a picture (.png, .svg or .pdf) instead of drawing in the terminal.")
def show(
    what: str,
    view: str | None,
    data: str | None,
    split: str,
    count: int,
    first: int,
    member: int,
    out: Path | None,
) -> None:
    """Show WHAT: a data set or a model file.

    A set is what `figurate train` takes: its name, a folder of pictures, a table, IDX, NPZ, NPY or Parquet. It is shown
    as it is learned from, and VIEW is figures. Of a model VIEW is one of these:

    \b
      network      its layers, shapes and connections (the default)
      curve        loss and accuracy, epoch by epoch
      weights      what each neuron of the first layer looks for
      confusion    how often each class was read as each other, with --data
      mistakes     the figures it was surest about and wrong, with --data

    \b
      figurate show mnist --count 40
      figurate show ./my-letters --split all
      figurate show mnist.safetensors curve
      figurate show mnist.safetensors weights --out weights.png
      figurate show mnist.safetensors confusion --data mnist
      figurate show mnist.safetensors mistakes --data ./my-digits --split all

    A model file may hold an ensemble: confusion and mistakes are then of all its models together.

    Without --out it is drawn in the terminal. Pictures are drawn by matplotlib: pip install 'figurate[plots]'
    """  # noqa: D301 - click reads \b: what follows stays as it is
    is_model = what.endswith(MODEL_ENDING) or (Path(what).is_file() and not is_data_file(what))
    view = view or ("network" if is_model else "figures")
    _check(what, view, data, out, is_model=is_model)

    from figurate.cli import views
    from figurate.cli.output import Output

    output = Output()
    request = views.Request(what, view, data, split, count, first, member, output)
    if out is None:
        output.say(*views.in_terminal(request))
        return
    views.as_picture(request).save(out)
    output.note(f"written to '{out}'.")


def _check(what: str, view: str, data: str | None, out: Path | None, *, is_model: bool) -> None:
    """Refuse what doesn't go together, before anything is read."""
    if view in OF_A_MODEL and not is_model:
        raise click.UsageError(
            f"'{view}' is shown of a model, and '{what}' is no {MODEL_ENDING} file. Of a set there is: "
            f"{', '.join(OF_A_SET)}."
        )
    if view in OF_A_SET and is_model:
        raise click.UsageError(
            f"'{view}' are shown of a data set, and '{what}' is a model. Of a model there is: {', '.join(OF_A_MODEL)}."
        )
    if view in _NEED_DATA and data is None:
        raise click.UsageError(f"'{view}' compares with labels: say of which set, such as --data mnist.")
    if out is not None:
        if out.suffix.lower() not in PICTURE_ENDINGS:
            raise click.BadParameter(
                f"A picture is written as {', '.join(PICTURE_ENDINGS)}, received '{out}'. Name it "
                f"'{out.with_suffix('.png')}'.",
                param_hint="--out",
            )
        check_target(out, "--out")
