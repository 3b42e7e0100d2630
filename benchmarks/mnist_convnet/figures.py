"""What every competitor of this task is given, and the trained weights that prediction starts from.

The network: Conv2D(32, 3), MaxPooling2D(2), Conv2D(64, 3), MaxPooling2D(2), Flatten, Dropout(0.5), Dense(10); ReLU
behind the convolutions, softmax at the end; Adam with its defaults, batches of 128, categorical cross-entropy.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from benchmarks.competitor import CACHE, Arrays, Job, load_pixels
from benchmarks.networks import BATCH

WEIGHTS = CACHE / "mnist_convnet_weights.npz"
OUTPUTS = CACHE / "mnist_convnet_outputs.npy"


def load(job: Job) -> Arrays:
    """The first `job.options["figures"]` training figures and all validation figures, float32 (n, 28, 28, 1) in 0..1.

    Labels are classes (n,), uint8.
    """
    (xt, yt), (xv, yv) = load_pixels(job)
    count = job.options.get("figures", len(xt))
    xt, xv = (x[..., None].astype(np.float32) / 255 for x in (xt[:count], xv))
    return (xt, yt[:count]), (xv, yv)


def one_hot(labels: np.ndarray) -> np.ndarray:
    """Labels as categorical cross-entropy takes them, (n, 10) float32."""
    return np.eye(10, dtype=np.float32)[labels]


def steps(job: Job) -> int:
    """Training steps of an epoch."""
    return -(-int(job.options["figures"]) // BATCH)


def save(weights: list[np.ndarray], outputs: np.ndarray) -> None:
    """Keeps trained weights in Keras' shapes and order, and the probabilities they give the validation figures."""
    np.savez(WEIGHTS, *weights)
    np.save(OUTPUTS, outputs)


def weights() -> list[np.ndarray]:
    """Kernel and bias of each layer: (3, 3, 1, 32), (32,), (3, 3, 32, 64), (64,), (1600, 10), (10,)."""
    with np.load(WEIGHTS) as file:
        return [file[name] for name in file.files]


def channels_first(weights: list[np.ndarray]) -> list[np.ndarray]:
    """The same network's weights for frameworks whose figures are (channels, height, width).

    Kernels become (filters, channels, height, width) and the dense layer's (units, inputs), its inputs in the order in
    which such a framework flattens a figure.
    """
    first, first_bias, second, second_bias, dense, dense_bias = weights
    last = dense.reshape(5, 5, 64, 10).transpose(3, 2, 0, 1).reshape(10, 1600)
    turned = (first.transpose(3, 2, 0, 1), first_bias, second.transpose(3, 2, 0, 1), second_bias, last, dense_bias)
    return [np.ascontiguousarray(array) for array in turned]


BATCHES = (32, 128, 500, 2000)


def fastest_batch(predict: Callable[[int], np.ndarray]) -> int:
    """The size of batches, of `BATCHES`, at which `predict` of all figures is fastest."""
    times = {}
    for size in BATCHES:
        predict(size)
        start = time.perf_counter()
        predict(size)
        times[size] = time.perf_counter() - start
    return min(times, key=lambda size: times[size])


def timed(job: Job, predict: Callable[[], np.ndarray], labels: np.ndarray) -> dict[str, object]:
    """Answer of a competitor that predicts: seconds of its calls, accuracy, and distance from figurate's outputs.

    Args:
        job: how many `calls`.
        predict: gives the probabilities (n, 10) of all validation figures.
        labels: their classes.
    """
    outputs = predict()
    seconds = []
    for _ in range(job.options.get("calls", 10)):
        start = time.perf_counter()
        predict()
        seconds.append(time.perf_counter() - start)
    return {
        "seconds": float(np.median(seconds)),
        "call_seconds": seconds,
        "val_accuracy": float((outputs.argmax(1) == labels).mean()),
        "largest_difference": float(np.abs(outputs - np.load(OUTPUTS)).max()),
    }
