"""Lists the project's files and reads them; the rules say what must hold for them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
_GENERATED = {".git", ".venv", "build", "dist", "__pycache__"}


def project_files(root: Path) -> list[Path]:
    """Every file of the project: what git keeps or would keep; without git, what is in no build folder."""
    if (root / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.split("\0")
        found = [root / name for name in names if name]
    else:
        found = [p for p in root.rglob("*") if not _GENERATED & set(p.relative_to(root).parts)]
    return sorted(path for path in found if path.is_file())


def text_files(root: Path) -> Iterator[tuple[str, str]]:
    """Pairs of a file's path from the root and its text, for every file that is text."""
    for path in project_files(root):
        content = path.read_bytes()
        if b"\0" in content[:8192]:
            continue
        try:
            yield path.relative_to(root).as_posix(), content.decode("utf-8")
        except UnicodeDecodeError:
            continue
