"""Trains the network that tells whole digits from halves, pairs and scribbles: needed only where it is changed.

    PYTHONPATH=src python -m tools.wholeness

Lines of the training figures of `digits` are drawn, a third of the figures touching, often with a scribble beside them,
and taken apart as a page's lines are. How whole a cutting is, is how much of its ink is one figure's and how much of
that figure's ink is in it, whichever is less. Takes a quarter of an hour on two cores.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
from PIL import Image, ImageFilter
from safetensors.numpy import save_file

from benchmarks.pages.generate import line, scribble
from figurate import Input, Sequential, layers, optimizers
from figurate.datasets import digits
from figurate.figures.reading import wholeness
from figurate.figures.reading.lines import rows_of
from figurate.figures.reading.pieces import Piece, find_pieces, thresholds, usual_height
from figurate.figures.reading.segmenting import Lattice
from figurate.figures.reading.shapes import scribbled

SEED = 12
PARTS, CUTTINGS = 13, 20_000  # drawn side by side; the last one is held out
EPOCHS, BATCH, RATE, DECAY = 20, 128, 2e-3, 1e-3
PART, WHOLE = 0.6, 0.85  # of the ink: up to here it is no whole figure, from here on it is one

Array = np.ndarray[Any, np.dtype[Any]]


def main() -> None:
    """Draw the cuttings, train the network, write its weights."""
    with ProcessPoolExecutor() as pool:
        parts = list(pool.map(cuttings, range(PARTS)))
    x, y = (np.concatenate(each[:-1]) for each in zip(*parts, strict=True))
    model = Sequential([Input(x.shape[1:]), *regularised()], seed=SEED)
    rate = optimizers.schedules.CosineDecay(RATE, EPOCHS * (len(x) // BATCH))
    model.compile(
        optimizer=optimizers.AdamW(rate, weight_decay=DECAY),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(x, y, epochs=EPOCHS, batch_size=BATCH, validation_data=parts[-1], verbose=2)
    weights = {str(number): array.astype(np.float16) for number, array in enumerate(model.get_weights())}
    save_file(weights, wholeness.FILE)


def regularised() -> list[layers.Layer]:
    """The network's layers, with dropout between them."""
    found: list[layers.Layer] = []
    for layer in wholeness.layers():
        if isinstance(layer, layers.Dense):
            found.append(layers.Dropout(0.3))
        elif isinstance(layer, layers.Conv2D) and any(isinstance(one, layers.Conv2D) for one in found):
            found.append(layers.Dropout(0.05))
        found.append(layer)
    return found


def cuttings(seed: int) -> tuple[Array, Array]:
    """Cuttings of lines (n, HIGH, WIDE, 2) uint8, and how likely each is (n, 2) float32 to be none, to be one."""
    rng = np.random.default_rng((SEED, seed))
    (figures, _), _ = digits.load_data()
    x: list[Array] = []
    y: list[float] = []
    while len(y) < CUTTINGS:
        ink, owners = strip(rng, figures)
        limits = thresholds(ink)
        pieces = find_pieces(ink, limits)
        height = usual_height(pieces)
        if not height:
            continue
        sizes = np.bincount(owners.ravel())
        for row in rows_of([piece for piece in pieces if not scribbled(piece, height)], height):
            for piece in Lattice(row, told=True).pieces:
                x.append(wholeness.cutting(ink, piece, row.height, limits))
                y.append(wholeness_of(piece, owners, sizes))
    whole = np.array(y[:CUTTINGS], np.float32)
    return np.stack(x[:CUTTINGS]), np.stack([1 - whole, whole], axis=1)


def strip(rng: np.random.Generator, figures: Array) -> tuple[Array, Array]:
    """The ink (h, w) uint8 of a line of two to ten figures, slightly turned, and whose it is."""
    height = float(rng.uniform(18, 50))
    chosen = figures[rng.integers(0, len(figures), int(rng.integers(2, 11)))]
    drawn, own = line(rng, chosen, height, touching=float(rng.choice([0.05, 0.3, 0.6])))
    with_scribble = rng.random() < 0.4
    edge = round(0.6 * height)
    beside = np.array([round(2 * height), round(4 * height)]) * with_scribble
    ink = np.zeros((drawn.shape[0] + 2 * edge + beside[0], drawn.shape[1] + 2 * edge + beside[1]), np.float32)
    owners = np.zeros(ink.shape, np.int32)
    top = edge + int(rng.integers(0, beside[0] + 1))
    here = slice(top, top + drawn.shape[0]), slice(edge, edge + drawn.shape[1])
    ink[here], owners[here] = drawn, own
    if with_scribble:
        scribble(rng, ink, [(top, edge, top + drawn.shape[0], edge + drawn.shape[1])], height)
    angle = float(rng.normal(0, 1.5))
    turned = np.clip(np.asarray(Image.fromarray(ink).rotate(angle, Image.Resampling.BICUBIC)), 0, 1)
    dark = turned * rng.uniform(100, 220) + rng.normal(0, rng.uniform(0.5, 4), turned.shape)
    picture = Image.fromarray(np.clip(dark, 0, 255).astype(np.uint8))
    if rng.random() < 0.5:
        picture = picture.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 0.035 * height))))
    return np.asarray(picture), np.asarray(Image.fromarray(owners).rotate(angle))


def wholeness_of(piece: Piece, owners: Array, sizes: Array) -> float:
    """From 0, part of a figure or several, to 1, one whole figure.

    Args:
        piece: Of a line's ink.
        owners: (h, w) of the line; 0 is nobody's.
        sizes: How many pixels each of them owns.
    """
    here = owners[piece.top : piece.bottom, piece.left : piece.right][piece.mask]
    owned = here[here > 0]
    if len(owned) < 0.4 * len(here):
        return 0.0
    counts = np.bincount(owned)
    most = int(counts.argmax())
    share = min(counts[most] / len(owned), counts[most] / sizes[most])
    return float(np.clip((share - PART) / (WHOLE - PART), 0, 1))


if __name__ == "__main__":
    main()
