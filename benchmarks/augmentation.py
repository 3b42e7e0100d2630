"""What a preset's augmentation adds to its training, and the memory of `best`: python3 -m benchmarks.augmentation

Each preset that has one is trained with figures changed in every other epoch; the part is that of the time of an epoch
with it, from one such epoch and the one beside it. Then an epoch of `best` on all 60,000 figures, whose process is
measured whole. Takes --rounds 40 (pairs of epochs) and --quick.
"""

from __future__ import annotations

from benchmarks import machine
from benchmarks.harness import Answer, Competitor, ask, key, options, seconds, spread, write

ALTERNATING = "benchmarks.presets.figurate_alternating"
FIT = "benchmarks.presets.figurate_fit"
# Figures of an epoch, so that each takes about half a second: less than for what a machine keeps its pace.
PRESETS = {"tiny": 30_000, "small": 8_000, "best": 2_000}
QUICK_FIGURES = 640
LEAST_ACCURACY = 0.9


def main() -> None:
    arguments = options(__doc__, rounds=40)
    before = machine.describe()
    least = 0.05 if arguments.quick else LEAST_ACCURACY

    def believed(competitor: Competitor) -> Answer:
        answer = ask(competitor)
        if answer["accuracy"] < least:
            raise SystemExit(f"{key(competitor)} reads {answer['accuracy']:.1%}, expected at least {least:.0%}.")
        return answer

    rows = []
    for preset, usual in PRESETS.items():
        figures = QUICK_FIGURES if arguments.quick else usual
        asked = {"preset": preset, "figures": figures, "pairs": arguments.rounds}
        found = believed(Competitor(preset, ALTERNATING, job={"options": asked}))
        beside = list(zip(found["without_seconds"], found["with_seconds"], strict=True))
        part = spread(1 - plain / augmented for plain, augmented in beside)
        print(f"augmentation: {part['median']:.1%} of an epoch of {preset}", flush=True)
        rows.append(
            {
                "preset": preset,
                "figures": figures,
                "without_seconds": spread(plain for plain, _ in beside),
                "with_seconds": spread(augmented for _, augmented in beside),
                "part": part,
            }
        )
    print("augmentation: the memory of `best`", flush=True)
    job = {"options": {"preset": "best", "figures": QUICK_FIGURES if arguments.quick else None, "epochs": 1}}
    whole = believed(Competitor("best", FIT, job=job))
    write(
        "augmentation",
        arguments.quick,
        before,
        what="the part of an epoch's time that a preset's augmentation adds; memory of training `best`",
        rounds=arguments.rounds,
        presets=rows,
        best_epoch_seconds=seconds(whole),
        best_peak_mb=whole["peak_mb"],
        instruction_set=whole["instruction_set"],
    )


if __name__ == "__main__":
    main()
