"""Draws docs/images/: runs the code of the lesson and the guides where the pictures belong, then the lesson's command.

Run it as `python docs/make/pictures.py`.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from docs.make import terminal  # noqa: E402
from docs.make.blocks import blocks, fresh_names, run  # noqa: E402

IMAGES = ROOT / "docs" / "images"
_LARGE = 200_000  # bytes
PAGES = [ROOT / "docs" / f"{name}.md" for name in ("lesson", "augmentation", "your-own-figures")]


def main() -> None:
    """Draw everything anew, in a folder of its own; the pictures that pages show go to docs/images."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "docs" / "pictures", Path(folder) / "pictures")
        os.chdir(folder)
        for page in PAGES:
            text = page.read_text(encoding="utf-8")
            names = fresh_names()
            for block in blocks(text):
                sys.stdout.write(run(block, names, page))
            for name in re.findall(r"\]\(images/([^)]+)\)", text):
                if (Path(folder) / name).exists():
                    _keep(Path(folder) / name, IMAGES / name)
        os.chdir(ROOT)
    terminal.draw(IMAGES / "lesson-terminal.svg")


def _keep(drawn: Path, path: Path) -> None:
    """Copy a picture; of a photograph 128 colours, which take a quarter of the room."""
    from PIL import Image

    if drawn.stat().st_size < _LARGE:
        shutil.copy(drawn, path)
        return
    with Image.open(drawn) as picture:
        picture.convert("RGB").quantize(128).save(path, optimize=True)


if __name__ == "__main__":
    main()
