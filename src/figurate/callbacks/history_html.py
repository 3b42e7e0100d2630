"""A `History` as a notebook shows it: its curves as a small picture, the last epoch's values, all epochs to unfold.

Needs no drawing library; `figurate.plots.history` draws the same for pages.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from figurate.showing import Markup, element, escaped, image, number, table

# As in the plots: Okabe and Ito's blue and orange; a grey that is read on white and on black.
_TRAINING, _VALIDATION, _GREY = "#0072B2", "#D55E00", "#808080"
_WIDTH, _HEIGHT = 260, 144  # of a panel, in pixels
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 10, 36, 20  # its margins; the left one grows with the numbers beside it
_DIGIT = 7  # a digit's width in the widest of the usual fonts
_TITLE = 36  # characters that there is room for
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
    finite = [value for pair, *_ in lines for value in pair[1] if math.isfinite(value)]
    first, last, low, high = min(epochs), max(epochs), min(finite, default=0.0), max(finite, default=0.0)
    labels = _labels(low, high) if finite else ["no number"]
    begin, end, ground = left + _margin(labels), left + _WIDTH - _RIGHT, _HEIGHT - _BOTTOM

    def place(epoch: int, value: float) -> tuple[float, float]:
        """Where a value stands; in the middle where all are the same."""
        across = (epoch - first) / (last - first) if last > first else 0.5
        down = (high - value) / (high - low) if high > low else 0.5
        return begin + (end - begin) * across, _TOP + (ground - _TOP) * down

    parts = [
        f'<path d="M{begin} {_TOP}V{ground}H{end}" fill="none" stroke="{_GREY}"/>',
        _text(left + 4, 13, _title(name)),
    ]
    if len(lines) > 1:
        parts += [_text(end - 66, 29, "training", "end", _TRAINING), _text(end, 29, "validation", "end", _VALIDATION)]
    heights = [_TOP + 8, ground] if len(labels) > 1 else [(_TOP + ground) // 2 + 4]
    parts += [_text(begin - 4, y, label, "end") for y, label in zip(heights, labels, strict=True)]
    parts += [_text(begin, _HEIGHT - 6, str(first + 1))] if last > first else []
    parts += [_text(end, _HEIGHT - 6, f"epoch {last + 1}", "end")]
    for (numbers, values), colour, dashes in lines:
        parts += _line([[place(*pair) for pair in run] for run in _finite_runs(numbers, values)], colour, dashes)
    return "".join(parts)


def _title(name: str) -> str:
    words = name.replace("_", " ")
    return words if len(words) <= _TITLE else words[: _TITLE - 1] + "…"


def _labels(low: float, high: float) -> list[str]:
    """The greatest and the least value, with digits enough to tell them apart; one where they are the same."""
    for digits in (4, 7):
        labels = [f"{value:.{digits}g}" for value in (high, low)]
        if labels[0] != labels[1]:
            return labels
    return labels[:1]


def _margin(labels: Sequence[str]) -> int:
    """The room that the labels need at the left."""
    return max(_LEFT, _DIGIT * max(map(len, labels)) + 8)


def _text(x: float, y: float, words: str, anchor: str = "start", colour: str = _GREY) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{colour}">{escaped(words)}</text>'


def _finite_runs(epochs: Sequence[int], values: Sequence[float]) -> Iterator[list[tuple[int, float]]]:
    """The pairs between values that are none, such as NaN."""
    pairs = zip(epochs, values, strict=True)
    return (list(run) for finite, run in groupby(pairs, lambda pair: math.isfinite(pair[1])) if finite)


def _line(runs: Sequence[Sequence[tuple[float, float]]], colour: str, dashes: str) -> list[str]:
    """A line with a gap between runs; a dot for what stands alone, and at the end."""
    parts = []
    for run in runs:
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>')
        if len(run) == 1 or run is runs[-1]:
            x, y = run[-1]
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>')
    return parts
