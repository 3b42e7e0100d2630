"""Models as notebooks show them: the table of `summary()` in HTML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from figurate.layers import Layer
from figurate.models import summary
from figurate.models.layer_list import without_names
from figurate.showing import Markup, element, isolated, table

if TYPE_CHECKING:
    from figurate.models.ensemble import Ensemble


def stack_html(name: str, layers: Sequence[Layer]) -> str:
    """A `Sequential`.

    Args:
        name: The model's.
        layers: Its layers, built or not.
    """
    # Layers within others are indented by spaces, which HTML would drop.
    rows = [[cells[0].replace("  ", "\u2003"), *cells[1:]] for layer in layers for cells in summary.layer_rows(layer)]
    heading = element("div", Markup("Model: " + element("b", isolated(name))))
    whole = table(summary.HEADINGS, rows, numbers=(2,)) if rows else element("div", "no layers yet")
    return element("div", Markup(heading + whole + element("div", " · ".join(summary.totals(layers)))))


def ensemble_html(ensemble: Ensemble) -> str:
    """An `Ensemble`: its members' tables, one for all of them where they are alike."""
    models = ensemble.models
    alike = all(without_names(model.layers) == without_names(models[0].layers) for model in models)
    words = f", the mean of {len(models)} models" + (", each like this one:" if alike else ":")
    tables = "".join(stack_html(model.name, model.layers) for model in models[: 1 if alike else len(models)])
    end = element("div", f"Params of all {len(models)} models: {ensemble.count_params():,}")
    return element("div", Markup("Ensemble: " + element("b", isolated(ensemble.name)) + words + tables + end))
