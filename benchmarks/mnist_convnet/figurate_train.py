"""Training in figurate, as a user writes it.

With the option `save` the weights and their outputs are kept for those that predict.
"""

from __future__ import annotations

from typing import Any

import figurate
from benchmarks.competitor import EpochClock, Job, main, versions
from benchmarks.mnist_convnet.figurate_network import network
from benchmarks.mnist_convnet.figures import load, one_hot, save, steps
from benchmarks.networks import BATCH
from figurate import _engine, callbacks


def run(job: Job) -> dict[str, Any]:
    figurate.utils.set_random_seed(job.seed)
    (xt, yt), (xv, yv) = load(job)
    model = network()
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    clock = EpochClock()
    model.fit(
        xt,
        one_hot(yt),
        batch_size=BATCH,
        epochs=job.epochs,
        verbose=0,
        threads=job.threads,
        callbacks=[callbacks.LambdaCallback(on_epoch_end=lambda *_: clock.tick())],
    )
    val_loss, val_accuracy = model.evaluate(xv, one_hot(yv), verbose=0)
    if job.options.get("save"):
        save(model.get_weights(), model.predict(xv))
    return {
        "epoch_seconds": clock.seconds,
        "steps": steps(job),
        "val_accuracy": val_accuracy,
        "val_loss": val_loss,
        "instruction_set": _engine.info()["instruction_set"],
        "versions": versions("figurate", "numpy"),
    }


if __name__ == "__main__":
    main(run)
