"""`from_torch`: a `torch.nn.Sequential` as a `Network`. What becomes of each module is `torch_modules.py`'s matter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from figurate.convert import libraries, torch_compile, torch_order
from figurate.convert.findings import Findings
from figurate.convert.network import Network, build
from figurate.errors import ConfigurationError, shown
from figurate.layers.base import FigureShape
from figurate.parameters import Shape


def read(
    module: Any, input_shape: Sequence[int] | int | None, findings: Findings, *, optimizer: Any, loss: Any, metrics: Any
) -> Network:
    """Read a module.

    Args:
        module: A `torch.nn.Sequential`.
        input_shape: Of one figure, channels first; None: the first layer knows it.
        findings: Told of what there is not.
        optimizer, loss, metrics: See `from_torch`.

    Raises:
        UnsupportedError: Something cannot be converted; the message names all of it.
        ConfigurationError: An argument is wrong or missing.
    """
    torch = libraries.torch()
    if not isinstance(module, torch.nn.Module):
        raise ConfigurationError(f"`from_torch` expects a `torch.nn.Sequential`, received {shown(module)}.")
    if any(one.is_meta for one in (*module.parameters(), *module.buffers())):
        raise ConfigurationError(
            "`from_torch` expects a module with weights, received one on the device 'meta', which holds none. Use "
            "`module.to_empty(device='cpu')`, and `load_state_dict`."
        )
    from figurate.convert.torch_modules import ModuleReader, flat

    modules = list(flat(torch.nn, module, ""))
    shape = _input_shape(torch, modules, input_shape)
    reader = ModuleReader(torch.nn, findings, shape)
    reader.chain(modules)
    findings.raise_cannot()
    if reader.order is not None:
        findings.cannot("the output", "it has the order of channels first; end in a `Linear` behind `Flatten`")
    build(reader.layers, shape, findings)
    findings.raise_cannot()
    chosen, state = torch_compile.read(torch, optimizer, loss, metrics, reader.tensors, findings)
    optimized = {id(one) for group in getattr(optimizer, "param_groups", ()) for one in group["params"]}
    for name, one in module.named_parameters():
        if not one.requires_grad:
            findings.otherwise(name, "it is frozen (requires_grad=False), and all layers train together")
        elif optimizer is not None and id(one) not in optimized:
            findings.otherwise(name, "the optimizer leaves it out, and all layers train together")
    weights = [torch_order.array_of(tensor, turn) for tensor, turn in reader.tensors]
    return Network(type(module).__name__.lower(), shape, reader.layers, weights, chosen, state)


def _input_shape(torch: Any, modules: list[tuple[str, Any]], given: Sequence[int] | int | None) -> FigureShape:
    """The shape of one figure, channels last."""
    if given is not None:
        shape = Shape().check("from_torch", "input_shape", list(given) if isinstance(given, Sequence) else given)
        assert shape is not None  # only optional shapes may be None
        return torch_order.channels_last(shape)
    if modules and type(modules[0][1]) is torch.nn.Linear:
        return (int(modules[0][1].in_features),)
    raise ConfigurationError(
        "`from_torch` expects `input_shape`, the shape of one figure in PyTorch's order, received none. Write "
        "`from_torch(module, (1, 28, 28))`."
    )
