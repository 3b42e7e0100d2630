"""One version everywhere, and constraints that are name==version alone and cover every named requirement."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from tools.requirements import requirements

_PIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[0-9][A-Za-z0-9.+!]*")


def problems(root: Path) -> list[str]:
    """What CHANGELOG.md, the package and constraints.txt say that pyproject.toml doesn't, or the other way round."""
    pyproject = root / "pyproject.toml"
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    version = project["version"]
    found = []
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    if not re.search(rf"^## {re.escape(version)}\b", changelog, re.MULTILINE):
        found.append(f"CHANGELOG.md: no heading '## {version}', the version of pyproject.toml")

    init = (root / "src/figurate/__init__.py").read_text(encoding="utf-8")
    if f'__version__ = "{version}"' not in init:
        found.append(f'src/figurate/__init__.py: __version__ is not "{version}"')

    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    found += [f"constraints.txt: {line!r} is not name==version" for line in lines if not _PIN.fullmatch(line)]
    pinned = {normalised(line.split("==")[0]) for line in lines}
    for group in ["core", "build", *project["optional-dependencies"]]:
        for requirement in requirements(group, pyproject):
            name = normalised(re.split(r"[\s<>=!~;\[(]", requirement, maxsplit=1)[0])
            if name not in pinned:
                found.append(f"constraints.txt: {name}, which the group {group} requires, is not pinned")
    return found


def normalised(name: str) -> str:
    """A distribution's name as installers compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()
