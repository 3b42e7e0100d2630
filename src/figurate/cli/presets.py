"""`figurate presets`: the networks that come with a recipe, and what was measured of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from figurate.presets import Preset
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

    Parameters are counted for grey figures of 28 × 28 pixels and 10 classes, in brackets for things where these need
    others. Accuracies are those of the test figures, which were read once, after the last epoch of a training on all
    others; seconds are those of `fit` alone on two threads. – stands for what has not been measured.
    """  # noqa: D301 - click reads \b: what follows stays as it is
    from figurate import presets as found
    from figurate.cli.output import Output
    from figurate.presets.measured import measured

    output = Output(as_json=as_json)
    numbers = measured()
    chosen = [found.get(name) for name in found.names()]
    facts = {preset.name: _facts(preset) for preset in chosen}
    things = {name: _facts(found.get(name, "things")) for name in found.names()}
    output.object(
        {
            preset.name: {
                "description": preset.description,
                **facts[preset.name],
                "things": things[preset.name],
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
        parameters = [f"{kind[preset.name]['parameters']:,}" for kind in (facts, things)]
        rows.append([preset.name, _both(*parameters), *cells, preset.description])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        words = [cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1], strict=True)]
        output.line("  ".join([row[0].ljust(widths[0]), *words, row[-1]]))


def _facts(preset: Preset) -> dict[str, int | float]:
    """How large its network is, and what its recipe says first."""
    recipe = preset.recipe
    return {
        "parameters": preset.build((28, 28), 10, seed=0).count_params(),
        "epochs": recipe.epochs,
        "batch_size": recipe.batch_size,
        "learning_rate": recipe.learning_rate,
    }


def _both(characters: str, things: str) -> str:
    """One value where both are the same."""
    return characters if characters == things else f"{characters} ({things})"


def _cells(row: Measured | None) -> tuple[str, str]:
    """Accuracy and seconds, as the table has them."""
    if row is None:
        return "–", "–"
    return f"{100 * row.accuracy:.2f} ± {100 * row.deviation:.2f} %", f"{row.seconds:.3g}"
