"""OpenCV, imported when it is first needed: it comes with the extra `photos`."""

from __future__ import annotations

from types import ModuleType

from figurate.errors import UnsupportedError


def opencv() -> ModuleType:
    """OpenCV's module.

    Raises:
        UnsupportedError: It is not installed; the message says how to mend it.
    """
    try:
        import cv2
    except ImportError as error:
        raise UnsupportedError(
            "Whole pictures are read with OpenCV, which is not installed. Install it with "
            "`pip install 'figurate[photos]'`; pictures of one figure are read without it, by `predict_pictures`."
        ) from error
    module: ModuleType = cv2
    return module
