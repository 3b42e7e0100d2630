"""Runs every rule on the project and lists what breaks them; the exit status is 1 if anything does."""

from __future__ import annotations

import sys

from tools.house import boundaries, documents, includes, length, raises, release, text
from tools.house.files import ROOT

RULES = {
    "boundaries": boundaries.problems,
    "documents": documents.problems,
    "includes": includes.problems,
    "length": length.problems,
    "raises": raises.problems,
    "release": release.problems,
    "text": text.problems,
}


def main() -> int:
    """Prints a line for each problem, or one line for a house in order."""
    found = [f"{line}  [{name}]" for name, rule in RULES.items() for line in rule(ROOT)]
    print("\n".join(found) if found else f"The house's {len(RULES)} rules hold.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
