"""What a preset's augmentation adds to its training, and the memory of `best`: python3 -m benchmarks.augmentation

One epoch of each preset that has one, with it and without, in turn; its part is that of the time with it. Then an epoch
of `best` on all 60,000 figures, whose process is measured whole. Takes --rounds 7 and --quick.
"""

from __future__ import annotations

from benchmarks import machine
from benchmarks.harness import Answer, Competitor, ask, key, options, pairs, seconds, spread, write

FIT = "benchmarks.presets.figurate_fit"
# Figures of an epoch. Not fewer: the averages of normalizations follow slowly, and are far behind after 250 steps.
PRESETS = {"tiny": 60_000, "small": 30_000, "best": 30_000}
QUICK_FIGURES = 640
LEAST_ACCURACY = 0.5  # after an epoch of so few figures


def fit(preset: str, name: str, figures: int | None, augmentation: bool = True) -> Competitor:
    job = {"options": {"preset": preset, "figures": figures, "epochs": 1, "augmentation": augmentation}}
    return Competitor(name, FIT, job=job)


def main() -> None:
    arguments = options(__doc__, rounds=7)
    before = machine.describe()
    least = 0.05 if arguments.quick else LEAST_ACCURACY

    def believe(name: str, answer: Answer) -> None:
        if answer["accuracy"] < least:
            raise SystemExit(f"{name} reads {answer['accuracy']:.1%} after an epoch, expected at least {least:.0%}.")

    rows = []
    for preset, usual in PRESETS.items():
        figures = QUICK_FIGURES if arguments.quick else usual
        without, with_it = fit(preset, f"{preset} without", figures, False), fit(preset, f"{preset} with", figures)
        print(f"augmentation: {preset}", flush=True)
        found = pairs(without, [with_it], arguments.rounds)[key(with_it)]
        for plain, augmented in found:
            believe(key(without), plain)
            believe(key(with_it), augmented)
        rows.append(
            {
                "preset": preset,
                "figures": figures,
                "without_seconds": spread(seconds(plain) for plain, _ in found),
                "with_seconds": spread(seconds(augmented) for _, augmented in found),
                "part": spread(1 - seconds(plain) / seconds(augmented) for plain, augmented in found),
            }
        )
    print("augmentation: the memory of `best`", flush=True)
    whole = ask(fit("best", "best", QUICK_FIGURES if arguments.quick else None))
    believe("best", whole)
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
