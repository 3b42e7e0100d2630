"""The files of an export: names, prefix, header, main.c and Makefile; and what is refused."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from figurate import Sequential, errors, layers
from figurate.datasets import mnist
from figurate.export import Plan, export
from figurate.export.c import c_files
from figurate.export.c.arena import Arena
from figurate.export.c.compiled import compilers
from figurate.export.c.program import Program
from figurate.export.c.words import array, string
from figurate.models import clone_model

needs_a_compiler = pytest.mark.skipif(not compilers(), reason="needs a C compiler")


@needs_a_compiler
def test_a_program_reads_pictures(digits: Sequential, tmp_path: Path) -> None:
    if shutil.which("make") is None:
        pytest.skip("needs make")
    written = export(digits, tmp_path / "digits.c", precision="int8", main=True, prefix="mnist")
    assert [file.name for file in written.files] == ["digits.h", "digits.c", "main.c", "Makefile"]
    assert written.checked_by == shlex.join(compilers()[0])
    assert written.numbers["multiplications"] == 12 * 12 * 25 * 6 + 6 * 36 * 10
    assert written.numbers["ram_bytes_of_scratch"] == 784 + 216
    assert 0 < written.numbers["flash_bytes_of_constants"] < 4000
    subprocess.run(
        ["make", "-s", "CFLAGS=-std=c99 -O1 -Wall -Wextra -Wconversion -Wshadow -Werror"], cwd=tmp_path, check=True
    )
    x = mnist.load_data()[1][0][:5]
    names = [f"{number}.pgm" for number in range(5)]
    for name, figure in zip(names, x, strict=True):
        Image.fromarray(255 - np.kron(figure, np.ones((3, 3), np.uint8))).save(tmp_path / name)
    done = subprocess.run(["./digits-main", *names], cwd=tmp_path, capture_output=True, text=True, check=True)
    classes = digits.predict_pictures([tmp_path / name for name in names]).argmax(axis=1)
    assert digits.class_names is not None
    expected = [f"{name}\t{digits.class_names[c]}" for name, c in zip(names, classes, strict=True)]
    assert [line.rpartition("\t")[0] for line in done.stdout.splitlines()] == expected
    done = subprocess.run(["./digits-main", "Makefile"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Makefile: expected a binary PGM" in done.stderr
    done = subprocess.run(["./digits-main", "nine.pgm"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "nine.pgm: No such file or directory\n")
    Image.fromarray(np.full((40, 40), 255, np.uint8)).save(tmp_path / "blank.pgm")
    done = subprocess.run(["./digits-main", "blank.pgm"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "blank.pgm: hardly any ink\n")


@needs_a_compiler
@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_one_output_tells_two_classes(tmp_path: Path, precision: str) -> None:
    x, y = mnist.load_data()[0]
    x, y = x[y < 2][:2000], y[y < 2][:2000]
    model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(8, "relu"), layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(x / 255.0, y, epochs=2, verbose=0)
    model.class_names = ["one"]
    model.export(tmp_path / "one.c", precision=precision, main=True)
    subprocess.run(["make", "-s", "-C", str(tmp_path)], check=True)
    for figure, digit in zip(x[:20], y[:20], strict=True):
        Image.fromarray(figure).save(tmp_path / "figure.pgm")
        command = ["./one-main", "figure.pgm"]
        told = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
        _, name, score = told.rstrip("\n").split("\t")
        assert name == ("one" if digit else "not one")
        assert float(score) >= 0.5


def test_two_networks_in_one_program(digits: Sequential, tmp_path: Path) -> None:
    for name in ("one", "two"):
        for file, text in c_files(digits, Plan.of(digits), name, prefix=name).texts().items():
            (tmp_path / file).write_text(text)
    (tmp_path / "main.cc").write_text(
        '#include "one.h"\n#include "two.h"\n'
        "int main() { return one_predict == two_predict || one_class_names[0][0] != 'z'; }\n"
    )
    flags = ["-Wall", "-Wextra", "-Werror", "-O0"]
    for source in ("one.c", "two.c"):
        subprocess.run([*compilers()[0], *flags, "-std=c99", "-c", source], cwd=tmp_path, check=True)
    program = shutil.which("g++") or shutil.which("clang++")
    if program is None:
        pytest.skip("needs a C++ compiler")
    subprocess.run([program, *flags, "main.cc", "one.o", "two.o", "-o", "both"], cwd=tmp_path, check=True)
    subprocess.run(["./both"], cwd=tmp_path, check=True)


def test_figures_to_calibrate_on_are_those_it_is_judged_on(tmp_path: Path) -> None:
    model = Sequential([layers.Input((8, 8)), layers.Flatten(), layers.Dense(6, "relu"), layers.Dense(3, "softmax")])
    figures = np.random.default_rng(1).random((300, 8, 8))
    written = model.export(tmp_path / "small.c", precision="int8", calibration=figures)
    assert written.agreement.real == 150
    assert written.agreement.mean < 0.02


def program(path: Path, text: str) -> str:
    path.write_text(f"#!{shutil.which('sh')}\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_without_a_compiler_the_arithmetic_is_run(
    digits: Sequential, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    for precision in ("float32", "int8"):
        written = digits.export(tmp_path / "digits.c", precision=precision)
        assert written.checked_by == "numpy"
        assert written.agreement.same_class > 0.98
        assert written.agreement.largest < (1e-5 if precision == "float32" else 0.3)


@needs_a_compiler
def test_a_compiler_with_options(digits: Sequential, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", f"{shlex.join(compilers()[0])} -O0 -DNOTHING='1 + 1'")
    written = digits.export(tmp_path / "digits.c")
    assert written.checked_by == f"{shlex.join(compilers()[1])} -O0 '-DNOTHING=1 + 1'"


@needs_a_compiler
@pytest.mark.parametrize("name", ["no-such-compiler", "no-such-compiler -O1", "an 'unclosed quotation"])
def test_a_compiler_that_is_not_found_is_told_of(
    name: str, digits: Sequential, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", name)
    with pytest.warns(errors.FigurateWarning, match="the environment variable CC to name a C compiler, rec") as told:
        written = digits.export(tmp_path / "digits.c")
    assert [one.filename for one in told] == [__file__]
    assert written.checked_by == shlex.join(compilers()[0])


CHMOD = f"{shutil.which('chmod')} +x .program"
FOREIGN = {
    "compiles nothing": ("echo 'no luck' >&2; exit 1", "compiles nothing: no luck"),
    "does not link": ('case "$*" in *-lm*) echo "no _exit" >&2; exit 1;; esac', "makes no program: no _exit"),
    "for another machine": (f"printf '\\177ELF nonsense' > .program; {CHMOD}", "Exec format error"),
    "for another processor": (
        f"printf '#!{shutil.which('sh')}\\nkill -ILL $$' > .program; {CHMOD}",
        "makes programs that do not start here, exit status -4",
    ),
}


@pytest.mark.parametrize(("text", "told_of"), FOREIGN.values(), ids=FOREIGN)
def test_a_compiler_for_another_machine(
    text: str, told_of: str, digits: Sequential, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = program(tmp_path / "foreign-gcc", text)
    monkeypatch.setenv("CC", foreign)
    if compilers()[1:]:
        assert digits.export(tmp_path / "digits.c").checked_by == shlex.join(compilers()[1])
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.warns(
        errors.FigurateWarning, match=rf"whose programs run here, received .*foreign-gcc: .*{told_of}"
    ) as told:
        written = digits.export(tmp_path / "digits.c")
    assert [one.filename for one in told] == [__file__]
    assert written.checked_by == "numpy"


def test_what_does_not_compile_is_not_written(
    digits: Sequential, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "CC",
        program(
            tmp_path / "broken-compiler", 'case "$*" in *tried.c*) exit 0;; esac; echo "error: no luck" >&2; exit 1'
        ),
    )
    with pytest.raises(errors.FigurateError, match=r"was not written: .*broken-compiler to compile it.*no luck"):
        export(digits, tmp_path / "digits.c")
    assert not (tmp_path / "digits.c").exists()


@needs_a_compiler
def test_halves_of_different_exports_do_not_compile(digits: Sequential, tmp_path: Path) -> None:
    for precision in ("float32", "int8"):
        texts = c_files(digits, Plan.of(digits), "digits", precision=precision).texts()
        (tmp_path / ("digits.c" if precision == "int8" else "digits.h")).write_text(
            texts["digits.c" if precision == "int8" else "digits.h"]
        )
    done = subprocess.run(
        [*compilers()[0], "-c", "digits.c"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "This .c and its .h are of different exports" in done.stderr


def test_another_program_is_not_replaced(digits: Sequential, tmp_path: Path) -> None:
    (tmp_path / "Makefile").mkdir()
    with pytest.raises(FileExistsError, match=r"expects to write a new Makefile, found a folder of that name"):
        export(digits, tmp_path / "digits.c", main=True)
    (tmp_path / "Makefile").rmdir()
    (tmp_path / "main.c").write_text("int main(void) { return 0; }\n")
    with pytest.raises(FileExistsError, match=r"expects to write a new main\.c, found another one"):
        export(digits, tmp_path / "digits.c", main=True)
    (tmp_path / "main.c").unlink()
    export(digits, tmp_path / "digits.c", main=True)
    export(digits, tmp_path / "digits.c", main=True)  # its own may be


def test_a_prefix_leaves_alone_what_the_user_has_named(digits: Sequential, tmp_path: Path) -> None:
    model = clone_model(digits)
    model.set_weights(digits.get_weights())
    model.class_names = [f"figure_{number}" for number in range(9)] + ["FIGURE_9"]
    model.export(tmp_path / "figure_net.c", prefix="letters")  # compiled and run
    text = (tmp_path / "figure_net.c").read_text()
    assert '#include "figure_net.h"' in text
    assert '"figure_8"' in text
    assert '"FIGURE_9"' in text
    assert "letters_predict" in text


@pytest.mark.parametrize("prefix", ["", "2digits", "di-gits", "é", 3, "x" * 32])
def test_a_prefix_that_c_has_no_name_for_is_refused(digits: Sequential, prefix: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=r"`export\(prefix=…\)` expects a name of C"):
        c_files(digits, Plan.of(digits), "digits", prefix=prefix)


def test_dots_in_a_name_stay(digits: Sequential, tmp_path: Path) -> None:
    written = export(digits, tmp_path / "net.v2", "c")
    assert [file.name for file in written.files] == ["net.v2.h", "net.v2.c"]


@pytest.mark.parametrize("name", ["math.c", "String.c", "stdint.c"])
def test_a_name_that_hides_a_header_of_c_is_refused(digits: Sequential, tmp_path: Path, name: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=rf"none of C's own headers', received '{name}'"):
        export(digits, tmp_path / name)


def test_a_network_without_pictures_says_nothing_of_them() -> None:
    model = Sequential([layers.Input((4,)), layers.Dense(3, "softmax")])
    assert "prepare" not in c_files(model, Plan.of(model), "network").texts()["network.h"]


@pytest.mark.parametrize("name", ["main.c", "two words.c", 'quo"te.c', "$HOME.c"])
def test_a_name_that_a_makefile_cannot_say_is_refused(digits: Sequential, tmp_path: Path, name: str) -> None:
    with pytest.raises(errors.ConfigurationError, match="expects a name of letters, digits"):
        export(digits, tmp_path / name, main=True)


def test_main_needs_pictures(tmp_path: Path) -> None:
    model = Sequential([layers.Input((4,)), layers.Dense(3, "softmax")])
    with pytest.raises(errors.ConfigurationError, match=r"`export\(main=True\)` expects a model of grey pictures"):
        export(model, tmp_path / "network.c", main=True)


def test_names_of_classes_are_any_text(digits: Sequential) -> None:
    assert string('a "b"\\ ??/ é\n') == r'"a \"b\"\\ \?\?/ \303\251\012"'
    plain = c_files(Sequential([layers.Input((4,)), layers.Dense(3)]), _plan(), "network").texts()["network.c"]
    assert '"0",\n    "1",\n    "2"' in plain


def test_numbers_keep_their_bits() -> None:
    values = np.array([0.1, -1e-30, 3e38, 1 / 3, 16777216], np.float32)
    text = array("numbers", values)
    assert text.startswith("static const float numbers[5] = {\n    0.1f, -1e-30f, 3e+38f, ")
    read = [np.float32(one.strip().rstrip("f")) for one in text[text.index("{") + 1 : text.index("}")].split(",")]
    assert np.array_equal(np.array(read), values)


def test_an_arena_shares_places() -> None:
    model = Sequential([layers.Input((8, 8)), layers.Flatten(), *(layers.Dense(n) for n in (30, 20, 40, 10))])
    arena = Arena.of(Program.of(Plan.of(model)))
    # By hand: the figure and the first layer's output meet, 64 + 30; the others are smaller and lie within.
    assert arena.size == 94
    sizes = [64, 30, 20, 40, 10]
    spans = [(place, place + size) for place, size in zip(arena.places, sizes, strict=True)]
    assert all(one[1] <= other[0] or other[1] <= one[0] for one, other in pairwise(spans))


def _plan() -> Plan:
    return Plan.of(Sequential([layers.Input((4,)), layers.Dense(3)]))
