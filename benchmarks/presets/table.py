"""What a preset reaches: python3 -m benchmarks.presets.table NAME [--seeds 30] [--data mnist] [--quick] [--here]

Trains it on all training figures once a seed, each time in a fresh process on two CPUs, and reads the test figures
once, after the last epoch; nothing is chosen by them. Ensembles are groups of five in the order of the seeds. A seed
that was measured is kept in .cache/presets/ and not trained again, unless preset or version have changed. The row goes
into results/presets.json; `python3 -m benchmarks.presets.publish` writes it where people look.

`--here` runs the Python of this command with the sources at hand, not figurate's own environment and its wheel.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import machine
from benchmarks.competitor import CACHE
from benchmarks.environments import program
from benchmarks.harness import QUICK_RESULTS, RESULTS, Answer, run, spread, write

FIT = "benchmarks.presets.figurate_fit"
THREADS = 2
TOGETHER = 5
LIMIT_SECONDS = 4 * 3600
QUICK_FIGURES = 1500


@dataclass(frozen=True)
class Row:
    """What is to be measured.

    Args:
        preset: its name.
        data: "mnist" or "fashion_mnist".
        seeds: how many, from 1 on.
        quick: one epoch on a few figures, to see that all runs; not published.
        here: in this Python, from the sources at hand.
    """

    preset: str
    data: str
    seeds: int
    quick: bool
    here: bool

    def ask(self, **job: Any) -> Answer:
        """One answer of `figurate_fit`, from a process of its own."""
        options = {"preset": self.preset, **job.pop("options", {})}
        if self.quick:
            options |= {"figures": QUICK_FIGURES, "epochs": 1}
        job = {"data": self.data, "threads": THREADS, "options": options, **job}
        answer: Answer = json.loads(self.python("-m", FIT, json.dumps(job)).strip().splitlines()[-1])
        return answer

    def python(self, *words: str) -> str:
        """What a Python prints that has figurate."""
        path = {"PYTHONPATH": "src"} if self.here else {}
        return run([sys.executable if self.here else program("figurate"), *words], path, limit=LIMIT_SECONDS)

    def trained(self, seed: int, folder: Path, fingerprint: str) -> Answer:
        """The answer of one seed, from an earlier run where there is one."""
        path = folder / f"{self.data}-{self.preset}-{fingerprint}-{seed}.json"
        probabilities = path.with_suffix(".npy")
        if not (path.exists() and probabilities.exists()):
            found = self.ask(seed=seed, options={"save": str(probabilities)})
            path.write_text(json.dumps(found), encoding="utf-8")
        answer: Answer = json.loads(path.read_text(encoding="utf-8"))
        print(f"  seed {seed}: {100 * answer['accuracy']:.2f} % in {answer['fit_seconds']:.2f} s", flush=True)
        return answer | {"probabilities": np.load(probabilities)}


def measure(row: Row) -> dict[str, Any]:
    """The row, measured."""
    folder = CACHE / ("presets-quick" if row.quick else "presets")
    folder.mkdir(parents=True, exist_ok=True)
    if not (CACHE / f"{row.data}_y_test.npy").exists():
        row.python("-m", "benchmarks.prepare_data", row.data)
    before = machine.describe()
    facts = row.ask(options={"describe": True})
    fingerprint = facts.pop("fingerprint")
    print(
        f"{row.preset} on {row.data}: {facts['parameters']:,} parameters, {facts['epochs']} epochs, batches of "
        f"{facts['batch_size']}",
        flush=True,
    )
    answers = [row.trained(seed, folder, fingerprint) for seed in range(1, row.seeds + 1)]
    labels = np.load(CACHE / f"{row.data}_y_test.npy")
    return {
        "preset": row.preset,
        "data": row.data,
        "seeds": row.seeds,
        "accuracy": mean_and_deviation([answer["accuracy"] for answer in answers]),
        "accuracies": [answer["accuracy"] for answer in answers],
        "ensemble": ensembles([answer["probabilities"] for answer in answers], labels),
        "seconds": spread(answer["fit_seconds"] for answer in answers),
        "peak_mb": spread(answer["peak_mb"] for answer in answers),
        "threads": THREADS,
        **{name: facts[name] for name in ("parameters", "activations", "recipe")},
        "instruction_set": answers[0]["instruction_set"],
        "versions": answers[0]["versions"],
        "machine": before,
    }


def mean_and_deviation(values: list[float]) -> dict[str, float | int]:
    """Mean, standard deviation (of a sample, so divided by n - 1; 0 where there is one value) and number."""
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return {"mean": statistics.mean(values), "standard_deviation": deviation, "of": len(values)}


def ensembles(probabilities: list[np.ndarray], labels: np.ndarray) -> dict[str, float | int] | None:
    """Accuracy of groups of five, each figure's probabilities averaged; None where there are fewer than five."""
    groups = [probabilities[at : at + TOGETHER] for at in range(0, len(probabilities) - TOGETHER + 1, TOGETHER)]
    if not groups:
        return None
    return mean_and_deviation([float(np.mean(np.mean(group, axis=0).argmax(axis=1) == labels)) for group in groups])


def keep(row: dict[str, Any], quick: bool) -> None:
    """Puts the row into results/presets.json, in the place of an earlier one of this preset and data."""
    path = (QUICK_RESULTS if quick else RESULTS) / "presets.json"
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"] if path.exists() else []
    rows = [other for other in rows if (other["data"], other["preset"]) != (row["data"], row["preset"])] + [row]
    write(
        "presets",
        quick,
        row["machine"],
        command="python3 -m benchmarks.presets.table",
        what="presets trained by their recipes on all training figures; the test figures read once, at the end",
        rows=sorted(rows, key=lambda other: (other["data"] != "mnist", other["data"], other["parameters"])),
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks.presets.table", description=__doc__)
    parser.add_argument("preset", metavar="NAME", help="of a preset, see `figurate presets`")
    parser.add_argument("--seeds", type=int, default=30, help="how often it is trained (default: %(default)s)")
    parser.add_argument("--data", default="mnist", help="mnist or fashion_mnist (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="one epoch on a few figures; not published")
    parser.add_argument("--here", action="store_true", help="with this Python and the sources at hand")
    arguments = parser.parse_args()
    row = Row(**vars(arguments))
    found = measure(row)
    accuracy, together = found["accuracy"], found["ensemble"]
    print(f"{100 * accuracy['mean']:.2f} ± {100 * accuracy['standard_deviation']:.2f} % of {accuracy['of']} seeds")
    if together:
        print(f"{100 * together['mean']:.2f} % of five together")
    keep(found, row.quick)


if __name__ == "__main__":
    main()
