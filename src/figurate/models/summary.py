"""The table that `model.summary()` prints, in Keras' form: a row a layer, then totals."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence

from figurate.errors import ConfigurationError
from figurate.layers import Layer

HEADINGS = ("Layer (type)", "Output Shape", "Param #")
# Where the columns end, as parts of the line: Keras' own proportions.
_ENDS = (0.45, 0.80, 1.0)
_LONGEST_LINE = 88
_SHORTEST_LINE = 40
_BYTES_A_WEIGHT = 4


def print_summary(
    name: str, layers: Sequence[Layer], line_length: int | None = None, print_fn: Callable[[str], object] | None = None
) -> None:
    """Print the table.

    Args:
        name: The model's.
        layers: The model's, built or not; without a shape a row shows ? and 0.
        line_length: Characters a line; None: as wide as the terminal, 88 at most.
        print_fn: Called with each line; None prints them.

    Raises:
        ConfigurationError: `line_length` is too small for three columns.
    """
    width = min(_LONGEST_LINE, shutil.get_terminal_size().columns - 4) if line_length is None else line_length
    if line_length is None:
        width = max(width, _SHORTEST_LINE)
    if width < _SHORTEST_LINE:
        raise ConfigurationError(f"`summary(line_length=…)` expects at least {_SHORTEST_LINE}, received {line_length}.")
    lines = summary_lines(name, layers, width)
    say = printer(print_fn)
    for line in lines:
        say(line)


def printer(print_fn: Callable[[str], object] | None) -> Callable[[str], object]:
    """What is called with each line: `print_fn`, or for None what prints it in characters that the output can show."""
    return print_fn if print_fn is not None else lambda line: print(_printable(line))


def summary_lines(name: str, layers: Sequence[Layer], width: int) -> list[str]:
    """The lines of the table, `width` characters wide."""
    ends = [int(end * width) for end in _ENDS]
    widths = [ends[0] - 3, ends[1] - ends[0] - 3, ends[2] - ends[1] - 4]
    lines = [f'Model: "{name}"', _rule("┏━┳┓", widths), _row(HEADINGS, widths, "┃"), _rule("┡━╇┩", widths)]
    for index, layer in enumerate(layers):
        lines += [_row(cells, widths, "│") for wide in layer_rows(layer) for cells in _wrapped(wide, widths[0])]
        lines.append(_rule("├─┼┤" if index < len(layers) - 1 else "└─┴┘", widths))
    if not layers:
        lines.append(_rule("└─┴┘", widths))
    return lines + [f" {total}" for total in totals(layers)]


def totals(layers: Sequence[Layer]) -> list[str]:
    """How many parameters there are: in all, trainable, and not trainable."""
    specs = [spec for layer in layers if layer.built for spec in layer.weight_specs(layer.built_shape)]
    trained = sum(spec.size for spec in specs if spec.trainable)
    fixed = sum(spec.size for spec in specs if not spec.trainable)
    counts = (("Total", trained + fixed), ("Trainable", trained), ("Non-trainable", fixed))
    return [f"{words} params: {count:,} ({_bytes(count * _BYTES_A_WEIGHT)})" for words, count in counts]


def layer_rows(layer: Layer, indent: str = "", way: str = "") -> list[tuple[str, str, str]]:
    """A layer's row, then those of the layers within it, indented; the weights of these are counted in both."""
    shape, parameters = "?", "0 (unbuilt)"
    if layer.built:
        sizes = layer.output_shape_of(layer.built_shape)
        shape, parameters = f"({', '.join(['None', *map(str, sizes)])})", f"{layer.count_params():,}"
    cells = [(f"{indent}{way}{layer.name} ({type(layer).__name__})", shape, parameters)]
    for place, within in layer.nested:
        cells += layer_rows(within, indent + "  ", "shortcut: " if place.startswith("shortcut") else "")
    return cells


def _wrapped(cells: tuple[str, str, str], width: int) -> list[tuple[str, str, str]]:
    """A row, or two where name and class do not fit on one line, as in Keras."""
    name, _, kind = cells[0].rpartition(" ")
    if len(cells[0]) <= width:
        return [cells]
    indent = " " * (len(name) - len(name.lstrip()))
    return [(name, *cells[1:]), (f"{indent}{kind}", "", "")]


def _rule(marks: str, widths: Sequence[int]) -> str:
    left, line, cross, right = tuple(marks)
    return left + cross.join(line * (width + 2) for width in widths) + right


def _row(cells: Sequence[str], widths: Sequence[int], bar: str) -> str:
    cut = [cell if len(cell) <= width else cell[: width - 1] + "…" for cell, width in zip(cells, widths, strict=True)]
    return f"{bar} {cut[0]:<{widths[0]}} {bar} {cut[1]:<{widths[1]}} {bar} {cut[2]:>{widths[2]}} {bar}"


def _bytes(size: float) -> str:
    for unit in ("B", "KB", "MB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} GB"


def _printable(line: str) -> str:
    """`line`, with plain characters in place of lines and dots where standard output cannot show them."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        line.encode(encoding)
    except UnicodeEncodeError:
        plain = str.maketrans(
            dict.fromkeys("┏┳┓┡╇┩├┼┤└┴┘", "+") | dict.fromkeys("━─", "-") | {"┃": "|", "│": "|", "…": "."}
        )
        return line.translate(plain).encode(encoding, "replace").decode(encoding)
    return line
