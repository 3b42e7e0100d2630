"""The stub of the compiled module names what the module has, argument by argument."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import figurate
from figurate import _core

STUB = ast.parse((Path(figurate.__file__).parent / "_core.pyi").read_text())


def arguments_of(function: ast.FunctionDef) -> set[str]:
    names = [*function.args.args, *function.args.kwonlyargs]
    return {argument.arg for argument in names} - {"self"}


def arguments_at_run_time(function: object) -> set[str]:
    """The names in nanobind's signature, the first line of the docstring."""
    signature = str(function.__doc__).splitlines()[0]
    return set(re.findall(r"(\w+): ", signature.split(") ->")[0])) - {"self", "dict", "shape", "order", "device"}


def test_functions_and_classes_are_the_modules() -> None:
    stubbed = {node.name for node in STUB.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assert stubbed == {name for name in vars(_core) if not name.startswith("_")}


def test_members_are_the_classes() -> None:
    for node in STUB.body:
        if not isinstance(node, ast.ClassDef):
            continue
        stubbed = {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
        stubbed |= {str(part.target.id) for part in node.body if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)}
        assert stubbed - {"__init__"} == {name for name in vars(getattr(_core, node.name)) if not name.startswith("_")}, node.name


def test_arguments_are_the_functions() -> None:
    for node in STUB.body:
        if isinstance(node, ast.FunctionDef):
            assert arguments_of(node) == arguments_at_run_time(getattr(_core, node.name)), node.name
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, ast.FunctionDef) and not part.decorator_list:
                    found = getattr(getattr(_core, node.name), part.name)
                    assert arguments_of(part) == arguments_at_run_time(found), f"{node.name}.{part.name}"
