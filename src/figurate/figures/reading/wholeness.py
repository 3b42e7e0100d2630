"""How likely a piece of ink is one whole figure, seen together with the ink around it.

What a model of single figures is shown of a line, halves and pairs of figures, it was never trained on, and it is often
sure of them: half a 0 is a fine 6. A small network looks at the piece in its place instead, and says whether it is
one figure, neither part of one nor several. It learned from cuttings of generated pages (`tools/wholeness.py`) of
written and printed digits, so it is asked about digits alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from figurate import _engine
from figurate.figures.reading.opencv import opencv
from figurate.figures.reading.pieces import Piece, Thresholds
from figurate.layers import Conv2D, Dense, Flatten, Layer, MaxPooling2D, Rescaling

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

HIGH, WIDE = 32, 40  # pixels of a cutting
FIGURE = 20.0  # pixels of a cutting that figures are high
FILE = Path(__file__).with_name("wholeness.safetensors")


def layers() -> list[Layer]:
    """The network's layers; it takes cuttings as `cutting` makes them."""
    return [
        Rescaling(1 / 255),
        Conv2D(12, 3, padding="same", activation="relu"),
        MaxPooling2D(),
        Conv2D(24, 3, padding="same", activation="relu"),
        MaxPooling2D(),
        Conv2D(32, 3, padding="same", activation="relu"),
        MaxPooling2D(),
        Flatten(),
        Dense(32, activation="relu"),
        Dense(2, activation="softmax"),
    ]


def whole(ink: Pixels, pieces: Sequence[tuple[Piece, float]], limits: Thresholds) -> Floats:
    """How likely each piece is one whole digit, (n,).

    Args:
        ink: (h, w) of the page.
        pieces: Each with the height of the figures in its line, in pixels.
        limits: How dark the page's ink is.
    """
    if not pieces:
        return np.zeros(0)
    cuttings = np.stack([cutting(ink, piece, height, limits) for piece, height in pieces])
    found = np.empty((len(cuttings), 2), np.float32)
    _network().predict(cuttings, found, _engine.default_threads())
    return np.asarray(found[:, 1], np.float64)


def cutting(ink: Pixels, piece: Piece, height: float, limits: Thresholds) -> Pixels:
    """(HIGH, WIDE, 2) of a page: the ink of a piece, which is in the middle, and the other ink around it.

    Args:
        ink: (h, w) of the page.
        piece: A piece of it.
        height: Of the figures in its line, in pixels.
        limits: How dark the page's ink is.
    """
    cv2 = opencv()
    scale = height / FIGURE
    x, y = piece.middle
    high, wide = int(np.ceil(HIGH * scale)), int(np.ceil(WIDE * scale))
    top, left = int(np.floor(y - high / 2)), int(np.floor(x - wide / 2))
    here = _part(ink, top, left, high, wide)
    own = _part(piece.mask.view(np.uint8), top - piece.top, left - piece.left, high, wide)
    dark = np.clip(here * np.float32(255 / limits.stroke), 0, 255).astype(np.uint8)
    # A stroke's soft edge lies outside the pixels that count as dark.
    edge = cv2.dilate(own, np.ones((3, 3), np.uint8))
    both = [cv2.resize(part, (WIDE, HIGH), interpolation=cv2.INTER_AREA) for part in (dark * edge, dark * (1 - own))]
    return np.stack(both, axis=-1)


def _part(plane: Pixels, top: int, left: int, high: int, wide: int) -> Pixels:
    """A part of a plane, 0 where it lies beyond its edges."""
    out = np.zeros((high, wide), np.uint8)
    rows = slice(max(top, 0), max(0, min(top + high, plane.shape[0])))
    columns = slice(max(left, 0), max(0, min(left + wide, plane.shape[1])))
    inner = plane[rows, columns]
    if inner.size:
        out[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left] = inner
    return out


@cache
def _network() -> _engine.Network:
    own = layers()
    shape: tuple[int, ...] = (HIGH, WIDE, 2)
    for layer in own:
        layer.build((None, *shape))
        shape = layer.output_shape_of(shape)
    network = _engine.Network((HIGH, WIDE, 2), [kind for layer in own for kind in layer.to_engine()])
    arrays = load_file(FILE)
    network.set_weights([arrays[str(number)].astype(np.float32) for number in range(len(arrays))])
    return network
