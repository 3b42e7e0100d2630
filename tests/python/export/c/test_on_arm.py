"""Exported C on Arm's Cortex-M0 and M4, compiled without a warning, run by qemu: the same classes and bytes as here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from figurate import Sequential, presets
from figurate.datasets import mnist
from figurate.export import Plan
from figurate.export.c import c_files
from figurate.export.c.compiled import WARNINGS
from figurate.export.c.files import CFiles
from tests.python.export.c.pictures import drawn
from tests.python.export.conftest import scrambled

FIRMWARE = Path(__file__).parent / "firmware"
TOOLS = ("arm-none-eabi-gcc", "qemu-system-arm")
HERE = all(shutil.which(tool) for tool in TOOLS)
if os.environ.get("FIGURATE_TEST_ARM") and not HERE:
    raise RuntimeError(f"the tests on Arm need {' and '.join(TOOLS)}")

pytestmark = pytest.mark.skipif(not HERE, reason=f"needs {' and '.join(TOOLS)}; `make test-cross` runs it")


@dataclass(frozen=True)
class Board:
    """A machine of qemu's, and its processor's options."""

    machine: str
    options: tuple[str, ...]
    flash: str
    ram: str

    def run(self, folder: Path, program: str, made: CFiles) -> list[str]:
        """What a program of `firmware/` says about a model, line by line."""
        self.build(folder, program, made)
        command = ["qemu-system-arm", "-M", self.machine, "-display", "none", "-monitor", "none", "-serial", "none",
                   "-semihosting-config", "enable=on,target=native", "-kernel", "firmware.elf"]  # fmt: skip
        # Semihosting's console is qemu's standard error.
        done = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120
        )
        said = done.stdout.decode()
        assert done.returncode == 0, said
        return said.splitlines()

    def build(self, folder: Path, program: str, made: CFiles) -> int:
        """Compile and link it; returns the bytes of flash."""
        for name, text in made.texts().items():
            (folder / name).write_text(text)
        for source in FIRMWARE.iterdir():
            shutil.copy(source, folder)
        command = ["arm-none-eabi-gcc", *WARNINGS, *self.options, "-Os", "-mthumb", "-ffunction-sections",
                   "-fdata-sections", "-nostartfiles", "--specs=nano.specs", "-Wl,--gc-sections", "-T", "memory.ld",
                   f"-Wl,--defsym=FLASH_SIZE={self.flash}", f"-Wl,--defsym=RAM_SIZE={self.ram}",
                   "startup.c", f"{program}.c", "model.c", "-lm", "-o", "firmware.elf"]  # fmt: skip
        subprocess.run(command, cwd=folder, check=True)
        size = subprocess.run(["arm-none-eabi-size", "firmware.elf"], cwd=folder, stdout=subprocess.PIPE, check=True)
        numbers = re.findall(r"\d+", size.stdout.decode().splitlines()[1])
        return int(numbers[0]) + int(numbers[1])


M0 = Board("microbit", ("-mcpu=cortex-m0",), "256K", "16K")
M4 = Board("mps2-an386", ("-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"), "4M", "4M")


def constants(name: str, values: npt.NDArray[np.uint8]) -> str:
    return f"static const uint8_t {name}[{values.size}] = {{{', '.join(map(str, values.ravel()))}}};\n"


def check_predictions(board: Board, made: CFiles, figures: npt.NDArray[np.uint8], folder: Path) -> None:
    head = f"#include <stdint.h>\n#define FIGURES {len(figures)}\n"
    (folder / "figures.h").write_text(head + constants("figures", figures))
    lines = [line.split() for line in board.run(folder, "predict", made)]
    expected = made.compiled().run(figures)
    assert [int(line[0], 16) for line in lines] == list(expected.argmax(axis=1))
    scores = np.array([[int(bits, 16) for bits in line[1:]] for line in lines], np.uint32).view(np.float32)
    np.testing.assert_allclose(scores, expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("board", "precision"), [(M0, "int8"), (M4, "int8"), (M4, "float32")], ids=["M0-int8", "M4-int8", "M4-float32"]
)
def test_predictions_are_the_same(board: Board, precision: str, digits: Sequential, tmp_path: Path) -> None:
    made = c_files(digits, Plan.of(digits), "model", precision=precision)
    check_predictions(board, made, mnist.load_data()[1][0][:12], tmp_path)


@pytest.mark.parametrize("board", [M0, M4], ids=["M0", "M4"])
def test_small_fits_into_40_kb_of_flash_and_16_kb_of_ram(board: Board, tmp_path: Path) -> None:
    model = scrambled(presets.get("small").build((28, 28), 10))
    made = c_files(model, Plan.of(model), "model", precision="int8")
    figures = mnist.load_data()[1][0][:2]
    check_predictions(board, made, figures, tmp_path)
    flash = board.build(tmp_path, "predict", made) - figures.size
    assert flash <= 40_000, "with start-up code and the floats of a processor that has none"
    assert made.numbers()["ram_bytes_of_scratch"] + 784 <= 16_000


def test_pictures_are_brought_into_the_same_form(digits: Sequential, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    pictures = [one for one in (drawn(digit, rng) for digit in mnist.load_data()[1][0][:60]) if max(one.shape) <= 100]
    assert len(pictures) > 20
    sizes = ", ".join(f"{height}, {width}" for height, width in (picture.shape for picture in pictures))
    (tmp_path / "pictures.h").write_text(
        f"#include <stdint.h>\n#define PICTURES {len(pictures)}\n#define LONGEST 100\n"
        f"static const int sizes[{2 * len(pictures)}] = {{{sizes}}};\n"
        + constants("pictures", np.concatenate([picture.ravel() for picture in pictures]))
    )
    lines = M4.run(tmp_path, "prepare", c_files(digits, Plan.of(digits), "model"))
    assert digits.preprocessing is not None
    expected = digits.preprocessing.all(pictures, threads=1)
    assert lines == [figure.tobytes().hex() for figure in expected]
