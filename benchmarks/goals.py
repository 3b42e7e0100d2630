"""Holds the results against what figurate promises: python3 -m benchmarks.goals

A table of goals and a loop over it. Ends with 1 if a goal is missed; what was not measured counts as missed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.report import Results, number, read


@dataclass(frozen=True)
class Goal:
    """One promise.

    Args:
        what: the promise in words.
        value: finds the measured value in the results.
        limit: what must be reached.
        aim: what we would like.
        upward: larger is better.
        unit: of all three.
    """

    what: str
    value: Callable[[Results], float]
    limit: float
    aim: float | None = None
    upward: bool = True
    unit: str = "×"


def against(task: str, name: str, setting: str = "documented") -> Callable[[Results], float]:
    """Finds the median ratio to one competitor's setting."""

    def value(results: Results) -> float:
        rows: list[dict[str, Any]] = results[task]["others"]
        return float(next(r["ratio"]["median"] for r in rows if r["name"] == name and r["setting"] == setting))

    return value


def convnet(part: str, *wanted: tuple[str, str | None]) -> Callable[[Results], float]:
    """Finds the median ratio to the fastest of some (competitor, setting) of the small convolutional network."""

    def value(results: Results) -> float:
        rows: list[dict[str, Any]] = results["mnist_convnet"][f"{part}_others"]
        ratios = {(r["name"], r["setting"]): float(r["ratio"]["median"]) for r in rows}
        return min(ratios[one] for one in wanted)

    return value


def augmentation(preset: str) -> Callable[[Results], float]:
    """Finds the median part of a preset's training that augmentation is, in percent."""
    return lambda results: next(
        100 * r["part"]["median"] for r in results["augmentation"]["presets"] if r["preset"] == preset
    )


def one_figure(preset: str, ratio: str) -> Callable[[Results], float]:
    """Finds the median ratio of ONNX Runtime's time for one figure to figurate's."""
    return lambda results: results["one_figure"]["presets"][preset][ratio]["median"]


EAGER_AND_TENSORFLOW = (
    ("PyTorch", "default"),
    ("PyTorch", "channels_last"),
    ("Keras on TensorFlow", "documented"),
    ("Keras on TensorFlow", "best"),
)


def other(name: str) -> Callable[[Results], float]:
    """Finds the median ratio of other figures' time to MNIST's."""
    return lambda results: next(r["ratio"]["median"] for r in results["other_figures"]["others"] if r["name"] == name)


GOALS = (
    Goal("the lesson against Keras on TensorFlow", against("mnist_lesson", "Keras on TensorFlow"), 70, 140),
    Goal("the lesson against Keras on JAX", against("mnist_lesson", "Keras on JAX"), 27, 55),
    Goal("the lesson against PyTorch", against("mnist_lesson", "PyTorch"), 24, 48),
    Goal("the lesson against scikit-learn", against("mnist_lesson", "scikit-learn"), 20, 40),
    Goal("the lesson on Fashion-MNIST over MNIST", other("fashion_mnist"), 1.6, 1.3, upward=False),
    Goal("the lesson on inverted MNIST over MNIST", other("inverted_mnist"), 1.6, 1.3, upward=False),
    Goal("the quickstart network against PyTorch", against("quickstart", "PyTorch"), 5, 8),
    Goal("the quickstart network against Keras on JAX", against("quickstart", "Keras on JAX"), 7, 10),
    Goal(
        "16 networks on two threads over one on one",
        lambda r: r["many_networks"]["ratio"]["median"],
        9,
        8,
        upward=False,
    ),
    Goal("two threads against one", lambda r: r["two_threads"]["speedup"]["median"], 1.5, 1.9),
    Goal("by hand against Rescaling", lambda r: r["normalising"]["slower_over_faster"], 1.2, upward=False),
    Goal(
        "figurate train mnist", lambda r: r["training_command"]["seconds"]["terminal"]["median"], 2.5, 1.5, False, " s"
    ),
    Goal("its memory", lambda r: r["training_command"]["peak_mb"]["terminal"]["max"], 250, None, False, " MB"),
    Goal("import figurate", lambda r: r["starting"]["seconds"]["import figurate"]["median"], 0.25, None, False, " s"),
    Goal("figurate --help", lambda r: r["starting"]["seconds"]["figurate --help"]["median"], 0.35, None, False, " s"),
    Goal("predict 10,000", lambda r: r["predicting"]["milliseconds_10000"]["float64"]["median"], 15, 5, False, " ms"),
    Goal("predict one", lambda r: r["predicting"]["microseconds_one"]["float64"]["median"], 10, 5, False, " µs"),
    *(
        Goal(f"one figure of `{name}` against ONNX Runtime, {how}", one_figure(name, ratio), 1)
        for how, ratio in (("as usual", "ratio_usual"), ("one thread each", "ratio"))
        for name in ("lesson", "tiny", "fast", "small", "best")
    ),
    Goal("FigureClassifier's fit against MLPClassifier's", against("estimators", "MLPClassifier"), 2),
    Goal("time a figure, largest over smallest", lambda r: r["scaling"]["largest_over_smallest"], 1.2, None, False),
    Goal("the convnet's step against eager PyTorch, TensorFlow", convnet("training", *EAGER_AND_TENSORFLOW), 2.2, 3),
    Goal("the convnet's step against PyTorch's default layout", convnet("training", ("PyTorch", "default")), 3, 4),
    Goal("the convnet's step against Keras on JAX", convnet("training", ("Keras on JAX", "documented")), 8, 10),
    Goal("the convnet's step on two threads against one", convnet("training", ("figurate", None)), 1.8),
    Goal("the convnet's prediction against ONNX Runtime", convnet("prediction", ("ONNX Runtime", "best")), 1.1, 1.4),
    Goal(
        "the convnet's step, of the peak",
        lambda r: 100 * r["mnist_convnet"]["peak"]["nominal_share"]["median"],
        55,
        75,
        True,
        " %",
    ),
    *(
        Goal(f"augmentation's part of training `{name}`", augmentation(name), 5, None, False, " %")
        for name in ("tiny", "small", "best")
    ),
    Goal("memory of training `best`", lambda r: r["augmentation"]["best_peak_mb"], 600, None, False, " MB"),
    Goal("validation accuracy", lambda r: 100 * r["accuracy"]["mean"]["figurate"], 95.5, None, True, " %"),
    Goal("its distance from Keras'", lambda r: r["accuracy"]["points_apart"], 0.3, None, False, " points"),
)


def show() -> bool:
    """Prints every goal beside what was measured.

    Returns:
        Whether all were reached.
    """
    results, all_reached = read(), True
    for goal in GOALS:
        try:
            value = goal.value(results)
        except (KeyError, StopIteration):
            print(f"not measured  {goal.what}")
            all_reached = False
            continue
        reached, aimed = (bound is not None and (value >= bound) == goal.upward for bound in (goal.limit, goal.aim))
        all_reached &= reached
        bounds = f"{'at least' if goal.upward else 'at most'} {number(goal.limit)}"
        bounds += f", aim {number(goal.aim)}" if goal.aim is not None else ""
        verdict = "aim reached" if aimed else "reached" if reached else "MISSED"
        print(f"{verdict:<13} {goal.what}: {number(value)}{goal.unit} ({bounds})")
    return all_reached


if __name__ == "__main__":
    raise SystemExit(0 if show() else 1)
