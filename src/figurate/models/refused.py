"""What Keras' `models` has and figurate has not, refused by name."""

from __future__ import annotations

from typing import NoReturn

from figurate.errors import UnsupportedError

_ADVICE = (
    "functional and subclassed models are not supported, expected a list of layers. Write "
    "`Sequential([Input(shape=(28, 28)), Flatten(), Dense(10)])`."
)


class Model:
    """Refused: figurate has `Sequential` alone.

    Raises:
        UnsupportedError: Always, when called or derived from.
    """

    def __new__(cls, *arguments: object, **named: object) -> NoReturn:
        raise UnsupportedError(f"`Model(…)` was called: {_ADVICE}")

    def __init_subclass__(cls, **named: object) -> None:
        raise UnsupportedError(f"`{cls.__name__}(Model)` was defined: {_ADVICE}")
