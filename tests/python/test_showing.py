"""What HTML is made of: everything escaped, everything closed."""

from __future__ import annotations

import base64
import io
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from figurate import showing

BAD = "<script>alert('a & b')</script>\x1b[31m\""


def test_text_is_escaped_once() -> None:
    page = showing.element("div", showing.element("b", BAD, title=BAD))
    inner = ElementTree.fromstring(page)[0]
    assert inner.text == "<script>alert('a & b')</script>\\x1b[31m\""
    assert "<script" not in page
    assert "\x1b" not in page
    assert len(inner) == 0


def test_a_table() -> None:
    page = showing.table(["name", "n"], [[BAD, 3], [showing.element("b", "x"), 4]], numbers=[1])
    table = ElementTree.fromstring(page)
    assert [cell.text for cell in table.iter("th")] == ["name", "n"]
    assert ["".join(cell.itertext()) for cell in table.iter("td")][1:] == ["3", "x", "4"]
    assert [cell.get("style") for cell in table.iter("td")] == ["text-align: left", "text-align: right"] * 2
    assert len(list(table.iter("b"))) == 1


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 3)])
def test_a_picture(shape: tuple[int, ...]) -> None:
    pixels = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    element = ElementTree.fromstring(showing.image(showing.png(pixels), "png", BAD, 30))
    source = str(element.get("src"))
    with Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))) as picture:
        np.testing.assert_array_equal(np.asarray(picture), pixels)
    assert str(element.get("alt")).startswith("<script>")


def test_numbers_and_probabilities() -> None:
    assert [showing.number(value) for value in (0.5, 1e-5, 0.0, 7)] == ["0.5000", "1.0000e-05", "0.0000", "7"]
    assert [showing.percent(value) for value in (0.0, 0.0001, 0.5, 0.9999, 1.0)] == [
        "0.0 %", "<0.1 %", "50.0 %", ">99.9 %", "100.0 %",
    ]  # fmt: skip
