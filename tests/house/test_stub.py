"""`_core.pyi` names what the compiled module has, no more and no less, arguments included."""

from __future__ import annotations

import ast
import re
from typing import Any

from figurate import _core
from tools.house.files import ROOT

STUB = ast.parse((ROOT / "src/figurate/_core.pyi").read_text(encoding="utf-8"))


def declared(body: list[ast.stmt], prefix: str = "") -> dict[str, list[str]]:
    """Public names of the stub with the arguments of those that are called, `self` and defaults left out."""
    found: dict[str, list[str]] = {}
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            found[prefix + node.name] = []
            found |= declared(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            arguments = [argument.arg for argument in [*node.args.args, *node.args.kwonlyargs]]
            found[prefix + node.name] = [] if node.decorator_list else [name for name in arguments if name != "self"]
    return found


def compiled(owner: Any, prefix: str = "") -> dict[str, list[str]]:
    """The same of the module, from the signatures that the binding writes into it."""
    found: dict[str, list[str]] = {}
    for name, value in vars(owner).items():
        if isinstance(value, type):
            found[name] = []
            found |= compiled(value, f"{name}.")
        elif name == "__init__" or not name.startswith("_"):
            signatures = getattr(value, "__nb_signature__", None)
            found[prefix + name] = [] if signatures is None else arguments_of(signatures[0][0])
    return found


def arguments_of(signature: str) -> list[str]:
    """The names of the arguments in `def f(self, x: …, threads: int) -> …`."""
    inside = signature[signature.index("(") + 1 : signature.rindex(" ->")]
    flat = re.sub(r"\[[^\[\]]*\]", "", inside)
    while flat != inside:
        inside, flat = flat, re.sub(r"\[[^\[\]]*\]|\([^()]*\)", "", flat)
    return re.findall(r"(\w+):", flat)


def test_the_stub_is_the_module() -> None:
    assert declared(STUB.body) == compiled(_core)
