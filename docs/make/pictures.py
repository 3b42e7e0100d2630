"""Draws docs/images/: runs the lesson's code where the pictures belong, then its command for the one of a terminal.

Run it as `python docs/make/pictures.py`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from docs.make import terminal  # noqa: E402
from docs.make.blocks import blocks, fresh_names, run  # noqa: E402

IMAGES = ROOT / "docs" / "images"
LESSON = ROOT / "docs" / "lesson.md"


def main() -> None:
    """Draw everything anew; what the lesson saves beside its pictures is removed again."""
    IMAGES.mkdir(exist_ok=True)
    os.chdir(IMAGES)
    names = fresh_names()
    for block in blocks(LESSON.read_text(encoding="utf-8")):
        sys.stdout.write(run(block, names, LESSON))
    terminal.draw(IMAGES / "lesson-terminal.svg")
    for model in IMAGES.glob("*.safetensors"):
        model.unlink()


if __name__ == "__main__":
    main()
