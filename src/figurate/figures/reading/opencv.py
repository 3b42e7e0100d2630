"""OpenCV, imported when it is first needed: it comes with the extra `photos`."""

from __future__ import annotations

from typing import Any

from figurate.libraries import library


def opencv() -> Any:
    """OpenCV's module.

    Raises:
        UnsupportedError: It is not installed; the message says how to mend it.
    """
    return library(
        "cv2",
        "Whole pictures are read with OpenCV",
        "figurate[photos]",
        "pictures of one figure are read without it, by `predict_pictures`",
    )
