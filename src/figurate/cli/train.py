"""`figurate train`: a data set in, a trained model file out, and a look at how well it reads.

Puts the words of the command together; building is networks.py's, training `fit`'s, the closing pages report.py's.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from figurate.cli import networks
from figurate.cli.words import DATA, MODEL, check_model_target

if TYPE_CHECKING:
    from figurate.cli.data import Data
    from figurate.cli.output import Output
    from figurate.models import Sequential


class NetworkWord(click.ParamType):
    """A named or spelled-out network."""

    name = "network"

    def convert(
        self, value: str | list[networks.Hidden], param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        from figurate.errors import ConfigurationError

        if not isinstance(value, str):
            return value
        try:
            return value, networks.parse(value)
        except ConfigurationError as error:
            self.fail(str(error), param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        return [CompletionItem(name) for name in [*networks.NAMED, "dense:"] if name.startswith(incomplete)]


@click.command(short_help="Train a network on a data set and save it.")
@click.argument("data", type=DATA)
@click.option(
    "--epochs",
    metavar="N",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="How often every figure is learned from.",
)
@click.option(
    "--batch-size",
    metavar="N",
    type=click.IntRange(1),
    default=32,
    show_default=True,
    help="Figures to a step of learning.",
)
@click.option(
    "--lr",
    metavar="RATE",
    type=click.FloatRange(0.0, min_open=True),
    default=0.001,
    show_default=True,
    help="How far a step goes: Adam's learning rate.",
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
    type=NetworkWord(),
    default="lesson",
    show_default=True,
    help="lesson (20 neurons), quickstart (128 neurons and a dropout), linear (none), or the hidden layers' widths, such as dense:128,64.",
)
@click.option(
    "--out", metavar="PATH", type=MODEL, help="Where to save the model; by default DATA.safetensors in this folder."
)
@click.option(
    "--resume",
    metavar="PATH",
    type=MODEL,
    help="Back the run up in this file after every epoch, and continue from it if it is there.",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print one JSON object on standard output, everything else on standard error.",
)
@click.option("--quiet", is_flag=True, help="Print no progress and nothing for people.")
def train(
    data: str,
    epochs: int,
    batch_size: int,
    lr: float,
    seed: int,
    threads: int | None,
    network: tuple[str, list[networks.Hidden]],
    out: Path | None,
    resume: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    r"""Train a network on DATA and save it.

    DATA is mnist, fashion_mnist, kmnist, or a folder of four IDX files named as MNIST's are. MNIST comes with figurate; the other
    two are looked for on this computer and downloaded once. The set's second half isn't learned from: it validates, that is, it
    shows how well the network reads figures it has never seen.

    \b
      figurate train mnist                                   the lesson: 20 neurons, 20 epochs
      figurate train mnist --network dense:128 --epochs 5    more neurons, fewer rounds
      figurate train fashion_mnist --out garments.safetensors
      figurate train mnist --resume run.safetensors          killed? the same command goes on
      figurate train mnist --json --quiet                    for programs: one line of JSON

    The model file holds all that is needed to predict on a raw picture. Ctrl-C saves what was learned so far, then leaves with
    status 130.
    """
    from figurate.cli.data import load
    from figurate.cli.output import Output

    if out is not None:
        check_model_target(out, "--out")
    if resume is not None:
        check_model_target(resume, "--resume")
    output = Output(as_json=as_json, quiet=quiet)
    figures = load(data)
    target = out if out is not None else Path(f"{figures.stem}.safetensors")
    if out is None:
        check_model_target(target, "--out")
    if resume is not None and resume.absolute() == target.absolute():
        raise click.BadParameter(
            f"The backup and the model can't be one file, received '{resume}' for both.", param_hint="--resume"
        )
    output.say(figures.describe(), "")
    if target.exists():
        output.note(f"'{target}' is there already and will be replaced; --out NAME saves elsewhere.")
    model = networks.build(network[1], figures.figure_shape, len(figures.class_names))
    settings = {"epochs": epochs, "batch_size": batch_size, "learning_rate": lr, "seed": seed}
    _fit(model, figures, target, resume, threads, settings, output, network[0])


def _fit(
    model: Sequential,
    data: Data,
    target: Path,
    resume: Path | None,
    threads: int | None,
    settings: dict[str, Any],
    output: Output,
    network: str,
) -> None:
    """Train, save whatever happens, and report."""
    import time

    from figurate import callbacks, optimizers
    from figurate.cli import report

    model.compile(
        optimizer=optimizers.Adam(learning_rate=settings["learning_rate"]),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    if not output.quiet:
        model.summary(print_fn=output.line)
    used = report.engine(threads)
    output.say(
        f"Adam, learning rate {settings['learning_rate']:g}, {settings['epochs']} epochs, batches of {settings['batch_size']}, "
        f"seed {settings['seed']}, {used['threads']} thread{'s' if used['threads'] != 1 else ''} ({used['instruction_set']}).",
        "",
    )
    watching: list[callbacks.Callback] = [] if output.quiet else [callbacks.ProgressBar(output.messages)]
    if resume is not None:
        if resume.exists():
            output.note(f"continuing from '{resume}'.")
        watching.append(callbacks.BackupAndRestore(resume))
    began = time.perf_counter()
    try:
        history = model.fit(
            *data.train,
            batch_size=settings["batch_size"],
            epochs=settings["epochs"],
            validation_data=data.test,
            callbacks=watching,
            seed=settings["seed"],
            threads=threads,
            verbose=0,
        )
    except KeyboardInterrupt:
        model.save(target)
        raise KeyboardInterrupt(f"interrupted; what was learned so far is saved in '{target}'") from None
    seconds = time.perf_counter() - began
    model.save(target)
    last = {name: values[-1] for name, values in history.history.items()}
    report.closing_page(output, model, data, target, seconds)
    output.object(
        report.training_object(
            data, network, model, last, seconds, target, {**settings, **used}, epochs_run=len(history.epoch)
        )
    )
