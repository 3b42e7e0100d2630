"""Write predictions as Kaggle's competitions take them: one row a figure, `ImageId,Label`."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable

from figurate.files import write_atomically

__all__ = ["write_submission"]


def write_submission(
    path: str | os.PathLike[str],
    ids: Iterable[object],
    labels: Iterable[object],
    *,
    columns: tuple[str, str] = ("ImageId", "Label"),
) -> None:
    """Write a table of predictions, whole or not at all: to a file beside `path`, which is then renamed.

    Args:
        path: The file to write; one that exists is replaced.
        ids: What the figures are called, as `load_figures` gives it.
        labels: What was read in each: names of classes or numbers.
        columns: The columns' names.

    Raises:
        ValueError: There are more ids than labels, or fewer.
        OSError: The file cannot be written.

    Example:
        >>> write_submission("submission.csv", [1, 2], ["7", "2"])  # doctest: +SKIP
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(ids, labels, strict=True))
    write_atomically(path, text.getvalue().encode("utf-8", "backslashreplace"))
