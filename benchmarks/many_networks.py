"""Sixteen networks at once against one alone: python3 -m benchmarks.many_networks [--rounds 5] [--quick]

The lesson's network from sixteen seeds by `fit_many` on two threads, over one network on one thread. Two threads that
cost nothing would take eight times as long; the figures are held once for all, which may bring it below.
"""

from __future__ import annotations

from benchmarks import machine
from benchmarks.harness import Competitor, ask, believe, key, options, pairs, seconds, spread, write
from benchmarks.mnist_lesson.__main__ import expected

MANY = "benchmarks.mnist_lesson.figurate_many"
NETWORKS = 16


def main() -> None:
    arguments = options(__doc__)
    epochs = 1 if arguments.quick else 5
    before = machine.describe()
    one, many = (
        Competitor(
            f"{count} networks", MANY, job={"epochs": epochs, "threads": threads, "options": {"networks": count}}
        )
        for count, threads in ((1, 1), (NETWORKS, 2))
    )
    print("many_networks: the same bits?", flush=True)
    answers = [ask(competitor) for competitor in (one, many)]
    for answer in answers:
        believe(one, answer, expected, epochs)
    if answers[0]["weights"] != answers[1]["weights"]:
        raise SystemExit(f"The first network differs from itself alone: {[answer['weights'] for answer in answers]}")
    print(f"many_networks: yes; {NETWORKS} on two threads against one on one", flush=True)
    found = pairs(one, [many], arguments.rounds)[key(many)]
    write(
        "many_networks",
        arguments.quick,
        before,
        what=f"figurate's fit of {NETWORKS} networks of the lesson on two threads, over that of one on one thread",
        epochs=epochs,
        rounds=arguments.rounds,
        networks=NETWORKS,
        one_seconds=spread(seconds(mine) for mine, _ in found),
        many_seconds=spread(seconds(answer) for _, answer in found),
        ratio=spread(seconds(answer) / seconds(mine) for mine, answer in found),
        same_bits=True,
    )


if __name__ == "__main__":
    main()
