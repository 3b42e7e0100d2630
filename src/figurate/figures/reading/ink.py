"""From a photograph to its ink: 0 where the paper is, brighter the darker a stroke is, in any light, on any paper.

Light that falls unevenly, shadows and the paper's tone are divided out, in each colour by itself: a blue pen is
darkest in red. What of the ink is a figure is decided elsewhere.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from figurate.figures.reading.opencv import opencv

Pixels = npt.NDArray[np.uint8]

# The paper is looked for on a picture of this length: coarse enough to be quick, fine enough for a shadow's edge.
_PAPER_LENGTH = 400
# Strokes are thinner than this share of the shorter side, patches of another tone wider.
_THICKEST_STROKE = 0.10

# Where more than half of what is around is ink, that is not taken for paper: of 255.
_DARKEST_TONE = 190
_MOST_NOISE = 14.0


def ink_of(picture: Pixels, thickest: float = _THICKEST_STROKE) -> Pixels:
    """The ink on a page.

    Args:
        picture: (h, w) or (h, w, 3), uint8.
        thickest: What is wider is no stroke but another tone of paper, as a share of the shorter side.

    Returns:
        (h, w) uint8: 0: paper; 255: it reflects no light.
    """
    cv2 = opencv()
    planes = [picture] if picture.ndim == 2 else [np.ascontiguousarray(picture[..., i]) for i in range(3)]
    if _light_on_dark(planes[len(planes) // 2]):
        planes = [255 - plane for plane in planes]
    ink: Pixels | None = None
    for plane in planes:
        darkness = _darkness(plane, thickest)
        ink = darkness if ink is None else cv2.max(ink, darkness)
    assert ink is not None
    return ink


def noise_of(ink: Pixels) -> float:
    """How far the ink of bare paper strays from 0: a robust estimate of its standard deviation, in steps of 255."""
    sample = ink[::3, ::3].ravel()
    # Half of the paper's noise was cut off at 0; of what is left, the nearest to 0 is surely paper's.
    near, far = (float(np.quantile(sample, share)) for share in (0.69, 0.84))
    return float(np.clip(min(2 * near, far), 1.0, _MOST_NOISE))


def _darkness(plane: Pixels, thickest: float) -> Pixels:
    """By how much each pixel is darker than the paper around it: 255 (1 - pixel / paper)."""
    cv2 = opencv()
    paper = _paper(plane, thickest)
    lit: Pixels = cv2.divide(plane, paper, scale=255)
    return 255 - lit


def _paper(plane: Pixels, thickest: float) -> Pixels:
    """What the page would look like without ink: (h, w) uint8, at least 1."""
    cv2 = opencv()
    high, wide = plane.shape
    shrink = max(1.0, max(high, wide) / _PAPER_LENGTH)
    small = cv2.resize(
        plane, (max(1, round(wide / shrink)), max(1, round(high / shrink))), interpolation=cv2.INTER_AREA
    )
    reach = 2 * max(2, round(thickest * min(small.shape))) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    closed = cv2.morphologyEx(cv2.medianBlur(small, 3), cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    even = cv2.GaussianBlur(closed, (0, 0), max(1.0, reach / 8))
    # That is the paper at its brightest; its usual tone is what most pixels around have.
    usual = cv2.medianBlur(cv2.divide(small, cv2.max(even, 1), scale=255), min(255, reach | 1))
    even = cv2.multiply(even, cv2.max(usual, _DARKEST_TONE), scale=1 / 255)
    large: Pixels = cv2.resize(even, (wide, high), interpolation=cv2.INTER_LINEAR)
    return cv2.max(large, 1)  # type: ignore[no-any-return]


def _light_on_dark(plane: Pixels) -> bool:
    """Whether strokes are lighter than their ground, as on a blackboard."""
    cv2 = opencv()
    high, wide = plane.shape
    shrink = max(1.0, max(high, wide) / _PAPER_LENGTH)
    small = cv2.resize(
        plane, (max(1, round(wide / shrink)), max(1, round(high / shrink))), interpolation=cv2.INTER_AREA
    )
    side = min(255, 2 * (min(small.shape) // 8) + 1)
    ground = cv2.medianBlur(small, max(3, side)).astype(np.float32)
    apart = small.astype(np.float32) - ground
    # Strokes are what stands out most; cubes let the few strong differences count for more than the many weak ones.
    return float((np.maximum(apart, 0) ** 3).sum()) > 1.5 * float((np.maximum(-apart, 0) ** 3).sum())
