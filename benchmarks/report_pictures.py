"""The README's table of what is read of strangers' pictures, from results/; `benchmarks.report` writes it."""

from __future__ import annotations

from typing import Any

BEGIN, END = "<!-- table:own_figures -->", "<!-- /table:own_figures -->"

_KINDS = {
    "inverted": "light on dark",
    "grey_paper": "on grey paper",
    "light_gradient": "in light that falls 2:1",
    "any_size": "at 14 to 400 pixels",
    "off_centre": "off centre, to the edge",
    "exif_rotated": "turned, with the EXIF mark",
    "jpeg_30": "as JPEG of quality 30",
    "salt": "with 5 % salt",
    "salt_and_pepper": "with 5 % salt and pepper",
    "ruled": "on ruled paper",
    "squared": "on squared paper",
    "sixteen_bit": "in 16 bits",
    "alpha": "on a transparent ground",
}


def percent(value: float) -> str:
    """A share with two decimals."""
    return f"{100 * value:.2f} %"


def reading(result: dict[str, Any]) -> list[str]:
    """Drawn digits, a row a perturbation, a column a network."""
    networks = result["reading"]["networks"]
    lines = [
        "| 500 drawn digits, nothing told | " + " | ".join(f"`{name}`" for name in networks) + " |",
        "|---|" + "---:|" * len(networks),
        "| **as they are** | " + " | ".join(f"**{percent(row['clean'])}**" for row in networks.values()) + " |",
    ]
    for kind, title in _KINDS.items():
        cells = [percent(row["perturbed"][kind]["mean"]) for row in networks.values()]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    lines.append(
        "| *without bringing them into form* | "
        + " | ".join(percent(row["without_form"]) for row in networks.values())
        + " |"
    )
    mnist = [f"{percent(row['mnist']['through'])} ({row['mnist']['points']:+.2f})" for row in networks.values()]
    lines.append("| MNIST's test figures through the form (points) | " + " | ".join(mnist) + " |")
    return lines


def others(results: dict[str, dict[str, Any]]) -> list[str]:
    """Pages, photographs, speed: a row each."""
    rows: list[tuple[str, str, str]] = []
    if found := results.get("pages"):
        for name, network in found["networks"].items():
            share = network["pages"]["all"]
            rows.append(
                (
                    f"Generated pages, `{name}`: characters · whole lines right",
                    f"{percent(share['characters_right'])} · {percent(share['lines_right'])}",
                    "pages",
                )
            )
            if photos := network["photographs"]:
                right, cells = (sum(photo[part] for photo in photos.values()) for part in ("found", "cells"))
                title = f"Photographs of filled-in sudokus, `{name}`: cells right"
                rows.append((title, f"{right} of {cells}", "pages"))
        seconds = min(network["seconds"]["median"] for network in found["networks"].values())
        rows.append(("A 12 megapixel photograph with 50 figures, from the file", f"{seconds:.2f} s", "pages"))
    if found := results.get("own_figures", {}).get("speed"):
        for size, row in found["pictures_per_second"].items():
            title = f"Pictures of {size} × {size} pixels brought into form a second, one core; Pillow and scipy"
            rows.append((title, f"{row['figurate']['median']:,.0f}; {row['plain']['median']:,.0f}", "own_figures"))
    if found := results.get("loading"):
        if folder := found.get("folder"):
            ours = folder["seconds"]["figurate"]["median"]
            pool = folder["seconds"]["Pillow, two processes"]["median"]
            title = "A folder of 60,000 PNGs to arrays, two cores; Pillow in two processes"
            rows.append((title, f"{ours:.2f} s; {pool:.2f} s", "loading"))
        if memory := found.get("memory"):
            peaks = [f"{row['training']['anonymous_mb']:.0f}" for row in memory["idx"].values()]
            times = ", ".join(memory["idx"])
            rows.append(
                (
                    f"Peak anonymous memory of training on {times} times MNIST, mapped from disk",
                    f"{', '.join(peaks)} MB",
                    "loading",
                )
            )
    if not rows:
        return []
    return ["| | | `python3 -m benchmarks.`… |", "|---|---:|---|"] + [
        f"| {title} | {value} | `{task}` |" for title, value, task in rows
    ]


def render(results: dict[str, dict[str, Any]], machine: str) -> str:
    """The generated part of the README.

    Args:
        results: Every result, by its task's name.
        machine: Where and when the drawn digits were read.
    """
    found = results.get("own_figures", {})
    if "reading" not in found:
        return "*Not measured yet.*"
    networks = ", ".join(f"{row['seeds']} of `{name}`" for name, row in found["reading"]["networks"].items())
    note = (
        f"Means over seeds ({networks}) and {found['reading']['draws']} draws of whatever is done to a picture; no "
        f"threshold was set by these pictures. Measured on {machine}). What stands in the first rows is made by\n"
        "[benchmarks/own_figures/perturb.py](benchmarks/own_figures/perturb.py)."
    )
    return "\n".join([*reading(found), "", note, "", *others(results)])
