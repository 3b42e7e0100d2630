"""`FigurePreprocessing`: the form of a model's figures, and how any picture is brought into it.

The arithmetic on pixels is the engine's (`core/figures`); what a set's form is, is found out in `learning.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from figurate import _engine
from figurate.errors import ConfigurationError, shown
from figurate.figures.pictures import open_picture

if TYPE_CHECKING:
    from typing import Self

__all__ = ["FigurePreprocessing"]

Pixels = npt.NDArray[np.uint8]

_MOST = 4096


@dataclass(frozen=True, kw_only=True)
class FigurePreprocessing:
    """What the figures look like that a model was trained on, and what makes such a figure of any picture.

    A picture is brought into form in these steps: made grey; specks of noise removed; ground and strokes told apart,
    the ground being what lies along the border, whatever its tone and however unevenly lit; ruled lines and specks
    removed; the strokes cropped, fitted into the box with their proportions, anti-aliased, brought to the usual
    thickness, and put into the middle. With `box=None` a picture is only made grey or colour and fitted into the size.

    Args:
        height, width: Of a figure, in pixels, 1 to 4096.
        channels: 1: grey, 3: red, green, blue; with a box only 1.
        box: (height, width) that strokes fill at most, in pixels; None: see above.
        ground: Whether the ground is "dark" or "light" in a figure.
        centre: What is put into the middle: the "mass" of the strokes, or the "box" around them.
        stroke_width: The (least, greatest) usual thickness of strokes, in pixels; thinner and thicker ones are brought
            there. None: left as they are.
        deskew: Whether slanted figures are made upright.

    Raises:
        ConfigurationError: A value is out of its range.

    Example:
        >>> form = FigurePreprocessing(height=28, width=28, box=(20, 20))
        >>> drawn = np.full((90, 60), 255, np.uint8)
        >>> drawn[20:70, 28:34] = 40
        >>> figure = form(drawn)
        >>> figure.shape, int(figure.min()), int(figure.max())
        ((28, 28), 0, 255)

    Source: the last steps are those by which MNIST was made, http://yann.lecun.com/exdb/mnist.
    """

    height: int
    width: int
    channels: int = 1
    box: tuple[float, float] | None = None
    ground: Literal["dark", "light"] = "dark"
    centre: Literal["mass", "box"] = "mass"
    stroke_width: tuple[float, float] | None = None
    deskew: bool = False

    def __post_init__(self) -> None:
        for name in ("height", "width"):
            value = getattr(self, name)
            if type(value) is not int or not 1 <= value <= _MOST:
                raise _wrong(name, f"a whole number from 1 to {_MOST}", value)
        coloured = type(self.channels) is int and self.channels == 3 and self.box is None
        if not coloured and not (type(self.channels) is int and self.channels == 1):
            raise _wrong("channels", "1 or 3, and 1 where there is a box", self.channels)
        for name, low in (("box", 1.0), ("stroke_width", 0.0)):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, _pair(name, value, low))
        if self.stroke_width is not None and self.stroke_width[0] > self.stroke_width[1]:
            raise _wrong("stroke_width", "the least before the greatest", self.stroke_width)
        if self.box is not None and (self.box[0] > self.height or self.box[1] > self.width):
            raise _wrong("box", f"a box within {self.height} × {self.width} pixels", self.box)
        if self.ground not in ("dark", "light"):
            raise _wrong("ground", "'dark' or 'light'", self.ground)
        if self.centre not in ("mass", "box"):
            raise _wrong("centre", "'mass' or 'box'", self.centre)
        if type(self.deskew) is not bool:
            raise _wrong("deskew", "True or False", self.deskew)

    @property
    def figure_shape(self) -> tuple[int, ...]:
        """(height, width) of grey figures, else (height, width, channels)."""
        return (self.height, self.width) if self.channels == 1 else (self.height, self.width, self.channels)

    @classmethod
    def learn(cls, x: npt.ArrayLike) -> Self:
        """The form that training figures have.

        Args:
            x: (n, height, width) or (n, height, width, channels), of any number type and range of pixels. Some hundred
                of them, evenly spread, are looked at.

        Returns:
            With a box where the figures are strokes on an even ground that fill a box of one size; else without one.

        Raises:
            ShapeError: They are no pictures of 1 or 3 channels.
            DataError: A pixel is NaN or infinite.

        Example:
            >>> from figurate.datasets import mnist
            >>> form = FigurePreprocessing.learn(mnist.load_data()[0][0])
            >>> form.box, form.ground, form.centre
            ((20.0, 20.0), 'dark', 'mass')
        """
        from figurate.figures.learning import learned

        return cls(**learned(np.asarray(x)))

    def __call__(self, picture: Pixels) -> Pixels:
        """One picture in this form.

        Args:
            picture: (h, w) or (h, w, 3) uint8, of any size; other arrays, images and paths as `open_picture` takes
                them.

        Returns:
            uint8, of shape `figure_shape`.
        """
        one: Pixels = self.all([picture], threads=1)[0]
        return one

    def all(self, pictures: Iterable[Any], *, threads: int | None = None) -> Pixels:
        """Many pictures in this form.

        Args:
            pictures: See `__call__`; of any sizes.
            threads: Of the engine; None: as many as this process may use.

        Returns:
            (n, *figure_shape) uint8.
        """
        opened = [open_picture(picture, channels=self.channels) for picture in pictures]
        if self.box is None:
            made = [self._fitted(picture) for picture in opened]
            return np.stack(made) if made else np.empty((0, *self.figure_shape), np.uint8)
        return self._formed(opened, False, threads)

    def from_ink(self, ink: Pixels) -> Pixels:
        """Ink that was found already, as a page reader finds it, in this form.

        Args:
            ink: (h, w) uint8: 0 where the paper is, and brighter where strokes are.

        Returns:
            uint8 (height, width).

        Raises:
            ConfigurationError: This form has no box.
        """
        one: Pixels = self.all_from_ink([ink], threads=1)[0]
        return one

    def all_from_ink(self, pieces: Sequence[Pixels], *, threads: int | None = None) -> Pixels:
        """Many pieces of ink in this form: (n, height, width). Args and errors: see `from_ink`."""
        if self.box is None:
            raise ConfigurationError(
                "`from_ink` expects a form with a box, received one that only fits sizes: the model's figures are no "
                "strokes on an even ground. Use a model that was trained on characters."
            )
        return self._formed(list(pieces), True, threads)

    def _formed(self, pictures: list[Pixels], ink: bool, threads: int | None) -> Pixels:
        assert self.box is not None
        return _engine.bring_into_form(
            [np.ascontiguousarray(picture, np.uint8) for picture in pictures],
            size=(self.height, self.width),
            box=self.box,
            light_ground=self.ground == "light",
            centre_mass=self.centre == "mass",
            strokes=self.stroke_width or (0.0, 0.0),
            deskew=self.deskew,
            ink=ink,
            threads=_engine.default_threads() if threads is None else threads,
        )

    def _fitted(self, picture: Pixels) -> Pixels:
        """A picture fitted into the size, its proportions kept, the rest filled with its border's colour."""
        from PIL import Image

        h, w = picture.shape[:2]
        if (h, w) == (self.height, self.width):
            return picture
        scale = min(self.height / h, self.width / w)
        size = max(1, round(h * scale)), max(1, round(w * scale))
        image = Image.fromarray(picture)
        shrinks = scale < 1
        resized = np.asarray(
            image.resize((size[1], size[0]), Image.Resampling.LANCZOS if shrinks else Image.Resampling.BICUBIC)
        )
        if size == (self.height, self.width):
            return resized
        border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
        figure = np.empty(self.figure_shape, np.uint8)
        figure[:] = np.median(border, axis=0)
        top, left = (self.height - size[0]) // 2, (self.width - size[1]) // 2
        figure[top : top + size[0], left : left + size[1]] = resized
        return figure

    def describe(self) -> str:
        """The form in a phrase, for people.

        Example:
            >>> FigurePreprocessing(height=28, width=28, box=(20, 20)).describe()
            'light strokes on a dark ground, fitted into 20 × 20 of 28 × 28 pixels, centre of mass in the middle'
        """
        size = f"{self.height} × {self.width} pixels"
        if self.box is None:
            return f"fitted to {size}" + (" in colour" if self.channels == 3 else "")
        strokes = "light strokes on a dark ground" if self.ground == "dark" else "dark strokes on a light ground"
        middle = "centre of mass" if self.centre == "mass" else "their box"
        upright = ", made upright" if self.deskew else ""
        return f"{strokes}, fitted into {self.box[0]:g} × {self.box[1]:g} of {size}, {middle} in the middle{upright}"

    def get_config(self) -> dict[str, Any]:
        """As JSON holds it; `from_config` makes the same again."""
        config = asdict(self)
        return {name: list(value) if isinstance(value, tuple) else value for name, value in config.items()}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """What `get_config` described.

        Raises:
            ConfigurationError: A name or a value is wrong.
        """
        names = {field.name for field in fields(cls)}
        if not isinstance(config, Mapping) or set(config) != names:
            raise ConfigurationError(
                f"`FigurePreprocessing.from_config` expects exactly {', '.join(sorted(names))}, received "
                f"{shown(config)}."
            )
        return cls(**config)


def _wrong(name: str, expected: str, received: object) -> ConfigurationError:
    return ConfigurationError(f"`FigurePreprocessing({name}=…)` expects {expected}, received {shown(received)}.")


def _pair(name: str, value: object, low: float) -> tuple[float, float]:
    if (
        not isinstance(value, (tuple, list))
        or len(value) != 2
        or not all(type(one) in (int, float) and math.isfinite(one) and low <= one <= _MOST for one in value)
    ):
        raise _wrong(name, f"two numbers from {low:g} to {_MOST}", value)
    return float(value[0]), float(value[1])
