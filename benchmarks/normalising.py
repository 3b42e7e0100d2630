"""x / 255.0 by hand against a Rescaling layer: python3 -m benchmarks.normalising [--rounds 5] [--quick]

The lesson's whole fit, once on float64 figures that were divided by hand before the clock started, once on raw uint8
figures through Rescaling(1/255). Of a pair, the slower over the faster is quoted too.
"""

from __future__ import annotations

from benchmarks import machine
from benchmarks.harness import Competitor, believe, key, options, pairs, seconds, spread, write
from benchmarks.mnist_lesson.__main__ import expected

FIT = "benchmarks.mnist_lesson.figurate_fit"


def main() -> None:
    arguments = options(__doc__)
    epochs = 2 if arguments.quick else 20
    before = machine.describe()
    hand, layer = (
        Competitor(name, FIT, job={"epochs": epochs, "options": {"normalise": name}}) for name in ("hand", "rescaling")
    )
    print("normalising: Rescaling over uint8 against x / 255.0 in float64", flush=True)
    rows = pairs(layer, [hand], arguments.rounds)[key(hand)]
    for by_layer, by_hand in rows:
        believe(layer, by_layer, expected, epochs)
        believe(hand, by_hand, expected, epochs)
    ratio = spread(seconds(by_hand) / seconds(by_layer) for by_layer, by_hand in rows)
    write(
        "normalising",
        arguments.quick,
        before,
        what="figurate's whole fit of the lesson on x / 255.0 (float64), over that on uint8 with Rescaling(1/255)",
        epochs=epochs,
        rounds=arguments.rounds,
        by_hand_seconds=spread(seconds(by_hand) for _, by_hand in rows),
        rescaling_seconds=spread(seconds(by_layer) for by_layer, _ in rows),
        ratio=ratio,
        slower_over_faster=max(ratio["median"], 1 / ratio["median"]),
        same_bits=len({answer["weights"] for row in rows for answer in row}) == 1,
    )


if __name__ == "__main__":
    main()
