"""`figurate read`: the figures on whole pictures, such as photographs of pages, forms and sudokus.

Finding them is figurate.figures.reading's.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from figurate.cli.words import IMAGE, MODEL, FileWord, check_target

if TYPE_CHECKING:
    from figurate.figures.reading import Page

    # Generic since click 8.2.
    _Word = click.ParamType[Any]
else:
    _Word = click.ParamType

_DRAWN_ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")
_MOST = 100  # rows or columns


class GridWord(_Word):
    """`auto`, `none`, or rows and columns such as 9x9."""

    name = "grid"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        if value in ("auto", "none"):
            return "auto" if value == "auto" else None
        rows, times, columns = value.lower().replace("×", "x").partition("x")
        if times and rows.isdecimal() and columns.isdecimal() and len(rows) < 4 and len(columns) < 4:
            size = int(rows), int(columns)
            if min(size) >= 1 and max(size) <= _MOST:
                return size
        self.fail(
            f"Expected rows and columns such as 9x9, each from 1 to {_MOST}, or 'auto' or 'none', received '{value}'.",
            param,
            ctx,
        )

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        return [CompletionItem(word) for word in ("auto", "none", "9x9") if word.startswith(incomplete)]


@click.command(short_help="Read all figures on photographs.")
@click.argument("model", type=MODEL)
@click.argument("photos", type=IMAGE, nargs=-1, required=True, metavar="PHOTO...")
@click.option(
    "--grid",
    type=GridWord(),
    default="auto",
    show_default=True,
    metavar="9x9|none|auto",
    help="Rows and columns of the grid to read; none: read lines; auto: read a grid if there is one.",
)
@click.option(
    "--out",
    type=FileWord("path", _DRAWN_ENDINGS),
    help="Draw boxes and readings over the photo: a file; a folder for several photos.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a photo, each on its own line.")
def read(
    model: Path,
    photos: tuple[Path, ...],
    grid: Literal["auto"] | tuple[int, int] | None,
    out: Path | None,
    as_json: bool,
) -> int:
    """Find and read the figures on each PHOTO: photographs, scans, screenshots; lines of them, or a grid.

    Ruled and squared paper, shadows, a small turn and light strokes on a dark board are no hindrance; what is no figure
    is left out. Each line of the page is printed on a line, with how sure the model is of its least sure figure; an
    empty cell of a grid is a dot.

    \b
      figurate read mnist.safetensors page.jpg
      figurate read mnist.safetensors page.jpg --out read.png
      figurate read digits.safetensors sudoku.jpg --grid 9x9
      figurate read mnist.safetensors *.jpg --json | jq -r .lines[].text

    Needs OpenCV: pip install 'figurate[photos]'. A photo that can't be read is named, the others are read, and the exit
    status is 1.
    """  # noqa: D301 - click reads \b: what follows stays as it is
    from figurate.cli import models
    from figurate.cli.output import Output
    from figurate.cli.pictures import failure
    from figurate.cli.status import FAILURE
    from figurate.errors import ConfigurationError, FigurateError, UnsupportedError
    from figurate.figures.reading import read as read_page

    output = Output(as_json=as_json)
    _check_out(out, photos)
    network = models.load(model)
    failed = 0
    for photo in photos:
        try:
            page = read_page(photo, network, grid=grid)
            if out is not None:
                _write(page, out / f"{photo.stem}.png" if out.is_dir() else out)
        except (ConfigurationError, UnsupportedError):
            # The model's or the installation's fault: the next photo would fail as well.
            raise
        except (FigurateError, OSError) as error:
            output.note(failure(photo, error))
            failed += 1
            continue
        output.object(page.to_dict(str(photo)))
        if not as_json:
            _tell(output, photo, page, named=len(photos) > 1)
    return FAILURE if failed else 0


def _tell(output: Any, photo: Path, page: Page, *, named: bool) -> None:
    """Print a page's lines for people."""
    from figurate.plots._words import percent

    if named:
        output.line(f"{photo}:")
    if not any(line.figures for line in page.lines):
        output.note(f"{photo}: no figures found.")
    width = max((len(line.text) for line in page.lines), default=0)
    for line in page.lines:
        least = min((figure.probability for figure in line.figures), default=None)
        output.line(line.text if least is None else f"{line.text:<{width}}  ({percent(least)})")


def _check_out(out: Path | None, photos: tuple[Path, ...]) -> None:
    """Refuse, before any work is done, what no picture can be written to.

    Raises:
        click.BadParameter: Saying what stands in the way.
    """
    if out is None or out.is_dir():
        return
    if len(photos) > 1:
        raise click.BadParameter(
            f"Several photos need a folder to draw to, received '{out}'. Make one, and name it.", param_hint="--out"
        )
    if out.suffix.lower() not in _DRAWN_ENDINGS:
        raise click.BadParameter(
            f"A picture ends in one of {', '.join(_DRAWN_ENDINGS)}, received '{out}'. Name it '{out}.png'.",
            param_hint="--out",
        )
    check_target(out, "--out")


def _write(page: Page, path: Path) -> None:
    """Draw a page into a file that is whole at any time."""
    from PIL import Image

    from figurate.files import write_atomically

    file = io.BytesIO()
    page.draw().save(file, Image.registered_extensions()[path.suffix.lower()])
    write_atomically(path, file.getvalue())
