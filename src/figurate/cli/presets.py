"""`figurate presets`: the networks that come with a recipe, and what was measured of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from figurate.presets.measured import Measured

_TITLES = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST"}


@click.command(short_help="List the networks that come with a recipe.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def presets(as_json: bool) -> None:
    """List the networks that come with the recipe that trains them: how large they are, and what was measured of them.

    One is trained by `figurate train DATA --network NAME`.

    \b
      figurate presets
      figurate presets --json

    Parameters are counted for grey figures of 28 × 28 pixels and 10 classes. Accuracies are those of the test figures,
    which were read once, after the last epoch of a training on all others; seconds are those of `fit` alone on two
    threads. – stands for what has not been measured.
    """  # noqa: D301 - click reads \b: what follows stays as it is
    from figurate import presets as found
    from figurate.cli.output import Output
    from figurate.presets.measured import measured

    output = Output(as_json=as_json)
    numbers = measured()
    chosen = [found.get(name) for name in found.names()]
    parameters = {preset.name: preset.build((28, 28), 10, seed=0).count_params() for preset in chosen}
    output.object(
        {
            preset.name: {
                "description": preset.description,
                "parameters": parameters[preset.name],
                "epochs": preset.recipe.epochs,
                "batch_size": preset.recipe.batch_size,
                "learning_rate": preset.recipe.learning_rate,
                "measured": {data: vars(rows[preset.name]) for data, rows in numbers.items() if preset.name in rows},
            }
            for preset in chosen
        }
    )
    if as_json:
        return
    rows = [["name", "parameters", *(word for title in _TITLES.values() for word in (title, "seconds")), "for"]]
    for preset in chosen:
        cells = [cell for data in _TITLES for cell in _cells(numbers.get(data, {}).get(preset.name))]
        rows.append([preset.name, f"{parameters[preset.name]:,}", *cells, preset.description])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        words = [cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1], strict=True)]
        output.line("  ".join([row[0].ljust(widths[0]), *words, row[-1]]))


def _cells(row: Measured | None) -> tuple[str, str]:
    """Accuracy and seconds, as the table has them."""
    if row is None:
        return "–", "–"
    return f"{100 * row.accuracy:.2f} ± {100 * row.deviation:.2f} %", f"{row.seconds:.3g}"
