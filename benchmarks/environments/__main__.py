"""Makes the benchmarks' environments: python3 -m benchmarks.environments [NAME ...]

What stands is kept: an environment is made again only when its requirements changed; figurate is built and installed
again when its sources changed. `--figurate-wheel PATH` installs a wheel that was built already.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import tempfile
import venv
from collections.abc import Iterable
from pathlib import Path

from benchmarks.environments import NAMES, ROOT, folder, program

HERE = Path(__file__).resolve().parent
EXTRAS = "photos,parquet,sklearn,onnx"  # what some tasks need beside the core
SOURCES = ("core", "bindings", "src", "CMakeLists.txt", "pyproject.toml", "NOTICE")


def fingerprint(paths: Iterable[Path]) -> str:
    """One hash of the names and contents of files and, within folders, of their files."""
    total = hashlib.sha256()
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in inside:
            if file.is_file() and file.suffix not in (".so", ".pyc"):
                total.update(file.name.encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


def pip(name: str, *arguments: str) -> None:
    """Runs pip in an environment; its messages show only if it fails."""
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    command = [str(program(name)), "-m", "pip", *arguments, "--quiet"]
    done = subprocess.run(command, env=os.environ | quiet, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"pip could not set up the environment {name!r}:\n{done.stdout}{done.stderr}")


def install_figurate(wheel: Path | None) -> None:
    """Installs figurate as a user has it: a wheel and the packages it asks for."""
    if wheel is None:
        with tempfile.TemporaryDirectory() as built:
            pip("figurate", "wheel", "--no-deps", "--wheel-dir", built, str(ROOT))
            return install_figurate(next(Path(built).glob("*.whl")))
    constraints = ROOT / "constraints.txt"
    pinned = ["--constraint", str(constraints)] if constraints.exists() else []
    pip("figurate", "install", *pinned, f"{wheel}[{EXTRAS}]")
    return pip("figurate", "install", "--force-reinstall", "--no-deps", str(wheel))


def make(name: str, wheel: Path | None) -> None:
    """Brings one environment up to date."""
    made_from = [HERE / f"{name}.txt"]
    if name == "figurate":
        made_from = [wheel] if wheel else [ROOT / part for part in SOURCES]
    state = fingerprint(made_from)
    stamp = folder(name) / "made-from"
    if stamp.exists() and stamp.read_text() == state:
        return
    print(f"setting up {folder(name).relative_to(ROOT)}", flush=True)
    if not (folder(name) / "bin").exists():
        venv.create(folder(name), with_pip=True)
    if name == "figurate":
        install_figurate(wheel)
    else:
        pip(name, "install", "--requirement", str(HERE / f"{name}.txt"))
    stamp.write_text(state)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks.environments", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all if none is given")
    parser.add_argument("--figurate-wheel", type=Path, help="install this wheel instead of building one")
    arguments = parser.parse_args()
    for name in arguments.names or NAMES:
        make(name, arguments.figurate_wheel and arguments.figurate_wheel.resolve())


if __name__ == "__main__":
    main()
