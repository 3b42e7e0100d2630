"""What a model read in pictures, told as it is read, and written as a table or a sheet of pictures at the end.

Opening pictures is pictures.py's matter, drawing the sheet sheet.py's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from figurate.cli.models import Model
    from figurate.cli.output import Output
    from figurate.cli.pictures import Seen

TABLE = ".csv"
SHEETS = (".png", ".jpg", ".jpeg")


@dataclass
class Readings:
    """What was read so far.

    Attributes:
        output: Where it is told.
        model: Reads.
        out: The table or sheet to write in the end; None: neither.
        drawn: Whether pictures are drawn in the terminal.
    """

    output: Output
    model: Model
    out: Path | None = None
    drawn: bool = False
    _sheet: list[Seen] = field(default_factory=list)
    _names: list[str] = field(default_factory=list)
    _read: list[tuple[str, float]] = field(default_factory=list)

    @property
    def draws(self) -> bool:
        """Whether more originals are of use: they are drawn, or there is room for them on the sheet."""
        from figurate.cli import sheet

        return self.drawn or (self._is_sheet and len(self._sheet) < sheet.MOST)

    @property
    def _is_sheet(self) -> bool:
        return self.out is not None and self.out.suffix.lower() != TABLE

    def read(self, pictures: Sequence[Seen]) -> None:
        """Read these together, and tell each; what goes into a table is told there."""
        import numpy as np

        from figurate.cli import models, sheet

        if not pictures:
            return
        outputs, classes = models.read(self.model, np.stack([seen.figure for seen in pictures]))
        for seen, probabilities in zip(pictures, outputs, strict=True):
            if self.output.as_json or self.out is None or self._is_sheet:
                self._tell(seen, probabilities, classes)
            best = int(probabilities.argmax())
            self._names.append(seen.name)
            self._read.append((classes[best], float(probabilities[best])))
            if self._is_sheet and len(self._sheet) < sheet.MOST:
                self._sheet.append(seen)

    def _tell(self, seen: Seen, probabilities: NDArray[np.float32], classes: list[str]) -> None:
        from figurate.cli import models

        models.show_reading(self.output, seen, probabilities, classes, drawn=self.drawn)

    def write(self) -> None:
        """Write the table or the sheet; nothing where nothing was read."""
        if self.out is None or not self._names:
            return
        from figurate import datasets
        from figurate.cli import sheet
        from figurate.files import write_atomically
        from figurate.plots._words import percent

        if not self._is_sheet:
            numbered = all(name.isdecimal() for name in self._names)
            columns = ("ImageId", "Label") if numbered else ("image", "label")
            datasets.write_submission(self.out, self._names, [name for name, _ in self._read], columns=columns)
            self.output.note(f"{len(self._names):,} rows written to '{self.out}'.")
            return
        lines = [f"{name} ({percent(share)})" for name, share in self._read[: len(self._sheet)]]
        write_atomically(self.out, sheet.sheet(self._sheet, lines, self.out.suffix))
        left = len(self._read) - len(self._sheet)
        more = f"; {left:,} more have no room there" if left else ""
        self.output.note(f"{len(self._sheet):,} drawn in '{self.out}'{more}.")
