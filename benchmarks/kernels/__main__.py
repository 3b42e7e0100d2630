"""GFLOP/s of each layer's kernels beside the processor's peak: python3 -m benchmarks.kernels [--rounds 3] [--quick]

Of every layer of the presets and of Keras' "Simple MNIST convnet": forward, the gradient of its weights, that of its
inputs, on two threads. Rates are nominal (networks.py); a pooled convolution goes back through the places that were the
largest alone, a quarter at most, and so may exceed the peak there. A round is a fresh process; rates are medians of the
rounds.
"""

from __future__ import annotations

import json
import statistics
from typing import Any

from benchmarks import machine, native
from benchmarks.environments import program
from benchmarks.harness import CPUS, options, run, spread, write
from benchmarks.networks import SIMPLE_CONVNET, Convolution, Dense, Layer

DIRECTIONS = ("forward", "weights", "inputs")


def main() -> None:
    arguments = options(__doc__, rounds=3)
    before = machine.describe()
    effort = {"repeats": 2, "seconds": 0.005} if arguments.quick else {}
    networks = {"simple convnet": SIMPLE_CONVNET} | of_presets()
    layers = list(dict.fromkeys(layer for network in networks.values() for layer in network))
    print("kernels: building the program", flush=True)
    native.built()
    answers = []
    for number in range(arguments.rounds):
        answers.append(native.measure(layers, CPUS, **effort))
        print(f"  round {number + 1}: the peak is {answers[-1]['peak']:.0f} GFLOP/s", flush=True)
    rows = [summary(layer, [answer["layers"][i] for answer in answers]) for i, layer in enumerate(layers)]
    print(table(rows))
    write(
        "kernels",
        arguments.quick,
        before,
        what="nominal GFLOP/s of each layer's kernels on two threads, beside that of multiply-adds in registers alone",
        rounds=arguments.rounds,
        threads=CPUS,
        instruction_set=answers[0]["instruction_set"],
        peak=spread(answer["peak"] for answer in answers),
        networks={name: [str(layer) for layer in network] for name, network in networks.items()},
        layers=rows,
    )


def of_presets() -> dict[str, tuple[Layer, ...]]:
    """Convolutions and dense layers of the presets' networks for figures of 28 x 28 and 10 classes, by preset."""
    kinds = {"Convolution": Convolution, "Dense": Dense}
    found = json.loads(run([program("figurate"), "-m", "benchmarks.kernels.figurate_presets"]))
    return {name: tuple(kinds[kind](**arguments) for kind, arguments in layers) for name, layers in found.items()}


def summary(layer: Layer, found: list[dict[str, Any]]) -> dict[str, object]:
    """One layer's rates over all rounds, and their share of the peak measured just before each."""
    row: dict[str, object] = {
        "layer": str(layer),
        "operations": found[0]["operations"],
        "rows_at_once": found[0]["rows"],
        "live": found[0]["live"],
        "peak": spread(one["peak"] for one in found),
    }
    if found[0]["operations"] != layer.forward:
        raise SystemExit(f"{layer}: expected {layer.forward} operations, the program counts {found[0]['operations']}.")
    for direction in DIRECTIONS:
        if found[0][direction]:
            row[direction] = spread(one[direction] for one in found)
            row[f"{direction}_of_peak"] = statistics.median(one[direction] / one["peak"] for one in found)
    return row


def table(rows: list[dict[str, Any]]) -> str:
    """Rates and shares of the peak, for the terminal."""
    lines = [f"{'':<48}" + "".join(f"{direction:>18}" for direction in DIRECTIONS)]
    for row in rows:
        line = f"{row['layer']:<48}"
        for direction in DIRECTIONS:
            known = direction in row
            cell = f"{row[direction]['median']:.0f} ({row[f'{direction}_of_peak']:.0%})" if known else "–"
            line += f"{cell:>18}"
        lines.append(line)
    return "\n".join(lines)


if __name__ == "__main__":
    main()
