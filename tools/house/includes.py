"""C++ includes run one way: bindings → core/training → core/layers → core/augment → core/kernels → core/figures → core.

Also: only bindings/ knows Python, and kernels work on views, not on the standard library's containers. This reads
`#include` lines only; Python's imports are held by import-linter and boundaries.py.
"""

from __future__ import annotations

import re
from pathlib import Path

from tools.house.files import text_files

# A floor may include itself and every floor below it.
FLOORS = ["core", "core/figures", "core/kernels", "core/augment", "core/layers", "core/training", "bindings"]
PYTHON_HEADERS = re.compile(r"^(Python\.h|pybind11/|nanobind/|numpy/|bindings/)")
CONTAINERS = frozenset(
    ["deque", "list", "map", "queue", "set", "stack", "string", "unordered_map", "unordered_set", "vector"]
)

# Chooses among the kernels by name; no kernel itself.
NOT_A_KERNEL = {"core/kernels/dispatch.cc"}
# What a kernel may know of the ground floor: threads belong to whoever calls it.
KERNELS_MAY_INCLUDE = frozenset(f"core/{name}.h" for name in ("view", "buffer", "check", "random", "cpu"))

_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def floor_of(path: str) -> str | None:
    """The floor a file stands on: the longest one that is a folder above it."""
    above = [floor for floor in FLOORS if path.startswith(floor + "/")]
    return max(above, key=len) if above else None


def problems(root: Path) -> list[str]:
    """Every include that climbs, names Python inside core, or brings a container into a kernel."""
    sources = {path: text for path, text in text_files(root) if path.endswith((".h", ".cc")) and floor_of(path)}
    found = []
    for path, text in sources.items():
        floor = floor_of(path)
        assert floor is not None
        for number, line in enumerate(text.splitlines(), start=1):
            match = _INCLUDE.match(line)
            if match is None:
                continue
            bracket, name = match.groups()
            where = f"{path}:{number}: includes {name}"
            if floor != "bindings" and PYTHON_HEADERS.match(name):
                found.append(f"{where}, but core knows no Python: move what needs it to bindings/")
            elif bracket == "<":
                if floor == "core/kernels" and name in CONTAINERS and path not in NOT_A_KERNEL:
                    found.append(f"{where}, but a kernel owns no memory: take a view or a pointer and a size")
            else:
                target = _resolve(path, name, sources)
                other = floor_of(target) if target else None
                if target is None:
                    found.append(f"{where}, which is no file of the project: use <…> for a library's header")
                elif other is not None and FLOORS.index(other) > FLOORS.index(floor):
                    found.append(f"{where}, which stands above it ({other} is above {floor})")
                elif floor == "core/kernels" and other == "core" and target not in KERNELS_MAY_INCLUDE:
                    found.append(f"{where}, but a kernel includes only {', '.join(sorted(KERNELS_MAY_INCLUDE))}")
    return found


def _resolve(path: str, name: str, sources: dict[str, str]) -> str | None:
    """The project's file that an include in quotes names: beside the file, from the root, or from core."""
    beside = Path(path).parent.joinpath(name)
    parts: list[str] = []
    for part in beside.as_posix().split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part != ".":
            parts.append(part)
    for candidate in ("/".join(parts), name, f"core/{name}"):
        if candidate in sources:
            return candidate
    return None
