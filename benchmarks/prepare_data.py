"""Writes a data set as .npy files into .cache/, for the environments that have no figurate; run in figurate's own."""

from __future__ import annotations

import sys

import numpy as np

from benchmarks.competitor import CACHE
from figurate import datasets


def prepare(name: str) -> None:
    """Writes NAME_x_train.npy, NAME_y_train.npy and the same of the test part."""
    CACHE.mkdir(exist_ok=True)
    train, test = getattr(datasets, name).load_data()
    for part, arrays in (("train", train), ("test", test)):
        for which, array in zip("xy", arrays, strict=True):
            np.save(CACHE / f"{name}_{which}_{part}.npy", array)


if __name__ == "__main__":
    prepare(sys.argv[1])
