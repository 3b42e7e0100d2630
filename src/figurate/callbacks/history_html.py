"""A `History` as a notebook shows it: its curves as a small picture, the last epoch's values, all epochs to unfold.

Needs no drawing library; `figurate.plots.history` draws the same for pages.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from figurate.showing import Markup, element, escaped, image, number, table

# As in the plots: Okabe and Ito's blue and orange; a grey that is read on white and on black.
_TRAINING, _VALIDATION, _GREY = "#0072B2", "#D55E00", "#808080"
_WIDTH, _HEIGHT = 260, 130  # of a panel, in pixels
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 10, 22, 20  # its margins
_PANELS = 2
_NO_CURVES = ("learning_rate", "lr")

Course = Mapping[str, tuple[Sequence[int], Sequence[float]]]


def history_html(course: Course) -> str:
    """The HTML.

    Args:
        course: name -> the epochs' numbers, counted from 0, and the values; the validation's names begin with `val_`.
    """
    names = [name for name in course if not name.startswith("val_")]
    headings = ["", "training", "validation"]
    rows = [[name, _last(course, name), _last(course, f"val_{name}")] for name in names]
    parts = [_curves(course, names), table(headings, rows, numbers=(1, 2)), _all_epochs(course)]
    return element("div", Markup("".join(parts)))


def _last(course: Course, name: str) -> str:
    values = course[name][1] if name in course else ()
    return number(values[-1]) if values else ""


def _all_epochs(course: Course) -> Markup:
    """Every value in a table that unfolds."""
    at = {name: dict(zip(*pair, strict=True)) for name, pair in course.items()}
    epochs = sorted({epoch for pair in course.values() for epoch in pair[0]})
    rows = [[str(epoch + 1), *(number(at[name].get(epoch, "")) for name in course)] for epoch in epochs]
    whole = table(["epoch", *course], rows, numbers=range(len(course) + 1))
    return element("details", Markup(element("summary", "all epochs") + whole))


def _curves(course: Course, names: Sequence[str]) -> Markup:
    """The first quantities' panels beside one another, as one picture."""
    drawn = [name for name in names if name not in _NO_CURVES][:_PANELS]
    width = _WIDTH * max(1, len(drawn))
    panels = "".join(_panel(course, name, _WIDTH * place) for place, name in enumerate(drawn))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_HEIGHT}" font-family="sans-serif" '
        f'font-size="11" fill="{_GREY}">{panels}</svg>'
    )
    # An image rather than a part of the page: notebooks that aren't trusted show it too.
    return image(svg.encode(), "svg+xml", "curves of " + " and ".join(drawn), width)


def _panel(course: Course, name: str, left: int) -> str:
    """One quantity: frame, least and greatest value, a line for training and a broken one for validation."""
    lines = [(course[key], colour, dashes) for key, colour, dashes in (
        (name, _TRAINING, ""),
        (f"val_{name}", _VALIDATION, ' stroke-dasharray="5 3"'),
    ) if key in course]  # fmt: skip
    epochs = [epoch for pair, *_ in lines for epoch in pair[0]]
    finite = [value for pair, *_ in lines for value in pair[1] if math.isfinite(value)] or [0.0]
    (first, last), (low, high) = (min(epochs), max(epochs)), (min(finite), max(finite))

    def place(epoch: int, value: float) -> str:
        x = left + _LEFT + (_WIDTH - _LEFT - _RIGHT) * (epoch - first) / max(1, last - first)
        y = _TOP + (_HEIGHT - _TOP - _BOTTOM) * (high - value) / ((high - low) or 1.0)
        return f"{x:.1f},{y:.1f}"

    def text(x: float, y: float, words: str, anchor: str, colour: str = _GREY) -> str:
        return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{colour}">{escaped(words)}</text>'

    begin, end, ground = left + _LEFT, left + _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    parts = [f'<path d="M{begin} {_TOP}V{ground}H{end}" fill="none" stroke="{_GREY}"/>']
    parts += [text(begin, 14, name.replace("_", " "), "start")]
    if len(lines) > 1:
        parts += [text(end - 60, 14, "training", "end", _TRAINING), text(end, 14, "validation", "end", _VALIDATION)]
    parts += [text(begin - 4, _TOP + 8, f"{high:.4g}", "end"), text(begin - 4, ground, f"{low:.4g}", "end")]
    parts += [text(begin, _HEIGHT - 6, str(first + 1), "start"), text(end, _HEIGHT - 6, f"epoch {last + 1}", "end")]
    for (numbers, values), colour, dashes in lines:
        points = [place(*pair) for pair in zip(numbers, values, strict=True) if math.isfinite(pair[1])]
        drawn = " ".join(points)
        parts.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>')
        for x, y in (point.split(",") for point in points[-1:]):  # seen where there is one epoch alone, too
            parts.append(f'<circle cx="{x}" cy="{y}" r="2.5" fill="{colour}"/>')
    return "".join(parts)
