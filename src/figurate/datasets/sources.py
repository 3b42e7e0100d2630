"""Where the sets that do not ship with the package come from: folders of this computer first, then the network.

The sets themselves are described in a file each; how bytes are fetched is told in `download.py`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from figurate.datasets import folder, idx
from figurate.errors import DataError, DownloadError, FileFormatError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from figurate.datasets.folder import Data

__all__ = ["TIMEOUT", "Source"]

TIMEOUT = 15.0
"""Seconds without an answer or a byte after which a mirror is given up."""

# MD5 of the unpacked training labels: they tell which set a folder holds, as all sets use the same file names.
# From the files that ship here, and from Debian's dataset-fashion-mnist 0.0~git20200523.55506a9-1; KMNIST's is unknown.
_LABELS = {
    "mnist": "a25bea736e30d166cdddb491f175f624",
    "fashion_mnist": "9018921c3c673c538a1fc5bad174d6f9",
}


class Source(NamedTuple):
    """One set: its name, where it is to be had, and `load_data`, which its module offers under that name.

    Args:
        name: As in `figurate.datasets`, and the folder's name under `$FIGURATE_DATA` and in the cache.
        classes: How many there are; labels run from 0 to one less.
        system_folder: Where a distribution's package puts the files.
        system_package: The name of that package, or None where there is none.
        mirrors: Base addresses, in the order in which they are tried.
        checksums: MD5 of each gzipped file, by its name without `.gz`.
    """

    name: str
    classes: int
    system_folder: str
    system_package: str | None
    mirrors: tuple[str, ...]
    checksums: Mapping[str, str]

    def load_data(self, *, mirrors: Sequence[str] | None = None, timeout: float = TIMEOUT) -> Data:
        """Load the set from the first place that has all four files, else download it into the cache.

        The places, in this order: `$FIGURATE_DATA/<name>` and `$FIGURATE_DATA`; the folder of the distribution's
        package, where there is one; the cache (`$XDG_CACHE_HOME/figurate`, else `~/.cache/figurate`). What is
        downloaded is checked against the published checksums.

        Args:
            mirrors: Base addresses to download from instead of the set's own.
            timeout: Seconds without an answer or a byte after which a mirror is given up; 15 by default.

        Returns:
            `((x_train, y_train), (x_test, y_test))`, plain uint8 arrays: x (60000, 28, 28) and (10000, 28, 28), 0 to
            255; y (60000,) and (10000,), 0 to 9 (see `class_names`).

        Raises:
            DownloadError: The set is nowhere and could not be downloaded; the message names every place tried.
            FileFormatError: The files found in `$FIGURATE_DATA` or the package's folder are damaged.
            DataError: The files found have labels beyond the last class.

        Example:
            >>> from figurate.datasets import kmnist
            >>> (x_train, y_train), (x_test, y_test) = kmnist.load_data()  # doctest: +SKIP
            >>> [kmnist.class_names[label] for label in y_train[:3]]  # doctest: +SKIP
        """
        tried: list[str] = []
        for place, path, shared in _places(self):
            if path is None:
                tried.append(f"{place}: not set")
                continue
            _, missing = folder.find(path)
            if missing:
                lacking = "all four files" if len(missing) == len(folder.FILES) else ", ".join(missing)
                tried.append(f"{place} ({path}): " + (f"lacks {lacking}" if path.is_dir() else "no such folder"))
                continue
            data = folder.read(path)
            if shared and not _is_of(self, data):
                tried.append(f"{place} ({path}): holds another set; {self.name}'s place is {path / self.name}")
                continue
            return _checked(self, data, path)

        cache = _cache_folder() / self.name
        try:
            return _from_cache(self, cache)
        except FileFormatError as error:
            # What is damaged in the cache was put there by us, and is fetched again.
            tried.append(f"cache ({cache}): {'damaged: ' + str(error) if cache.is_dir() else 'no such folder'}")
        return _download(self, cache, self.mirrors if mirrors is None else mirrors, timeout, tried)


def _places(source: Source) -> list[tuple[str, Path | None, bool]]:
    """Folders to look into: how to call each, its path, and whether it is one that may hold any set."""
    value = os.environ.get("FIGURATE_DATA")
    named = Path(value).expanduser() if value else None
    return [
        (f"$FIGURATE_DATA/{source.name}", named and named / source.name, False),
        ("$FIGURATE_DATA", named, True),
        ("system folder", Path(source.system_folder), False),
    ]


def _cache_folder() -> Path:
    """`$XDG_CACHE_HOME/figurate` or `~/.cache/figurate` (XDG Base Directory Specification: only absolute paths)."""
    value = os.environ.get("XDG_CACHE_HOME", "")
    base = value if os.path.isabs(value) else os.path.expanduser("~/.cache")
    if not os.path.isabs(base):
        raise DownloadError(
            "Expected a home folder to keep downloaded sets in, received none. Set XDG_CACHE_HOME, or FIGURATE_DATA to "
            "a folder that holds the set."
        )
    return Path(base) / "figurate"


def _is_of(source: Source, data: Data) -> bool:
    """Whether the data are this set's, as far as the known checksums tell."""
    import hashlib

    labels: NDArray[Any] = data[0][1]
    header = b"\0\0\x08\x01" + len(labels).to_bytes(4, "big")
    received = hashlib.md5(header + labels.tobytes(), usedforsecurity=False).hexdigest()
    expected = _LABELS.get(source.name)
    return received == expected if expected is not None else received not in _LABELS.values()


def _checked(source: Source, data: Data, path: Path) -> Data:
    for part, (_, labels) in zip(("training", "test"), data, strict=True):
        if labels.min() < 0 or labels.max() >= source.classes:
            raise DataError(
                f"`{path}`: expected {part} labels of {source.name} from 0 to {source.classes - 1}, received "
                f"{labels.min()} to {labels.max()}. The files are another set's: move them away."
            )
    return data


def _from_cache(source: Source, cache: Path) -> Data:
    # Files in the cache are only ever replaced whole, so they may be mapped.
    return _checked(source, folder.read(cache, mapped=True), cache)


def _download(source: Source, cache: Path, mirrors: Sequence[str], timeout: float, tried: list[str]) -> Data:
    """Fetch what the cache lacks and load it; one process at a time, and each file whole or not at all."""
    from figurate.datasets.download import exclusive, fetch
    from figurate.datasets.progress import progress

    try:
        cache.mkdir(parents=True, exist_ok=True)
        with exclusive(cache / ".lock"), progress(source.name) as report:
            for name in folder.FILES:
                if _is_whole(cache / name):
                    continue  # from an earlier, interrupted download, or from another process just now
                packed = cache / f"{name}.gz"
                urls = [f"{mirror.rstrip('/')}/{name}.gz" for mirror in mirrors]
                fetch(urls, packed, source.checksums[name], timeout=timeout, report=report)
                # Kept unpacked, so that loading is a matter of mapping.
                idx.write(cache / name, idx.read(packed))
                packed.unlink()
    except DownloadError as error:
        tried.append(str(error))
        raise DownloadError(_nowhere(source, cache, tried)) from error
    except OSError as error:
        tried.append(f"cache ({cache}): cannot be written ({error.strerror or error})")
        raise DownloadError(_nowhere(source, cache, tried)) from error
    return _from_cache(source, cache)


def _is_whole(path: Path) -> bool:
    try:
        idx.read(path, mapped=True)
    except (FileFormatError, OSError):
        return False
    return True


def _nowhere(source: Source, cache: Path, tried: list[str]) -> str:
    package = f", or install Debian's package {source.system_package}" if source.system_package else ""
    files = ", ".join(f"{name}.gz" for name in folder.FILES)
    return "\n".join(
        [
            f"`{source.name}` was not found on this computer and could not be downloaded. Tried:",
            *(f"  - {line}" for line in tried),
            f"To do it by hand: get {files} from {' or '.join(source.mirrors)} and put them, gzipped or unpacked, into "
            f"{cache}, or into a folder {source.name} below one that the environment variable FIGURATE_DATA names"
            f"{package}.",
        ]
    )
