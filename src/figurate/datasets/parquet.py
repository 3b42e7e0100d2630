"""Parquet files in Hugging Face's image layout: a column of encoded pictures, `{bytes, path}`, and one of labels.

Read with pyarrow, batch by batch; pictures are decoded by `decoding.py`, so that no more than a batch is in memory.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from figurate.datasets.dataset import Places
from figurate.datasets.found import Columns, Found, Part, joined, part_named
from figurate.datasets.labels import Labels, class_name
from figurate.datasets.picture_rows import Item
from figurate.datasets.table import find_column
from figurate.errors import FigurateError, FileFormatError, shown
from figurate.libraries import library

__all__ = ["part_of_file", "read_parquet"]

_BATCH = 256  # rows
_METADATA = 16 << 20  # bytes of a schema's notes
_WORD = re.compile(r"[a-zA-Z]+")


def part_of_file(name: str) -> str:
    """The part that a file's name stands for, as in `train-00000-of-00001.parquet`; "all" where it tells none."""
    words = [part for word in _WORD.findall(name.removesuffix(".parquet")) if (part := part_named(word)) is not None]
    return words[0] if words else "all"


def read_parquet(paths: Sequence[str], columns: Columns, what: str, *, labels: bool = True) -> Found:
    """Read a set of Parquet files.

    Args:
        paths: The files, in order.
        columns: What the caller says of their columns.
        what: The set's name, for messages.
        labels: Whether labels have to be there.

    Returns:
        The set, its pictures yet to be decoded; parts by the files' names.

    Raises:
        UnsupportedError: pyarrow is not installed.
        FileFormatError: A file is damaged, or has no pictures or labels.
    """
    parts: dict[str, list[Part]] = {}
    found = Found(what, {})
    for path in paths:
        with _opened(path) as file:
            schema = file.schema_arrow
            image = _image_column(path, schema, columns)
            label = _label_column(path, schema, columns, image) if labels else None
            groups = find_column(path, schema.names, "groups", columns.groups)
            texts: list[Any] = [_labels(path, file, schema.names[at]) for at in (label, groups) if at is not None]
            names = _names(schema, schema.names[label]) if label is not None else {}
            found.class_names = found.class_names or names
            count = file.metadata.num_rows
        part = part_of_file(os.path.basename(path))
        if count == 0:
            continue
        if label is not None and names and texts[0].used() == ["-1"]:
            found.notes.append(f"`{path}` was left out: its labels are kept back (-1).")
            continue
        pictures = ParquetPictures(path, schema.names[image], count)
        places = Places(partial("{}:{}".format, path), range(count))
        parts.setdefault(part, []).append(
            Part(pictures, texts[0] if label is not None else None, places, texts[-1] if groups is not None else None)
        )
    found.parts = {name: joined(some) for name, some in parts.items()}
    if not found.parts:
        raise FileFormatError(f"`{what}`: expected rows with pictures, received none.")
    return found


@dataclass(frozen=True)
class ParquetPictures:
    """A column of pictures.

    Args:
        path: The file.
        column: The column's name.
        count: Its rows.
    """

    path: str
    column: str
    count: int

    def __len__(self) -> int:
        return self.count

    def items(self) -> Iterator[Item]:
        """All rows' bytes, read batch by batch."""
        with _opened(self.path) as file:
            yield from self._items(file, None)

    def sample(self, indices: Sequence[int]) -> Iterator[Item]:
        """Some rows' bytes; of as many row groups as it takes, each read once."""
        with _opened(self.path) as file:
            ends = np.cumsum([file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)])
            for group in dict.fromkeys(np.searchsorted(ends, indices, side="right").tolist()):
                start = int(ends[group - 1]) if group else 0
                wanted = {index - start for index in indices if start <= index < int(ends[group])}
                for at, item in enumerate(self._items(file, [group])):
                    if at in wanted:
                        yield item
                        wanted.remove(at)
                        if not wanted:
                            break

    def _items(self, file: Any, groups: list[int] | None) -> Iterator[Item]:
        folder = os.path.dirname(self.path)
        with _Named(self.path):
            for batch in file.iter_batches(
                batch_size=_BATCH, row_groups=groups, columns=[self.column], use_threads=False
            ):
                for value in batch.column(0).to_pylist():
                    yield _item(value, folder)


def _item(value: Any, folder: str) -> Item:
    """A row's picture: its bytes, else the file beside the table that it names."""
    if not isinstance(value, dict):
        return value if isinstance(value, bytes) else None
    if isinstance(value.get("bytes"), bytes):
        return value["bytes"]  # type: ignore[no-any-return]
    path = value.get("path")
    if not isinstance(path, str) or "\0" in path:
        return None
    inside = os.path.normpath(path)
    outside = os.path.isabs(inside) or inside == ".." or inside.startswith("../")
    file = os.path.join(folder, inside)
    if outside or not os.path.isfile(file):
        return None
    with open(file, "rb") as opened:
        return opened.read()


class _Named:
    """A context in which pyarrow's errors get the file's name."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        import pyarrow

        if isinstance(error, pyarrow.ArrowException | OSError) and not isinstance(error, FigurateError):
            raise FileFormatError(
                f"`{self._path}`: expected a Parquet file, received a damaged one or another kind "
                f"({shown(str(error), 120)}). Copy or download it again."
            ) from None


def _opened(path: str) -> Any:
    """A Parquet file, open; a context that closes it."""
    parquet = library("pyarrow.parquet", f"`{path}`: reading Parquet takes pyarrow", "figurate[parquet]")
    if not os.path.isfile(path):
        raise FileFormatError(f"`{path}`: expected a Parquet file, received something that is not a regular file.")
    with _Named(path):
        return parquet.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20)


def _image_column(path: str, schema: Any, columns: Columns) -> int:
    import pyarrow

    def holds_pictures(at: int) -> bool:
        kind = schema.types[at]
        if pyarrow.types.is_struct(kind):
            return any(kind.field(index).name == "bytes" for index in range(kind.num_fields))
        return bool(pyarrow.types.is_binary(kind) or pyarrow.types.is_large_binary(kind))

    wanted = find_column(path, schema.names, "image", columns.image)
    if wanted is not None and holds_pictures(wanted):
        return wanted
    others = [at for at in range(len(schema.names)) if holds_pictures(at)]
    if columns.image is None and len(others) == 1:
        return others[0]
    text = ", ".join(f"{name}: {kind}" for name, kind in zip(schema.names[:50], schema.types[:50], strict=True))
    raise FileFormatError(
        f"`{path}`: expected a column `image` of encoded pictures ({{bytes, path}}, or bytes), received "
        f"{shown(text, 200)}. Name the column: `image=…`."
    )


def _label_column(path: str, schema: Any, columns: Columns, image: int) -> int:
    label = find_column(path, schema.names, "label", columns.label)
    if label is None or label == image:
        raise FileFormatError(
            f"`{path}`: expected a column `label`, received {shown(', '.join(schema.names[:50]), 200)}. "
            "Name the column: `label=…`."
        )
    return label


def _labels(path: str, file: Any, column: str) -> Labels:
    """A column as labels, read batch by batch."""
    import pyarrow

    parts: list[Labels] = []
    with _Named(path):
        for batch in file.iter_batches(batch_size=1 << 16, columns=[column], use_threads=False):
            values = batch.column(0)
            if pyarrow.types.is_dictionary(values.type):
                values = values.dictionary_decode()
            if values.null_count:
                raise FileFormatError(
                    f"`{path}`: expected a value in every row of column `{column}`, received none in some."
                )
            kind = values.type
            if pyarrow.types.is_integer(kind) or pyarrow.types.is_floating(kind):
                parts.append(Labels.of(values.to_numpy(zero_copy_only=False), f"`{path}`, column `{column}`"))
            elif pyarrow.types.is_string(kind) or pyarrow.types.is_large_string(kind) or pyarrow.types.is_boolean(kind):
                parts.append(Labels.of_texts(str(value) for value in values.to_pylist()))
            else:
                raise FileFormatError(f"`{path}`: expected numbers or texts in column `{column}`, received {kind}.")
    return Labels.joined(parts) if parts else Labels([], np.empty(0, np.uint8))


def _names(schema: Any, column: str) -> dict[str, str]:
    """The classes' names that Hugging Face's notes in the schema give for a column, by number."""
    notes = (schema.metadata or {}).get(b"huggingface", b"")
    if not 0 < len(notes) <= _METADATA:
        return {}
    try:
        names = json.loads(notes)["info"]["features"][column]["names"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    if isinstance(names, dict):
        names = list(names.values())
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return {}
    return {str(at): class_name(name) for at, name in enumerate(names)}
