"""Numbers, names and text in C's words."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from figurate.errors import ConfigurationError, shown

# Of the C library, up to C23. A file of such a name in the folder of a project hides it.
_HEADERS = re.compile(
    "assert|complex|ctype|errno|fenv|float|inttypes|iso646|limits|locale|math|setjmp|signal|stdalign|stdarg|stdatomic|"
    "stdbit|stdbool|stdckdint|stddef|stdint|stdio|stdlib|stdnoreturn|string|tgmath|threads|time|uchar|wchar|wctype",
    re.IGNORECASE,
)
_TYPES = {"int8": "int8_t", "uint8": "uint8_t", "int32": "int32_t", "float32": "float"}


def array(name: str, values: npt.NDArray[Any]) -> str:
    """A constant array, its numbers in rows.

    Example:
        >>> print(array("bias", np.array([1, -2], np.int32)))
        static const int32_t bias[2] = {
            1, -2};
    """
    numbers = map(number, values.ravel())
    lines = textwrap.wrap(", ".join(numbers), 116, break_long_words=False, break_on_hyphens=False)
    inner = "\n".join(f"    {line}" for line in lines)
    return f"static const {_TYPES[values.dtype.name]} {name}[{values.size}] = {{\n{inner}}};"


def number(value: Any) -> str:
    """A number as C writes it: float32 in as few digits as bring back the same bits.

    Example:
        >>> number(np.float32(0.1)), number(np.int8(-3))
        ('0.1f', '-3')
    """
    return f"{np.float32(value)!s}f" if isinstance(value, (float, np.floating)) else str(int(value))


def fields(values: Iterable[Any]) -> str:
    """Numbers and names between commas, as an initializer has them."""
    return ", ".join(value if isinstance(value, str) else number(value) for value in values)


def string(text: str) -> str:
    r"""A string literal in UTF-8; what is not plain ASCII is written in octal, so that any compiler reads it.

    Example:
        >>> string('a "b" ä')
        '"a \\"b\\" \\303\\244"'
    """
    kept = {ord(letter) for letter in '?"\\'}
    return (
        '"'
        + "".join(
            f"\\{chr(byte)}" if byte in kept else chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"
            for byte in text.encode("utf-8", "replace")
        )
        + '"'
    )


def checked_prefix(prefix: object) -> str:
    """What names in the code begin with.

    Raises:
        ConfigurationError: C has no such names.
    """
    if not (isinstance(prefix, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,30}", prefix)):
        raise ConfigurationError(
            "`export(prefix=…)` expects a name of C, at most 31 letters, digits and `_`, that begins with a letter, "
            f"received {shown(prefix)}. Use `prefix='digits'`, for one."
        )
    return str(prefix)


def checked_name(name: str, main: bool) -> str:
    """What the files are called, without an ending.

    Raises:
        ConfigurationError: An `#include` or a Makefile cannot say it, main.c is another file's name, or the header
            would hide one of C's own.
    """
    if _HEADERS.fullmatch(name):
        raise ConfigurationError(
            f"`export` expects a name that is none of C's own headers', received {shown(name + '.c')}: its header "
            f"would hide <{name.lower()}.h>. Use `digits.c`, for one."
        )
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*", name) or (main and name == "main"):
        raise ConfigurationError(
            "`export` expects a name of letters, digits, `_`, `.`, `+` and `-` for a .c file, and not main.c where "
            f"`main=True` writes one, received {shown(name + '.c')}. Use `digits.c`, for one."
        )
    return name
