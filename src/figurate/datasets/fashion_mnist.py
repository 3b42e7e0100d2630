"""Fashion-MNIST, 70,000 garments in MNIST's form; found on this computer or downloaded once.

60,000 figures to learn from and 10,000 others, uint8 (28, 28), 0 to 255; labels 0 to 9, named by `class_names`.

By Zalando Research, https://github.com/zalandoresearch/fashion-mnist, MIT licence; H. Xiao, K. Rasul, R. Vollgraf,
"Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms", arXiv 1708.07747.

Example:
    >>> from figurate.datasets import fashion_mnist
    >>> (x_train, y_train), (x_test, y_test) = fashion_mnist.load_data()  # doctest: +SKIP
    >>> fashion_mnist.class_names[y_test[0]]  # doctest: +SKIP
    'Ankle boot'
"""

from __future__ import annotations

from figurate.datasets import sources

__all__ = ["class_names", "kind", "load_data"]

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

kind = "things"
"""What the figures show, as `presets.get` takes it."""

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

load_data = SOURCE.load_data
"""Load the set: see `sources.Source.load_data`. Looks in the folder of Debian's package dataset-fashion-mnist, too."""
