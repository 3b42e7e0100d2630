"""KMNIST (Kuzushiji-MNIST), 70,000 cursive Japanese characters in MNIST's form; found here or downloaded once.

60,000 figures to learn from and 10,000 others, uint8 (28, 28), 0 to 255; labels 0 to 9, named by `class_names`.

"KMNIST Dataset" (created by CODH), adapted from "Kuzushiji Dataset" (created by NIJL and others),
doi:10.20676/00000341, https://github.com/rois-codh/kmnist, Creative Commons Attribution-Share Alike 4.0; T. Clanuwat
et al., "Deep learning for classical Japanese literature", arXiv 1812.01718.
"""

from __future__ import annotations

from figurate.datasets import sources

__all__ = ["class_names", "kind", "load_data"]

class_names: tuple[str, ...] = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
"""The names of the ten classes, by label: the readings of お き す つ な は ま や れ を."""

kind = "characters"
"""What the figures show, as `presets.get` takes it."""

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

load_data = SOURCE.load_data
"""Load the set: see `sources.Source.load_data`."""
