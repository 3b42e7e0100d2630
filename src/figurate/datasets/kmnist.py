"""KMNIST (Kuzushiji-MNIST), 70,000 cursive Japanese characters in MNIST's form; found here or downloaded once.

"KMNIST Dataset" (created by CODH), adapted from "Kuzushiji Dataset" (created by NIJL and others),
doi:10.20676/00000341, https://github.com/rois-codh/kmnist, Creative Commons Attribution-Share Alike 4.0; T. Clanuwat
et al., "Deep learning for classical Japanese literature", arXiv 1812.01718.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from figurate.datasets import sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from figurate.datasets.folder import Data

__all__ = ["class_names", "load_data"]

class_names: tuple[str, ...] = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
"""The names of the ten classes, by label: the readings of お き す つ な は ま や れ を."""

SOURCE = sources.Source(
    name="kmnist",
    classes=len(class_names),
    system_folder="/usr/share/datasets/kmnist",
    system_package=None,
    # The set's README gives the second; the same server answers both.
    mirrors=(
        "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
        "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
    ),
    # MD5 of the gzipped files, as torchvision publishes them in torchvision/datasets/mnist.py, class KMNIST.
    checksums={
        "train-images-idx3-ubyte": "bdb82020997e1d708af4cf47b453dcf7",
        "train-labels-idx1-ubyte": "e144d726b3acfaa3e44228e80efcd344",
        "t10k-images-idx3-ubyte": "5c965bf0a639b31b8f53240b1b52f4d7",
        "t10k-labels-idx1-ubyte": "7320c461ea6c1c855c0b718fb2a4b134",
    },
)


def load_data(*, mirrors: Sequence[str] | None = None, timeout: float = sources.TIMEOUT) -> Data:
    """Load KMNIST.

    Looks in `$FIGURATE_DATA/kmnist` and `$FIGURATE_DATA`, in `/usr/share/datasets/kmnist`, then in the cache
    (`$XDG_CACHE_HOME/figurate`, else `~/.cache/figurate`); where it is in none of them it is downloaded into the cache,
    checked against the published checksums.

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
        >>> (x_train, y_train), (x_test, y_test) = kmnist.load_data()  # doctest: +SKIP
        >>> names = [kmnist.class_names[label] for label in y_train[:3]]  # doctest: +SKIP
    """
    return sources.load(SOURCE, mirrors=mirrors, timeout=timeout)
