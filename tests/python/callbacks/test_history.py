"""`History` as tables of pandas and as a notebook shows it."""

from __future__ import annotations

import base64
import math
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas
import pytest

from figurate import callbacks
from figurate.models import load_model
from tests.small import figures, model

X, Y = figures()
SVG = "{http://www.w3.org/2000/svg}"


def curves(page: str) -> ElementTree.Element:
    """The picture in a page, which is well-formed."""
    found = re.search(r"data:image/svg\+xml;base64,([^\"]+)", page)
    assert found is not None
    return ElementTree.fromstring(base64.b64decode(found[1]))


def test_its_dictionary_is_a_table_of_pandas() -> None:
    history = model().fit(X, Y, epochs=3, validation_data=(X, Y), verbose=0)
    table = pandas.DataFrame(history.history, index=history.epoch)
    assert table.shape == (3, 4)
    assert table.index.tolist() == [0, 1, 2]
    pandas.testing.assert_frame_equal(history.to_pandas(), table.rename_axis("epoch"))


def test_epochs_that_were_not_validated_are_empty(tmp_path: Path) -> None:
    trained = model()
    history = trained.fit(X, Y, epochs=7, initial_epoch=2, validation_data=(X, Y), validation_freq=[4, 6], verbose=0)
    assert history.epochs_of("loss") == history.epoch == [2, 3, 4, 5, 6]
    assert history.epochs_of("val_loss") == [3, 5]
    table = history.to_pandas()
    assert table["val_loss"].dropna().to_dict() == dict(zip([3, 5], history.history["val_loss"], strict=True))
    assert table["loss"].notna().all()
    trained.save(tmp_path / "m.safetensors")
    pandas.testing.assert_frame_equal(load_model(tmp_path / "m.safetensors").history.to_pandas(), table)
    # A file of before says nothing of epochs; then the last ones are taken.
    state = history.get_state()
    del state["some_epochs"]
    old = callbacks.History()
    old.set_state(state)
    assert old.epochs_of("val_loss") == [5, 6]


def test_what_stops_being_measured_keeps_its_epochs() -> None:
    history = callbacks.History()
    for epoch, logs in enumerate(({"loss": 3.0, "a": 1.0}, {"loss": 2.0, "a": 2.0}, {"loss": 1.0}, {"a": 4.0})):
        history.on_epoch_end(epoch, logs)
    assert history.history == {"loss": [3.0, 2.0, 1.0], "a": [1.0, 2.0, 4.0]}
    assert (history.epochs_of("loss"), history.epochs_of("a")) == ([0, 1, 2], [0, 1, 3])
    history.history["mine"] = [1.0, 2.0, 3.0, 4.0, 5.0]  # a user's own list, of another length
    assert history.epochs_of("mine") == [0, 1, 2, 3, 4]


def test_a_notebook_shows_curves_and_values() -> None:
    history = model().fit(X, Y, epochs=4, validation_data=(X, Y), validation_freq=2, verbose=0)
    page = history._repr_html_()
    assert page is not None
    lines = curves(page).findall(f"{SVG}polyline")
    assert [len(str(line.get("points")).split()) for line in lines] == [4, 2, 4, 2]
    # The validation's two points stand at the second and the fourth epoch.
    training, validation = (
        [float(pair.split(",")[0]) for pair in str(line.get("points")).split()] for line in lines[:2]
    )
    assert validation == [training[1], training[3]]
    ElementTree.fromstring(page)
    last = f"{history.history['val_accuracy'][-1]:.4f}"
    assert f'<td style="text-align: right">{last}</td>' in page
    assert page.count("<tr>") == 3 + 5


def test_what_has_no_line_is_shown_all_the_same() -> None:
    history = callbacks.History()
    assert history._repr_html_() is None
    history.on_epoch_end(0, {"loss": math.nan, "<b>": 1.0, "learning_rate": 1e-5})
    page = history._repr_html_()
    assert page is not None
    assert "<b>" not in page
    assert "&lt;b&gt;" in page
    assert "1.0000e-05" in page
    picture = curves(page)
    assert len(picture.findall(f"{SVG}polyline")) == 1
    assert "no number" in picture.itertext()
    assert len(picture.findall(f"{SVG}circle")) == 1, "one epoch is a dot"
    assert not [text for text in picture.itertext() if "learning" in text]


def of_losses(*values: float, name: str = "loss") -> ElementTree.Element:
    """The picture of these values, validation's the same."""
    history = callbacks.History()
    for epoch, value in enumerate(values):
        history.on_epoch_end(epoch, {name: value, f"val_{name}": value})
    return curves(str(history._repr_html_()))


def test_a_line_has_a_gap_where_a_value_is_none() -> None:
    picture = of_losses(4.0, 3.0, math.nan, 2.0, math.inf, 1.0, 0.5)
    lines = [str(line.get("points")).split() for line in picture.findall(f"{SVG}polyline")]
    assert [len(line) for line in lines] == [2, 1, 2] * 2
    # The lone epoch, and the last, of both.
    dots = [f"{dot.get('cx')},{dot.get('cy')}" for dot in picture.findall(f"{SVG}circle")]
    assert dots == [lines[1][0], lines[2][1]] * 2


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ((0.5, 0.5), ["0.5"]),
        ((0.5,), ["0.5"]),
        ((0.99999, 0.999991), ["0.999991", "0.99999"]),
        ((-1.0554e-5, -12345.6), ["-1.055e-05", "-1.235e+04"]),
        ((math.nan, math.nan), ["no number"]),
    ],
)
def test_each_value_at_the_axis_is_written_once_and_whole(values: tuple[float, ...], labels: list[str]) -> None:
    texts = of_losses(*values).findall(f"{SVG}text")
    found = [text for text in texts if text.get("text-anchor") == "end" and text.text in labels]
    assert [text.text for text in found] == labels
    # 7 pixels a digit is the most that a usual font takes.
    assert all(float(str(text.get("x"))) >= 7 * len(str(text.text)) for text in found)


def test_a_long_name_stands_above_the_legend() -> None:
    texts = of_losses(1.0, 0.5, name="sparse_categorical_" * 3).findall(f"{SVG}text")
    title, training, validation = texts[:3]
    assert str(title.text).startswith("sparse categorical")
    assert len(str(title.text)) <= 36
    assert (training.text, validation.text) == ("training", "validation")
    assert float(str(title.get("y"))) + 11 < float(str(training.get("y"))) == float(str(validation.get("y")))


def test_one_epoch_is_called_so() -> None:
    history = callbacks.History()
    history.on_epoch_end(0, {"loss": 1.0})
    assert repr(history) == "<History of 1 epoch: loss 1.0000>"


@pytest.mark.parametrize("values", [[2.0, 2.0, 2.0], [math.inf, 1.0, 0.5]])
def test_lines_stay_within_the_picture(values: list[float]) -> None:
    history = callbacks.History()
    for epoch, value in enumerate(values):
        history.on_epoch_end(epoch, {"loss": value})
    picture = curves(str(history._repr_html_()))
    _, _, width, height = map(float, str(picture.get("viewBox")).split())
    line = picture.find(f"{SVG}polyline")
    assert line is not None
    points = np.array([pair.split(",") for pair in str(line.get("points")).split()], dtype=float)
    assert ((points >= 0) & (points <= [width, height])).all()
