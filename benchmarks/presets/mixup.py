"""Whether mixup helps a preset: python3 -m benchmarks.presets.mixup NAME [--alpha 0.2] [--seeds 2] [--data mnist]

Figures and labels are mixed pairwise before training (Zhang et al. 2017, arXiv 1710.09412), anew for each epoch, all of
which are laid out as one long epoch, so that nothing of the engine knows of it. Learns from the first 50,000 training
figures and is judged by the last 10,000, as the search is, beside the same training without mixing. Writes
results/search/mixup-NAME.json. Runs with the Python and the sources at hand.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks import machine
from benchmarks.harness import RESULTS, write_json
from benchmarks.presets.search import JUDGED_BY
from benchmarks.presets.table import mean_and_deviation
from figurate import datasets, presets
from figurate.presets.base import steps_of
from figurate.utils import to_categorical


def mixed(x: Any, y: Any, alpha: float, epochs: int, seed: int) -> tuple[Any, Any]:
    """`epochs` copies of the figures, each mixed with one that is drawn by chance; shares are of Beta(alpha, alpha)."""
    rng = np.random.default_rng(seed)
    figures, labels = [], []
    for _ in range(epochs):
        share = rng.beta(alpha, alpha, len(x)).astype(np.float32) if alpha else np.ones(len(x), np.float32)
        other = rng.permutation(len(x))
        figures.append((share[:, None, None] * x + (1 - share)[:, None, None] * x[other]).round().astype(np.uint8))
        labels.append(share[:, None] * y + (1 - share)[:, None] * y[other])
    return np.concatenate(figures), np.concatenate(labels)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks.presets.mixup", description=__doc__)
    parser.add_argument("preset", metavar="NAME")
    parser.add_argument("--alpha", type=float, default=0.2, help="of the Beta distribution (default: %(default)s)")
    parser.add_argument("--epochs", type=int, default=12, help="(default: %(default)s)")
    parser.add_argument("--seeds", type=int, default=2, help="(default: %(default)s)")
    parser.add_argument("--data", default="mnist", help="mnist or fashion_mnist (default: %(default)s)")
    arguments = parser.parse_args()
    preset = presets.get(arguments.preset, getattr(datasets, arguments.data).kind)
    preset = replace(preset, recipe=replace(preset.recipe, loss="categorical_crossentropy"))
    (x, y), _ = datasets.load(arguments.data)
    y = to_categorical(y, int(y.max()) + 1).astype(np.float32)
    learned, judges = (x[:-JUDGED_BY], y[:-JUDGED_BY]), (x[-JUDGED_BY:], y[-JUDGED_BY:])
    batch = preset.recipe.batch_size

    def train(alpha: float, seed: int) -> dict[str, float]:
        figures, labels = mixed(*learned, alpha, arguments.epochs, seed)
        model = preset.build(x.shape[1:], y.shape[1], seed=seed, steps=steps_of(len(figures), batch))
        model.fit(figures, labels, batch_size=batch, epochs=1, threads=1, verbose=0)
        loss, accuracy = model.evaluate(*judges, verbose=0)
        print(f"alpha {alpha}, seed {seed}: {100 * accuracy:.2f} %, loss {loss:.4f}", flush=True)
        return {"alpha": alpha, "seed": seed, "accuracy": accuracy, "loss": loss}

    asked = [(alpha, seed) for seed in range(1, arguments.seeds + 1) for alpha in (0.0, arguments.alpha)]
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda one: train(*one), asked))
    of_alpha = {alpha: [run["accuracy"] for run in runs if run["alpha"] == alpha] for alpha in (0.0, arguments.alpha)}
    document = {
        "task": f"search/mixup-{arguments.preset}",
        "command": "python3 -m benchmarks.presets.mixup",
        "what": "figures mixed pairwise, and not, judged by the last training figures",
        "data": arguments.data,
        "epochs": arguments.epochs,
        "machine": machine.describe(),
        "accuracy": {str(alpha): mean_and_deviation(found) for alpha, found in of_alpha.items()},
        "runs": runs,
    }
    ending = "" if arguments.data == "mnist" else f"-{arguments.data}"
    write_json(RESULTS / "search" / f"mixup-{arguments.preset}{ending}.json", document)


if __name__ == "__main__":
    main()
