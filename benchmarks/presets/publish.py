"""Writes what was measured of the presets where people look: python3 -m benchmarks.presets.publish [--check]

From results/presets.json into the package (`figurate presets` shows it), docs/presets.md and the README. What was not
measured has a dash. `--check` changes nothing and fails if one of them is not what the results make. Needs figurate, to
count parameters: run it with PYTHONPATH=src, or where it is installed.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.environments import ROOT
from benchmarks.report import RESULTS, number
from figurate import presets

MEASURED = ROOT / "src" / "figurate" / "presets" / "measured.json"
PAGES = (ROOT / "README.md", ROOT / "docs" / "presets.md")
BEGIN, END = "<!-- table:presets -->", "<!-- /table:presets -->"
TITLES = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST"}

Row = dict[str, Any]


def rows() -> list[Row]:
    """What was measured, a row a preset and data set."""
    path = RESULTS / "presets.json"
    found: list[Row] = json.loads(path.read_text(encoding="utf-8"))["rows"] if path.exists() else []
    return found


def measured(found: list[Row]) -> str:
    """The package's file."""
    document: dict[str, dict[str, Any]] = {}
    for row in found:
        document.setdefault(row["data"], {})[row["preset"]] = {
            "accuracy": row["accuracy"]["mean"],
            "deviation": row["accuracy"]["standard_deviation"],
            "seeds": row["seeds"],
            "ensemble": None if row["ensemble"] is None else row["ensemble"]["mean"],
            "seconds": row["seconds"]["median"],
        }
    return json.dumps(document, indent=1) + "\n"


def table(found: list[Row]) -> str:
    """The table of the pages."""
    by_name = {(row["data"], row["preset"]): row for row in found}
    columns = ["accuracy on {}", "five together", "seconds"]
    heads = [column.format(title) for title in TITLES.values() for column in columns]
    lines = [
        f"| preset | what it is for | parameters | {' | '.join(heads)} |",
        f"|---|---|---:|{'---:|' * len(heads)}",
    ]
    for name in presets.names():
        preset = presets.get(name)
        kinds = preset, presets.get(name, "things")
        characters, things = (kind.build((28, 28, 1), 10, seed=0).count_params() for kind in kinds)
        parameters = f"{characters:,}" if characters == things else f"{characters:,} ({things:,})"
        cells = [cell for data in TITLES for cell in cells_of(by_name.get((data, name)))]
        lines.append(f"| `{name}` | {preset.description} | {parameters} | {' | '.join(cells)} |")
    lines += ["", "Parameters for grey figures of 28 × 28 pixels and 10 classes, in brackets where things need others."]
    if found:
        lines[-1] += (
            " Accuracies of the 10,000 test figures, read once after the last epoch, means and\n"
            "standard deviations of the seeds; seconds of `fit` alone on two threads. A row is measured by\n"
            "`python3 -m benchmarks.presets.table NAME`."
        )
    return "\n".join(lines)


def cells_of(row: Row | None) -> list[str]:
    """Accuracy, an ensemble's, and seconds."""
    if row is None:
        return ["–"] * 3
    accuracy, ensemble = row["accuracy"], row["ensemble"]
    return [
        f"{100 * accuracy['mean']:.2f} ± {100 * accuracy['standard_deviation']:.2f} %",
        "–" if ensemble is None else f"{100 * ensemble['mean']:.2f} %",
        number(row["seconds"]["median"]),
    ]


def replaced(text: str, made: str, name: str) -> str:
    """A page's text with the table between its markers."""
    if text.count(BEGIN) != 1 or text.split(BEGIN, 1)[-1].count(END) != 1:
        raise SystemExit(f"{name} needs the lines {BEGIN} and {END}, once each; the table goes between them.")
    before, rest = text.split(BEGIN, 1)
    return f"{before}{BEGIN}\n{made}\n{END}{rest.split(END, 1)[1]}"


def update(check: bool = False) -> None:
    """Writes all of it, or, to check, fails if it is not there already."""
    found = rows()
    made: dict[Path, Callable[[str], str]] = {MEASURED: lambda text: measured(found)}
    for page in PAGES:
        made[page] = lambda text, page=page: replaced(text, table(found), page.name)  # type: ignore[misc]
    for path, make in made.items():
        text = path.read_text(encoding="utf-8")
        wanted = make(text)
        if check and wanted != text:
            raise SystemExit(f"{path.name} is not what the results make. Run: python3 -m benchmarks.presets.publish")
        if not check:
            path.write_text(wanted, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks.presets.publish", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail if something is not up to date")
    update(parser.parse_args().check)


if __name__ == "__main__":
    main()
