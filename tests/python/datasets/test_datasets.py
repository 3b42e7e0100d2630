"""`figurate.datasets`: modules on first use, `names`, and `load` by name or folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from figurate import datasets, presets
from figurate.datasets import fashion_mnist, kmnist, mnist
from figurate.errors import ConfigurationError, FileFormatError


def test_modules_come_on_first_use() -> None:
    code = (
        "import sys, figurate.datasets as d\n"
        "assert not {'figurate.datasets.mnist', 'numpy'} & set(sys.modules), 'too early'\n"
        "assert d.mnist.__name__ == 'figurate.datasets.mnist'\n"
        "assert 'figurate.datasets.kmnist' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], timeout=60, check=True)


def test_names_and_modules() -> None:
    assert datasets.names() == ("mnist", "printed_digits", "drawn_digits", "digits", "fashion_mnist", "kmnist")
    for name in datasets.names():
        module = getattr(datasets, name)
        assert callable(module.load_data)
        assert len(module.class_names) == 10
        assert module.kind in presets.KINDS
        assert name in dir(datasets)
    with pytest.raises(AttributeError, match="has no attribute 'cifar'"):
        _ = datasets.cifar


def test_load_by_name() -> None:
    (x_train, _), (_, y_test) = datasets.load("mnist")
    assert x_train.shape == (60000, 28, 28)
    assert y_test[0] == 7


@pytest.mark.parametrize("kind", [str, Path])
def test_load_a_folder(set_folder: Path, arrays: list[np.ndarray], kind: type) -> None:
    (x_train, y_train), (x_test, y_test) = datasets.load(kind(set_folder))
    for received, expected in zip((x_train, y_train, x_test, y_test), arrays, strict=True):
        np.testing.assert_array_equal(received, expected)


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match=r"Unknown data set 'fashion-minst'\. Did you mean 'fashion_mnist'\?"):
        datasets.load("fashion-minst")
    with pytest.raises(ConfigurationError, match=r"Unknown data set .*Known: .* Or name a folder or file of your own"):
        datasets.load(Path("no/such/folder"))


def test_a_file_of_a_set_names_it(set_folder: Path, arrays: list[np.ndarray]) -> None:
    (x_train, _), _ = datasets.load(set_folder / "train-images-idx3-ubyte")
    np.testing.assert_array_equal(x_train, arrays[0])
    (set_folder / "readme.md").write_text("a set")
    with pytest.raises(FileFormatError, match=r"readme\.md`: expected a folder, or a file of IDX, .* called otherwise"):
        datasets.load(set_folder / "readme.md")


def test_the_published_addresses_and_checksums() -> None:
    assert fashion_mnist.SOURCE.mirrors[0] == "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
    for module in (fashion_mnist, kmnist):
        assert len(set(module.SOURCE.checksums.values())) == 4
        assert all(len(bytes.fromhex(md5)) == 16 for md5 in module.SOURCE.checksums.values())


@pytest.mark.skipif(
    not os.path.isdir(fashion_mnist.SOURCE.system_folder), reason="Debian's dataset-fashion-mnist is not installed"
)
def test_fashion_mnist_from_the_system_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIGURATE_DATA", raising=False)
    (x_train, y_train), (x_test, y_test) = fashion_mnist.load_data(mirrors=[])
    assert (x_train.shape, x_test.shape) == ((60000, 28, 28), (10000, 28, 28))
    assert np.bincount(y_train).tolist() == [6000] * 10
    assert fashion_mnist.class_names[y_test[0]] == "Ankle boot"


def test_mnist_is_not_taken_for_another_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # The sets share their file names, and $FIGURATE_DATA itself may hold any one of them.
    monkeypatch.setenv("FIGURATE_DATA", str(Path(mnist.__file__).parent / "files" / "mnist"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(OSError, match=r"holds another set; kmnist's place is .*mnist/kmnist"):
        kmnist.load_data(mirrors=[])
