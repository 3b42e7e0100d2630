"""A whole fit beside the other frameworks: what `mnist_lesson` and `quickstart` share.

figurate trains all epochs. The others train a few, and their time is scaled; what their first epoch took longer than
the later ones (compiling, mostly) is left out of the ratio, to their advantage, and told beside it. Which networks and
which settings, the tasks say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from benchmarks import machine
from benchmarks.harness import (
    Answer,
    Competitor,
    ask,
    believe,
    first_epoch_extra,
    key,
    options,
    pairs,
    seconds,
    spread,
    write,
)


@dataclass(frozen=True)
class Versus:
    """One task that several frameworks do.

    Args:
        task: its folder's name, and its result's.
        what: the task in a line.
        epochs: epochs of the fit that is quoted.
        rival_epochs: epochs the slow ones run, the first one included.
        figurate: the baseline.
        rivals: the others, a setting each.
        expected: lowest and highest believable validation accuracy after so many epochs.
    """

    task: str
    what: str
    epochs: int
    rival_epochs: int
    figurate: Competitor
    rivals: tuple[Competitor, ...]
    expected: Callable[[int], tuple[float, float]]

    def main(self, description: str | None) -> None:
        """Checks the answers, measures, and writes the result."""
        arguments = options(description, rounds=3)
        epochs, rival_epochs = (2, 2) if arguments.quick else (self.epochs, self.rival_epochs)
        before = machine.describe()
        figurate = with_epochs(self.figurate, epochs)
        rivals = [with_epochs(rival, rival_epochs) for rival in self.rivals]
        print(f"{self.task}: the answers", flush=True)
        believe(figurate, ask(figurate), self.expected, epochs)
        for rival in rivals:
            believe(rival, ask(rival, epochs=1), self.expected, 1)
        print(f"{self.task}: the times, scaled to {epochs} epochs", flush=True)
        found = pairs(figurate, rivals, arguments.rounds, epochs)
        for rival in rivals:
            for mine, answer in found[key(rival)]:
                believe(figurate, mine, self.expected, epochs)
                believe(rival, answer, self.expected, rival_epochs)
        own = [mine for answers in found.values() for mine, _ in answers]
        write(
            self.task,
            arguments.quick,
            before,
            what=self.what,
            epochs=epochs,
            rounds=arguments.rounds,
            figurate=own_summary(own),
            others=[rival_summary(rival, found[key(rival)], epochs) for rival in rivals],
        )


def with_epochs(competitor: Competitor, epochs: int) -> Competitor:
    return replace(competitor, job=competitor.job | {"epochs": epochs})


def own_summary(own: list[Answer]) -> dict[str, object]:
    """figurate's own runs, one before every rival's."""
    return {
        "threads": 2,
        "instruction_set": own[0]["instruction_set"],
        "runs": len(own),
        "seconds": spread(seconds(answer) for answer in own),
        "val_accuracy": spread(answer["val_accuracy"] for answer in own),
        "peak_mb": max(answer["peak_mb"] for answer in own),
        "versions": own[0]["versions"],
    }


def rival_summary(rival: Competitor, found: list[tuple[Answer, Answer]], epochs: int) -> dict[str, object]:
    """What the pairs say of one rival; ratios are its time over figurate's, pair by pair."""
    rows = [(seconds(mine), seconds(answer, epochs), first_epoch_extra(answer)) for mine, answer in found]
    return {
        "name": rival.name,
        "setting": rival.job["setting"],
        "note": rival.note,
        "epochs_run": rival.job["epochs"],
        "scaled_to": epochs,
        "seconds": spread(time for _, time, _ in rows),
        "first_epoch_extra_seconds": spread(extra for _, _, extra in rows),
        "ratio": spread(time / mine for mine, time, _ in rows),
        "ratio_with_first_epoch": spread((time + extra) / mine for mine, time, extra in rows),
        "val_accuracy": spread(answer["val_accuracy"] for _, answer in found),
        "peak_mb": max(answer["peak_mb"] for _, answer in found),
        "versions": found[0][1]["versions"],
        "runs": [{"figurate": seconds(mine), "epoch_seconds": answer["epoch_seconds"]} for mine, answer in found],
    }
