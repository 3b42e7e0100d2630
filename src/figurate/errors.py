"""The exceptions and the warning that figurate raises, and the messages that several places share.

Every message says what failed, what was expected, what was received and how to mend it. Each class also derives from
the built-in exception that a reader of Keras or Python code would catch. Nothing here knows about layers, files or
training.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable

__all__ = [
    "ArgumentError",
    "ConfigurationError",
    "DataError",
    "DownloadError",
    "FigurateError",
    "FigurateWarning",
    "FileFormatError",
    "ShapeError",
    "TrainingError",
    "UnsupportedError",
    "harmless",
    "nearest",
    "shown",
    "unknown_name",
]

# They turn the text after them around, numbers too: "5.0 %" becomes "% 0.5". Joiners are none of them: emoji and Indic
# scripts are written with these.
_TURNS_TEXT = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class FigurateError(Exception):
    """The base of every error that figurate raises on purpose."""


class ShapeError(FigurateError, ValueError):
    """An array or a layer has a shape that does not fit."""


class DataError(FigurateError, ValueError):
    """Figures, labels or weights of figures have values that cannot be used."""


class ConfigurationError(FigurateError, ValueError):
    """A setting of a layer, loss, optimizer, metric or model is wrong."""


class ArgumentError(ConfigurationError, TypeError):
    """A call names an argument that does not exist."""


class UnsupportedError(FigurateError, NotImplementedError, TypeError):
    """Something Keras has and figurate has not; the message names the alternative."""


class FileFormatError(FigurateError, ValueError):
    """A file is truncated, altered or of another kind."""


class DownloadError(FigurateError, OSError):
    """A data set could not be fetched or failed its checksum."""


class TrainingError(FigurateError, RuntimeError):
    """Training cannot begin or go on."""


class FigurateWarning(UserWarning):
    """Something that runs but is probably not what was meant."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, or None where none is like it.

    Case, `_` and `-` do not count: "Categorical-CrossEntropy" is next to "categorical_crossentropy".

    Example:
        >>> nearest("rellu", ["linear", "relu"])
        'relu'
    """

    def plain(text: str) -> str:
        return text.lower().replace("_", "").replace("-", "").replace(" ", "")

    # Sorted so that the answer does not depend on the order of a set.
    by_plain: dict[str, str] = {}
    for candidate in sorted(known):
        by_plain.setdefault(plain(candidate), candidate)
    matches = difflib.get_close_matches(plain(name[:100]), by_plain, n=1, cutoff=0.6)
    return by_plain[matches[0]] if matches else None


def shown(value: object, limit: int = 80) -> str:
    """`repr(value)` on one line and cut to `limit` characters, for use in messages.

    Example:
        >>> shown([1, 2, 3, 4], limit=6)
        '[1, 2…'
    """
    text = " ".join(repr(value).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def harmless(text: str, kept: str = "\n\t") -> str:
    r"""Text whose control characters, marks of direction and undecodable bytes are spelled out.

    Names must not steer a terminal, nor turn around what stands beside them.

    Args:
        text: With names of files or classes in it.
        kept: Control characters that stay.

    Example:
        >>> harmless("a\x1b[31m")
        'a\\x1b[31m'
    """
    if text.isprintable():
        return text
    import unicodedata  # seldom needed

    return "".join(
        one.encode("unicode_escape").decode("ascii")
        if one not in kept and (one in _TURNS_TEXT or unicodedata.category(one) in ("Cc", "Cs"))
        else one
        for one in text
    )


def unknown_name(kind: str, name: str, known: Iterable[str]) -> ConfigurationError:
    """Build the error for a name that is not in a closed list; the caller raises it.

    Args:
        kind: What the name should have named, in the singular: "loss", "activation".
        name: The name as received.
        known: The names that exist.

    Returns:
        A `ConfigurationError` with the nearest name, where there is one, and all names.

    Example:
        >>> print(unknown_name("activation", "rellu", ["linear", "relu"]))
        Unknown activation 'rellu'. Did you mean 'relu'? Known: 'linear', 'relu'.
    """
    names = sorted(set(known))
    guess = nearest(name, names)
    question = f" Did you mean {guess!r}?" if guess is not None else ""
    return ConfigurationError(f"Unknown {kind} {shown(name)}.{question} Known: {', '.join(map(repr, names))}.")


def user_level() -> int:
    """The `stacklevel` by which `warnings.warn`, called beside this, names the line outside figurate that led here."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "figurate":
        level, frame = level + 1, frame.f_back
    return level
