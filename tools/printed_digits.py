"""Renders the data set `printed_digits` anew, from fonts of Debian's packages: needed only where the set is changed.

    xargs apt-get install < <(python tools/printed_digits.py --packages)
    PYTHONPATH=src python tools/printed_digits.py

`printed_digits_fonts.txt` beside this file says which fonts, their licences, and which of them are of one design. Of a
design, a few faces are taken that differ most; designs, not faces, are dealt out to the training and the test part, so
that no test figure has a relative among the training figures. Each digit is brought into MNIST's form by one rule.
Needs fontconfig's `fc-list`, and Pillow with Raqm for old-style figures.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

ROOT = Path(__file__).resolve().parent.parent
FONTS = Path(__file__).with_name("printed_digits_fonts.txt")
TARGET = ROOT / "src" / "figurate" / "datasets" / "files" / "printed_digits"

SEED = 20
FACES_OF_A_DESIGN = 6
LEAST_DIFFERENCE = 0.15  # of two faces' ink, the part that only one of them has
TEST_PART = 0.15
VARIANTS = 2  # of each digit: as the font has it, and as prints and photographs show it
LEVELS = 32  # of grey: 5 bits halve the files, and nobody sees it
DRAWN = 256  # pixels of a digit's height before it is brought into form
BOX, SIDE = 20, 28
# No strokes, or thinner ones than 20 pixels hold.
UNFIT = ("Outline", "Inverted", "Stencil", "Thin", "Hairline", "ExtraLight", "Extra Light", "UltraLight")

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


@dataclass(frozen=True)
class Font:
    """A line of `printed_digits_fonts.txt`, for one family."""

    design: str
    package: str
    licence: str
    family: str


@dataclass(frozen=True)
class Face:
    """A style of a family, with one of its kinds of figures."""

    font: Font
    style: str
    file: str
    index: int
    figures: str  # "" as the font has them, or OpenType's "onum" or "lnum"


def fonts() -> list[Font]:
    """The fonts of the table."""
    found = []
    for line in FONTS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            design, package, licence, families = (part.strip() for part in line.split("|"))
            found += [Font(design, package, licence, family.strip()) for family in families.split(",")]
    return found


def installed() -> dict[str, list[tuple[str, str, int]]]:
    """Style, file and index in the file of every face that fontconfig knows, by family."""
    command = ["fc-list", "--format", r"%{family[0]}\t%{style[0]}\t%{file}\t%{index}\n"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    found: dict[str, list[tuple[str, str, int]]] = {}
    for family, style, file, index in sorted(line.split("\t") for line in lines if line.count("\t") == 3):
        # A variable font's default style comes by itself.
        unfit = any(word in style for word in UNFIT) or "[" in file
        if file.endswith((".ttf", ".otf", ".ttc")) and int(index) < 1 << 16 and not unfit:
            found.setdefault(family, []).append((style, file, int(index)))
    return found


def drawn(face: Face, digit: int) -> Image.Image:
    """A digit as the font has it, light on dark, with room around it."""
    font = ImageFont.truetype(face.file, DRAWN, face.index, layout_engine=ImageFont.Layout.RAQM)
    features = [face.figures] if face.figures else None
    left, top, right, bottom = (round(edge) for edge in font.getbbox(str(digit), features=features))
    room = DRAWN // 4
    picture = Image.new("L", (right - left + 2 * room, bottom - top + 2 * room))
    ImageDraw.Draw(picture).text((room - left, room - top), str(digit), 255, font, features=features)
    return picture


def varied(picture: Image.Image, chance: np.random.Generator) -> Image.Image:
    """The digit as a print or a photograph may show it: a little turned, leaned, drawn out, spread and blurred."""
    picture = picture.resize((round(picture.width * chance.uniform(0.93, 1.07)), picture.height))
    lean = chance.uniform(-0.08, 0.08)
    affine = (1, lean, -lean * picture.height / 2, 0, 1, 0)
    picture = picture.transform(picture.size, Image.Transform.AFFINE, affine, Image.Resampling.BILINEAR)
    picture = picture.rotate(chance.uniform(-4, 4), Image.Resampling.BILINEAR, expand=True)
    unit = max(_box(picture)[2:]) / BOX  # a pixel of the form
    # Ink that spreads or fails: blurred, and cut below or above the half, but not so high that thin strokes break.
    spread = picture.filter(ImageFilter.GaussianBlur(chance.uniform(0.1, 0.5) * unit))
    thin = float(np.percentile(np.asarray(spread)[np.asarray(picture) > 127], 5))
    picture, level = spread, min(chance.uniform(0.28, 0.56) * 255, 0.9 * thin)
    picture = picture.point(lambda value: min(255, max(0, round((value - level) * 8 + 128))))
    return picture.filter(ImageFilter.GaussianBlur(chance.uniform(0, 0.6) * unit))


def form(picture: Image.Image) -> Pixels:
    """MNIST's form: fitted into 20 × 20, proportions kept, the centre of mass in the middle of 28 × 28."""
    left, top, width, height = _box(picture)
    scale = BOX / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    fitted = picture.resize(size, Image.Resampling.BOX, (left, top, left + width, top + height))
    ink = np.asarray(fitted, np.float64)
    ink *= 255 / ink.max()
    total = ink.sum()
    middle = SIDE / 2  # the pixel of this number, counted from 0, is MNIST's
    down = round(middle - (ink.sum(axis=1) @ np.arange(size[1])) / total)
    across = round(middle - (ink.sum(axis=0) @ np.arange(size[0])) / total)
    down, across = min(max(down, 0), SIDE - size[1]), min(max(across, 0), SIDE - size[0])
    figure = np.zeros((SIDE, SIDE))
    figure[down : down + size[1], across : across + size[0]] = ink
    step = 255 / (LEVELS - 1)
    return np.asarray((np.round(figure / step) * step).round(), np.uint8)


def _box(picture: Image.Image) -> tuple[int, int, int, int]:
    """Left, top, width and height of what is at least half as light as the lightest."""
    pixels = np.asarray(picture)
    rows, columns = np.nonzero(pixels > pixels.max() / 2)
    left, top = int(columns.min()), int(rows.min())
    return left, top, int(columns.max()) + 1 - left, int(rows.max()) + 1 - top


def chosen(candidates: list[tuple[Face, Pixels]]) -> list[tuple[Face, Pixels]]:
    """Of a design's faces, those that differ most: the first, then each time the one farthest from all taken."""
    taken = candidates[:1]
    nearest = np.full(len(candidates), np.inf)
    while len(taken) < FACES_OF_A_DESIGN:
        last = taken[-1][1].astype(np.float64)
        for number, (_, figures) in enumerate(candidates):
            both = np.maximum(figures, last).sum(axis=(1, 2))
            difference = (np.abs(figures - last).sum(axis=(1, 2)) / both).mean()
            nearest[number] = min(nearest[number], difference)
        farthest = int(nearest.argmax())
        if nearest[farthest] < LEAST_DIFFERENCE:
            break
        taken.append(candidates[farthest])
    return sorted(taken, key=lambda pair: (pair[0].font.family, pair[0].style, pair[0].figures))


def designs() -> dict[str, list[Face]]:
    """The faces taken of each design."""
    candidates: dict[str, list[tuple[Face, Pixels]]] = {}
    there = installed()
    for font in fonts():
        found = [Face(font, *face, figures) for face in there.get(font.family, []) for figures in ("", "onum", "lnum")]
        if not found:
            raise SystemExit(f"No face of `{font.family}` is installed: install {font.package} first.")
        # Plain faces first, so that a design begins with the one that most is printed in.
        found.sort(key=lambda face: (face.style not in ("Regular", "Book", "Roman", "Medium"), bool(face.figures)))
        for face in found:
            figures = np.stack([form(drawn(face, digit)) for digit in range(10)])
            candidates.setdefault(font.design, []).append((face, figures))
    return {design: [face for face, _ in chosen(pairs)] for design, pairs in candidates.items()}


def test_designs(taken: dict[str, list[Face]]) -> set[str]:
    """Designs, drawn by lot, that have `TEST_PART` of all faces together."""
    wanted = TEST_PART * sum(map(len, taken.values()))
    drawn_designs: set[str] = set()
    for number in np.random.default_rng(SEED).permutation(len(taken)):
        if sum(len(taken[design]) for design in drawn_designs) < wanted:
            drawn_designs.add(list(taken)[number])
    return drawn_designs


def write(name: str, values: Pixels) -> None:
    """Writes a gzipped IDX file, the same bytes for the same values."""
    header = bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">u4").tobytes()
    packed = gzip.compress(header + values.tobytes(), 9, mtime=0)
    (TARGET / f"{name}.gz").write_bytes(packed)
    print(f"{name}.gz: {values.shape}, {len(packed):,} bytes")


def main() -> None:
    """Renders the set, or names the packages it needs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", action="store_true", help="name Debian's packages and end")
    if parser.parse_args().packages:
        print("\n".join(sorted({font.package for font in fonts()})))
        return
    TARGET.mkdir(parents=True, exist_ok=True)
    taken = designs()
    kept = test_designs(taken)
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(["part", "design", "family", "style", "figures", "licence", "package"])
    for part, name in (("train", "train"), ("test", "t10k")):
        figures: list[Pixels] = []
        labels: list[int] = []
        for design, of_design in taken.items():
            if (design in kept) != (part == "test"):
                continue
            for face in of_design:
                font = face.font
                rows.writerow([part, design, font.family, face.style, face.figures, font.licence, font.package])
                for digit in range(10):
                    picture = drawn(face, digit)
                    chance = np.random.default_rng([SEED, len(figures)])
                    figures += [form(picture), *(form(varied(picture, chance)) for _ in range(VARIANTS - 1))]
                    labels += [digit] * VARIANTS
        write(f"{name}-images-idx3-ubyte", np.stack(figures))
        write(f"{name}-labels-idx1-ubyte", np.array(labels, np.uint8))
    (TARGET / "faces.csv").write_text(table.getvalue(), encoding="utf-8")
    print(f"{len(taken)} designs, {sum(map(len, taken.values()))} faces; tested on: {', '.join(sorted(kept))}")


if __name__ == "__main__":
    main()
