"""Test pages whose text is known: lines of figures on plain, ruled or squared paper, turned, unevenly lit, a scribble.

Everything is drawn by chance from a seed, so that a page can be had again. Knows nothing of reading. Colours multiply,
as light does that passes the ink and comes back from the paper.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

BOX = 20  # pixels that the longer side of MNIST's figures has
TOUCHING = 0.05
TURN = 7.0  # degrees, either way
LIT = 2.0  # the brightest part of a page to its darkest

INK = 0.35  # of the darkest: what is fainter is nobody's

Grey = npt.NDArray[np.float32]
Owners = npt.NDArray[np.int32]


@dataclass(frozen=True)
class TestPage:
    """A page.

    Attributes:
        picture: (height, width, 3) uint8, as a camera's JPEG is decoded.
        lines: The text of each line, from top to bottom.
        paper: "plain", "ruled" or "squared".
        height: Of a figure whose longer side stands upright, in pixels.
        angle: In degrees, by which the page is turned.
    """

    picture: npt.NDArray[np.uint8]
    lines: list[str]
    paper: str
    height: float
    angle: float


def page(
    seed: int,
    figures: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.integer],
    *,
    height: float | None = None,
    lines: int | None = None,
    per_line: int | None = None,
    paper: str | None = None,
    size: tuple[int, int] | None = None,
) -> TestPage:
    """Draw one page.

    Args:
        seed: What chance begins with; the same seed gives the same page.
        figures: (n, 28, 28) light strokes on black, to draw from.
        labels: (n,) their classes, one character each.
        height: Of figures, in pixels; by chance from 20 to 120.
        lines: How many; by chance from 1 to 12.
        per_line: Figures in a line; by chance from 1 to 10.
        paper: "plain", "ruled" or "squared"; by chance, half the pages plain.
        size: (height, width) of the picture, at least; as much as the text needs where None.
    """
    rng = np.random.default_rng(seed)
    height = rng.uniform(20, 120) if height is None else height
    count = int(rng.integers(1, 13)) if lines is None else lines
    paper = str(rng.choice(["plain", "plain", "ruled", "squared"])) if paper is None else paper
    written = [
        rng.integers(0, len(figures), int(rng.integers(1, 11)) if per_line is None else per_line) for _ in range(count)
    ]
    strips = [line(rng, figures[chosen], height)[0] for chosen in written]
    pitch = height * rng.uniform(1.5, 2.2)
    ink, text_box = _laid_out(rng, strips, height, pitch, size)
    scribble(rng, ink, text_box, height)
    rules = _rules(rng, paper, ink.shape, pitch, height)
    angle = float(rng.uniform(-TURN, TURN))
    top, left = ((larger - own) // 2 for larger, own in zip(rules.shape, ink.shape, strict=True))
    ruled = _turned(rules, angle)[top : top + ink.shape[0], left : left + ink.shape[1]]
    picture = _photographed(rng, _turned(ink, angle), ruled)
    return TestPage(picture, ["".join(str(labels[i]) for i in chosen) for chosen in written], paper, height, angle)


def line(
    rng: np.random.Generator, figures: npt.NDArray[np.uint8], height: float, touching: float = TOUCHING
) -> tuple[Grey, Owners]:
    """A line of figures side by side, (1.5 × height, its length), 0 to 1; and whose ink is where: 1, 2, …, 0 for none.

    Args:
        rng: What chance comes from.
        figures: (n, 28, 28) light strokes on black, from left to right.
        height: Of figures, in pixels.
        touching: The share of them that touch the one to their left.
    """
    tall = round(1.5 * height)
    strip = np.zeros((tall, round(len(figures) * 2.2 * height) + tall), np.float32)
    owners = np.zeros(strip.shape, np.int32)
    end = 0  # the first column that is free of ink
    for place, figure in enumerate(figures):
        scale = height / BOX * rng.uniform(0.9, 1.1)
        rows, columns = np.nonzero(figure > 50)
        cut = figure[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        wide, high = max(2, round(cut.shape[1] * scale)), max(2, round(cut.shape[0] * scale))
        drawn = np.asarray(Image.fromarray(cut).resize((wide, high), Image.Resampling.BICUBIC), np.float32)
        drawn = drawn * np.float32(rng.uniform(0.75, 1.0) / 255)
        # Figures stand on the line, more or less; those that lie are in the middle of its height.
        top = round(tall / 2 - high / 2 + rng.normal(0, 0.04) * height)
        top = min(max(top, 0), tall - high)
        left = end + round(height * rng.uniform(0.15, 0.6))
        if place and rng.random() < touching:
            left = _touching(strip[top : top + high], drawn, end, max(1, round(scale)))
        here = strip[top : top + high, left : left + wide]
        owners[top : top + high, left : left + wide][drawn[:, : here.shape[1]] > np.maximum(here, INK)] = place + 1
        np.maximum(here, drawn[:, : here.shape[1]], out=here)
        end = max(end, left + wide)
    return strip[:, :end], owners[:, :end]


def _touching(strip: Grey, drawn: Grey, end: int, overlap: int) -> int:
    """Where `drawn` begins so that its ink meets the ink to its left by `overlap` pixels."""
    dark, darker = strip > 0.3, drawn > 0.3
    shared = dark.any(1) & darker.any(1)
    if not shared.any():
        return end
    last = strip.shape[1] - 1 - dark[:, ::-1].argmax(1)
    gaps = darker.argmax(1) - last
    return max(0, 1 - overlap - int(gaps[shared].min()))


def _laid_out(
    rng: np.random.Generator, strips: list[Grey], height: float, pitch: float, size: tuple[int, int] | None
) -> tuple[Grey, list[tuple[int, int, int, int]]]:
    """The ink of a page and the boxes (top, left, bottom, right) of its lines."""
    # The corners of a page turned by 7 degrees leave the picture: an eighth of its length either way.
    long = max(max(strip.shape[1] for strip in strips), round(len(strips) * pitch))
    margin = round(0.13 * long + 0.8 * height)
    high = round(len(strips) * pitch + 2 * margin + rng.uniform(0.5, 3) * height)
    wide = round(max(strip.shape[1] for strip in strips) + 2 * margin + rng.uniform(0.5, 4) * height)
    if size is not None:
        high, wide = max(high, size[0]), max(wide, size[1])
    ink = np.zeros((high, wide), np.float32)
    boxes = []
    indent = rng.uniform(0, 1) * height
    for number, strip in enumerate(strips):
        top = round(margin + number * pitch)
        left = round(margin + indent + rng.uniform(0, 0.4) * height)
        left = min(left, wide - strip.shape[1])
        ink[top : top + strip.shape[0], left : left + strip.shape[1]] = np.maximum(
            strip, ink[top : top + strip.shape[0], left : left + strip.shape[1]]
        )
        boxes.append((top, left, top + strip.shape[0], left + strip.shape[1]))
    return ink, boxes


def scribble(rng: np.random.Generator, ink: Grey, boxes: list[tuple[int, int, int, int]], height: float) -> None:
    """Draw something that is no figure where there is room for it: loops back and forth, or a hatching."""
    high, wide = (round(height * rng.uniform(0.8, 2.2)) for _ in range(2))
    edge = round(0.1 * max(ink.shape))
    for _ in range(400):
        top = int(rng.integers(edge, max(edge + 1, ink.shape[0] - edge - high)))
        left = int(rng.integers(edge, max(edge + 1, ink.shape[1] - edge - wide)))
        apart = 0.25 * height
        if all(
            top + high + apart < box[0] or box[2] + apart < top or left + wide + apart < box[1] or box[3] + apart < left
            for box in boxes
        ):
            break
    else:
        return
    points = rng.uniform(0, 1, (int(rng.integers(9, 16)), 2))
    if rng.random() < 0.4:
        points[:, 0] = np.linspace(0.05, 0.95, len(points))
        points[:, 1] = np.where(np.arange(len(points)) % 2, 0.9, 0.1) + rng.normal(0, 0.05, len(points))
    # A curve through the points' middles: quadratic pieces with the points as their handles.
    middles = (points[1:] + points[:-1]) / 2
    steps = np.linspace(0, 1, 12)[:, None]
    curve = np.concatenate(
        [
            (1 - steps) ** 2 * start + 2 * steps * (1 - steps) * handle + steps**2 * stop
            for start, handle, stop in zip(middles[:-1], points[1:-1], middles[1:], strict=True)
        ]
    )
    fine = 2
    drawn = Image.new("L", (wide * fine, high * fine), 0)
    track = [(float(x) * wide * fine, float(y) * high * fine) for x, y in curve]
    ImageDraw.Draw(drawn).line(
        track, fill=230, width=max(2, round(fine * height * rng.uniform(0.05, 0.12))), joint="curve"
    )
    small = np.asarray(drawn.resize((wide, high), Image.Resampling.BOX), np.float32) / 255
    here = ink[top : top + high, left : left + wide]
    np.maximum(here, small[: here.shape[0], : here.shape[1]], out=here)


def _rules(rng: np.random.Generator, paper: str, shape: tuple[int, ...], pitch: float, height: float) -> Grey:
    """The paper's own lines, 0 to 1."""
    # Larger than the page: turned, they fill its corners, too.
    beyond = round(0.15 * max(shape))
    lines = np.zeros((shape[0] + 2 * beyond, shape[1] + 2 * beyond), np.float32)
    if paper == "plain":
        return lines
    high, wide = lines.shape
    thick = max(1, round(height * rng.uniform(0.015, 0.05)))
    apart = pitch if paper == "ruled" else height * rng.uniform(0.6, 1.6)
    # Squared paper is not finer than a camera resolves.
    apart = max(apart, 6 * thick + 6)
    for start in np.arange(rng.uniform(0, apart), high, apart):
        lines[round(start) : round(start) + thick] = 1
    if paper == "squared":
        for start in np.arange(rng.uniform(0, apart), wide, apart):
            lines[:, round(start) : round(start) + thick] = 1
    return lines * np.float32(rng.uniform(0.5, 1.0))


def _turned(layer: Grey, angle: float) -> Grey:
    turned = Image.fromarray(layer).rotate(angle, Image.Resampling.BICUBIC)
    return np.clip(np.asarray(turned, np.float32), 0, 1)


def _photographed(rng: np.random.Generator, ink: Grey, rules: Grey) -> npt.NDArray[np.uint8]:
    """Light on paper with lines and ink, the camera's noise, and a JPEG of it."""
    high, wide = ink.shape
    tone = rng.uniform(0.62, 0.97)
    paper = np.clip(tone * (1 + rng.uniform(-0.06, 0.06, 3)), 0, 1)
    pen = rng.uniform(0.05, 0.3) * np.ones(3) if rng.random() < 0.5 else rng.uniform([0, 0, 0.3], [0.25, 0.3, 0.6])
    ruled = np.array([0.62, 0.7, 0.82]) * rng.uniform(0.85, 1.1)
    towards = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    along = np.cos(towards) * x / wide + np.sin(towards) * y / high
    along = (along - along.min()) / max(float(np.ptp(along)), 1e-6)
    light = 1 / LIT + (1 - 1 / LIT) * along
    picture = (light[..., None] * paper) * (1 - rules[..., None] * (1 - ruled)) * (1 - ink[..., None] * (1 - pen))
    picture += rng.normal(0, rng.uniform(0.004, 0.015), picture.shape)
    packed = io.BytesIO()
    Image.fromarray((np.clip(picture, 0, 1) * 255).round().astype(np.uint8)).save(
        packed, "JPEG", quality=int(rng.integers(70, 96))
    )
    return np.asarray(Image.open(packed).convert("RGB"))
