"""`figurate check-data`: a data set looked over before anything is trained on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from figurate.cli.words import DATA, FileWord, check_target

if TYPE_CHECKING:
    from rich.table import Table

    from figurate.datasets.checking import Example, Report

_PAGE = FileWord("path", (".html", ".htm"))
_FAILS = {"error": ("error",), "warning": ("error", "warning"), "never": ()}
_STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}
_PLACES = 3  # of each finding
_SIGNS = {"error": "✗", "warning": "!", "note": "·"}


@click.command("check-data", short_help="Look a data set over: duplicates, labels, blanks, balance.")
@click.argument("data", type=DATA)
@click.option("--out", type=_PAGE, help="Write a page with a picture of every finding: one HTML file.")
@click.option(
    "--fail-on",
    type=click.Choice(list(_FAILS)),
    default="error",
    show_default=True,
    help="From which severity on the exit status is 1.",
)
@click.option("--strict", is_flag=True, help="Stop at the first file that cannot be read.")
@click.option(
    "--examples",
    type=click.IntRange(0, 1000),
    default=12,
    show_default=True,
    help="How many examples of each finding to show in the page and in JSON.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")
def check_data(data: str, out: Path | None, fail_on: str, strict: bool, examples: int, as_json: bool) -> int:
    """Look DATA over before anything is trained on it.

    DATA is what `figurate train` takes: a set's name or the path of figures. Nothing in it is changed.

    \b
      figurate check-data ./my-figures
      figurate check-data ./my-figures --out report.html    with pictures
      figurate check-data mnist --fail-on warning --json    in a script

    Errors make a model or its test wrong: unreadable files, one class only, test classes without training figures, the
    same figure with two labels, the same figure in train and test. Warnings are probably not meant: nearly the same
    figure with two labels or in both halves, duplicates, blank figures, figures of the other polarity, odd sizes, rare
    and dominating classes. Notes are good to know. Figures are nearly the same where their pixels correlate with 0.99
    or more.

    The exit status is 0, or 1 where something was found of the severity that --fail-on names or a worse one.

    JSON has the keys data, figure_shape, splits, classes, errors, warnings, notes, findings (each with kind, severity,
    count, message, examples, details), passed, remarks and seconds.
    """  # noqa: D301 - click reads \b: what follows stays as it is
    from figurate.cli.output import Output
    from figurate.datasets.checking import check

    if out is not None:
        check_target(out, "--out")
    output = Output(as_json=as_json)
    with output.messages.status(f"Looking at {data} …"):
        report = check(data, examples=examples, strict=strict)
    output.say(report.describe(), "", _table(report))
    for remark in report.notes:
        output.note(remark)
    if out is not None:
        report.save_html(out)
    output.say("", report.verdict())
    if out is not None:
        output.say(f"With pictures: {out}")
    output.object(report.to_dict())
    return int(any(report.number_of(severity) for severity in _FAILS[fail_on]))  # type: ignore[arg-type]


def _table(report: Report) -> Table:
    """A row a finding, the worst first: what it is, what it says, and where the first examples are."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 1, 1, 0), show_header=False, expand=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", max_width=100)
    table.add_column(justify="right", no_wrap=True)
    for finding in report.findings:
        style = _STYLES[finding.severity]
        told = Text(finding.title, style="bold")
        told.append(f"  {finding.severity}", style=style)
        told.append("\n" + finding.message, style="not bold")
        # Of sizes and kinds of pixels one is shown for each: pictures for the page, no places to go to.
        if finding.severity != "note":
            for group in finding.examples[:_PLACES]:
                places = " = ".join(_place(example) for example in group[:3])
                told.append("\n" + places, style="not bold dim")
            if len(finding.examples) > _PLACES:
                told.append("\n…", style="not bold dim")
        table.add_row(Text(_SIGNS[finding.severity], style=style), told, Text(f"{finding.count:,}", style="bold"))
    return table


def _place(example: Example) -> str:
    """Where an example is, with its class, or why it could not be read."""
    if example.label is None:
        return f"{example.place}: {example.text}" if example.text else example.place
    return f"{example.place} “{example.label}”"
