"""Findings about picture files, by a folder that holds one of each trouble; and the page that shows them."""

from __future__ import annotations

import os
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

import figurate
from figurate.datasets import mnist
from figurate.datasets.checking import Report, check
from figurate.errors import FigurateError

EVIL = '<img src=x onerror=alert(1)>"&'
NAMES = ("零", "ثمانية", EVIL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Digits 0, 8 and 3 as dark on light PNGs of 30 × 30, 12 a class, with a test part, and what is wrong with some."""
    root = tmp_path_factory.mktemp("figures")
    (x, y), _ = mnist.load_data()
    for name, digit in zip(NAMES, (0, 8, 3), strict=True):
        for number, row in enumerate(np.flatnonzero(y == digit)[:16]):
            place = root / ("train" if number < 12 else "test") / name
            place.mkdir(parents=True, exist_ok=True)
            ImageOps.invert(Image.fromarray(x[row])).resize((30, 30)).save(place / f"{number:02}.png")
    train, test = root / "train" / NAMES[0], root / "test" / NAMES[0]
    ImageOps.invert(Image.open(train / "01.png")).save(train / "01.png")  # the other polarity
    Image.open(train / "02.png").convert("CMYK").save(train / "02.jpg", quality=100)
    os.remove(train / "02.png")
    Image.open(train / "03.png").convert("RGBA").save(train / "03.png")
    Image.fromarray(np.asarray(Image.open(train / "04.png")).astype(np.uint16) * 257).save(train / "04.png")
    Image.open(train / "05.png").convert("P").save(train / "05.png")
    Image.new("L", (30, 30), 255).save(train / "blank.png")
    Image.open(train / "00.png").resize((400, 300)).save(train / "large.png")
    shutil.copy(train / "06.png", root / "train" / NAMES[1] / "torn.png")
    shutil.copy(train / "07.png", test / "leak.png")
    (train / "text.png").write_text("no picture")
    (train / "cut.png").write_bytes((train / "08.png").read_bytes()[:80])
    shutil.copy(train / "cut.png", train / "line\n\x1b[2Jbreak.png")
    return root


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    return check(folder)


def places(report: Report, kind: str) -> list[str]:
    finding = report.finding(kind)
    assert finding is not None, kind
    return [one.place for group in finding.examples for one in group]


def test_what_is_wrong_is_found(report: Report) -> None:
    zero = f"train/{NAMES[0]}"
    assert sorted(places(report, "unreadable")) == [
        f"{zero}/cut.png",
        f"{zero}/line\\n\\x1b[2Jbreak.png",
        f"{zero}/text.png",
    ]
    assert places(report, "blank") == [f"{zero}/blank.png"]
    assert set(places(report, "two_labels")) == {f"train/{NAMES[1]}/torn.png", f"{zero}/06.png"}
    assert places(report, "train_and_test") == [f"{zero}/07.png", f"test/{NAMES[0]}/leak.png"]
    assert places(report, "polarity") == [f"{zero}/01.png"]
    assert places(report, "sizes") == [f"{zero}/large.png"]
    assert report.worst == "error"
    assert report.number_of("error") == 3


def test_files_are_named_whole_for_programs(report: Report, folder: Path) -> None:
    finding = report.finding("train_and_test")
    assert finding is not None
    assert [one.file for one in finding.examples[0]] == [
        str(folder / "train" / NAMES[0] / "07.png"),
        str(folder / "test" / NAMES[0] / "leak.png"),
    ]


def test_kinds_of_pixels(report: Report) -> None:
    finding = report.finding("modes")
    assert finding is not None
    kinds = finding.details["kinds"]
    assert {kind: count for kind, count in kinds.items() if kind != "grey"} == {
        "CMYK": 1,
        "colour with alpha": 1,
        "16 bit grey": 1,
        "palette": 1,
    }
    sizes = report.finding("sizes")
    assert sizes is not None
    assert sizes.details["most_common"][0]["width"] == 30


def test_the_picture_of_a_polarity_is_the_file_as_it_lies(report: Report) -> None:
    finding = report.finding("polarity")
    assert finding is not None
    pixels = finding.examples[0][0].pixels
    assert pixels is not None
    assert pixels.shape == (30, 30)
    assert pixels[0, 0] == 0


def test_what_is_not_split_stays_so(folder: Path) -> None:
    report = check(folder / "train")
    assert [split.name for split in report.splits] == ["train"]
    assert report.finding("train_and_test") is None
    assert "train_and_test" not in report.passed


def test_a_loaded_data_set(folder: Path, report: Report) -> None:
    again = check(figurate.datasets.load(folder))
    assert again.source == str(folder)
    assert again.findings == report.findings


def test_strict_stops(folder: Path) -> None:
    with pytest.raises((FigurateError, OSError), match=r"cut\.png|text\.png|break\.png"):
        check(folder, strict=True)


class _Reader(HTMLParser):
    """Notes what a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_page_stands_alone_and_escapes_everything(report: Report, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    report.save_html(target)
    text = target.read_text(encoding="utf-8")
    reader = _Reader()
    reader.feed(text)
    assert {tag for tag, _ in reader.tags}.isdisjoint({"script", "link", "iframe", "object"})
    for tag, attributes in reader.tags:
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        assert all(attributes[name].startswith("data:image/png;base64,") for name in ("src",) if name in attributes)  # type: ignore[union-attr]
        assert attributes.get("href", "#").startswith("#")  # type: ignore[union-attr]
    assert not re.search(r"https?://|url\(|@import", text)
    assert all(name in reader.text for name in NAMES)
    assert len([tag for tag, _ in reader.tags if tag == "section"]) == len(report.findings) + 1 + bool(report.notes)
    assert list(tmp_path.iterdir()) == [target]


def test_a_page_that_cannot_be_written_leaves_nothing(report: Report, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file or directory"):
        report.save_html(tmp_path / "missing" / "report.html")
    assert list(tmp_path.iterdir()) == []
