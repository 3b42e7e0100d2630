"""Keras' example "Simple MNIST convnet"; keras_tensorflow.py and keras_jax.py choose the backend and import it."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from benchmarks.competitor import EpochClock, Job
from benchmarks.mnist_convnet.figures import load, one_hot, steps
from benchmarks.networks import BATCH


def fit(job: Job, best: dict[str, Any]) -> dict[str, Any]:
    """Trains the network.

    Args:
        job: what to run.
        best: arguments of `compile` for the best known setting; empty for the documented one.
    """
    keras.utils.set_random_seed(job.seed)
    (xt, yt), (xv, yv) = load(job)
    model = keras.Sequential(
        [
            keras.Input(shape=(28, 28, 1)),
            layers.Conv2D(32, kernel_size=(3, 3), activation="relu"),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Conv2D(64, kernel_size=(3, 3), activation="relu"),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"], **best)
    clock = EpochClock()
    model.fit(
        xt,
        one_hot(yt),
        batch_size=BATCH,
        epochs=job.epochs,
        verbose=0,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: clock.tick())],
    )
    val_loss, val_accuracy = model.evaluate(xv, one_hot(yv), batch_size=500, verbose=0)
    return {"epoch_seconds": clock.seconds, "steps": steps(job), "val_accuracy": val_accuracy, "val_loss": val_loss}
