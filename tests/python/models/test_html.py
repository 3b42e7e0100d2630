"""Models in a notebook: the table of `summary`, escaped and closed."""

from __future__ import annotations

from xml.etree import ElementTree

from figurate import Ensemble, Sequential, layers
from tests.small import network


def cells(page: str) -> list[list[str]]:
    return [["".join(cell.itertext()) for cell in row] for row in ElementTree.fromstring(page).iter("tr")]


def test_a_model_is_the_table_of_its_summary() -> None:
    model = Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Residual([layers.Conv2D(2, 3, padding="same", name="c")], shortcut=[layers.Conv2D(2, 1, name="s")]),
            layers.Flatten(name="f"),
        ],
        name="<b>mine</b>",
    )
    page = model._repr_html_()
    assert "<b><bdi>&lt;b&gt;mine&lt;/b&gt;</bdi></b>" in page
    heading, residual, *within, flatten = cells(page)
    assert heading == ["Layer (type)", "Output Shape", "Param #"]
    assert residual[1:] == ["(None, 8, 8, 2)", "24"]
    assert within == [
        ["\u2003c (Conv2D)", "(None, 8, 8, 2)", "20"],
        ["\u2003shortcut: s (Conv2D)", "(None, 8, 8, 2)", "4"],
    ]
    assert flatten == ["f (Flatten)", "(None, 128)", "0"]
    assert "Total params: 24 (96.00 B) · Trainable params: 24 (96.00 B) · Non-trainable params: 0 (0.00 B)" in page


def test_a_model_that_is_not_built_or_empty() -> None:
    assert cells(Sequential([layers.Dense(3, name="d")])._repr_html_())[1] == ["d (Dense)", "?", "0 (unbuilt)"]
    assert "no layers yet" in Sequential()._repr_html_()


def test_an_ensemble_shows_members_that_are_alike_once() -> None:
    page = Ensemble([network(seed=1), network(seed=2)], name="two")._repr_html_()
    assert "the mean of 2 models, each like this one:" in page
    assert len(list(ElementTree.fromstring(page).iter("table"))) == 1
    assert "Params of all 2 models: 1,664" in page
    different = Ensemble([network(), network(hidden=4)])._repr_html_()
    assert len(list(ElementTree.fromstring(different).iter("table"))) == 2
