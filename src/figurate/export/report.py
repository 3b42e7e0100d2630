"""`Exported`: what an export has written, for people and programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from figurate.export.agreement import Agreement


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        format: "onnx", "c" or "litert".
        files: In the order in which one would look at them.
        size: Of all of them, in bytes.
        agreement: How the file's outputs compare with the model's.
        numbers: What else is known of the format, such as flash and RAM in bytes.
        checked_by: Of C, the compiler that it was compiled by before it was run here, as one calls it, or "numpy" where
            none was at hand, and the same arithmetic was run in its place. None: of other formats, which their own
            runtimes run.
    """

    format: str
    files: tuple[Path, ...]
    size: int
    agreement: Agreement
    numbers: Mapping[str, int | float] = field(default_factory=dict)
    checked_by: str | None = None

    @classmethod
    def of(
        cls,
        format: str,
        files: Sequence[str | PathLike[str]],
        agreement: Agreement,
        numbers: Mapping[str, int | float] | None = None,
        checked_by: str | None = None,
    ) -> Exported:
        """The report of files that lie there."""
        paths = tuple(Path(file) for file in files)
        return cls(
            format, paths, sum(path.stat().st_size for path in paths), agreement, dict(numbers or {}), checked_by
        )
