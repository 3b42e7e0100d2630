"""`CSVLogger`: writes a row of a CSV file for every epoch."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from os import PathLike
from typing import IO, Any

from figurate.callbacks.callback import Callback, Logs, State
from figurate.errors import ConfigurationError, shown
from figurate.parameters import Boolean


class CSVLogger(Callback):
    """Write the epochs' logs to a CSV file: a header, then `epoch` and the values of each epoch, sorted by name.

    The file is opened at the end of the first epoch, and every row is written out at once. A value that an epoch does
    not have is written as NA.

    Args:
        filename: The file's path.
        separator: The character between two values.
        append: Whether to add to the file if it exists; else it begins anew.

    Raises:
        ConfigurationError: An argument is wrong, or the file to append to has other columns.

    Example:
        >>> log = CSVLogger("run.csv", append=True)
    """

    def __init__(self, filename: str | PathLike[str], separator: str = ",", append: bool = False) -> None:
        super().__init__()
        if not isinstance(filename, (str, PathLike)) or not os.fspath(filename):
            raise ConfigurationError(f"`CSVLogger(filename=…)` expects a path, received {shown(filename)}.")
        if not isinstance(separator, str) or len(separator) != 1:
            raise ConfigurationError(f"`CSVLogger(separator=…)` expects one character, received {shown(separator)}.")
        self.filename: str = os.fspath(filename)
        self.separator = separator
        self.append: bool = Boolean().check("CSVLogger", "append", append)
        self._file: IO[str] | None = None
        self._columns: list[str] = []
        self._resume_at: int | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.on_train_exit()
        self._resume_at = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        logs = logs or {}
        if self._file is None:
            self._file = self._open(sorted({*logs, *self.params.get("metrics", ())}))
        writer = csv.writer(self._file, delimiter=self.separator, lineterminator="\n")
        writer.writerow([epoch, *(logs.get(name, "NA") for name in self._columns)])
        self._file.flush()

    def on_train_exit(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self, columns: list[str]) -> IO[str]:
        """Open the file, with the header written or, where rows are added, compared with `columns`."""
        exists = os.path.exists(self.filename) and os.path.getsize(self.filename) > 0
        if self._resume_at is not None and exists:
            # Rows of an epoch that was not yet backed up when the run was killed are written again.
            with open(self.filename, "r+b") as file:
                file.truncate(min(self._resume_at, os.path.getsize(self.filename)))
            exists = self._resume_at > 0
        elif not self.append:
            exists = False
        self._columns = columns
        if exists:
            with open(self.filename, newline="", encoding="utf-8") as file:
                header = next(csv.reader(file, delimiter=self.separator), [])
            if sorted(header) != sorted(["epoch", *columns]) or header[0] != "epoch":
                raise ConfigurationError(
                    f"`CSVLogger` expects the columns epoch, {', '.join(columns)} in {self.filename!r} to append to, "
                    f"received {shown(', '.join(header))}. Choose another file, or append=False."
                )
            self._columns = header[1:]
        mode = "a" if exists else "w"
        opened = open(self.filename, mode, newline="", encoding="utf-8")  # noqa: SIM115  # closed at the run's end
        if not exists:
            csv.writer(opened, delimiter=self.separator, lineterminator="\n").writerow(["epoch", *columns])
        return opened

    def get_state(self) -> State:
        return {"size": os.path.getsize(self.filename) if self._file is not None else None}

    def set_state(self, state: Mapping[str, Any]) -> None:
        self._resume_at = state["size"]
