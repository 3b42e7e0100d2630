"""A file has one reason to change: past 400 lines its reason stands in long_files.txt."""

from __future__ import annotations

from pathlib import Path

from tools.house.files import text_files

LIMIT = 400
SUFFIXES = (".py", ".h", ".cc", ".md")
REASONS = "tools/house/long_files.txt"


def problems(root: Path) -> list[str]:
    """Every long file without a reason, and every reason for a file that is not long or not there."""
    listing = root / REASONS
    lines = listing.read_text(encoding="utf-8").splitlines() if listing.exists() else []
    reasons = dict(line.split(": ", 1) for line in lines if line and not line.startswith("#"))
    counts = {path: text.count("\n") for path, text in text_files(root) if path.endswith(SUFFIXES)}
    found = [
        f"{path}: {count} lines, more than {LIMIT}: split it, or give its reason in {REASONS}"
        for path, count in counts.items()
        if count > LIMIT and path not in reasons
    ]
    found += [
        f"{REASONS}: {path} has no more than {LIMIT} lines: remove it"
        for path in reasons
        if counts.get(path, 0) <= LIMIT
    ]
    return found
