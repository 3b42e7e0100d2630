"""TensorFlow's quickstart for beginners in Keras on JAX; logits, and the loss from them, as the quickstart has it.

documented: the quickstart's own lines, without the progress bar. best: float32 arrays, steps_per_execution=25,
jit_compile=True.
"""

from __future__ import annotations

import os

os.environ["KERAS_BACKEND"] = "jax"

from typing import Any

import keras

from benchmarks.competitor import EpochClock, Job, load_scaled, main, versions

BEST = {"steps_per_execution": 25, "jit_compile": True}


def run(job: Job) -> dict[str, Any]:
    keras.utils.set_random_seed(job.seed)
    best = job.setting == "best"
    (xt, yt), (xv, yv) = load_scaled(job)
    if best:
        xt, yt = xt.astype("float32"), yt.astype("int32")
    model = keras.models.Sequential(
        [
            keras.Input(shape=(28, 28)),
            keras.layers.Flatten(),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(10),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"], **(BEST if best else {}))
    clock = EpochClock()
    tick = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: clock.tick())
    model.fit(xt, yt, epochs=job.epochs, verbose=0, callbacks=[tick])
    val_loss, val_accuracy = model.evaluate(xv, yv, batch_size=1000, verbose=0)
    return {
        "epoch_seconds": clock.seconds,
        "val_accuracy": val_accuracy,
        "val_loss": val_loss,
        "versions": versions("keras", "jax", "numpy"),
    }


if __name__ == "__main__":
    main(run)
