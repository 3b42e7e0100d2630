"""The lesson's command in a real terminal: the live bar, half blocks in colour, nothing wider than the screen."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def in_terminal(*words: str, columns: int = 80, **environment: str) -> tuple[int, str]:
    """Run a command on a terminal of this width; its exit status and everything it wrote, codes and all."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    cleared = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    process = subprocess.Popen(
        [sys.executable, "-m", "figurate", *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**cleared, "TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONUTF8": "1", **environment},
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other side is closed
            break
        if not part:
            break
        written += part
    os.close(ours)
    return process.wait(timeout=60), written.decode()


@pytest.mark.parametrize("columns", [80, 50])
def test_train_draws_in_colour(folder: Path, columns: int) -> None:
    code, written = in_terminal("train", str(folder), "--epochs", "30", columns=columns, COLORTERM="truecolor")
    assert code == 0
    assert "\u2580" in written
    assert "\x1b[38;2;" in written
    assert "30/30  loss: " in written
    assert "\x1b[?25l" in written, "the live bar hides the cursor while it moves"
    assert "\x1b[?25h" in written, "and brings it back"
    last_page = written[written.rindex("The first validation figure") :]
    assert max(map(len, _ESCAPES.sub("", last_page).split("\r\n")[:-3])) <= columns


def test_256_colours_and_none(folder: Path) -> None:
    code, written = in_terminal("show", str(folder), "--count", "2")
    assert code == 0
    assert "\x1b[38;5;" in written
    code, written = in_terminal("show", str(folder), "--count", "2", NO_COLOR="1")
    assert code == 0
    assert "\u2580" not in written
    assert "##" in written


def test_predict_draws_a_picture(model_file: Path, folder: Path) -> None:
    import numpy as np
    from PIL import Image

    Image.fromarray(np.full((90, 200, 3), (250, 240, 10), np.uint8)).save("a.png")
    for columns in (120, 80, 50):
        code, written = in_terminal("predict", str(model_file), "a.png", columns=columns, COLORTERM="truecolor")
        assert code == 0
        assert "\u2580" in written
        assert "\x1b[38;2;250;240;10" in written, "the picture as it is, not only what became of it"
        lines = _ESCAPES.sub("", written).split("\r\n")
        assert [line.split() for line in lines if "saw" in line] == [["the", "picture", "what", "the", "model", "saw"]]
        assert "Read as " in written
        assert max(map(len, lines)) <= columns


def test_a_set_is_not_drawn(model_file: Path, folder: Path) -> None:
    code, written = in_terminal("predict", str(model_file), str(folder / "t10k-images-idx3-ubyte"))
    assert code == 0
    assert written.count(" %)") == 64
    assert "\u2580" not in written
