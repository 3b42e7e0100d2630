"""Text that has no place in the project: somebody's own paths, unfinished markers, package hosts, stray whitespace."""

from __future__ import annotations

import re
from pathlib import Path

from tools.house.files import text_files

# Written in pieces, so that this file doesn't break its own rule.
_FOLDERS = "|".join(["home", "root", "work", "Users", "workspace"])
_HOSTS = "|".join(["py" + "pi", "python" + "hosted", "files.python" + "hosted"])
_MARKERS = "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"])

PATTERNS = [
    (
        re.compile(rf"(?<![\w.~$}}/-])/(?:{_FOLDERS})/"),
        "an absolute path of one machine: use a path from the root of the project",
    ),
    (re.compile(rf"\b(?:{_HOSTS})\.org\b"), "a package host: installers know where packages are"),
    (re.compile(rf"\b(?:{_MARKERS})\b"), "an unfinished marker: do it, or say what falls short in plain words"),
    (re.compile(r"[ \t]+$"), "whitespace at the end of a line"),
    (re.compile(r"\r"), "a carriage return"),
    (re.compile(r"^(?:<<<<<<< |>>>>>>> )"), "a merge marker"),
]
# Other people's words, and formats that need their whitespace.
EXEMPT = {"LICENSE", "NOTICE"}
EXEMPT_SUFFIXES = (".svg", ".ipynb", ".pgm")


def problems(root: Path) -> list[str]:
    """Every line with such a text, and every file that doesn't end in exactly one newline."""
    found = []
    for path, text in text_files(root):
        if path in EXEMPT or path.endswith(EXEMPT_SUFFIXES):
            continue
        for number, line in enumerate(text.split("\n"), start=1):
            found += [f"{path}:{number}: {what}" for pattern, what in PATTERNS if pattern.search(line)]
            if "\t" in line and path.endswith((".py", ".h", ".cc", ".md", ".toml")):
                found.append(f"{path}:{number}: a tab")
        if text and not text.endswith("\n"):
            found.append(f"{path}: no newline at the end")
        elif text.endswith("\n\n"):
            found.append(f"{path}: empty lines at the end")
    return found
