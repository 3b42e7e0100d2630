"""Strangers' figures read as they are: python3 -m benchmarks.own_figures [--only PART ...] [--quick] [--here]

`reading`: the 500 drawn digits in digits/, read by the lesson's network and by the presets `fast` and `best`, which
learned from MNIST alone; the same after whatever perturb.py does to them, ten draws each, and the loss in points; and
what the form costs on MNIST's own test figures. `speed`: figures brought into form a second on one core, beside Pillow
and scipy. A part that is not asked for stays in the result as it was measured last.

No threshold is set by the 500: synthetic.py makes other pictures for that. Networks are trained once and kept in
.cache/own_figures. `--here` runs this command's Python on the sources at hand, not the benchmarks' environments.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from typing import Any

import numpy as np

from benchmarks import machine
from benchmarks.competitor import CACHE
from benchmarks.environments import program
from benchmarks.harness import QUICK_RESULTS, RESULTS, Answer, need_data, run, spread, write

PARTS = ("reading", "speed")
NETWORKS = {"lesson": 5, "fast": 5, "best": 3}
KINDS = (
    *("clean", "inverted", "grey_paper", "light_gradient", "any_size", "off_centre", "exif_rotated", "jpeg_30"),
    *("salt", "salt_inverted", "salt_and_pepper", "ruled", "squared", "sixteen_bit", "alpha", "alpha_white"),
)
DRAWS = 10
SIZES = (28, 100)
LIMIT_SECONDS = 4 * 3600  # training `best` three times is most of it
LEAST_ALIKE = 0.9


def ask(module: str, environment: str, here: bool, **options: Any) -> Answer:
    """One answer of a file beside this one, from a process of its own."""
    job = json.dumps({"data": "mnist", "options": options})
    python = sys.executable if here else program(environment)
    path = {"PYTHONPATH": "src"} if here else {}
    output = run([python, "-m", f"benchmarks.own_figures.{module}", job], path, limit=LIMIT_SECONDS)
    answer: Answer = json.loads(output.strip().splitlines()[-1])
    return answer


def reading(arguments: argparse.Namespace) -> dict[str, Any]:
    """Accuracy on the drawn digits as they are and perturbed, and on MNIST through the form."""
    networks = {name: seeds for name, seeds in NETWORKS.items() if name in arguments.networks}
    if arguments.quick:
        networks = dict.fromkeys(networks, 1)
    draws = 1 if arguments.quick else arguments.draws
    answer = ask(
        "figurate_read",
        "figurate",
        arguments.here,
        networks=networks,
        kinds=arguments.kinds,
        draws=draws,
        mnist=True,
        quick=arguments.quick,
    )
    rows: dict[str, Any] = {}
    for name in networks:
        files = statistics.mean(answer["files"][name])
        perturbed = {}
        for kind, by_network in answer["perturbed"].items():
            values = [value for of_seed in by_network[name] for value in of_seed]
            perturbed[kind] = {
                "mean": statistics.mean(values),
                "spread": spread(values),
                "points_from_clean": 100 * (statistics.mean(values) - files),
            }
        through, without = (
            statistics.mean(one[part] for one in answer["mnist"][name]) for part in ("through", "without")
        )
        rows[name] = {
            "seeds": networks[name],
            "clean": files,
            "clean_spread": spread(answer["files"][name]),
            "without_form": statistics.mean(answer["as_is"][name]),
            "perturbed": perturbed,
            "mnist": {"through": through, "without": without, "points": 100 * (through - without)},
        }
    return {"pictures": answer["pictures"], "draws": draws, "networks": rows, "versions": answer["versions"]}


def speed(arguments: argparse.Namespace) -> dict[str, Any]:
    """Figures brought into form a second, one core; figurate directly before the rival in every round."""
    need_data("mnist")
    found: dict[str, Any] = {}
    count, calls = (200, 2) if arguments.quick else (2000, 5)
    for size in SIZES:
        rounds = []
        for _ in range(arguments.rounds):
            answers = []
            for module, environment in (("figurate_form", "figurate"), ("plain_form", "frameworks")):
                save = str(CACHE / f"{module}.npy")
                options = {"size": size, "pictures": count, "calls": calls, "save": save}
                answers.append(ask(module, environment, arguments.here, **options))
            ours, theirs = (np.load(CACHE / f"{module}.npy") for module in ("figurate_form", "plain_form"))
            alike = statistics.median(_alike(one, other) for one, other in zip(ours, theirs, strict=True))
            if alike < LEAST_ALIKE:
                raise SystemExit(
                    f"speed: at {size} pixels the figures made correlate with the rival's by {alike:.2f}, expected at "
                    f"least {LEAST_ALIKE}. A time is worth nothing where the answer is wrong."
                )
            rounds.append([answer["pictures_per_second"] for answer in answers])
            print(f"  {size} px: {rounds[-1][0]:,.0f} a second against {rounds[-1][1]:,.0f}", flush=True)
        found[str(size)] = {
            "figurate": spread(one for one, _ in rounds),
            "plain": spread(other for _, other in rounds),
            "ratio": spread(one / other for one, other in rounds),
        }
    return {"pictures": count, "rounds": arguments.rounds, "pictures_per_second": found}


def _alike(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def show(found: dict[str, Any]) -> None:
    """The table, in percent and points."""
    networks = found.get("reading", {}).get("networks", {})
    if networks:
        print(f"{'':<18}" + "".join(f"{name:>18}" for name in networks))
        print(f"{'the files':<18}" + "".join(f"{100 * row['clean']:>9.2f}{'':>9}" for row in networks.values()))
        print(
            f"{'without form':<18}" + "".join(f"{100 * row['without_form']:>9.2f}{'':>9}" for row in networks.values())
        )
        for kind in next(iter(networks.values()))["perturbed"]:
            rows = [row["perturbed"][kind] for row in networks.values()]
            print(
                f"{kind:<18}" + "".join(f"{100 * row['mean']:>9.2f} {row['points_from_clean']:>+8.2f}" for row in rows)
            )
        points = [row["mnist"] for row in networks.values()]
        print(
            f"{'MNIST, in form':<18}"
            + "".join(f"{100 * row['through']:>9.2f} {row['points']:>+8.2f}" for row in points)
        )
    for size, row in found.get("speed", {}).get("pictures_per_second", {}).items():
        print(
            f"{size} × {size} pixels into form on one core: {row['figurate']['median']:,.0f} a second, "
            f"Pillow and scipy {row['plain']['median']:,.0f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks.own_figures", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="these parts (default: all)")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=tuple(NETWORKS), help="these alone")
    parser.add_argument("--kinds", nargs="*", choices=KINDS, default=KINDS, help="these perturbations alone")
    parser.add_argument("--draws", type=int, default=DRAWS, help="of every perturbation (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="of the speed (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="one epoch, one draw, to see that all runs; not published")
    parser.add_argument("--here", action="store_true", help="with this Python and the sources at hand")
    arguments = parser.parse_args()
    before = machine.describe()
    print("own figures: read as they are, perturbed, and brought into form against the clock", flush=True)
    path = (QUICK_RESULTS if arguments.quick else RESULTS) / "own_figures.json"
    earlier = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    parts = {part: earlier[part] for part in PARTS if part in earlier}
    for part in arguments.only:
        parts[part] = {"reading": reading, "speed": speed}[part](arguments) | {"machine": before}
    show(parts)
    whole = set(arguments.networks) == set(NETWORKS) and set(arguments.kinds) == set(KINDS)
    if not whole and "reading" in arguments.only:
        print("Only a part was read: nothing is written.")
        return
    what = "drawn digits read by networks that learned from MNIST alone, nothing told; shares, points, figures a second"
    write("own_figures", arguments.quick, before, what=what, **parts)


if __name__ == "__main__":
    main()
