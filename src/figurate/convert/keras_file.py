"""`.keras` files, read without Keras: a zip archive with a JSON configuration and an HDF5 file of weights.

Written by Keras 3. Members are stored, not packed, so that none is larger than the file; the configuration is checked
against closed lists; and each array's place and size are checked against the file's bytes before it is read. Links,
external storage, filters and virtual data sets, by which HDF5 reaches other files or runs other code, are refused.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from os import PathLike
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from figurate.convert import keras_compile, keras_reading, libraries
from figurate.convert.findings import Findings
from figurate.convert.keras_compile import Shape
from figurate.convert.keras_graph import Source
from figurate.convert.network import Arrays, Network, specs_of
from figurate.errors import ConfigurationError, FigurateError, FileFormatError, harmless, shown
from figurate.optimizers import Optimizer

_CONFIG, _WEIGHTS = "config.json", "model.weights.h5"
_LARGEST_CONFIG = 16 * 2**20
_MOST_MEMBERS = 10_000
_OLDER = (".h5", ".hdf5")


def read(filepath: str | PathLike[str], findings: Findings) -> Network:
    """Read the model in a `.keras` file.

    Args:
        filepath: Written by `model.save` of Keras 3.
        findings: Told of what there is not.

    Raises:
        FileFormatError: The file is damaged, altered or of another kind.
        UnsupportedError: Something cannot be converted; h5py is not installed.
        FileNotFoundError, IsADirectoryError: There is no such file.
    """
    path = os.fspath(filepath)
    if not isinstance(path, str) or not path.endswith(".keras"):
        advice = " Load it with Keras, and pass the model." if str(path).endswith(_OLDER) else ""
        raise ConfigurationError(
            f"`{findings.caller}` expects a Keras model, or the path of a '.keras' file, "
            f"received {shown(path)}.{advice}"
        )
    if os.path.isdir(path):
        raise IsADirectoryError(
            f"`{findings.caller}` expects a '.keras' file, received the folder {path!r}. Save the model again with "
            "Keras 3, which writes one file."
        )
    h5py = libraries.h5py()
    with open(path, "rb") as file:
        members = _members(file, path)
    config = _json(members[_CONFIG], path)
    weights = members[_WEIGHTS]
    try:
        with h5py.File(io.BytesIO(weights), "r") as opened:
            store = H5Store(h5py, opened, len(weights), path)
            compile_config = config.get("compile_config")
            return keras_reading.network(
                config, compile_config if isinstance(compile_config, dict) else None, store, findings
            )[0]
    except FigurateError:
        raise
    except (OSError, KeyError, ValueError, TypeError, RuntimeError, AttributeError, OverflowError) as error:
        raise FileFormatError(
            f"Cannot read {path!r} as a Keras model: its weights are no sound HDF5 file ({shown(str(error))[1:-1]}). "
            "Save it again."
        ) from error


def _fail(path: str, found: str) -> NoReturn:
    raise FileFormatError(f"Cannot read {path!r} as a Keras model: {harmless(found)}. Save it again with Keras 3.")


def _members(file: io.BufferedReader, path: str) -> dict[str, bytes]:
    """The two members that matter; what else there is stays unread."""
    size = os.fstat(file.fileno()).st_size
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_MEMBERS:
                _fail(path, f"its archive has {len(entries):,} members, expected at most {_MOST_MEMBERS:,}")
            return {
                name: _member(archive, [entry for entry in entries if entry.filename == name], name, path, size)
                for name in (_CONFIG, _WEIGHTS)
            }
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OverflowError) as error:
        if isinstance(error, FigurateError):
            raise
        _fail(path, f"it is no sound zip archive ({shown(error)})")


def _member(archive: zipfile.ZipFile, found: list[zipfile.ZipInfo], name: str, path: str, size: int) -> bytes:
    if len(found) != 1:
        _fail(path, f"its archive has {len(found)} members {name!r}, expected one")
    entry = found[0]
    if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1:
        _fail(path, f"its member {name!r} is packed or encrypted, expected as it is")
    if entry.file_size > size or entry.compress_size != entry.file_size:
        _fail(path, f"its member {name!r} would have {entry.file_size:,} bytes, and the whole file has {size:,}")
    if name == _CONFIG and entry.file_size > _LARGEST_CONFIG:
        _fail(path, f"its {name} has {entry.file_size:,} bytes, expected at most {_LARGEST_CONFIG:,}")
    return archive.read(entry)


def _json(text: bytes, path: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        _fail(path, f"its {_CONFIG} is no JSON ({error})")
    if not isinstance(found, dict):
        _fail(path, f"its {_CONFIG} is no JSON object")
    return found


class H5Store:
    """The arrays of a `.keras` file.

    Args:
        h5py: The library.
        file: Open.
        size: Its bytes.
        path: The archive's name, for messages.
    """

    def __init__(self, h5py: Any, file: Any, size: int, path: str) -> None:
        self._h5py, self._file, self._size, self._path = h5py, file, size, path
        self._begun: set[int] = set()  # where arrays begin that were asked for
        self._asked = 0  # their bytes

    def weights(self, sources: list[Source]) -> list[Arrays]:
        # All are looked at before the first is read: a file may promise more than it holds.
        wanted = [
            [self._data_set(f"{source.path}/vars/{i}", spec.shape) for i, spec in enumerate(specs_of(source.layer))]
            for source in sources
        ]
        return [[np.array(found[()], dtype=np.float32) for found in sets] for sets in wanted]

    def optimizer_size(self) -> int:
        group = self._get("optimizer/vars")
        return 0 if group is None else len(group)

    def optimizer(self, optimizer: Optimizer, trained: list[Shape]) -> list[npt.NDArray[Any]]:
        shapes: list[Shape] = [() for _ in range(self.optimizer_size())]
        if len(shapes) == keras_compile.count(optimizer, trained)[1]:
            for place, _, weight in keras_compile.variables(optimizer, trained):
                shapes[place] = trained[weight]
        return [self._data_set(f"optimizer/vars/{i}", shape)[()] for i, shape in enumerate(shapes)]

    def _data_set(self, name: str, shape: Shape) -> Any:
        """The data set of this name, once it is sure that its numbers stand in this file."""
        found = self._get(name)
        if not isinstance(found, self._h5py.Dataset):
            _fail(self._path, f"its weights lack {name!r}, of shape {shape}")
        if found.shape != shape:
            _fail(self._path, f"its array {name!r} has the shape {found.shape}, expected {shape}")
        if found.dtype.kind not in ("f" if shape else "fiu") or found.dtype.itemsize not in ((4,) if shape else (4, 8)):
            _fail(self._path, f"its array {name!r} holds {found.dtype}, expected float32")
        creation = found.id.get_create_plist()
        if found.is_virtual or found.external or creation.get_nfilters() or found.chunks is not None:
            _fail(self._path, f"its array {name!r} lies elsewhere or is packed, expected plain numbers")
        bytes_, begin = found.size * found.dtype.itemsize, found.id.get_offset()
        if found.id.get_storage_size() != bytes_ or begin is None or begin + bytes_ > self._size:
            _fail(self._path, f"its array {name!r} needs {bytes_:,} bytes, which are not in the file")
        # Many names for few bytes would fill the memory.
        if begin in self._begun:
            _fail(self._path, f"its array {name!r} stands where another one does")
        self._begun.add(begin)
        self._asked += bytes_
        if self._asked > self._size:  # they overlap
            _fail(self._path, f"its arrays up to {name!r} need {self._asked:,} bytes, and the file has {self._size:,}")
        return found

    def _get(self, name: str) -> Any:
        """What has this name, by plain links alone; None where there is nothing."""
        found = self._file
        for part in name.split("/"):
            if not isinstance(found, self._h5py.Group):
                return None
            # Asked of the link itself: even `in` would follow it to another file.
            links, key = found.id.links, part.encode()
            if not links.exists(key):
                return None
            if links.get_info(key).type != self._h5py.h5l.TYPE_HARD:
                _fail(self._path, f"its weights have a link {name!r} to another place or file")
            found = found[part]
        return found
