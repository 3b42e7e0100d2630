"""Writes the measured table into the README: python3 -m benchmarks.report [--check]

Reads results/*.json and nothing else; what was not measured has no row. `--check` changes nothing and fails if the
README's table is not the one these results make.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks import report_pictures
from benchmarks.environments import BENCHMARKS, ROOT
from benchmarks.machine import QUIET

README = ROOT / "README.md"
RESULTS = BENCHMARKS / "results"
BEGIN, END = "<!-- table:mnist_lesson -->", "<!-- /table -->"
NOT_SHOWN = ("presets", "kernels", "own_figures", "pages", "loading")  # elsewhere, or as JSON alone

Results = dict[str, dict[str, Any]]


def read(folder: Path = RESULTS) -> Results:
    """Every result, by its task's name."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def number(value: float) -> str:
    """Three significant digits, without an exponent."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}"


def between(spread: dict[str, float], unit: str = "", sign: str = "") -> str:
    """A median with its smallest and largest value."""
    low, high = number(spread["min"]), number(spread["max"])
    return f"{number(spread['median'])}{sign}{unit} ({low} to {high})"


def with_versions(other: dict[str, Any]) -> str:
    """A competitor's name, each framework in it followed by its version."""
    titles = {
        "keras": "Keras",
        "tensorflow": "TensorFlow",
        "jax": "JAX",
        "torch": "PyTorch",
        "onnxruntime": "ONNX Runtime",
        "figurate": "figurate",
        "scikit-learn": "scikit-learn",
    }
    name: str = other["name"]
    for package, title in titles.items():
        if package in other["versions"]:
            name = name.replace(title, f"{title} {other['versions'][package].split('+')[0]}")
    return name


def versus_table(result: dict[str, Any], shown: str) -> list[str]:
    """figurate's row, then one a competitor and setting."""
    lines = [f"| {shown} | seconds | first epoch adds | figurate is faster |", "|---|---:|---:|---:|"]
    ours = result["figurate"]
    lines.append(
        f"| **figurate {ours['versions']['figurate']}** | **{between(ours['seconds'])}** | nothing left out | |"
    )
    for other in result["others"]:
        extra = number(other["first_epoch_extra_seconds"]["median"])
        ratio = between(other["ratio"], sign="×")
        lines.append(
            f"| {with_versions(other)}: {other['note']} | {between(other['seconds'])} | {extra} | **{ratio}** |"
        )
    return lines


def convnet_tables(result: dict[str, Any]) -> list[str]:
    """The small convolutional network: a table for its training step, one for prediction."""
    lines: list[str] = []
    titles = {
        "training": "Keras' simple MNIST convnet: a training step of 128 figures",
        "prediction": "The same network: predicting 10,000 figures",
    }
    for part, title in titles.items():
        ours = result[part]
        name = f"figurate {ours['versions']['figurate']}"
        lines += [f"| {title} | milliseconds | figurate is faster |", "|---|---:|---:|"]
        lines.append(f"| **{name}** | **{between(ours['milliseconds'])}** | |")
        for other in result[f"{part}_others"]:
            ratio = between(other["ratio"], sign="×")
            lines.append(
                f"| {with_versions(other)}: {other['note']} | {between(other['milliseconds'])} | **{ratio}** |"
            )
        lines.append("")
    share = {name: 100 * value for name, value in result["peak"]["nominal_share"].items()}
    lines.append(
        f"Counted as if every gradient were computed, figurate's training step does {between(share, ' %')} of the "
        f"multiply-adds that these cores can do at all ({number(result['peak']['peak_gflops']['median'])} GFLOP/s with "
        f"{result['instruction_set']}, measured directly before each run): it leaves out what pooling and ReLU block."
    )
    return lines


def one_figure_table(result: dict[str, Any]) -> list[str]:
    """A preset a row: figurate and ONNX Runtime with the threads that each takes by itself, and on one each."""
    version = result["versions"]["onnxruntime"]
    lines = [
        f"| One figure through Python: microseconds | figurate | ONNX Runtime {version}, its session cached "
        "| figurate is faster | on one thread each |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, row in result["presets"].items():
        ours, theirs = (between(row["microseconds"][way]) for way in ("figurate_usual", "onnxruntime_usual"))
        usual, one = (between(row[ratio], sign="×") for ratio in ("ratio_usual", "ratio"))
        lines.append(f"| preset `{name}` | **{ours}** | {theirs} | **{usual}** | {one} |")
    return lines


def single_rows(results: Results) -> list[tuple[str, str, str]]:
    """What was measured, its value and the task of the numbers beside the two big fits."""
    rows: list[tuple[str, str, str]] = []
    if found := results.get("two_threads"):
        value = between(found["speedup"], sign="×")
        rows.append(("The lesson on two threads against one, the same weights bit for bit", value, "two_threads"))
    if found := results.get("other_figures"):
        titles = {"fashion_mnist": "Fashion-MNIST", "inverted_mnist": "inverted MNIST (no zeros to skip)"}
        for other in found["others"]:
            title = f"The lesson on {titles[other['name']]}, time over MNIST's"
            rows.append((title, between(other["ratio"], sign="×"), "other_figures"))
    if found := results.get("many_networks"):
        title = f"{found['networks']} networks of the lesson at once on two threads, time over one network's on one"
        rows.append((title, between(found["ratio"], sign="×"), "many_networks"))
    if found := results.get("normalising"):
        value = between(found["ratio"], sign="×")
        rows.append(("Dividing by 255 by hand, time over a `Rescaling` layer's", value, "normalising"))
    if found := results.get("scaling"):
        values = [number(entry["median"]) for entry in found["nanoseconds_a_figure"].values()]
        title = "Nanoseconds a figure and epoch at 1, 2, 4, 8 times the data"
        rows.append((title, ", ".join(values), "scaling"))
    if found := results.get("training_command"):
        seconds, peak = found["seconds"]["terminal"], found["peak_mb"]["terminal"]
        value = f"{between(seconds, ' s')}, {number(peak['max'])} MB at peak"
        rows.append(("`figurate train mnist`, the whole process", value, "training_command"))
    if found := results.get("starting"):
        for name in ("import figurate", "figurate --help"):
            rows.append((f"`{name}`", between(found["seconds"][name], " s"), "starting"))
    if found := results.get("predicting"):
        rows.append(("`predict`, 10,000 figures", between(found["milliseconds_10000"]["float64"], " ms"), "predicting"))
        rows.append(("`predict`, one figure", between(found["microseconds_one"]["float64"], " µs"), "predicting"))
    if found := results.get("augmentation"):
        for row in found["presets"]:
            title = f"Preset `{row['preset']}`: augmentation's part of its training"
            rows.append((title, f"{100 * row['part']['median']:.1f} %", "augmentation"))
        rows.append(("Training preset `best`, memory at peak", f"{number(found['best_peak_mb'])} MB", "augmentation"))
    if found := results.get("accuracy"):
        ours, theirs = (f"{100 * found['mean'][name]:.2f} %" for name in ("figurate", "Keras on JAX"))
        title = f"Validation accuracy, mean of {found['seeds']} seeds"
        rows.append((title, f"{ours}; Keras {theirs}", "accuracy"))
    return rows


def machine_lines(results: Results) -> list[str]:
    """Names the machine of the main result, then others with what was measured on them; says if one had other work."""
    tasks: dict[str, list[str]] = {}
    for task in sorted(results, key=lambda task: task != "mnist_lesson"):
        if task not in NOT_SHOWN:
            tasks.setdefault(machine_name(results[task]), []).append(task)
    lines: list[str] = []
    for name, those in tasks.items():
        ours = next((found for task in those if (found := instruction_set(results[task]))), "")
        what = f"{', '.join(f'`{task}`' for task in those)}: on" if lines else "Measured on"
        lines.append(f"{what} {name}{f'; figurate uses {ours}' if ours else ''}).")
    shown = {task: found for task, found in results.items() if task not in NOT_SHOWN}
    if busy := [task for task, found in shown.items() if found["machine"]["busy_before"] > QUIET]:
        lines.append(f"A machine had other work during: {', '.join(busy)}.")
    return lines


def machine_name(result: dict[str, Any]) -> str:
    """Says when and where a result was measured; a bracket stays open."""
    machine = result["machine"]
    flags = (
        "AVX-512"
        if "avx512f" in machine["flags"]
        else "AVX2"
        if "avx2" in machine["flags"]
        else machine["architecture"]
    )
    return (
        f"{machine['date']}, {machine['cpus_used']} CPUs of a machine that calls itself {machine['processor']} "
        f"(family {machine['family']}, model {machine['model']}; {flags}"
    )


def instruction_set(result: dict[str, Any]) -> str:
    """What figurate computed with, where the task tells."""
    return str(result.get("instruction_set") or result.get("figurate", {}).get("instruction_set") or "")


def render(results: Results) -> str:
    """The generated part of the README."""
    if not results:
        return "*Not measured yet.*"
    lines: list[str] = []
    titles = {
        "mnist_lesson": "The lesson: 784-20-10, 20 epochs of 60,000 figures, validation after each",
        "quickstart": "TensorFlow's quickstart network: 784-128-10, dropout, 5 epochs",
        "estimators": "As scikit-learn's estimators, `fit` whole: 784-100-10, 20 epochs, batches of 200",
    }
    for task, title in titles.items():
        if task in results:
            lines += [*versus_table(results[task], title), ""]
    if "one_figure" in results:
        lines += [*one_figure_table(results["one_figure"]), ""]
    if "mnist_convnet" in results:
        lines += [*convnet_tables(results["mnist_convnet"]), ""]
    if rows := single_rows(results):
        lines += ["| figurate alone | | `python3 -m benchmarks.`… |", "|---|---:|---|"]
        lines += [f"| {title} | {value} | `{task}` |" for title, value, task in rows] + [""]
    lines += [
        *machine_lines(results),
        "Medians, smallest and largest in brackets; each ratio is taken from two runs, one directly after the other.",
        "The other frameworks run three epochs, scaled; what their first epoch takes longer (compiling, mostly) is",
        "left out of the ratio and told beside it.",
    ]
    return "\n".join(lines)


def replaced(text: str, table: str, begin: str = BEGIN, end: str = END) -> str:
    """The README's text with a table between its markers."""
    if text.count(begin) != 1 or end not in text.split(begin, 1)[-1]:
        raise SystemExit(f"README.md needs the lines {begin} and {end}, once each; the table goes between them.")
    before, rest = text.split(begin, 1)
    return f"{before}{begin}\n{table}\n{end}{rest.split(end, 1)[1]}"


def update(check: bool = False) -> None:
    """Writes the table, or, to check, fails if it is not there already."""
    text = README.read_text(encoding="utf-8")
    results = read()
    where = machine_name(results["own_figures"]) if "own_figures" in results else ""
    pictures = report_pictures.render(results, where)
    wanted = replaced(text, render(results))
    wanted = replaced(wanted, pictures, report_pictures.BEGIN, report_pictures.END)
    if check and wanted != text:
        raise SystemExit("README.md's table is not the one benchmarks/results make. Run: python3 -m benchmarks.report")
    if not check:
        README.write_text(wanted, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks.report", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail if the table is not up to date")
    update(parser.parse_args().check)


if __name__ == "__main__":
    main()
