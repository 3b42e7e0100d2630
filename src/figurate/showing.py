"""How values are shown to people: in words; as the HTML that notebooks show.

All text is escaped here. The HTML takes its colours from the notebook and has no scripts, so that it is shown in dark
themes and in notebooks that aren't trusted too.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from figurate.errors import harmless

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_HALF_A_TENTH_OF_A_PERCENT = 0.0005
_LEFT, _RIGHT = "text-align: left", "text-align: right"


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def percent(value: float) -> str:
    """A probability with one decimal: 99.8 %, and never a rounded 0 or 100 that isn't one.

    Example:
        >>> percent(0.9981), percent(0.00001), percent(0.99999), percent(1.0)
        ('99.8 %', '<0.1 %', '>99.9 %', '100.0 %')
    """
    if 0.0 < value < _HALF_A_TENTH_OF_A_PERCENT:
        return "<0.1 %"
    if 1.0 - _HALF_A_TENTH_OF_A_PERCENT <= value < 1.0:
        return ">99.9 %"
    return f"{value * 100:.1f} %"


def number(value: object) -> str:
    """A value with four decimals, or as a power of ten where these would show next to nothing.

    Example:
        >>> number(0.25), number(1e-5), number(3)
        ('0.2500', '1.0000e-05', '3')
    """
    if not isinstance(value, float):
        return str(value)
    return f"{value:.4e}" if 0 < abs(value) < 1e-3 else f"{value:.4f}"


def escaped(text: object) -> Markup:
    """Text as HTML, with nothing in it that a browser or a terminal would obey.

    Example:
        >>> escaped("<script>")
        '&lt;script&gt;'
    """
    return text if isinstance(text, Markup) else Markup(html.escape(harmless(str(text))))


def element(tag: str, text: object, **attributes: str) -> Markup:
    """One element of HTML.

    Args:
        tag: Such as "b".
        text: What is in it, escaped unless it is `Markup`.
        attributes: Values are escaped.

    Example:
        >>> element("b", "1 < 2", title="so")
        '<b title="so">1 &lt; 2</b>'
    """
    said = "".join(f' {name}="{escaped(value)}"' for name, value in attributes.items())
    return Markup(f"<{tag}{said}>{escaped(text)}</{tag}>")


def isolated(text: object) -> Markup:
    """A name that a user gave, in its own direction: Hebrew or Arabic doesn't turn around the numbers beside it.

    Example:
        >>> isolated("cat")
        '<bdi>cat</bdi>'
    """
    return element("bdi", text)


def table(headings: Sequence[str], rows: Sequence[Sequence[object]], numbers: Sequence[int] = ()) -> Markup:
    """A table.

    Args:
        headings: One a column.
        rows: Of cells, escaped unless they are `Markup`.
        numbers: The columns of numbers, aligned at their right.
    """
    styles = [_RIGHT if column in numbers else _LEFT for column in range(len(headings))]

    def line(tag: str, cells: Sequence[object]) -> Markup:
        found = (element(tag, cell, style=style) for cell, style in zip(cells, styles, strict=True))
        return element("tr", Markup("".join(found)))

    head = element("thead", line("th", headings))
    return element("table", Markup(head + element("tbody", Markup("".join(line("td", row) for row in rows)))))


def image(data: bytes, kind: str, title: str, width: int) -> Markup:
    """A picture within the page.

    Args:
        data: The picture's file.
        kind: "png" or "svg+xml".
        title: What it shows, for those who can't see it.
        width: Pixels on the screen.
    """
    source = f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
    return Markup(f'<img src="{source}" alt="{escaped(title)}" width="{width}"/>')


def png(pixels: npt.NDArray[np.uint8]) -> bytes:
    """Pixels (h, w) or (h, w, 3) as a PNG file."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "png")
    return buffer.getvalue()
