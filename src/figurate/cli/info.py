"""`figurate info`: which versions and which kernels are at work on this machine."""

from __future__ import annotations

import click


@click.command(short_help="Show version, threads and instruction set.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def info(as_json: bool) -> None:
    """Show figurate's version, the threads it works on and the instruction set it computes with.

    \b
      figurate info
      figurate info --json
      FIGURATE_KERNELS=reference figurate info     force one of the kernels available

    This is what a report of a fault should begin with.
    """  # noqa: D301 - click reads \b: what follows stays as it is
    import platform
    import sys

    import numpy

    from figurate import __version__, _engine
    from figurate.cli.output import Output

    engine = _engine.info()
    available = [str(name) for name in engine["available"]]
    facts: dict[str, object] = {
        "version": __version__,
        "threads": _engine.default_threads(),
        "instruction_set": str(engine["instruction_set"]),
        "kernels_available": available,
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "system": f"{platform.system()} {platform.machine()}",
        "executable": sys.executable,
    }
    output = Output(as_json=as_json)
    if as_json:
        output.object(facts)
        return
    titles = {
        "version": "figurate",
        "threads": "threads",
        "instruction_set": "instruction set",
        "kernels_available": "kernels available",
        "python": "Python",
        "numpy": "numpy",
        "system": "system",
        "executable": "runs from",
    }
    for key, title in titles.items():
        value = ", ".join(available) if key == "kernels_available" else facts[key]
        output.line(f"{title:<18} {value}")
