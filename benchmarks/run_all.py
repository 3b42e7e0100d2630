"""Every measurement, then the table in the README: python3 -m benchmarks.run_all [--quick] [TASK ...]

With its defaults about half an hour on two CPUs that do nothing else. `--quick` runs every task once with a few
epochs, to see that all works, and publishes nothing.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

from benchmarks import goals, machine, report
from benchmarks.environments import ROOT

TASKS = (
    "starting",
    "predicting",
    "training_command",
    "two_threads",
    "many_networks",
    "normalising",
    "other_figures",
    "scaling",
    "quickstart",
    "mnist_lesson",
    "kernels",
    "mnist_convnet",
    "augmentation",
    "loading",
    "one_figure",
    "estimators",
    "accuracy",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks.run_all", description=__doc__)
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=f"of {', '.join(TASKS)}; all if none is given")
    parser.add_argument("--quick", action="store_true", help="one round of a few epochs each; not published")
    arguments = parser.parse_args()
    unknown = [task for task in arguments.tasks if task not in TASKS]
    if unknown:
        parser.error(f"expected tasks of {', '.join(TASKS)}; received {', '.join(unknown)}")
    load = machine.busy()
    if load > machine.QUIET:
        print(f"Others use {load:.0%} of this machine's CPUs: times measured now will be too long.", flush=True)
    start = time.perf_counter()
    failed = []
    for task in arguments.tasks or TASKS:
        command = [sys.executable, "-m", f"benchmarks.{task}"]
        if arguments.quick:
            command += ["--quick", "--rounds", "1"]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            failed.append(task)
    print(f"{time.perf_counter() - start:.0f} s in all", flush=True)
    if not arguments.quick:
        report.update()
        goals.show()
    if failed:
        raise SystemExit(f"These tasks failed, see above: {', '.join(failed)}")


if __name__ == "__main__":
    main()
