"""The house's rules hold for the project, and each of them notices what it is there for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tools.house import boundaries, documents, includes, length, raises, release, text
from tools.house.__main__ import RULES
from tools.house.files import ROOT

Rule = Callable[[Path], list[str]]
LONG = "x = 1\n" * 401


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_project_keeps(rule: Rule) -> None:
    assert rule(ROOT) == []


# Each case: the rule, the files of a small project, and a part of each line the rule must say (none: nothing).
CASES: dict[str, tuple[Rule, dict[str, str], list[str]]] = {
    "core without Python": (includes.problems, {"core/a.cc": "#include <Python.h>\n"}, ["core knows no Python"]),
    "core without nanobind": (
        includes.problems,
        {"core/a.h": "#include <nanobind/ndarray.h>\n"},
        ["core knows no Python"],
    ),
    "bindings with Python": (includes.problems, {"bindings/a.cc": "#include <nanobind/nanobind.h>\n"}, []),
    "includes go down": (
        includes.problems,
        {
            "core/layers/a.cc": '#include "../kernels/b.h"\n#include "core/c.h"\n',
            "core/kernels/b.h": "",
            "core/c.h": "",
        },
        [],
    ),
    "includes don't go up": (
        includes.problems,
        {"core/kernels/a.cc": '#include "core/training/b.h"\n', "core/training/b.h": ""},
        ["core/kernels/a.cc:1: includes core/training/b.h, which stands above it"],
    ),
    "kernels without threads": (
        includes.problems,
        {"core/kernels/a.cc": '#include "core/thread_pool.h"\n', "core/thread_pool.h": ""},
        ["a kernel includes only"],
    ),
    "kernels without containers": (includes.problems, {"core/kernels/a.cc": "#include <vector>\n"}, ["owns no memory"]),
    "includes of nothing": (includes.problems, {"core/a.cc": '#include "b.h"\n'}, ["no file of the project"]),
    "only the gate imports _core": (
        boundaries.problems,
        {
            "src/figurate/_engine.py": "from figurate._core import info\n",
            "src/figurate/a.py": "def f():\n    from . import _core\n",
            "src/figurate/b.py": "import figurate._core\n",
        },
        ["a.py:2: imports _core", "b.py:1: imports _core"],
    ),
    "a long file": (length.problems, {"src/a.py": LONG}, ["src/a.py: 401 lines"]),
    "a long file with its reason": (length.problems, {"src/a.py": LONG, length.REASONS: "src/a.py: a table\n"}, []),
    "a reason for nothing": (length.problems, {length.REASONS: "src/a.py: a table\n"}, ["src/a.py has no more than"]),
    "paths of a machine": (
        text.problems,
        {"a.md": "see /" + "home/me/notes\nor src/root/\n"},
        ["a.md:1: an abs"],
    ),
    "package hosts": (text.problems, {"a.md": "from py" + "pi.org\n"}, ["a.md:1: a package host"]),
    "unfinished": (text.problems, {"a.py": "# TO" + "DO: all of it\n"}, ["a.py:1: an unfinished marker"]),
    "whitespace": (
        text.problems,
        {"a.py": "x \n", "b.py": "x", "c.py": "\tx\n\n"},
        ["a.py:1", "b.py", "c.py:1", "c.py"],
    ),
    "errors by type alone": (
        raises.problems,
        {"tests/a.py": "pytest.raises(ValueError)\npytest.warns(W, match='m')\npytest.warns(W)\n"},
        ["a.py:1: pytest.raises without match=", "a.py:3: pytest.warns without match="],
    ),
    "dead links": (
        documents.problems,
        {"a.md": "[b](b.md) [c](c.md) [here](#one-two) [gone](#three)\n\n# One `two`\n", "b.md": ""},
        ["the link c.md leads to no file", "the link #three leads to no heading"],
    ),
    "links elsewhere": (
        documents.problems,
        {"a.md": "```\n[b](b.md)\n```\n[c](https://example.org/c.md)\n"},
        [],
    ),
    "paths of the architecture": (
        documents.problems,
        {
            "ARCHITECTURE.md": "`core/a.{h,cc}` `core/k/*.cc` `core/` `and/or` `core/b.h`\n",
            "core/a.h": "",
            "core/k/c.cc": "",
        },
        ["there is no core/a.cc", "there is no core/b.h"],
    ),
}


@pytest.mark.parametrize(("rule", "files", "expected"), CASES.values(), ids=CASES)
def test_a_rule_notices(rule: Rule, files: dict[str, str], expected: list[str], tmp_path: Path) -> None:
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    found = sorted(rule(tmp_path))
    assert len(found) == len(expected), found
    for line, part in zip(found, sorted(expected), strict=True):
        assert part in line


def test_release_notices_versions_and_pins(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["b>=1"]\n[project]\nname = "p"\nversion = "1.2"\ndependencies = ["A_c>=1", "d"]\n'
        '[project.optional-dependencies]\ntest = ["p[more]", "e"]\nmore = ["f; python_version > \'3\'"]\n'
    )
    (tmp_path / "CHANGELOG.md").write_text("# Changes\n\n## 1.20\n")
    (tmp_path / "constraints.txt").write_text("a-c==1.0\nb==2\nd>=1\nf==1.0.post1\n")
    init = tmp_path / "src" / "figurate" / "__init__.py"
    init.parent.mkdir(parents=True)
    init.write_text('__version__ = "1.1"\n')
    found = release.problems(tmp_path)
    assert [line.split(": ", 1)[1] for line in found] == [
        "no heading '## 1.2', the version of pyproject.toml",
        '__version__ is not "1.2"',
        "'d>=1' is not name==version",
        "d, which the group core requires, is not pinned",
        "e, which the group test requires, is not pinned",
    ]
