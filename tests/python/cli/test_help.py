"""Help comes at once, teaches by examples, and docs/cli.md is what it says."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import figurate
from figurate.cli.app import app

Call = Callable[..., Any]
COMMANDS = list(app.commands)


def test_help_is_fast() -> None:
    times = []
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "figurate", "--help"], check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    assert min(times) <= 0.35


@pytest.mark.parametrize("words", [["--help"], ["train", "--help"], ["--version"], ["completion", "fish"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    code = (
        f"import sys; sys.argv[1:] = {words}\n"
        "from figurate.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('loaded', sorted({'numpy', 'rich', 'PIL', 'safetensors', 'matplotlib'} & set(sys.modules)))\n"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert said.splitlines()[-1] == "loaded []"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_examples_that_it_would_accept(call: Call, name: str) -> None:
    said = call(name, "--help")
    assert said.status == 0
    lines = [line[4:] for line in said.out.splitlines() if re.match(r" {4}(?:FIGURATE\w+=\w+ )?figurate ", line)]
    examples = [re.split(r" {3}| [|>] ", line)[0] for line in lines]
    assert examples
    for example in examples:
        words = re.sub(r"^.*?figurate ", "", example).split()
        assert words[0] == name
        # Reading the words, not doing what they say: a word or option that doesn't exist is refused here.
        app.commands[name].make_context(name, words[1:])


def test_networks_are_listed_with_what_they_are_for(call: Call) -> None:
    said = call("train", "--help").out
    for name in figurate.presets.names():
        assert re.search(rf"^  +{name} +{re.escape(figurate.presets.get(name).description)}$", said, re.MULTILINE)
    for option in ("epochs", "batch-size", "lr"):
        assert re.search(rf"--{option} [^[]*\[default: \(the network's recipe\)", " ".join(said.split()))


def test_the_version(call: Call) -> None:
    assert call("--version").out == f"figurate {figurate.__version__}\n"


def test_the_reference_is_what_the_program_says() -> None:
    from docs.make import cli

    if not cli.PAGE.is_file():
        pytest.skip("the documents are not here")
    said = cli.PAGE.read_text(encoding="utf-8")
    # In a process of its own: a command that was once called by itself keeps how its help was asked for then.
    code = "import sys; from docs.make import cli; sys.stdout.buffer.write(cli.page().encode())"
    page = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout.decode()
    if version("click").split(".")[:2] != ["8", "5"]:
        said, page = " ".join(said.split()), " ".join(page.split())
        pytest.skip("another click lays its help out otherwise") if said != page else None
    assert said == page, "docs/cli.md is not what the program says: run python docs/make/cli.py"


def test_an_unknown_command_or_option_is_a_mistake_in_use(call: Call) -> None:
    outcome = call("trian")
    assert outcome.status == 2
    assert "No such command 'trian'" in outcome.err
    outcome = call("train", "mnist", "--epoch", "3")
    assert outcome.status == 2
    assert "--epochs" in outcome.err


def test_from_the_installed_name(tmp_path: Path) -> None:
    path = Path(sys.executable).parent / "figurate"
    if not path.exists():
        pytest.skip("figurate is not installed as a command here")
    said = subprocess.run([path, "--version"], check=True, capture_output=True, text=True).stdout
    assert said == f"figurate {figurate.__version__}\n"
