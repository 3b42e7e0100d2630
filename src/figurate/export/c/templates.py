"""The C that is the same for every model: files of paragraphs, of which those go into a program that it needs.

A paragraph is what stands between blank lines: one function, type or comment. It is needed where a name that it defines
is used by what is needed already.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files

_DEFINED = re.compile(
    r"^(?:(?:static [\w *]*?|int )(\w+)\(|struct (\w+) \{|typedef .*?(\w+);|#define (\w+))", re.MULTILINE
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def template(name: str) -> str:
    """The text of a file in `templates/`.

    Args:
        name: Its path there, such as "network/layers.c".
    """
    text = files(__package__).joinpath("templates").joinpath(name).read_text(encoding="utf-8")
    return text


def needed(names: Sequence[str], text: str) -> str:
    r"""The paragraphs of some files that `text` needs, in their order.

    Args:
        names: Of the files, as `template` takes them.
        text: C that comes behind them.

    Example:
        >>> print(needed(["network/activations.c"], "relu(values, 3);").partition("\n\n")[2])
        static void relu(float* values, int count) {
          for (int i = 0; i < count; ++i) values[i] = values[i] < 0.0f ? 0.0f : values[i];
        }
    """
    paragraphs = [(name, paragraph) for name in names for paragraph in template(name).strip().split("\n\n")]
    defined = [{name for found in _DEFINED.findall(text) for name in found if name} for _, text in paragraphs]
    used, taken = _words(text), set[int]()
    while more := {n for n, own in enumerate(defined) if own & used} - taken:
        taken |= more
        used |= set().union(*(_words(paragraphs[n][1]) for n in more))
    # A file's title goes along with what is taken of it.
    files_taken = {paragraphs[n][0] for n in taken}
    return "\n\n".join(
        paragraph
        for n, (name, paragraph) in enumerate(paragraphs)
        if n in taken or (paragraph.startswith("/* ----") and name in files_taken)
    )


def renamed(text: str, prefix: str) -> str:
    """C whose outer names begin with `prefix` in place of `figure`, and macros with `PREFIX`."""
    return re.sub(r"\bFIGURE_", f"{prefix.upper()}_", re.sub(r"\bfigure_", f"{prefix}_", text))


def _words(text: str) -> set[str]:
    """What a text names, but for members of structures: called, of a type, or a macro."""
    return set(re.findall(r"(?<![.>])\b[A-Za-z_]\w*", _COMMENT.sub("", text)))
