"""One figure in every preset, beside ONNX Runtime: python3 -m benchmarks.one_figure [--rounds 5] [--quick]

A round is a fresh process for each preset; its values are medians of its turns. All must give the same probabilities.
"""

from __future__ import annotations

from typing import Any

from benchmarks import machine
from benchmarks.harness import Competitor, ask, options, spread, write

PRESETS = ("lesson", "tiny", "fast", "small", "best")
WAYS = ("figurate", "onnxruntime", "figurate_usual", "onnxruntime_usual")


def main() -> None:
    arguments = options(__doc__)
    before = machine.describe()
    turns = {"turns": 20} if arguments.quick else {}
    answers: dict[str, list[dict[str, Any]]] = {name: [] for name in PRESETS}
    for number in range(arguments.rounds):
        for name in PRESETS:
            job = {"options": {"preset": name, **turns}}
            answer = ask(Competitor("figurate", "benchmarks.one_figure.figurate_beside_onnx", job=job))
            if answer["difference"] > 1e-5:
                raise SystemExit(f"{name}: outputs differ by {answer['difference']}, expected at most 1e-5.")
            answers[name].append(answer)
            times = ", ".join(f"{way} {1e6 * answer['seconds'][way]:.1f} us" for way in WAYS)
            print(f"  round {number + 1}, {name}: {times}", flush=True)
    write(
        "one_figure",
        arguments.quick,
        before,
        what="one figure through Python in us: predict, and a cached session of ONNX Runtime, on one thread, as usual",
        rounds=arguments.rounds,
        presets={name: summary(found) for name, found in answers.items()},
        instruction_set=answers[PRESETS[0]][0]["instruction_set"],
        versions=answers[PRESETS[0]][0]["versions"],
    )


def summary(found: list[dict[str, Any]]) -> dict[str, Any]:
    """One preset's microseconds, and how many times longer ONNX Runtime takes, from pairs of one process."""
    return {
        "microseconds": {way: spread(1e6 * answer["seconds"][way] for answer in found) for way in WAYS},
        "ratio": spread(answer["seconds"]["onnxruntime"] / answer["seconds"]["figurate"] for answer in found),
        "ratio_usual": spread(
            answer["seconds"]["onnxruntime_usual"] / answer["seconds"]["figurate_usual"] for answer in found
        ),
    }


if __name__ == "__main__":
    main()
