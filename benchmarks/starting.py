"""How long `import figurate` and `figurate --help` take: python3 -m benchmarks.starting [--rounds 15] [--quick]

Whole processes of the environment that holds figurate alone, as installed; a bare Python beside them.
"""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks import machine
from benchmarks.environments import program
from benchmarks.harness import options, run, spread, write


def main() -> None:
    arguments = options(__doc__, rounds=15)
    before = machine.describe()
    python = program("figurate")
    commands: dict[str, list[str | Path]] = {
        "python -c pass": [python, "-c", "pass"],
        "import figurate": [python, "-c", "import figurate"],
        "import figurate, its layers, models and data sets": [
            python,
            "-c",
            "from figurate import Sequential, layers; from figurate.datasets import mnist",
        ],
        "figurate --help": [program("figurate", "figurate"), "--help"],
    }
    found: dict[str, list[float]] = {name: [] for name in commands}
    print("starting: import figurate, figurate --help", flush=True)
    for number in range(arguments.rounds + 1):
        for name, command in commands.items():
            start = time.perf_counter()
            run(command)
            if number:  # the first round fills the disk's caches
                found[name].append(time.perf_counter() - start)
    for name, times in found.items():
        print(f"  {name}: {spread(times)['median']:.3f} s", flush=True)
    write(
        "starting",
        arguments.quick,
        before,
        what="whole processes, in seconds",
        rounds=arguments.rounds,
        seconds={name: spread(times) for name, times in found.items()},
    )


if __name__ == "__main__":
    main()
