"""Prints the requirements of one group of pyproject.toml, one a line, for `pip install --requirement`.

Groups: `core` (what the package needs to run), `build` (what building it needs) and each optional extra. An extra that
names this project's own extras is resolved here, so that nothing has to be built to read it.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def requirements(group: str, pyproject: Path = PYPROJECT) -> list[str]:
    """The requirement lines of a group, in the order they are written."""
    document = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    project = document["project"]
    if group == "core":
        return list(project["dependencies"])
    if group == "build":
        return list(document["build-system"]["requires"])
    extras: dict[str, list[str]] = project["optional-dependencies"]
    if group not in extras:
        known = ", ".join(["core", "build", *extras])
        raise SystemExit(f"Expected a group of requirements ({known}), received {group!r}.")
    lines: list[str] = []
    for line in extras[group]:
        own = re.fullmatch(rf"{re.escape(project['name'])}\[([\w,-]+)\]", line)
        lines += [one for extra in own[1].split(",") for one in requirements(extra, pyproject)] if own else [line]
    return lines


if __name__ == "__main__":
    print("\n".join(requirements(sys.argv[1])))
