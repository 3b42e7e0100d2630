"""Time a figure at 1, 2, 4 and 8 times the data: python3 -m benchmarks.scaling [--rounds 5] [--quick]

MNIST's training figures, repeated; raw uint8 through Rescaling, 5 epochs, no validation. The sizes take turns.
"""

from __future__ import annotations

from benchmarks import machine
from benchmarks.harness import Answer, Competitor, ask, options, seconds, spread, write

FIT = "benchmarks.mnist_lesson.figurate_fit"
TIMES = (1, 2, 4, 8)
FIGURES = 60_000


def main() -> None:
    arguments = options(__doc__)
    epochs = 1 if arguments.quick else 5
    before = machine.describe()
    job = {"epochs": epochs, "options": {"normalise": "rescaling", "validation": False}}
    print("scaling: time a figure at 1, 2, 4 and 8 times the data", flush=True)
    found: dict[int, list[Answer]] = {times: [] for times in TIMES}
    for number in range(arguments.rounds):
        for times in TIMES if number % 2 == 0 else TIMES[::-1]:
            answer = ask(Competitor(f"{times}x", FIT, job=job), times=times)
            if answer["val_accuracy"] < 0.88:
                raise SystemExit(
                    f"At {times} times the data the accuracy is {answer['val_accuracy']}, expected over 0.88."
                )
            found[times].append(answer)
            print(f"  round {number + 1}, {times}x: {nanoseconds(answer, times, epochs):.0f} ns a figure", flush=True)
    medians = {
        str(times): spread(nanoseconds(answer, times, epochs) for answer in answers) for times, answers in found.items()
    }
    middle = [entry["median"] for entry in medians.values()]
    write(
        "scaling",
        arguments.quick,
        before,
        what="figurate's time a figure and epoch, in ns, at 1, 2, 4 and 8 times the data",
        epochs=epochs,
        rounds=arguments.rounds,
        nanoseconds_a_figure=medians,
        largest_over_smallest=max(middle) / min(middle),
    )


def nanoseconds(answer: Answer, times: int, epochs: int) -> float:
    return seconds(answer) / (FIGURES * times * epochs) * 1e9


if __name__ == "__main__":
    main()
