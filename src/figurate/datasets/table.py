"""Lines and columns of CSV files, read within bounds; what they mean is told in `pixel_csv.py` and `picture_csv.py`."""

from __future__ import annotations

import csv
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple

from figurate.errors import ConfigurationError, FileFormatError, nearest, shown

__all__ = ["COLUMNS", "Head", "find_column", "head_of", "lines", "opened", "rows"]

COLUMNS = 100_000
"""The most columns of a table: 181 × 181 pixels in colour."""

_LINE = 1 << 20  # bytes of a line; 100,000 columns of up to ten letters

_IMAGE = (
    "image file filename filepath path imagepath imagefile imagename img imgpath imgname picture figure name imageid id"
)
_LABEL = "label labels class classname classlabel classid target category digit character char letter symbol y"
_SYNONYMS = {
    "image": _IMAGE.split(),
    "label": _LABEL.split(),
    "split": ["split", "set", "subset", "part", "partition", "usage"],
}


class Head(NamedTuple):
    """How a table begins.

    Args:
        names: Of its columns.
        delimiter: What stands between them.
    """

    names: list[str]
    delimiter: str


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """Open a regular file; a pipe or a device is not waited for.

    Raises:
        FileFormatError: It is no regular file.
        OSError: It cannot be opened.
    """
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise FileFormatError(f"`{path}`: expected a table, received something that is not a regular file.")
        yield file


def lines(path: str, file: BinaryIO) -> Iterator[bytes]:
    """The lines of a table that hold something.

    Raises:
        FileFormatError: A line is longer than any table's, or has NUL bytes.
    """
    number = 0
    while line := file.readline(_LINE + 1):
        number += 1
        if len(line) > _LINE:
            raise FileFormatError(
                f"`{path}`: expected lines of at most {_LINE:,} bytes, line {number:,} is longer. figurate reads "
                f"tables of up to {COLUMNS:,} columns; is it another file?"
            )
        if b"\0" in line:
            raise FileFormatError(
                f"`{path}`: expected text, received a NUL byte in line {number:,}. Is it UTF-16, or no table? "
                "Save it as CSV in UTF-8."
            )
        yield line


def head_of(path: str) -> Head:
    """The names of a table's columns, from its first line.

    Raises:
        FileFormatError: It is empty or no table.
        OSError: It cannot be read.
    """
    with opened(path) as file:
        first = next(lines(path, file), b"")
    text = _text(first.removeprefix(b"\xef\xbb\xbf"))
    if not text.strip():
        raise FileFormatError(f"`{path}`: expected a line of column names, received an empty one. Is it a table?")
    delimiter = max(",;\t", key=text.count)
    names = next(_Parsed(path, iter([text]), delimiter))
    if len(names) > COLUMNS:
        raise FileFormatError(f"`{path}`: expected at most {COLUMNS:,} columns, received {len(names):,}.")
    return Head([name.strip() for name in names], delimiter)


def rows(path: str, head: Head) -> Iterator[tuple[int, list[str]]]:
    """The rows below a table's head, each with its line's number; blank lines are passed over.

    Raises:
        FileFormatError: A row has more or fewer fields than the head, or is no CSV.
        OSError: It cannot be read.
    """
    width = len(head.names)
    with opened(path) as file:
        reader = _Parsed(path, (_text(line) for line in lines(path, file)), head.delimiter)
        next(reader, None)
        for fields in reader:
            if not fields or not any(fields):
                continue
            if len(fields) != width:
                raise FileFormatError(
                    f"`{path}`: expected {width:,} fields in every row, as the first line has, received "
                    f"{len(fields):,} in line {reader.line_num:,}. Mend that line; a field with "
                    f"a `{head.delimiter}` needs quotes."
                )
            yield reader.line_num, fields


class _Parsed:
    """An iterator that csv.reader is not: its errors name the file."""

    def __init__(self, path: str, texts: Iterator[str], delimiter: str) -> None:
        self._path = path
        self._reader = csv.reader(texts, delimiter=delimiter)

    def __iter__(self) -> _Parsed:
        return self

    def __next__(self) -> list[str]:
        try:
            return next(self._reader)
        except csv.Error as error:
            raise FileFormatError(f"`{self._path}`: line {self.line_num:,} is no CSV ({error}). Mend it.") from None

    @property
    def line_num(self) -> int:
        return self._reader.line_num


def _text(line: bytes) -> str:
    # Bytes that are no UTF-8 may be those of a file's name, and find it.
    return line.decode("utf-8", "surrogateescape")


def find_column(path: str, names: Sequence[str], kind: str, wanted: str | None) -> int | None:
    """The column of a kind.

    Args:
        path: The table's, for messages.
        names: Of its columns.
        kind: "image", "label", "split", or "groups", which has no usual names.
        wanted: The column's name, if the caller gave it.

    Returns:
        Its number, or None where no column has one of the usual names.

    Raises:
        ConfigurationError: There is no column of the wanted name.
    """
    if wanted is not None:
        if wanted in names:
            return list(names).index(wanted)
        guess = nearest(wanted, names[:1000])
        raise ConfigurationError(
            f"`{path}`: expected a column {wanted!r} for {kind}, received {shown(', '.join(names[:50]), 200)}."
            + (f" Did you mean {guess!r}?" if guess else "")
        )
    plain = ["".join(letter for letter in name.lower() if letter.isalnum()) for name in names[:1000]]
    for synonym in _SYNONYMS.get(kind, ()):
        if synonym in plain:
            return plain.index(synonym)
    return None
