"""Runs competitors in turn, each in a fresh process of its own environment, and puts their times side by side.

Answers first: a competitor whose validation accuracy is out of range stops the whole measurement. Then rounds: the
baseline runs directly before every rival, and a ratio is taken from such a pair alone, so that a change of the
machine's pace falls on both. Needs the standard library only.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.environments import BENCHMARKS, ROOT, program

RESULTS = BENCHMARKS / "results"
QUICK_RESULTS = BENCHMARKS / ".cache" / "quick"
CPUS = 2
LIMIT_SECONDS = 900

Answer = dict[str, Any]


@dataclass(frozen=True)
class Competitor:
    """One way of doing a task.

    Args:
        name: what the table calls it.
        module: the file that does it, as Python imports it.
        environment: where it runs.
        job: what it is asked (the fields of `competitor.Job`).
        note: its setting in words.
    """

    name: str
    module: str
    environment: str = "figurate"
    job: dict[str, Any] = field(default_factory=dict)
    note: str = ""


def options(description: str | None, rounds: int = 5) -> argparse.Namespace:
    """The command line every task has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--rounds", type=int, default=rounds, help="how often each is measured (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="a few epochs only, to see that all runs; not published")
    return parser.parse_args()


def run(command: Sequence[str | Path], environment: dict[str, str] | None = None, limit: float = LIMIT_SECONDS) -> str:
    """Standard output of a command bound to the benchmark's CPUs, within `limit` seconds.

    Its messages show only if it fails.
    """
    cpus = machine.bound_cpus(CPUS)
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
        timeout=limit,
        check=False,
        preexec_fn=lambda: os.sched_setaffinity(0, cpus),
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


def ask(competitor: Competitor, **changes: Any) -> Answer:
    """Runs a competitor once and returns its answer."""
    job = competitor.job | changes
    need_data(str(job.get("data", "mnist")))
    output = run([program(competitor.environment), "-m", competitor.module, json.dumps(job)])
    answer: Answer = json.loads(output.strip().splitlines()[-1])
    return answer


def need_data(name: str) -> None:
    """Has the data set's files written if they are not there."""
    name = name.removeprefix("inverted_")
    if not (BENCHMARKS / ".cache" / f"{name}_y_test.npy").exists():
        run([program("figurate"), "-m", "benchmarks.prepare_data", name])


def believe(
    competitor: Competitor, answer: Answer, expected: Callable[[int], tuple[float, float]], epochs: int
) -> None:
    """Ends the measurement if a validation accuracy is not what this network reaches after so many epochs.

    Args:
        competitor: whose answer it is.
        answer: what it answered.
        expected: lowest and highest believable accuracy after so many epochs.
        epochs: the epochs it trained.
    """
    low, high = expected(epochs)
    accuracy = answer["val_accuracy"]
    if not low <= accuracy <= high:
        raise SystemExit(
            f"{key(competitor)}: reached a validation accuracy of {accuracy:.4f} after {epochs} epochs, expected "
            f"{low} to {high}. A time is worth nothing where the answer is wrong: mend the competitor first."
        )


def pairs(
    baseline: Competitor,
    rivals: Sequence[Competitor],
    rounds: int,
    epochs: int | None = None,
    shown: Callable[[Answer], str] | None = None,
) -> dict[str, list[tuple[Answer, Answer]]]:
    """In each round, every rival directly after the baseline; each round begins with another rival.

    Args:
        baseline: what the others are held against.
        rivals: the others.
        rounds: how often.
        epochs: what the printed times are scaled to.
        shown: what is printed of an answer; its seconds if none is given.

    Returns:
        The pairs of answers (baseline's, rival's) of each rival, by its `key`.
    """
    shown = shown or (lambda answer: f"{seconds(answer, epochs):.3f} s")
    found: dict[str, list[tuple[Answer, Answer]]] = {key(rival): [] for rival in rivals}
    for number in range(rounds):
        turn = number % len(rivals)
        for rival in [*rivals[turn:], *rivals[:turn]]:
            mine, answer = ask(baseline), ask(rival)
            found[key(rival)].append((mine, answer))
            print(f"  round {number + 1}, {key(rival)}: {shown(mine)} against {shown(answer)}", flush=True)
    return found


def key(competitor: Competitor) -> str:
    """Names a competitor and its setting."""
    return f"{competitor.name}, {competitor.note}" if competitor.note else competitor.name


def seconds(answer: Answer, epochs: int | None = None) -> float:
    """Time of a fit without what the first epoch took longer (compiling, mostly), scaled to `epochs`.

    A competitor that measured its fit whole (`fit_seconds`) is taken as it is, first epoch and all.
    """
    if "fit_seconds" in answer:
        return float(answer["fit_seconds"])
    times: list[float] = answer["epoch_seconds"]
    later = times[1:] or times
    return statistics.mean(later) * (epochs or len(times))


def first_epoch_extra(answer: Answer) -> float:
    """What the first epoch took longer than the mean of the later ones; 0 where the fit was measured whole."""
    times: list[float] = answer.get("epoch_seconds", [])
    return max(0.0, times[0] - statistics.mean(times[1:])) if len(times) > 1 else 0.0


def spread(values: Iterable[float]) -> dict[str, float]:
    """Smallest, median and largest."""
    found = sorted(values)
    return {"min": found[0], "median": statistics.median(found), "max": found[-1]}


def write(task: str, quick: bool, machine_before: dict[str, object], **result: Any) -> Path:
    """Writes a task's result as JSON; quick runs go where nothing is published from."""
    target = (QUICK_RESULTS if quick else RESULTS) / f"{task}.json"
    write_json(target, {"task": task, "command": f"python3 -m benchmarks.{task}", "machine": machine_before, **result})
    print(f"wrote {target.relative_to(ROOT)}", flush=True)
    return target


def write_json(path: Path, document: dict[str, Any]) -> None:
    """Puts a document in a file that is whole at any time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(rounded(document), indent=1) + "\n", encoding="utf-8")
    temporary.replace(path)


def rounded(value: Any) -> Any:
    """The value with every float cut to five significant digits."""
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(part) for part in value]
    return value
