"""Names of classes in pictures: of any length and of any letters, and always as they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from figurate import plots

FIGURES = np.arange(6 * 8 * 8, dtype=np.uint8).reshape(6, 8, 8)
# One is broken mathematics, one is whole; the others would move what stands around them.
NAMES = ["$a_{$", "a&b $x^2$", "tab\there", "two\nlines", "\x1b[31m", "plain"]
SHOWN = ["$a_{$", "a&b $x^2$", "tab\\there", "two\\nlines", "\\x1b[31m", "plain"]
LONG = [f"Convolvulus arvensis (field bindweed) {number:03}" for number in range(100)]


def is_whole(plot: plots.Plot, path: Path) -> bool:
    """Whether nothing is cut off at the picture's edge."""
    plot.save(path)
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("L"))
    return bool(np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]).min() == 255)


def drawn(plot: plots.Plot) -> set[str]:
    """Every text of a picture, and that none of them is mathematics."""
    plot._repr_png_()
    texts = [text for text in plot.findobj(Text) if isinstance(text, Text) and text.get_text()]
    assert not any(text.get_parse_math() for text in texts)
    return {text.get_text() for text in texts}


def test_names_are_no_mathematics_and_stay_in_their_line() -> None:
    y, read = np.arange(6), np.roll(np.eye(6), 1, axis=1)
    assert set(SHOWN) <= drawn(plots.figures(FIGURES, y, class_names=NAMES))
    assert set(SHOWN) <= drawn(plots.figures(FIGURES, NAMES))
    assert set(SHOWN) <= drawn(plots.confusion_matrix(y, read, class_names=NAMES))
    assert "$a_{$,\nread a&b $x^2$" in drawn(plots.mistakes(FIGURES, y, read, class_names=NAMES))
    texts = drawn(plots.prediction(FIGURES[0], read[0], true=0, class_names=NAMES))
    assert {"read as a&b $x^2$:\nwrong, it is $a_{$", "true label ▸ $a_{$", *SHOWN[1:]} <= texts


@pytest.mark.parametrize("classes", [2, 10, 26, 100])
def test_long_names_are_shortened_in_the_middle(classes: int, tmp_path: Path) -> None:
    names = LONG[:classes]
    read = np.full((6, classes), 0.5 / classes)
    read[:, 1] = 0.5
    y = [0] * 6
    prediction = plots.prediction(FIGURES[0], read[0], true=0, class_names=names)
    assert prediction.get_suptitle() == f"read as {names[1]}:\nwrong, it is {names[0]}"
    assert "Convolvulus …ndweed) 001" in drawn(prediction)
    assert is_whole(prediction, tmp_path / "prediction.png")
    mistakes = plots.mistakes(FIGURES, y, read, class_names=names)
    assert mistakes.axes[0].get_title() == "Convolvulu…eed) 000,\nread Convo…weed) 001"
    assert mistakes.get_figwidth() < 12
    assert is_whole(mistakes, tmp_path / "mistakes.png")
    assert is_whole(plots.confusion_matrix(y, read, class_names=names), tmp_path / "confusion.png")


def test_of_many_classes_the_likeliest_have_bars() -> None:
    read = np.full(100, 0.001)
    read[[40, 7]] = 0.6, 0.3
    plot = plots.prediction(FIGURES[0], read, true=99)
    labels = [label.get_text() for label in plot.axes[1].get_yticklabels()]
    assert len(labels) == len(plot.axes[1].patches) == 20
    assert labels[:3] == ["40", "7", "0"]
    assert labels[-1] == "true label ▸ 99"
    assert plot.axes[1].get_xlabel() == "probability, 20 of 100 classes"
    assert plot.get_figheight() < 7
    assert plot.axes[1].get_ylim() == (19.6, -0.6)  # no empty band beside the bars
    first = plots.prediction(FIGURES[0], read, true=7)
    assert [label.get_text() for label in first.axes[1].get_yticklabels()][:2] == ["40", "true label ▸ 7"]
