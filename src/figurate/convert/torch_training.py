"""An optimizer of figurate's as PyTorch's, as far as it has come. `torch_compile.py` goes the other way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from figurate import optimizers
from figurate.convert.findings import Findings
from figurate.convert.network import Network
from figurate.convert.torch_compile import SLOTS
from figurate.convert.torch_order import Turn
from figurate.errors import ConfigurationError, UnsupportedError, shown
from figurate.optimizers import Optimizer
from figurate.optimizers.schedules import LearningRateSchedule

_LEFT_OUT = {
    "clipnorm": "call `torch.nn.utils.clip_grad_norm_` for each parameter",
    "clipvalue": "call `torch.nn.utils.clip_grad_value_`",
    "global_clipnorm": "call `torch.nn.utils.clip_grad_norm_`",
    "use_ema": "use `torch.optim.swa_utils.AveragedModel`",
}


def optimizer(
    torch: Any, module: Any, network: Network, tensors: Sequence[tuple[Any, Turn]], findings: Findings
) -> Any:
    """The optimizer that the network was compiled with, for the module's parameters.

    Args:
        torch: The library.
        module: The network as `torch_writing` made it.
        network: Compiled.
        tensors: The module's, in the order of the network's weights.
        findings: Told of what it leaves out.

    Raises:
        ConfigurationError: The network is not compiled.
        UnsupportedError: PyTorch has no such optimizer, or the learning rate is known within `fit` alone.
    """
    if network.chosen is None:
        raise ConfigurationError(
            "`to_torch(optimizer=True)` expects a compiled model, received one that is not. Call `compile`, or leave "
            "`optimizer` out."
        )
    ours = network.chosen.optimizer
    for name, advice in _LEFT_OUT.items():
        if getattr(ours, name):
            findings.otherwise("optimizer", f"PyTorch's has no `{name}`", f"({advice})")
    rate = _rate(ours, 0 if network.state is None else network.state.iterations, findings)
    decay = ours.weight_decay or 0.0
    if isinstance(ours, optimizers.SGD) and not decay:
        if ours.momentum and network.state is not None:
            findings.otherwise("optimizer", "its momentum begins anew")
        return torch.optim.SGD(module.parameters(), rate, momentum=ours.momentum, nesterov=ours.nesterov)
    if not isinstance(ours, optimizers.Adam):
        raise UnsupportedError(
            "`to_torch(optimizer=True)` expects `Adam`, `AdamW`, or `SGD` without weight decay, received "
            f"{shown(ours)}. Leave `optimizer` out, and make one of PyTorch's."
        )
    settings = {"betas": (ours.beta_1, ours.beta_2), "eps": ours.epsilon, "weight_decay": decay}
    made = (torch.optim.AdamW if decay else torch.optim.Adam)(module.parameters(), rate, **settings)
    if network.state is not None:
        trained = [(tensor, turn) for tensor, turn in tensors if isinstance(tensor, torch.nn.Parameter)]
        for place, (tensor, turn) in enumerate(trained):
            kept = {
                theirs: torch.from_numpy(np.ascontiguousarray(turn.to_torch(network.state.slots[slot][place])))
                for slot, theirs in SLOTS.items()
            }
            made.state[tensor] = {"step": torch.tensor(float(network.state.iterations)), **kept}
    return made


def _rate(ours: Optimizer, step: int, findings: Findings) -> float:
    """The learning rate at `step`."""
    schedule = ours.learning_rate
    if not isinstance(schedule, LearningRateSchedule):
        return float(schedule)
    if schedule.is_open:
        raise UnsupportedError(
            f"`to_torch(optimizer=True)` expects a learning rate, received {shown(schedule)}, which only `fit` knows "
            "the length of. Leave `optimizer` out, and make one of PyTorch's."
        )
    rate = float(schedule.rates(np.array([step], dtype=np.int64))[0])
    findings.otherwise("optimizer", f"PyTorch's has no {shown(schedule)}", f"(it stays at {rate:g})")
    return rate
