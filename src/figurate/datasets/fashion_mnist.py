"""Fashion-MNIST, 70,000 garments in MNIST's form; found on this computer or downloaded once.

By Zalando Research, https://github.com/zalandoresearch/fashion-mnist, MIT licence; H. Xiao, K. Rasul, R. Vollgraf,
"Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms", arXiv 1708.07747.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from figurate.datasets import sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from figurate.datasets.folder import Data

__all__ = ["class_names", "load_data"]

class_names: tuple[str, ...] = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
"""The names of the ten classes, by label."""

SOURCE = sources.Source(
    name="fashion_mnist",
    classes=len(class_names),
    system_folder="/usr/share/datasets/fashion-mnist",
    system_package="dataset-fashion-mnist",
    # The table in the set's README, which also says that the repository holds the same files under data/fashion.
    mirrors=(
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ),
    # MD5 of the gzipped files, from the same table.
    checksums={
        "train-images-idx3-ubyte": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "train-labels-idx1-ubyte": "25c81989df183df01b3e8a0aad5dffbe",
        "t10k-images-idx3-ubyte": "bef4ecab320f06d8554ea6380940ec79",
        "t10k-labels-idx1-ubyte": "bb300cfdad3c16e7a12a480ee83cd310",
    },
)


def load_data(*, mirrors: Sequence[str] | None = None, timeout: float = sources.TIMEOUT) -> Data:
    """Load Fashion-MNIST.

    Looks in `$FIGURATE_DATA/fashion_mnist` and `$FIGURATE_DATA`, in the folder of Debian's package
    dataset-fashion-mnist, then in the cache (`$XDG_CACHE_HOME/figurate`, else `~/.cache/figurate`); where it is in
    none of them it is downloaded into the cache, checked against the published checksums.

    Args:
        mirrors: Base addresses to download from instead of the set's own.
        timeout: Seconds without an answer or a byte after which a mirror is given up; 15 by default.

    Returns:
        `((x_train, y_train), (x_test, y_test))`, plain uint8 arrays: x (60000, 28, 28) and (10000, 28, 28), 0 to 255;
        y (60000,) and (10000,), 0 to 9 (see `class_names`).

    Raises:
        DownloadError: The set is nowhere and could not be downloaded; the message names every place tried.
        FileFormatError: The files found are damaged.
        DataError: The files found have labels beyond 9.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = fashion_mnist.load_data()  # doctest: +SKIP
        >>> fashion_mnist.class_names[y_test[0]]  # doctest: +SKIP
        'Ankle boot'
    """
    return sources.load(SOURCE, mirrors=mirrors, timeout=timeout)
