"""Figures read from the disk: python3 -m benchmarks.loading [--only PART ...] [--rounds 5] [--quick] [--here]

`folder`: 60,000 PNGs in a folder a class to arrays, the whole call with all that it imports, beside Pillow in a loop
and in a pool of processes; everyone has to arrive at the same arrays. `memory`: peak anonymous memory of loading,
looking through and one epoch of the lesson's network at 1, 10 and 50 times MNIST, raw IDX and Parquet; a size for which
the disk has no room is left out. A part that is not asked for stays in the result as it was measured last.

The pictures stay in .cache/loading; the large sets are made in a temporary folder there and thrown away. `--here` runs
this command's Python on the sources at hand, not the benchmarks' environments.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.competitor import CACHE
from benchmarks.environments import program
from benchmarks.harness import QUICK_RESULTS, RESULTS, Answer, need_data, run, spread, write
from benchmarks.loading.made import folder_of_pngs, idx_set, parquet_set, room_for

PARTS = ("folder", "memory")
RIVALS = {
    "figurate": ("figurate_folder", "documented"),
    "Pillow, a loop": ("pillow_folder", "documented"),
    "Pillow, two processes": ("pillow_folder", "best"),
}
TIMES = (1, 10, 50)
LIMIT_SECONDS = 3600


def ask(module: str, here: bool, setting: str = "documented", **options: Any) -> Answer:
    """One answer of a file beside this one, from a process of its own."""
    python = sys.executable if here else program("figurate")
    job = json.dumps({"setting": setting, "options": options})
    output = run(
        [python, "-m", f"benchmarks.loading.{module}", job], {"PYTHONPATH": "src"} if here else {}, LIMIT_SECONDS
    )
    answer: Answer = json.loads(output.strip().splitlines()[-1])
    return answer


def folder(arguments: argparse.Namespace) -> dict[str, Any]:
    """Seconds of each way to read the folder, in turn."""
    path = str(folder_of_pngs(CACHE / "loading"))
    found: dict[str, list[Answer]] = {name: [] for name in RIVALS}
    for number in range(arguments.rounds + 1):
        for name, (module, setting) in RIVALS.items():
            answer = ask(module, arguments.here, setting, folder=path)
            if number:  # the first round fills the disk's caches
                found[name].append(answer)
    sums = {answer["checksum"] for answers in found.values() for answer in answers}
    if len(sums) != 1:
        raise SystemExit(f"Expected the same arrays of everyone, received {len(sums)} kinds. Mend that first.")
    rows = {name: spread(answer["fit_seconds"] for answer in answers) for name, answers in found.items()}
    for name, row in rows.items():
        print(f"  {name}: {row['median']:.2f} s", flush=True)
    return {"pictures": 60_000, "rounds": arguments.rounds, "seconds": rows}


def memory(arguments: argparse.Namespace) -> dict[str, Any]:
    """Peaks of each kind and size, one run each."""
    rows: dict[str, Any] = {}
    place = CACHE / "loading"
    for kind, make in (("idx", idx_set), ("parquet", parquet_set)):
        rows[kind] = {}
        for times in (1, 2) if arguments.quick else TIMES:
            if not room_for(place, kind, times):
                print(f"  {kind}, {times} times: the disk has no room", flush=True)
                continue
            temporary = Path(tempfile.mkdtemp(dir=place))
            try:
                path = make(temporary / "set", times)
                answer = ask("figurate_memory", arguments.here, folder=str(path))
            finally:
                shutil.rmtree(temporary)
            rows[kind][str(times)] = answer
            peaks = ", ".join(
                f"{part} {answer[part]['anonymous_mb'] - answer['before_mb']:+.0f} MB"
                for part in ("loading", "looking_through", "training")
            )
            print(f"  {kind}, {times} times MNIST: {peaks}", flush=True)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="parts to measure")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="small sets, to see that all runs; not published")
    parser.add_argument("--here", action="store_true", help="use this Python and src/, not the environments")
    arguments = parser.parse_args()
    need_data("mnist")
    (CACHE / "loading").mkdir(parents=True, exist_ok=True)
    before = machine.describe()
    target = (QUICK_RESULTS if arguments.quick else RESULTS) / "loading.json"
    earlier = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {}
    measured: dict[str, Any] = {part: earlier[part] for part in PARTS if part in earlier}
    for part in arguments.only:
        print(f"loading: {part}", flush=True)
        measured[part] = (folder if part == "folder" else memory)(arguments)
    write("loading", arguments.quick, before, what="figures read from the disk", **measured)


if __name__ == "__main__":
    main()
