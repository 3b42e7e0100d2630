"""One training run of `figurate train`: the network built and compiled, trained, saved whatever happens, reported.

The words of the command are train.py's, the closing page report.py's.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from figurate import callbacks, optimizers
from figurate.cli import networks, report
from figurate.cli.data import Data
from figurate.cli.output import Output


@dataclass(frozen=True)
class Run:
    """What is to be done.

    Attributes:
        data: to learn from and to validate with.
        network: to train.
        epochs: rounds over all figures.
        batch_size: figures a step.
        learning_rate: Adam's.
        seed: of everything drawn by chance.
        threads: to work on; None for one a processor.
        target: where the model is saved.
        resume: where the run is backed up; None for nowhere.
    """

    data: Data
    network: networks.Spelled
    epochs: int
    batch_size: int
    learning_rate: float
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
        model = networks.build(self.network.hidden, self.data.figure_shape, self.data.class_names, self.seed)
        model.compile(
            optimizer=optimizers.Adam(learning_rate=self.learning_rate),
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )
        if not output.quiet:
            model.summary(print_fn=output.line)
        engine = report.engine(self.threads)
        output.say(self._describe(engine), "")
        began = time.perf_counter()
        try:
            history = model.fit(
                *self.data.train,
                batch_size=self.batch_size,
                epochs=self.epochs,
                validation_data=self.data.test,
                callbacks=self._callbacks(output),
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
        output.object(report.training_object(self, model, history, seconds, engine))

    def _callbacks(self, output: Output) -> list[callbacks.Callback]:
        found: list[callbacks.Callback] = [] if output.quiet else [callbacks.ProgressBar(output.messages)]
        if self.resume is not None:
            if self.resume.exists():
                output.note(f"continuing from '{self.resume}'.")
            # Kept until the model is saved: a run killed between the two must not lose its end.
            found.append(callbacks.BackupAndRestore(self.resume, delete_checkpoint=False))
        return found

    def _describe(self, engine: dict[str, object]) -> str:
        threads = "1 thread" if engine["threads"] == 1 else f"{engine['threads']} threads"
        return (
            f"Adam, learning rate {self.learning_rate:g}, {self.epochs} epochs, batches of {self.batch_size}, seed "
            f"{self.seed}, {threads} ({engine['instruction_set']})."
        )
