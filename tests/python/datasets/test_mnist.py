"""MNIST as it ships: the published bytes, Keras' shapes and types, loaded without being read."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from figurate.datasets import mnist

FILES = Path(mnist.__file__).parent / "files" / "mnist"


@pytest.mark.parametrize(
    ("name", "md5"),
    [
        ("train-images-idx3-ubyte", "6bbc9ace898e44ae57da46a324031adb"),
        ("train-labels-idx1-ubyte", "a25bea736e30d166cdddb491f175f624"),
        ("t10k-images-idx3-ubyte", "2646ac647ad5339dbf082846283269ea"),
        ("t10k-labels-idx1-ubyte", "27ae3e4e09519cfbb04c329615203637"),
    ],
)
def test_the_files_are_the_original_ones(name: str, md5: str) -> None:
    assert hashlib.md5((FILES / name).read_bytes(), usedforsecurity=False).hexdigest() == md5


def test_load_data_gives_what_keras_gives() -> None:
    (x_train, y_train), (x_test, y_test) = mnist.load_data()
    assert (x_train.shape, y_train.shape) == ((60000, 28, 28), (60000,))
    assert (x_test.shape, y_test.shape) == ((10000, 28, 28), (10000,))
    for array in (x_train, y_train, x_test, y_test):
        assert type(array) is np.ndarray
        assert array.dtype == np.uint8
        assert array.flags.c_contiguous
        assert array.flags.writeable
    assert x_train.min() == 0
    assert x_train.max() == 255
    assert np.bincount(y_train).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert y_test[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert len(mnist.class_names) == 10


def test_writing_to_the_arrays_stays_private() -> None:
    (first, _), _ = mnist.load_data(path="mnist.npz")
    first[0] = 255
    (second, _), _ = mnist.load_data()
    assert second[0].min() == 0


def test_loading_maps_and_imports_little() -> None:
    # What would make it slow, rather than a time, which other load on the machine would blur.
    code = (
        "import sys, numpy, resource\n"
        "from figurate.datasets import mnist\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "data = mnist.load_data()\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
        "print(*sorted({'rich', 'urllib.request', 'http.client', 'ssl', 'PIL', 'safetensors'} & set(sys.modules)))\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    grown, modules = run.stdout.splitlines()
    assert int(grown) < 10_000  # kB, of 55 MB
    assert modules == ""
