"""predict of 10,000 figures and of one, through Python: python3 -m benchmarks.predicting [--rounds 5] [--quick]

A round is a fresh process; its value is the median of its calls. One figure alone must give what it gives among 10,000.
"""

from __future__ import annotations

import statistics

from benchmarks import machine
from benchmarks.harness import Competitor, ask, believe, options, spread, write
from benchmarks.mnist_lesson.__main__ import expected


def main() -> None:
    arguments = options(__doc__)
    before = machine.describe()
    calls = {"calls": 5, "single_calls": 200} if arguments.quick else {}
    ours = Competitor("figurate", "benchmarks.predicting.figurate_predict", job={"options": calls})
    print("predicting: 10,000 figures, and one", flush=True)
    answers = []
    for number in range(arguments.rounds):
        answer = ask(ours)
        believe(ours, answer, expected, 2)
        if answer["largest_difference_one_by_one"] > 1e-6:
            raise SystemExit(
                f"A figure alone differs by {answer['largest_difference_one_by_one']}, expected at most 1e-6."
            )
        answers.append(answer)
        all_of_them, one = (statistics.median(answer[part]["float64"]) for part in ("all_seconds", "one_seconds"))
        print(f"  round {number + 1}: {1e3 * all_of_them:.2f} ms, {1e6 * one:.2f} us", flush=True)
    write(
        "predicting",
        arguments.quick,
        before,
        what="predict through Python with the lesson's model: 10,000 figures in ms, one figure in us",
        rounds=arguments.rounds,
        milliseconds_10000={
            dtype: spread(1e3 * statistics.median(answer["all_seconds"][dtype]) for answer in answers)
            for dtype in ("float64", "float32")
        },
        microseconds_one={
            dtype: spread(1e6 * statistics.median(answer["one_seconds"][dtype]) for answer in answers)
            for dtype in ("float64", "float32")
        },
    )


if __name__ == "__main__":
    main()
