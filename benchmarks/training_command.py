"""`figurate train mnist` as a whole process: python3 -m benchmarks.training_command [--rounds 5] [--quick]

Wall time and peak memory (the kernel's count for that process), installed and not editable; once into a pipe, once on a
terminal (a pseudo-terminal that is read all the time), where it draws its live bar and the figure.
"""

from __future__ import annotations

import json
import os
import pty
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from benchmarks import machine
from benchmarks.environments import program
from benchmarks.harness import CPUS, options, spread, write
from benchmarks.mnist_lesson.__main__ import expected


def once(arguments: list[str], terminal: bool) -> dict[str, float | str]:
    """Runs the command once: its seconds, peak megabytes and what it printed."""
    command = [str(program("figurate", "figurate")), "train", "mnist", "--threads", "2", *arguments]
    cpus = machine.bound_cpus(CPUS)
    reader, writer = pty.openpty() if terminal else os.pipe()
    printed: list[bytes] = []
    listener = threading.Thread(target=drain, args=(reader, printed))
    listener.start()
    start = time.perf_counter()
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=writer,
        stderr=writer if terminal else subprocess.PIPE,
        env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "100"},
        preexec_fn=lambda: os.sched_setaffinity(0, cpus),
    )
    os.close(writer)
    messages = b"" if child.stderr is None else child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    listener.join()
    os.close(reader)
    text = b"".join(printed).decode(errors="replace")
    if child.returncode:
        raise SystemExit(
            f"{' '.join(command)} ended with {child.returncode}:\n{text[-2000:]}{messages.decode()[-2000:]}"
        )
    return {"seconds": seconds, "peak_mb": usage.ru_maxrss / 1024, "printed": text}


def drain(descriptor: int, printed: list[bytes]) -> None:
    """Reads until the other end is closed (a terminal says so with an error)."""
    try:
        while piece := os.read(descriptor, 65536):
            printed.append(piece)
    except OSError:
        return


def main() -> None:
    arguments = options(__doc__)
    epochs = 2 if arguments.quick else 20
    before = machine.describe()
    found: dict[str, list[dict[str, float | str]]] = {"pipe": [], "terminal": []}
    print("training_command: figurate train mnist, whole process", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        common = ["--epochs", str(epochs), "--out", str(Path(folder) / "lesson.safetensors")]
        answer = json.loads(str(once([*common, "--json"], terminal=False)["printed"]).strip().splitlines()[-1])
        low, high = expected(epochs)
        if not low <= answer["val_accuracy"] <= high:
            raise SystemExit(f"figurate train reached {answer['val_accuracy']}, expected {low} to {high}.")
        for number in range(arguments.rounds):
            for where, rows in found.items():
                rows.append(once(common, terminal=where == "terminal"))
                print(
                    f"  round {number + 1}, {where}: {rows[-1]['seconds']:.2f} s, {rows[-1]['peak_mb']:.0f} MB",
                    flush=True,
                )
    write(
        "training_command",
        arguments.quick,
        before,
        what="figurate train mnist, 20 epochs on 2 threads, the whole process",
        epochs=epochs,
        rounds=arguments.rounds,
        val_accuracy=answer["val_accuracy"],
        seconds={where: spread(float(row["seconds"]) for row in rows) for where, rows in found.items()},
        peak_mb={where: spread(float(row["peak_mb"]) for row in rows) for where, rows in found.items()},
    )


if __name__ == "__main__":
    main()
