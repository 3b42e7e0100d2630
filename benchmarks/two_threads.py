"""Two threads against one, and whether they give the same bits: python3 -m benchmarks.two_threads [--quick]

The lesson's whole fit. Four threads, more than are bound to the process, are run as well: they may cost, but not change
a bit.
"""

from __future__ import annotations

from benchmarks import machine
from benchmarks.harness import Competitor, ask, believe, key, options, pairs, seconds, spread, write
from benchmarks.mnist_lesson.__main__ import expected

FIT = "benchmarks.mnist_lesson.figurate_fit"


def main() -> None:
    arguments = options(__doc__)
    epochs = 2 if arguments.quick else 20
    before = machine.describe()
    one, two, four = (
        Competitor(f"{threads} threads", FIT, job={"epochs": epochs, "threads": threads}) for threads in (1, 2, 4)
    )
    print("two_threads: the same bits?", flush=True)
    answers = [ask(competitor) for competitor in (one, two, four)]
    for answer in answers:
        believe(one, answer, expected, epochs)
    if len({answer["weights"] for answer in answers}) != 1:
        raise SystemExit(f"1, 2 and 4 threads gave different weights: {[answer['weights'] for answer in answers]}")
    print("two_threads: yes; two and four threads against one", flush=True)
    found = pairs(one, [two, four], arguments.rounds)
    write(
        "two_threads",
        arguments.quick,
        before,
        what="figurate's whole fit of the lesson on one thread, over that on two",
        epochs=epochs,
        rounds=arguments.rounds,
        same_bits=True,
        weights=answers[0]["weights"],
        one_thread_seconds=spread(seconds(mine) for rows in found.values() for mine, _ in rows),
        two_threads_seconds=spread(seconds(answer) for _, answer in found[key(two)]),
        speedup=spread(seconds(mine) / seconds(answer) for mine, answer in found[key(two)]),
        four_threads_on_two_cpus_speedup=spread(seconds(mine) / seconds(answer) for mine, answer in found[key(four)]),
    )


if __name__ == "__main__":
    main()
