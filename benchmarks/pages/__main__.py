"""Whole pages read: python3 -m benchmarks.pages [--networks NAME ...] [--pages N] [--quick] [--here]

Pages whose text is known (generate.py): the characters read rightly, by the edits between what stands there and what
was read, and the lines read rightly as a whole. A JPEG of 12 megapixels with 50 figures: seconds from the file to the
text. Photographs of sudokus, where they are at hand: the cells read rightly.

Nothing was tuned on the seeds that are read here. `--here` runs this command's Python on the sources at hand.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys

from benchmarks import machine
from benchmarks.environments import program
from benchmarks.harness import run, spread, write

NETWORKS = ("fast", "best")
PAGES = 200
FIRST_SEED = 0  # while the reader was made, pages of seeds from 1000 on were looked at
LIMIT_SECONDS = 4 * 3600  # training `best` twice is most of it


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks.pages", description=__doc__)
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=NETWORKS, help="these presets alone")
    parser.add_argument("--pages", type=int, default=PAGES, help="how many (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="a few pages, to see that all runs; not published")
    parser.add_argument("--here", action="store_true", help="with this Python and the sources at hand")
    arguments = parser.parse_args()
    before = machine.describe()
    pages = 6 if arguments.quick else arguments.pages
    print(f"pages: {pages} pages, a large photograph against the clock, photographs of sudokus", flush=True)
    options = {"networks": list(arguments.networks), "pages": [FIRST_SEED, pages], "quick": arguments.quick}
    python = sys.executable if arguments.here else program("figurate")
    path = {"PYTHONPATH": "src"} if arguments.here else {}
    command = [python, "-m", "benchmarks.pages.figurate_read", json.dumps({"options": options})]
    answer = json.loads(run(command, path, limit=LIMIT_SECONDS).strip().splitlines()[-1])
    networks = {}
    for name, found in answer["networks"].items():
        networks[name] = found | {"seconds": spread(found["seconds"])}
        share = found["pages"]["all"]
        print(
            f"{name:<6} characters {100 * share['characters_right']:.2f} %, lines {100 * share['lines_right']:.2f} %; "
            f"12 megapixels in {statistics.median(found['seconds']):.2f} s"
        )
        for photo, cells in found["photographs"].items():
            print(f"       {photo}: {cells['found']} of {cells['cells']} cells, {cells['named']} with the grid named")
    what = "generated pages of MNIST's test figures, a large photograph, sudokus; shares, seconds, cells read rightly"
    extra = {"pages": pages, "first_seed": FIRST_SEED, "networks": networks, "versions": answer["versions"]}
    write("pages", arguments.quick or set(arguments.networks) != set(NETWORKS), before, what=what, **extra)


if __name__ == "__main__":
    main()
