"""Every public name says what it is: all have a docstring, their own or the one they inherit."""

from __future__ import annotations

import importlib
import inspect
from types import ModuleType

import pytest

import figurate

MODULES = [name for name in figurate.__all__ if inspect.ismodule(getattr(figurate, name))]


def public(module: ModuleType) -> dict[str, object]:
    """The public names of a module that figurate itself defines."""
    names: list[str] = getattr(module, "__all__", [name for name in vars(module) if not name.startswith("_")])
    values = {name: getattr(module, name) for name in names}
    return {name: value for name, value in values.items() if getattr(value, "__module__", "").startswith("figurate")}


def is_our_method(member: object) -> bool:
    """Whether it is a method or property that figurate defines, not a class of another library that ours inherits."""
    function = member.fget if isinstance(member, property) else member
    return inspect.isfunction(function) and function.__module__.startswith("figurate")


@pytest.mark.parametrize("name", MODULES)
def test_public_names_have_docstrings(name: str) -> None:
    module = importlib.import_module(f"figurate.{name}")
    bare = [] if inspect.getdoc(module) else [name]
    for one, value in public(module).items():
        if not inspect.getdoc(value):
            bare.append(one)
        if inspect.isclass(value):
            bare += [
                f"{one}.{method}"
                for method, member in inspect.getmembers(value)
                if method[0] != "_" and is_our_method(member) and not inspect.getdoc(getattr(value, method))
            ]
    assert not bare
