"""What `figurate train` says at the end: the first validation figure, how all of them went, and the JSON object."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from figurate.cli.output import finite
from figurate.layers.augmentation import Augmentation

if TYPE_CHECKING:
    from figurate.callbacks import History
    from figurate.cli.output import Output
    from figurate.cli.run import Run
    from figurate.datasets import Dataset
    from figurate.models import Sequential


def engine(threads: int | None) -> dict[str, object]:
    """The instruction set and the number of threads that a run takes."""
    from figurate import _engine

    return {
        "threads": _engine.default_threads() if threads is None else threads,
        "instruction_set": str(_engine.info()["instruction_set"]),
    }


def peak_rate(model: Sequential) -> float:
    """The highest learning rate that the optimizer reaches."""
    rate = model.optimizer.learning_rate
    return rate if isinstance(rate, float) else float(rate.over(1000)(range(1001)).max())


def method(model: Sequential) -> str:
    """How the model learns, in some words."""
    rate = model.optimizer.learning_rate
    words = [type(model.optimizer).__name__, f"learning rate {peak_rate(model):g}"]
    if not isinstance(rate, float):
        words[-1] = f"learning rate up to {peak_rate(model):g} ({type(rate).__name__})"
    if model.optimizer.use_ema:
        words.append("weights averaged")
    if any(isinstance(layer, Augmentation) for layer in model.layers):
        words.append("figures changed by chance")
    return ", ".join(words)


def closing_page(output: Output, model: Sequential, data: Dataset, target: Path, seconds: float) -> None:
    """Say where the model is, draw the first validation figure beside its probabilities, and count the rest."""
    if output.quiet:
        return
    from figurate.plots._words import share
    from figurate.plots.terminal import PredictionDrawing

    x, y = data.test
    probabilities = model.predict(x, verbose=0)
    right = int((probabilities.argmax(axis=1) == y).sum())
    output.say("", f"Trained in {seconds:.2f} s, saved in {target} ({target.stat().st_size / 1000:,.0f} kB).", "")
    output.say("The first validation figure, which the network has never seen:", "")
    output.say(PredictionDrawing(x[0], probabilities[0], data.class_names, true=int(y[0])), "")
    output.say(
        f"Of the {len(x):,} validation figures it reads {right:,} rightly ({share(right, len(x))}) and "
        f"{len(x) - right:,} wrongly."
    )
    output.say("", "Next: see what the neurons learned, and what was read wrongly:")
    model_file, name = shlex.quote(str(target)), shlex.quote(data.name)
    output.say(f"  figurate show {model_file} weights", f"  figurate show {model_file} mistakes --data {name}")


def training_object(
    run: Run, model: Sequential, history: History, seconds: float, batch_size: int, engine: dict[str, object]
) -> dict[str, object]:
    """What `--json` prints.

    Args:
        run: what was asked for.
        model: trained.
        history: of the run; where it was resumed, the epochs before are among its own.
        seconds: that `fit` took.
        batch_size: figures a step.
        engine: as `engine` gives it.
    """
    last = {name: values[-1] for name, values in history.history.items() if values}
    return {
        **{name: finite(last[name]) for name in ("val_accuracy", "val_loss", "accuracy", "loss") if name in last},
        "fit_seconds": round(seconds, 4),
        "epochs": len(history.epoch),
        "batch_size": batch_size,
        "learning_rate": peak_rate(model),
        "seed": run.seed,
        **engine,
        "data": run.data.name,
        "figures": len(run.data.train[0]),
        "validation_figures": len(run.data.test[0]),
        "network": run.network.name,
        "recipe": run.recipe_name,
        "kind": run.kind,
        "parameters": int(model.count_params()),
        "path": str(run.target),
    }
