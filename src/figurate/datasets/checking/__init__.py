"""A data set looked over: what is wrong with it before anything is trained on it.

`check` gives a `Report` of `Finding`s, which knows its form for programs and its page for people. One file a kind of
finding: `balance.py`, `pixels.py`, `files.py`, `twins.py` with `similar.py`. Knows no models.
"""

from __future__ import annotations

from figurate.datasets.checking.check import check
from figurate.datasets.checking.report import Example, Finding, Report

__all__ = ["Example", "Finding", "Report", "check"]
