"""Documents tell the truth about the tree: links lead somewhere, and paths that ARCHITECTURE.md names exist.

Only links inside the project are followed; nothing is fetched.
"""

from __future__ import annotations

import re
from pathlib import Path

from tools.house.files import project_files, text_files

_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)|<img[^>]*\bsrc=\"([^\"]+)\"")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*$", re.MULTILINE)
_PATH = re.compile(r"`([\w.-]+(?:/[\w.{},*-]+)*/?)`")
_TOP = {"core", "bindings", "src", "tests", "docs", "tools", "benchmarks", "examples"}


def problems(root: Path) -> list[str]:
    """Every link or path of a document that leads nowhere."""
    found = []
    for path, text in text_files(root):
        if path.endswith(".md"):
            found += _dead_links(root, path, text)
    architecture = root / "ARCHITECTURE.md"
    if architecture.exists():
        found += _missing_paths(root, architecture.read_text(encoding="utf-8"))
    return found


def anchors(text: str) -> set[str]:
    """The anchors a document's headings have where it is shown as a page."""
    titles = (re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", title) for title in _HEADING.findall(_FENCE.sub("", text)))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def _dead_links(root: Path, path: str, text: str) -> list[str]:
    """Links of one document to files or headings that aren't there."""
    found = []
    for match in _LINK.finditer(_FENCE.sub("", text)):
        link = match[1] or match[2]
        if re.match(r"[a-z][a-z+.-]*:", link):
            continue
        target, _, anchor = link.partition("#")
        file = (root / path).parent / target if target else root / path
        if not file.exists():
            found.append(f"{path}: the link {link} leads to no file")
        elif anchor and file.suffix == ".md" and anchor not in anchors(file.read_text(encoding="utf-8")):
            found.append(f"{path}: the link {link} leads to no heading of {file.name}")
    return found


def _missing_paths(root: Path, text: str) -> list[str]:
    """Paths in backquotes that begin with a folder of the project and aren't there (`*` and `{a,b}` as in a shell)."""
    files = {file.relative_to(root).as_posix() for file in project_files(root)}
    folders = {folder.as_posix() for name in files for folder in Path(name).parents}
    found = []
    for path in sorted({match[1] for match in _PATH.finditer(text)}):
        if "/" not in path or path.split("/")[0] not in _TOP:
            continue
        for one in _braces(path.rstrip("/")):
            pattern = re.compile(re.escape(one).replace(r"\*", "[^/]*") + "$")
            if not any(pattern.match(name) for name in files | folders):
                found.append(f"ARCHITECTURE.md: there is no {one}")
    return found


def _braces(path: str) -> list[str]:
    """`a.{h,cc}` as `a.h` and `a.cc`."""
    match = re.search(r"\{([^}]*)\}", path)
    if match is None:
        return [path]
    return [one for part in match[1].split(",") for one in _braces(path[: match.start()] + part + path[match.end() :])]
