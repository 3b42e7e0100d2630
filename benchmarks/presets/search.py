"""Which of some candidates read best: python3 -m benchmarks.presets.search LIST.py [--seeds 3] [--data fashion_mnist]

LIST.py is a Python file with a list CANDIDATES of presets, each with a name of its own; candidates/ has one. Each
learns from the first 50,000 training figures, once a seed, and is judged by the last 10,000 training figures: the test
figures are not looked at. The result is results/search/LIST.json, written after every training; what it has already, by
the candidate's settings and seed, is not trained again, so the same command goes on where it was stopped, and takes up
what was added to the list. Trainings take a thread each, so their seconds are those of one thread. Runs with the Python
and the sources at hand.
"""

from __future__ import annotations

import argparse
import json
import runpy
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from benchmarks import machine
from benchmarks.harness import RESULTS, spread, write_json
from benchmarks.presets.described import described
from benchmarks.presets.table import mean_and_deviation
from figurate import datasets
from figurate.presets import Preset

JUDGED_BY = 10_000


def variant(preset: Preset, name: str, layers: Any = None, **recipe: Any) -> Preset:
    """A candidate like a preset, but for its name and what is given here.

    Args:
        preset: to begin with.
        name: of the candidate; every candidate of a list has another.
        layers: in place of the preset's.
        recipe: fields of its `Recipe`, such as `epochs=3`.
    """
    return replace(preset, name=name, layers=layers or preset.layers, recipe=replace(preset.recipe, **recipe))


class Results:
    """What was found so far, in a file that is whole at any time.

    Args:
        path: of the file.
        what: that all of it holds for: data, figures. A file that holds other things is refused.
    """

    def __init__(self, path: Path, what: dict[str, Any]) -> None:
        self._path = path
        self._what = what
        self._machine = machine.describe()
        self._lock = Lock()
        self.candidates: dict[str, dict[str, Any]] = {}
        if path.exists():
            found = json.loads(path.read_text(encoding="utf-8"))
            there = {name: found.get(name) for name in what}
            if there != what:
                raise SystemExit(f"{path} holds a search with {there}, expected {what}. Remove it, or choose --out.")
            self.candidates = {row["fingerprint"]: row for row in found["candidates"]}

    def run(self, candidate: Preset, facts: dict[str, Any], seed: int) -> dict[str, Any] | None:
        """The training of this candidate with this seed, if it is there."""
        row = self.candidates.setdefault(facts["fingerprint"], {**facts, "runs": []})
        row["name"] = candidate.name
        return next((run for run in row["runs"] if run["seed"] == seed), None)

    def add(self, facts: dict[str, Any], run: dict[str, Any]) -> None:
        """Puts a training into the file; from any thread."""
        with self._lock:
            row = self.candidates[facts["fingerprint"]]
            row["runs"].append(run)
            row["accuracy"] = mean_and_deviation([one["accuracy"] for one in row["runs"]])
            row["seconds"] = spread(one["seconds"] for one in row["runs"])
            self.write()

    def write(self) -> None:
        """Writes the file, best candidates first."""
        rows = sorted(
            (row for row in self.candidates.values() if row["runs"]), key=lambda row: -row["accuracy"]["mean"]
        )
        document = {
            "task": f"search/{self._path.stem}",
            "command": "python3 -m benchmarks.presets.search",
            "what": "candidates for presets, judged by the last training figures, which they have not learned from",
            **self._what,
            "machine": self._machine,
            "candidates": rows,
        }
        write_json(self._path, document)


def search(candidates: list[Preset], results: Results, data: str, figures: int, seeds: int, threads: int) -> None:
    """Trains what is missing, `threads` at a time, and prints a line for each candidate as soon as it has all seeds."""
    (x, y), _ = datasets.load(data)
    judges = x[-JUDGED_BY:], y[-JUDGED_BY:]
    x, y = x[:-JUDGED_BY][:figures], y[:-JUDGED_BY][:figures]

    def train(candidate: Preset, facts: dict[str, Any], seed: int) -> None:
        start = time.perf_counter()
        model = candidate.fit(x, y, seed=seed, threads=1, verbose=0)
        seconds = time.perf_counter() - start
        results.add(facts, {"seed": seed, **judged(model.predict(judges[0]), judges[1]), "seconds": seconds})

    missing = []
    for candidate in candidates:
        facts = described(candidate, (*x.shape[1:], 1)[:3], int(y.max()) + 1, len(x))
        lacking = [seed for seed in range(1, seeds + 1) if results.run(candidate, facts, seed) is None]
        missing.append((candidate, facts, lacking))
    with ThreadPoolExecutor(threads) as pool:
        begun = [
            [pool.submit(train, candidate, facts, seed) for seed in lacking] for candidate, facts, lacking in missing
        ]
        try:
            for (_, facts, _), trainings in zip(missing, begun, strict=True):
                for training in trainings:
                    training.result()
                print(line(results.candidates[facts["fingerprint"]]), flush=True)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    results.write()  # names may be others, too


def judged(probabilities: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Accuracy, loss, and the loss at the temperature that makes it least.

    The last one compares networks that are sure of themselves with some that learned to doubt (Guo et al. 2017, arXiv
    1706.04599).
    """
    logits = np.log(np.maximum(probabilities.astype(np.float64), 1e-30))

    def loss(temperature: float) -> float:
        scaled = logits / temperature
        return float(np.mean(np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(y)), y]))

    return {
        "accuracy": float(np.mean(probabilities.argmax(axis=1) == y)),
        "loss": loss(1.0),
        "least_loss": min(loss(temperature) for temperature in np.geomspace(0.2, 3, 60)),
    }


def line(row: dict[str, Any]) -> str:
    """A candidate in one line."""
    accuracy = row["accuracy"]
    loss = statistics.mean(run.get("least_loss", run["loss"]) for run in row["runs"])
    return (
        f"{100 * accuracy['mean']:.3f} ± {100 * accuracy['standard_deviation']:.3f} % of {accuracy['of']}, loss "
        f"{loss:.4f}, {row['seconds']['median']:.2f} s, {row['parameters']:,} parameters, {row['activations']:,} "
        f"activations: {row['name']}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks.presets.search", description=__doc__)
    parser.add_argument("list", metavar="LIST.py", type=Path, help="a file with a list CANDIDATES")
    parser.add_argument("--seeds", type=int, default=3, help="how often each is trained (default: %(default)s)")
    parser.add_argument("--data", default="mnist", help="mnist or fashion_mnist (default: %(default)s)")
    parser.add_argument("--figures", type=int, default=50_000, help="to learn from (default: all of the %(default)s)")
    parser.add_argument("--threads", type=int, default=2, help="trainings at a time (default: %(default)s)")
    parser.add_argument("--out", type=Path, help="the result's file (default: results/search/LIST.json)")
    arguments = parser.parse_args()
    candidates: list[Preset] = runpy.run_path(str(arguments.list))["CANDIDATES"]
    names = [candidate.name for candidate in candidates]
    if len(set(names)) < len(names):
        raise SystemExit(f"Every candidate needs a name of its own, received {names}.")
    ending = "" if arguments.data == "mnist" else f"-{arguments.data}"
    path = arguments.out or RESULTS / "search" / f"{arguments.list.stem}{ending}.json"
    results = Results(path, {"data": arguments.data, "figures": arguments.figures, "judged_by": JUDGED_BY})
    search(candidates, results, arguments.data, arguments.figures, arguments.seeds, arguments.threads)


if __name__ == "__main__":
    main()
