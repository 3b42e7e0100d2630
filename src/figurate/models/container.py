"""The container of model files: a safetensors file of float32 arrays with one JSON document.

Reading checks sizes, names, shapes and offsets against the file's actual bytes before any of them is used, and
allocates nothing that the file does not hold. What the document means is `models/document.py`'s matter.
docs/file-format.md states the rules.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from typing import IO, Any, NoReturn

import numpy as np
import numpy.typing as npt

from figurate.errors import FileFormatError, shown
from figurate.files import write_atomically

Arrays = dict[str, npt.NDArray[np.float32]]
Shapes = Mapping[str, tuple[int, ...]]

METADATA_KEY = "figurate"
# Twenty epochs take 4 kB. The limit keeps a hostile file from costing more memory than a network would.
LARGEST_HEADER = 16 * 2**20
_MOST_AXES = 8
FORMAT_VERSION = 1
# Stands in the document in place of its checksum while that is computed.
_BLANK = "0" * 64


@dataclass(frozen=True)
class Header:
    """What stands before the arrays' bytes: the document, and where each array lies among them."""

    path: str
    text: str
    document: Mapping[str, Any]
    shapes: Shapes
    offsets: Mapping[str, tuple[int, int]]
    data_start: int
    data_size: int


def write(path: str | PathLike[str], document: Mapping[str, Any], arrays: Arrays) -> None:
    """Write a file of `arrays` and `document`, whole or not at all.

    Args:
        path: The file to write or replace.
        document, arrays: See `to_bytes`.

    Raises:
        FileFormatError: The document is larger than a reader takes.
        OSError: The file cannot be written; an earlier one is unchanged.
    """
    write_atomically(path, to_bytes(document, arrays))


def to_bytes(document: Mapping[str, Any], arrays: Arrays) -> bytes:
    """The bytes of a file of `arrays` and `document`.

    Args:
        document: What `document.py` says of the model, without checksum and format version.
        arrays: By their names in the file; of any shape.

    Raises:
        FileFormatError: The document is larger than a reader takes.
    """
    from safetensors.numpy import save

    arrays = {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in arrays.items()}
    text = json.dumps(
        {"checksum": _BLANK, "format_version": FORMAT_VERSION, **document},
        allow_nan=False,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    text = text.replace(_BLANK, _checksum(text, arrays), 1)
    data: bytes = save(arrays, {METADATA_KEY: text})
    if int.from_bytes(data[:8], "little") > LARGEST_HEADER:
        raise FileFormatError(
            f"The description of the model takes more than {LARGEST_HEADER:,} bytes, received {len(text):,}: a "
            "training history this long does not belong into a model file. Write it with `CSVLogger`, and set "
            "`model.history = None`."
        )
    return data


def read_header(file: IO[bytes], path: str) -> Header:
    """Read and check everything before the arrays' bytes.

    Args:
        file: Open at its start.
        path: Its name, for messages.

    Raises:
        FileFormatError: The file is truncated, altered or of another kind.
    """
    size = file.getbuffer().nbytes if isinstance(file, io.BytesIO) else os.fstat(file.fileno()).st_size
    start = file.read(8)
    if len(start) < 8:
        _fail(path, f"expected at least 8 bytes, received {size}", "It is truncated, or no model file")
    length = int.from_bytes(start, "little")
    if length > size - 8:
        _fail(
            path,
            f"its header promises {length:,} bytes, and {size - 8:,} follow",
            "It is truncated, or no .safetensors file",
        )
    if length > LARGEST_HEADER:
        _fail(path, f"its header has {length:,} bytes, more than the {LARGEST_HEADER:,} allowed", "It is no model file")
    text = file.read(length)
    header = parse_json(text, path, "header")
    if not text.startswith(b"{") or not isinstance(header, dict):
        _fail(path, "its header is no JSON object", "It is no .safetensors file")
    metadata = header.pop("__metadata__", None)
    if not isinstance(metadata, dict) or not isinstance(metadata.get(METADATA_KEY), str):
        _fail(
            path,
            f"it is a .safetensors file without the metadata key {METADATA_KEY!r}",
            "figurate reads the files that its own `save` writes",
        )
    data_size = size - 8 - length
    shapes, offsets = _tensors(header, data_size, path)
    description = metadata[METADATA_KEY]
    document = parse_json(description.encode(errors="surrogatepass"), path, "document")
    if not isinstance(document, dict):
        _fail(path, "its document is no JSON object", "It was altered")
    _check_version(document, path)
    return Header(path, description, document, shapes, offsets, 8 + length, data_size)


def _check_version(document: Mapping[str, Any], path: str) -> None:
    version = document.get("format_version")
    if type(version) is not int or version < 1:
        _fail(path, f"its format version is {shown(version)}, expected {FORMAT_VERSION}", "It was altered")
    if version > FORMAT_VERSION:
        _fail(
            path,
            f"its format version is {version}, and this figurate reads versions up to {FORMAT_VERSION}",
            "Install a newer figurate to read it",
        )


def check_shapes(header: Header, expected: Shapes) -> None:
    """Raise `FileFormatError` unless the file holds exactly the arrays `expected`, by name and shape."""
    for name, shape in expected.items():
        if name not in header.shapes:
            _fail(header.path, f"expected an array {name!r} of shape {shape}, and there is none", "It was altered")
        if header.shapes[name] != shape:
            _fail(
                header.path,
                f"expected {name!r} to have the shape {shape}, received {header.shapes[name]}",
                "It was altered, or belongs to another network",
            )
    for name in header.shapes:
        if name not in expected:
            _fail(header.path, f"received an array {shown(name)} that no layer needs", "It was altered")


def read_arrays(file: IO[bytes], header: Header) -> Arrays:
    """Read the arrays' bytes, once the header was checked; the arrays are read-only views of them.

    Raises:
        FileFormatError: The file ends early, or its checksum is not that of its contents.
    """
    file.seek(header.data_start)
    data = file.read(header.data_size)
    if len(data) != header.data_size:
        _fail(header.path, f"expected {header.data_size:,} bytes of arrays, received {len(data):,}", "It is truncated")
    arrays: Arrays = {}
    for name, (begin, end) in header.offsets.items():
        flat = np.frombuffer(data, dtype="<f4", count=(end - begin) // 4, offset=begin)
        arrays[name] = flat.astype(np.float32, copy=False).reshape(header.shapes[name])
    found = header.document.get("checksum")
    if not isinstance(found, str) or _checksum(header.text.replace(found, _BLANK, 1), arrays) != found:
        _fail(header.path, "its checksum does not match its contents", "It was altered or damaged")
    return arrays


def _checksum(text: str, arrays: Arrays) -> str:
    """SHA-256 of the document, its own checksum blanked, and of the arrays' bytes in the order of their names."""
    digest = hashlib.sha256(text.encode(errors="surrogatepass"))
    for name in sorted(arrays):
        digest.update(np.ascontiguousarray(arrays[name], dtype="<f4").data)
    return digest.hexdigest()


def parse_json(text: bytes, path: str, what: str) -> Any:
    """`text` as JSON, without repeated keys and without numbers that JSON does not have.

    Args:
        text: In UTF-8.
        path: The file's name, for messages.
        what: Which part of the file it is, for messages.

    Raises:
        FileFormatError: It is none.
    """

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            names = [name for name, _ in pairs]
            repeated = next(name for name in names if names.count(name) > 1)
            raise ValueError(f"the name {shown(repeated)} stands twice")
        return found

    def constant(name: str) -> NoReturn:
        raise ValueError(f"{name} is no JSON number")

    try:
        return json.loads(text.decode("utf-8"), object_pairs_hook=unique, parse_constant=constant)
    except RecursionError:
        _fail(path, f"its {what} is nested too deep", "It was altered, or is no model file")
    except ValueError as error:  # UnicodeDecodeError and JSONDecodeError too
        _fail(path, f"its {what} is no valid JSON: {error}", "It was altered, or is no model file")


def _tensors(header: Mapping[str, Any], data_size: int, path: str) -> tuple[Shapes, dict[str, tuple[int, int]]]:
    shapes: dict[str, tuple[int, ...]] = {}
    offsets: dict[str, tuple[int, int]] = {}
    for name, entry in header.items():
        if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
            _fail(path, f"the array {shown(name)} lacks dtype, shape or data_offsets", "It was altered")
        if entry["dtype"] != "F32":
            _fail(
                path, f"the array {shown(name)} has the type {shown(entry['dtype'])}, expected 'F32'", "It was altered"
            )
        shape, place = entry["shape"], entry["data_offsets"]
        if not _whole_numbers(shape) or len(shape) > _MOST_AXES:
            _fail(path, f"the array {shown(name)} has no valid shape: {shown(shape)}", "It was altered")
        if not _whole_numbers(place) or len(place) != 2 or not place[0] <= place[1] <= data_size:
            _fail(
                path,
                f"the array {shown(name)} lies at {shown(place)}, outside the {data_size:,} bytes that follow the "
                "header",
                "It is truncated or was altered",
            )
        if place[1] - place[0] != 4 * math.prod(shape):
            _fail(
                path,
                f"the array {shown(name)} of shape {tuple(shape)} needs {4 * math.prod(shape):,} bytes, received "
                f"{place[1] - place[0]:,}",
                "It was altered",
            )
        shapes[name] = tuple(shape)
        offsets[name] = (place[0], place[1])
    reached = 0
    for begin, end in sorted(offsets.values()):
        if begin != reached:
            what = "overlap" if begin < reached else "leave a gap"
            _fail(path, f"its arrays {what} at byte {min(begin, reached):,} after the header", "It was altered")
        reached = end
    if reached != data_size:
        _fail(path, f"its arrays end at byte {reached:,}, and {data_size:,} follow the header", "It was altered")
    return shapes, offsets


def _whole_numbers(value: object) -> bool:
    return isinstance(value, list) and all(type(entry) is int and 0 <= entry < 2**63 for entry in value)


def _fail(path: str, found: str, advice: str) -> NoReturn:
    raise FileFormatError(f"Cannot read {path!r} as a figurate model: {found}. {advice}.")
