"""Figures as rows of pixels in a CSV file: Kaggle's digit-recognizer, "MNIST in CSV", EMNIST's and their like.

A row is a figure: its label, if it has one, and its pixels row by row, 0..255. The head may be missing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from figurate.datasets.dataset import Places
from figurate.datasets.found import Columns, Part
from figurate.datasets.labels import Labels
from figurate.datasets.spool import Room
from figurate.datasets.table import Head, find_column, head_of, lines, opened
from figurate.errors import FileFormatError, shown

__all__ = ["is_pixel_csv", "read_pixel_csv"]

_PIXEL = re.compile(r"(?:pixel|px|pix|p|x)?[ _]?(\d{1,6})(?:[x_](\d{1,6}))?", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d{1,6}(\.\d{0,20})?")
_LEAST = 16  # pixels of a figure
_FEW = 9  # columns called like pixels that make a table of pixels, perhaps one that lacks some
_BATCH = 4 << 20  # bytes parsed at a time


@dataclass(frozen=True)
class _Layout:
    """Which columns are what.

    Args:
        pixels: Columns of the pixels, in the order of the figure.
        shape: Of a figure.
        label, groups: Their columns, if there are any.
        headless: Whether the first line is a figure already.
    """

    pixels: list[int]
    shape: tuple[int, ...]
    label: int | None
    groups: int | None
    headless: bool


def is_pixel_csv(head: Head) -> bool:
    """Whether a table's first line is that of a table of pixels."""
    if _is_headless(head.names):
        return _shape(len(head.names)) is not None or _shape(len(head.names) - 1) is not None
    return sum(_PIXEL.fullmatch(name) is not None for name in head.names) >= _FEW


def read_pixel_csv(path: str, columns: Columns, *, need_labels: bool = True) -> Part:
    """Read figures and labels.

    Args:
        path: The file.
        columns: What the caller says of them.
        need_labels: Whether labels have to be there.

    Returns:
        Figures (n, height, width) or (n, side, side, 3), uint8.

    Raises:
        FileFormatError: It is no such table, a row is too short or too long, or a value is no pixel; the message has
            the line.
        OSError: It cannot be read.

    Example:
        >>> part = read_pixel_csv("train.csv", Columns())  # doctest: +SKIP
        >>> part.figures.shape  # doctest: +SKIP
        (42000, 28, 28)
    """
    head = head_of(path)
    layout = _layout(path, head, columns)
    if layout.label is None and need_labels:
        raise FileFormatError(
            f"`{path}`: expected a column `label`, received pixels alone. Figures without labels are for prediction: "
            "read them with `figurate.datasets.load_figures`."
        )
    count = sum(len(batch) for batch in _batches(path, head, layout.headless))
    if count == 0:
        raise FileFormatError(f"`{path}`: expected rows of figures below the first line, received none. Is it whole?")
    room = Room((count, len(layout.pixels)), np.uint8)
    numbers = np.empty(count, np.int64)
    texts: dict[int, list[str]] = {column: [] for column in (layout.label, layout.groups) if column is not None}
    scale = 0.0
    start = 0
    for batch in _batches(path, head, layout.headless):
        values = _values(path, batch, head, layout.pixels)
        if start == 0:
            shares = values.dtype.kind == "f" and values.max() <= 1 and bool((values != np.rint(values)).any())
            scale = 255.0 if shares else 1.0
        room.array[start : start + len(batch)] = _as_pixels(path, batch, values, scale)
        numbers[start : start + len(batch)] = [line for line, _ in batch]
        for column, found in texts.items():
            found += [_field(text, head.delimiter, column) for _, text in batch]
        start += len(batch)
    return Part(
        room.finish().reshape(count, *layout.shape),
        Labels.of_texts(_whole(texts[layout.label])) if layout.label is not None else None,
        Places(lambda line: f"{path}:{line}", numbers),
        Labels.of_texts(texts[layout.groups]) if layout.groups is not None else None,
    )


def _is_headless(names: Sequence[str]) -> bool:
    return all(_NUMBER.fullmatch(name) for name in names) and list(names) != [str(at) for at in range(len(names))]


def _shape(pixels: int) -> tuple[int, ...] | None:
    """The square figure that has so many values."""
    if pixels < _LEAST:
        return None
    side = math.isqrt(pixels)
    if side * side == pixels:
        return side, side
    side = math.isqrt(pixels // 3)
    return (side, side, 3) if 3 * side * side == pixels else None


def _layout(path: str, head: Head, columns: Columns) -> _Layout:
    names = head.names
    count = len(names)
    if all(_NUMBER.fullmatch(name) for name in names):
        without = _shape(count)
        shape = without or _shape(count - 1)
        if shape is None:
            raise _no_square(path, count - 1)
        first = 0 if without else 1
        return _Layout(list(range(first, count)), shape, None if without else 0, None, _is_headless(names))
    label = find_column(path, names, "label", columns.label)
    groups = find_column(path, names, "groups", columns.groups)
    addresses: dict[tuple[int, ...], int] = {}
    for column, name in enumerate(names):
        match = _PIXEL.fullmatch(name)
        if match is not None and column not in (label, groups):
            address = tuple(int(digits) for digits in match.groups() if digits is not None)
            if address in addresses:
                raise FileFormatError(f"`{path}`: expected every pixel's column once, received {name!r} twice.")
            addresses[address] = column
    if len({len(address) for address in addresses}) > 1:
        raise FileFormatError(f"`{path}`: expected columns `pixel0, pixel1, …` or `1x1, 1x2, …`, received both kinds.")
    ordered = [addresses[address] for address in sorted(addresses)]
    return _Layout(ordered, _shape_of(path, sorted(addresses)), label, groups, False)


def _shape_of(path: str, addresses: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """The shape of figures whose pixels have these numbers, or rows and columns."""
    if addresses and len(addresses[0]) == 2:
        (top, left), (bottom, right) = addresses[0], addresses[-1]
        shape: tuple[int, ...] = (bottom - top + 1, right - left + 1)
        if math.prod(shape) == len(addresses):
            return shape
        raise FileFormatError(
            f"`{path}`: expected a column for each of {shape[0]} × {shape[1]} pixels, received {len(addresses):,}. "
            "Pixel columns are missing: export the table anew."
        )
    numbers = {address[0] for address in addresses}
    first, last = min(numbers, default=0), max(numbers, default=0)
    missing = [str(number) for number in range(first, last + 1) if number not in numbers] if last < 10**6 else []
    if missing:
        raise FileFormatError(
            f"`{path}`: expected pixel columns {first} to {last} without a gap, missing: "
            f"{shown(', '.join(missing), 120)}. Export the table anew."
        )
    found = _shape(len(addresses))
    if found is None:
        raise _no_square(path, len(addresses))
    return found


def _no_square(path: str, count: int) -> FileFormatError:
    return FileFormatError(
        f"`{path}`: expected the pixels of square figures, so 784 columns for 28 × 28, or three times as many for "
        f"colour, received {count:,}. Are columns missing?"
    )


def _batches(path: str, head: Head, headless: bool) -> Iterator[list[tuple[int, bytes]]]:
    """Lines with their numbers, some MB at a time; each has as many fields as the first."""
    separator = head.delimiter.encode()
    batch: list[tuple[int, bytes]] = []
    size = 0
    with opened(path) as file:
        for number, line in enumerate(lines(path, file), 1):
            if number == 1:
                if not headless:
                    continue
                line = line.removeprefix(b"\xef\xbb\xbf")
            line = line.strip(b" \r\n").replace(b'"', b"")
            if not line:
                continue
            fields = line.count(separator) + 1
            if fields != len(head.names):
                raise FileFormatError(
                    f"`{path}`: expected {len(head.names):,} fields in every row, as the first line has, received "
                    f"{fields:,} in line {number:,}. Mend that line."
                )
            batch.append((number, line))
            size += len(line)
            if size > _BATCH:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch


def _values(
    path: str, batch: list[tuple[int, bytes]], head: Head, pixels: list[int]
) -> NDArray[np.integer | np.floating]:
    """The pixels of some lines, (lines, pixels), as whole numbers where they are written so."""
    separator = head.delimiter.encode()
    first, last = pixels[0], pixels[-1]
    if pixels == list(range(first, last + 1)):
        # Usually one column stands before the pixels: cut it off, rather than parse and choose.
        texts = [_between(line, separator, first, len(head.names) - 1 - last) for _, line in batch]
        chosen = None
    else:
        texts = [line for _, line in batch]
        chosen = pixels
    width = len(pixels) if chosen is None else len(head.names)
    text = separator.join(texts)
    if chosen is None and not text.translate(None, b"0123456789" + separator):
        values = _short_numbers(text + separator, separator)
        if values is not None and values.size == len(batch) * width:
            return values.reshape(len(batch), width)
    rows = []
    for (number, _), row in zip(batch, texts, strict=True):
        fields = row.split(separator)
        try:
            rows.append([float(fields[at]) for at in (chosen or range(width))])
        except ValueError:
            bad = next(field for at in (chosen or range(width)) if not _is_float(field := fields[at]))
            raise FileFormatError(
                f"`{path}`: expected numbers as pixels, received {shown(bad.decode('utf-8', 'replace'))} in line "
                f"{number:,}. Mend that line."
            ) from None
    return np.array(rows)


def _short_numbers(text: bytes, separator: bytes) -> NDArray[np.int16] | None:
    """Numbers of one to three digits, a separator behind each; None where one is longer or missing.

    Five times as fast as numpy's own parsers, which are for any number.
    """
    letters = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(letters == separator[0])
    lengths = np.diff(ends, prepend=-1) - 1
    if lengths.min() < 1 or lengths.max() > 3:
        return None
    digits = letters.astype(np.int16) - ord("0")
    values: NDArray[np.int16] = digits[ends - 1]
    for place, weight in ((2, 10), (3, 100)):
        longer = np.flatnonzero(lengths >= place)
        values[longer] += weight * digits[ends[longer] - place]
    return values


def _between(line: bytes, separator: bytes, before: int, after: int) -> bytes:
    if before:
        line = line.split(separator, before)[before]
    return line.rsplit(separator, after)[0] if after else line


def _is_float(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _as_pixels(
    path: str, batch: list[tuple[int, bytes]], values: NDArray[np.integer | np.floating], scale: float
) -> NDArray[np.uint8]:
    scaled = values if scale == 1 else values * scale
    bad = ~((scaled >= 0) & (scaled <= 255))
    if bad.any():
        row = int(bad.any(axis=1).argmax())
        raise FileFormatError(
            f"`{path}`: expected pixels from 0 to 255, received {values[row][bad[row]][0]} in line {batch[row][0]:,}. "
            "Mend that line."
        )
    return (np.rint(scaled) if scaled.dtype.kind == "f" else scaled).astype(np.uint8)


def _field(line: bytes, delimiter: str, column: int) -> str:
    return line.split(delimiter.encode(), column + 1)[column].decode("utf-8", "surrogateescape").strip()


def _whole(texts: list[str]) -> list[str]:
    """Labels that a spreadsheet wrote as `7.0` are 7."""
    if all(text.endswith(".0") and text[:-2].lstrip("-").isdecimal() for text in texts):
        return [text[:-2] for text in texts]
    return texts
