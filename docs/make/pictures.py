"""Draws docs/images/: runs the code of the lesson and the guides where the pictures belong, then the lesson's command.

Run it as `python docs/make/pictures.py`.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from docs.make import terminal  # noqa: E402
from docs.make.blocks import blocks, fresh_names, run  # noqa: E402

IMAGES = ROOT / "docs" / "images"
PAGES = [ROOT / "docs" / f"{name}.md" for name in ("lesson", "augmentation")]


def main() -> None:
    """Draw everything anew; what the pages save beside the pictures they show is removed again."""
    IMAGES.mkdir(exist_ok=True)
    os.chdir(IMAGES)
    shown, before = set(), {path.name for path in IMAGES.iterdir()}
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        shown |= set(re.findall(r"\]\(images/([^)]+)\)", text))
        names = fresh_names()
        for block in blocks(text):
            sys.stdout.write(run(block, names, page))
    terminal.draw(IMAGES / "lesson-terminal.svg")
    for path in IMAGES.iterdir():
        if path.name not in shown | before | {"lesson-terminal.svg"}:
            path.unlink()


if __name__ == "__main__":
    main()
