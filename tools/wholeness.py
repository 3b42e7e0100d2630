"""Trains the network that tells whole digits from halves, pairs and scribbles: needed only where it is changed.

    PYTHONPATH=src python -m tools.wholeness

Lines of the training figures of `digits` are drawn, a third of the figures touching, often with a scribble beside them,
and taken apart as a page's lines are. A cutting is whole where most of its ink is one figure's and most of that
figure's ink is in it; where it is neither whole nor far from it, it is left out. Takes some ten minutes on two cores.
"""

from __future__ import annotations

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
from figurate.figures.reading.segmenting import CUT_FROM_ENTIRE, Lattice
from figurate.figures.reading.shapes import scribbled

SEED = 12
CUTTINGS, HELD_OUT = 180_000, 12_000
EPOCHS, BATCH, RATE, DECAY = 20, 128, 2e-3, 1e-3
WHOLE, PART = 0.82, 0.72  # of the ink: from here on it is whole, up to here it is none

Array = np.ndarray[Any, np.dtype[Any]]


def main() -> None:
    """Draw the cuttings, train the network, write its weights."""
    (figures, _), _ = digits.load_data()
    x, y = cuttings(np.random.default_rng(SEED), figures, CUTTINGS + HELD_OUT)
    model = Sequential([Input(x.shape[1:]), layers.Rescaling(1 / 255), *regularised()], seed=SEED)
    rate = optimizers.schedules.CosineDecay(RATE, EPOCHS * (CUTTINGS // BATCH))
    model.compile(
        optimizer=optimizers.AdamW(rate, weight_decay=DECAY),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    held_out = x[CUTTINGS:], y[CUTTINGS:]
    model.fit(x[:CUTTINGS], y[:CUTTINGS], epochs=EPOCHS, batch_size=BATCH, validation_data=held_out, verbose=2)
    weights = {str(number): array.astype(np.float16) for number, array in enumerate(model.get_weights())}
    save_file(weights, wholeness.FILE)


def regularised() -> list[layers.Layer]:
    """The network's layers, with dropout between them."""
    found: list[layers.Layer] = []
    for number, layer in enumerate(wholeness.layers()):
        if isinstance(layer, layers.Dense):
            found.append(layers.Dropout(0.3))
        elif isinstance(layer, layers.Conv2D) and number:
            found.append(layers.Dropout(0.05))
        found.append(layer)
    return found


def cuttings(rng: np.random.Generator, figures: Array, count: int) -> tuple[Array, Array]:
    """So many cuttings of lines (count, HIGH, WIDE, 2) uint8, and whether each is one whole figure (count,) int64."""
    x: list[Array] = []
    y: list[int] = []
    while len(y) < count:
        ink, owners = strip(rng, figures)
        limits = thresholds(ink)
        pieces = find_pieces(ink, limits)
        height = usual_height(pieces)
        if not height:
            continue
        sizes = np.bincount(owners.ravel())
        for row in rows_of([piece for piece in pieces if not scribbled(piece, height)], height):
            for piece in Lattice(row, CUT_FROM_ENTIRE).pieces:
                answer = is_whole(piece, owners, sizes)
                if answer is not None:
                    x.append(wholeness.cutting(ink, piece, row.height, limits))
                    y.append(answer)
    return np.stack(x[:count]), np.array(y[:count], np.int64)


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


def is_whole(piece: Piece, owners: Array, sizes: Array) -> int | None:
    """1 for one whole figure, 0 for none, None for what is between.

    Args:
        piece: Of a line's ink.
        owners: (h, w) of the line; 0 is nobody's.
        sizes: How many pixels each of them owns.
    """
    here = owners[piece.top : piece.bottom, piece.left : piece.right][piece.mask]
    owned = here[here > 0]
    if len(owned) < 0.4 * len(here):
        return 0
    counts = np.bincount(owned)
    most = int(counts.argmax())
    share = min(counts[most] / len(owned), counts[most] / sizes[most])
    return 1 if share > WHOLE else 0 if share < PART else None


if __name__ == "__main__":
    main()
