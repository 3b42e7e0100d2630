"""The report as one page of HTML: no script, nothing fetched, every text escaped, pictures within the page.

What is told is `report.py`'s, how it looks `style.py`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from figurate.datasets.checking.report import SEVERITIES, TITLES, Example, Finding, Group, Report
from figurate.datasets.checking.style import STYLE
from figurate.datasets.checking.thumbnails import data_uri

__all__ = ["page"]

# The browser is told, too, that nothing is to be run or fetched, whatever a file's name may smuggle in.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_WORDS = {"error": "error", "warning": "warning", "note": "note"}
_MOST_CLASSES = 400


def page(report: Report) -> str:
    """The whole page."""
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(report.source)}: figures checked</title>",
            f"<style>\n{STYLE}</style>",
            "</head>",
            "<body>",
            *_header(report),
            "<main>",
            *(line for finding in report.findings for line in _section(finding, report)),
            *_passed(report),
            *_remarks(report),
            "</main>",
            f"<footer>Checked in {report.seconds:.1f} s by <code>figurate check-data</code>.</footer>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _header(report: Report) -> Iterator[str]:
    shape = " × ".join(str(length) for length in report.figure_shape)
    figures = " and ".join(
        f"{split.figures:,} {'training' if split.name == 'train' else 'test'} figures" for split in report.splits
    )
    number = len(report.class_names)
    yield "<header>"
    yield f"<h1><bdi>{escape(report.source)}</bdi></h1>"
    yield f'<p class="soft">{figures}, {shape} pixels, {number:,} class{"" if number == 1 else "es"}</p>'
    yield '<ul class="chips">'
    for severity in SEVERITIES:
        count = report.number_of(severity)
        if count:
            first = next(finding for finding in report.findings if finding.severity == severity)
            yield (
                f'<li><a class="chip {severity}" href="#{first.kind}">{count} {_WORDS[severity]}'
                f"{'' if count == 1 else 's'}</a></li>"
            )
    yield f'<li><a class="chip passed" href="#passed">{len(report.passed)} passed</a></li>'
    yield "</ul>"
    yield "</header>"


def _section(finding: Finding, report: Report) -> Iterator[str]:
    yield f'<section id="{finding.kind}">'
    yield '<div class="head">'
    yield f'<span class="chip {finding.severity}">{_WORDS[finding.severity]}</span>'
    yield f"<h2>{escape(finding.title)}</h2>"
    yield f'<span class="number">{finding.count:,}</span>'
    yield "</div>"
    yield f"<p>{escape(finding.message)}</p>"
    if finding.kind == "classes":
        yield from _classes(report)
    if finding.kind == "unreadable":
        yield from _files(finding)
    elif finding.examples:
        yield '<div class="sheet">'
        yield from (line for group in finding.examples for line in _group(group))
        yield "</div>"
        yield from _more(finding)
    yield "</section>"


def _more(finding: Finding) -> Iterator[str]:
    """Say so where there are more than are shown."""
    whole = finding.details.get("groups", finding.details.get("pairs"))
    if whole is None:
        whole = 0 if finding.kind in ("sizes", "modes") else finding.count
    if whole > len(finding.examples):
        yield f'<p class="soft">Shown are {len(finding.examples):,} of {whole:,}.</p>'


def _group(group: Group) -> Iterator[str]:
    if len(group) > 1:
        yield '<div class="group">'
    yield from map(_figure, group)
    if len(group) > 1:
        yield "</div>"


def _figure(example: Example) -> str:
    picture = '<span class="none" aria-hidden="true">∅</span>'
    if example.pixels is not None:
        picture = f'<img src="{data_uri(example.pixels)}" alt="{escape(example.label or example.place)}">'
    told = [f"<b><bdi>{escape(example.label)}</bdi></b>"] if example.label is not None else []
    if example.text:
        told.append(f"<span>{escape(example.text)}</span>")
    told.append(f'<span class="place" title="{escape(example.place)}"><bdi>{_place(example.place)}</bdi></span>')
    return f'<figure><div class="tile">{picture}</div><figcaption>{"".join(told)}</figcaption></figure>'


def _place(place: str, most: int = 44) -> str:
    """The end of a place, which tells files apart, to be broken where it has joints."""
    end = place if len(place) <= most else "…" + place[1 - most :]
    stem, dot, ending = escape(end).rpartition(".")
    return (f"{stem}<wbr>{dot}{ending}" if dot else ending).replace("/", "/<wbr>")


def _files(finding: Finding) -> Iterator[str]:
    yield '<ul class="files">'
    for (example,) in finding.examples:
        yield f"<li><code><bdi>{escape(example.place)}</bdi></code><br>{escape(example.text)}</li>"
    yield "</ul>"
    yield from _more(finding)


def _classes(report: Report) -> Iterator[str]:
    most = max(max(split.counts) for split in report.splits) or 1
    if len(report.splits) > 1:
        yield (
            '<div class="key soft"><span><i style="background:var(--train)"></i>train</span>'
            '<span><i style="background:var(--test)"></i>test</span></div>'
        )
    yield '<div class="classes">'
    for label, name in enumerate(report.class_names[:_MOST_CLASSES]):
        yield f'<div class="class"><div class="name"><bdi>{escape(name)}</bdi></div><div>'
        for split in report.splits:
            count = split.counts[label]
            yield (
                f'<div class="bar {split.name}"><div style="width:{100 * count / most:.2f}%"></div>'
                f"<span>{count:,}</span></div>"
            )
        group = report.samples[label] if label < len(report.samples) else ()
        pictures = "".join(
            f'<img src="{data_uri(one.pixels)}" alt="" title="{escape(one.place)}">'
            for one in group
            if one.pixels is not None
        )
        yield f'</div><div class="strip">{pictures}</div></div>'
    yield "</div>"
    if len(report.class_names) > _MOST_CLASSES:
        yield f'<p class="soft">And {len(report.class_names) - _MOST_CLASSES:,} classes more.</p>'


def _passed(report: Report) -> Iterator[str]:
    yield '<section id="passed">'
    yield '<div class="head"><span class="chip passed">passed</span><h2>Looked for and not found</h2>'
    yield f'<span class="number">{len(report.passed)}</span></div>'
    yield f"<p>{escape(' · '.join(TITLES[kind] for kind in report.passed))}</p>"
    yield "</section>"


def _remarks(report: Report) -> Iterator[str]:
    if report.notes:
        yield '<section id="remarks"><h2>While loading</h2><ul class="plain">'
        yield from (f"<li>{escape(note)}</li>" for note in report.notes)
        yield "</ul></section>"
