"""One training run of `figurate train`: the network built, trained by its recipe, saved whatever happens, reported.

The words of the command are train.py's, the closing page report.py's.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from figurate import callbacks, presets
from figurate.cli import report
from figurate.cli.output import Output
from figurate.datasets import Dataset
from figurate.models import Sequential
from figurate.presets.base import Preset, callbacks_of, steps_of


@dataclass(frozen=True)
class Run:
    """What is to be done.

    Attributes:
        data: to learn from and to validate with.
        network: to train, with its recipe for figures of this kind.
        kind: what the figures show.
        epochs: rounds over all figures; None for the recipe's.
        batch_size: figures a step; None for the recipe's.
        learning_rate: the highest; None for the recipe's.
        seed: of everything drawn by chance.
        threads: to work on; None for one a processor.
        target: where the model is saved.
        resume: where the run is backed up; None for nowhere.
    """

    data: Dataset
    network: Preset
    kind: str
    epochs: int | None
    batch_size: int | None
    learning_rate: float | None
    seed: int
    threads: int | None
    target: Path
    resume: Path | None

    def carry_out(self, output: Output) -> None:
        """Train, save, tell.

        Raises:
            KeyboardInterrupt: after Ctrl-C, once what was learned is saved.
        """
        output.say(self.data.describe(), "")
        if self.target.exists():
            output.note(f"'{self.target}' is there already and will be replaced; --out NAME saves elsewhere.")
        recipe, figures = self.network.recipe, len(self.data.train[0])
        batch_size = self.batch_size or recipe.batch_size
        epochs = self.epochs or recipe.epochs_for(figures, batch_size)
        model = self.network.build(
            self.data.figure_shape,
            len(self.data.class_names),
            seed=self.seed,
            class_names=self.data.class_names,
            learning_rate=self.learning_rate,
            steps=epochs * steps_of(figures, batch_size),
        )
        if self.data.preprocessing is not None:
            model.preprocessing = self.data.preprocessing
        if not output.quiet:
            model.summary(print_fn=output.line)
        engine = report.engine(self.threads)
        output.say(self._describe(model, epochs, batch_size, engine), "")
        began = time.perf_counter()
        try:
            history = model.fit(
                *self.data.train,
                batch_size=batch_size,
                epochs=epochs,
                validation_data=self.data.test,
                callbacks=[*callbacks_of(recipe, model, epochs), *self._callbacks(output)],
                threads=self.threads,
                verbose=0,
            )
        except KeyboardInterrupt:
            model.save(self.target)
            raise KeyboardInterrupt(f"interrupted; what was learned so far is saved in '{self.target}'") from None
        seconds = time.perf_counter() - began
        model.save(self.target)
        if self.resume is not None:
            self.resume.unlink(missing_ok=True)
        report.closing_page(output, model, self.data, self.target, seconds)
        output.object(report.training_object(self, model, history, seconds, batch_size, engine))

    def _callbacks(self, output: Output) -> list[callbacks.Callback]:
        found: list[callbacks.Callback] = [] if output.quiet else [callbacks.ProgressBar(output.messages)]
        if self.resume is not None:
            if self.resume.exists():
                output.note(f"continuing from '{self.resume}'.")
            # Kept until the model is saved: a run killed between the two must not lose its end.
            found.append(callbacks.BackupAndRestore(self.resume, delete_checkpoint=False))
        return found

    @property
    def recipe_name(self) -> str:
        """Whose recipe the network is trained by: its own, or the lesson's."""
        return self.network.name if self.network.name in presets.names() else "lesson"

    def _describe(self, model: Sequential, epochs: int, batch_size: int, engine: dict[str, object]) -> str:
        threads = "1 thread" if engine["threads"] == 1 else f"{engine['threads']} threads"
        asked = {"--epochs": self.epochs, "--batch-size": self.batch_size, "--lr": self.learning_rate}
        changes = [option for option, value in asked.items() if value is not None]
        changed = f", changed by {' and '.join(changes)}" if changes else ""
        of_things = " for things" if self.kind == "things" and presets.get(self.recipe_name).things is not None else ""
        return (
            f"Recipe {self.recipe_name}{of_things}{changed}: {report.method(model)}, {epochs} epochs, batches of "
            f"{batch_size}, seed {self.seed}, {threads} ({engine['instruction_set']})."
        )
