"""The lesson as a script for Keras has it; `keras_jax.py` and `keras_tensorflow.py` choose backend and settings.

Import it after KERAS_BACKEND is set.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from benchmarks.competitor import EpochClock, Job, load_scaled


def fit(job: Job, best: dict[str, Any]) -> dict[str, Any]:
    """Trains the lesson's network.

    Args:
        job: what to run.
        best: arguments of `compile` for the best known setting; empty for the documented one.
    """
    keras.utils.set_random_seed(job.seed)
    (xt, yt), (xv, yv) = load_scaled(job)
    arguments: dict[str, Any] = {}
    if best:  # the conversions are then done before the clock starts
        xt, yt, xv, yv = xt.astype("float32"), yt.astype("int32"), xv.astype("float32"), yv.astype("int32")
        arguments["validation_batch_size"] = 2000
    model = keras.Sequential(
        [
            keras.Input(shape=(28, 28)),
            layers.Flatten(),
            layers.Dense(20, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"], **best)
    clock = EpochClock()
    history = model.fit(
        xt,
        yt,
        epochs=job.epochs,
        validation_data=(xv, yv),
        verbose=0,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: clock.tick())],
        **arguments,
    ).history
    return {
        "epoch_seconds": clock.seconds,
        "val_accuracy": history["val_accuracy"][-1],
        "val_loss": history["val_loss"][-1],
    }
