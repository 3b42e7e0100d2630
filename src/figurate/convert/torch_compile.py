"""Losses and optimizers of PyTorch as figurate's, with the optimizer's state. A closed list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from figurate import losses, metrics as measures, optimizers
from figurate.convert.findings import Findings
from figurate.convert.network import Arrays, Chosen, TrainingState
from figurate.convert.torch_order import Turn, array_of
from figurate.errors import ConfigurationError, UnsupportedError, shown
from figurate.losses import Loss
from figurate.optimizers import Optimizer

_LOSSES: Mapping[str, Callable[[Any], Loss]] = {
    "CrossEntropyLoss": lambda one: losses.SparseCategoricalCrossentropy(
        from_logits=True, label_smoothing=one.label_smoothing
    ),
    "BCELoss": lambda one: losses.BinaryCrossentropy(),
    "BCEWithLogitsLoss": lambda one: losses.BinaryCrossentropy(from_logits=True),
    "MSELoss": lambda one: losses.MeanSquaredError(),
}
# What a loss must be left at, and how to do without.
_USUAL = (
    ("weight", None, "Use `class_weight` of `fit`."),
    ("pos_weight", None, "Use `class_weight` of `fit`."),
    ("reduction", "mean", "figurate's loss is the mean over all figures."),
    ("ignore_index", -100, "Leave the figures of this class out, or give them a `sample_weight` of 0."),
)
# What an optimizer keeps for each parameter, by figurate's names.
SLOTS = {"momentum": "exp_avg", "velocity": "exp_avg_sq"}


def read(
    torch: Any, optimizer: Any, loss: Any, metrics: Any, tensors: Sequence[tuple[Any, Turn]], findings: Findings
) -> tuple[Chosen | None, TrainingState | None]:
    """What the model is compiled with.

    Args:
        torch: The library.
        optimizer, loss, metrics: See `from_torch`.
        tensors: The module's, in the order of figurate's weights; those that training changes are parameters.
        findings: Told of what is left behind.

    Raises:
        UnsupportedError: The optimizer or the loss, or a setting of theirs, is not to be had.
        ConfigurationError: One comes without the other.
    """
    if optimizer is None and loss is None:
        return None, None
    if optimizer is None or loss is None:
        raise ConfigurationError(
            "`from_torch` expects `optimizer` and `loss` together, received one of them. Pass both, or call `compile`."
        )
    entries = [metrics] if isinstance(metrics, str) else list(metrics or [])
    chosen = Chosen(
        _optimizer(torch, optimizer),
        _loss(torch, loss),
        [entry if isinstance(entry, str) else measures.get(entry) for entry in entries],
    )
    trained = [(tensor, turn) for tensor, turn in tensors if isinstance(tensor, torch.nn.Parameter)]
    optimized = {id(tensor) for group in optimizer.param_groups for tensor in group["params"]}
    if not optimized <= {id(tensor) for tensor, _ in trained}:
        raise ConfigurationError(
            "`from_torch(optimizer=…)` expects the optimizer of this module, received one with parameters of another. "
            "Make it of `module.parameters()`."
        )
    if any(one.get("momentum_buffer") is not None for one in optimizer.state.values()):
        findings.otherwise("optimizer", "its momentum begins anew")
    return chosen, _state(optimizer, chosen.optimizer, trained, findings)


def _loss(torch: Any, loss: Any) -> Loss:
    if not isinstance(loss, torch.nn.Module):
        return losses.get(loss)
    make = _LOSSES.get(type(loss).__name__)
    if make is None or getattr(torch.nn, type(loss).__name__) is not type(loss):
        advice = " Leave `LogSoftmax` out, and use `CrossEntropyLoss`." if isinstance(loss, torch.nn.NLLLoss) else ""
        raise UnsupportedError(
            f"`from_torch(loss=…)` expects one of {', '.join(_LOSSES)}, or what `compile` takes, received "
            f"{shown(loss)}.{advice}"
        )
    for name, usual, advice in _USUAL:
        given = getattr(loss, name, usual)
        if given is not None and given != usual:
            received = "weights" if usual is None else repr(given)
            raise UnsupportedError(
                f"`from_torch(loss={type(loss).__name__}(…))` expects `{name}={usual!r}`, received {received}. {advice}"
            )
    return make(loss)


def _optimizer(torch: Any, optimizer: Any) -> Optimizer:
    kind = type(optimizer)
    if isinstance(optimizer, torch.optim.lr_scheduler.LRScheduler):
        raise ConfigurationError(
            f"`from_torch(optimizer=…)` expects an optimizer, received the scheduler {kind.__name__}. Pass its "
            "`optimizer`, and `figurate.callbacks.LearningRateScheduler` to `fit`."
        )
    if not isinstance(optimizer, torch.optim.Optimizer):
        raise ConfigurationError(
            f"`from_torch(optimizer=…)` expects an optimizer of `torch.optim`, received {shown(optimizer)}. For one of "
            "figurate's, leave it out, and call `compile`."
        )
    groups = optimizer.param_groups
    if kind not in (torch.optim.Adam, torch.optim.AdamW, torch.optim.SGD) or len(groups) != 1:
        raise UnsupportedError(
            "`from_torch(optimizer=…)` expects a `torch.optim.Adam`, `AdamW` or `SGD` with one group of parameters, "
            f"received {kind.__name__} with {len(groups)}."
        )
    group = groups[0]
    rate, decay = float(group["lr"]), float(group["weight_decay"])
    for name in ("amsgrad", "maximize", "dampening"):
        if group.get(name):
            raise UnsupportedError(f"`from_torch(optimizer=…)` cannot take over `{name}`, received {group[name]}.")
    if decay and not (kind is torch.optim.AdamW or group.get("decoupled_weight_decay")):
        raise UnsupportedError(
            f"`from_torch(optimizer=…)` cannot take over `weight_decay` of {kind.__name__}, which enters the gradient, "
            f"received {decay}. Use `torch.optim.AdamW`."
        )
    if kind is torch.optim.SGD:
        return optimizers.SGD(rate, momentum=float(group["momentum"]), nesterov=bool(group["nesterov"]))
    settings: dict[str, Any] = {
        "beta_1": float(group["betas"][0]),
        "beta_2": float(group["betas"][1]),
        "epsilon": float(group["eps"]),
    }
    if kind is torch.optim.AdamW:
        return optimizers.AdamW(rate, weight_decay=decay, **settings)
    return optimizers.Adam(rate, weight_decay=decay or None, **settings)


def _state(
    theirs: Any, ours: Optimizer, trained: Sequence[tuple[Any, Turn]], findings: Findings
) -> TrainingState | None:
    """Adam's moments; None before the first step, for other optimizers, and where some weights have none."""
    kept = [theirs.state.get(tensor, {}) for tensor, _ in trained]
    if not isinstance(ours, optimizers.Adam) or not all("exp_avg" in one for one in kept):
        if any("exp_avg" in one for one in kept):
            findings.otherwise("optimizer", "some weights have no moments, so they all begin anew")
        return None
    steps = {int(one["step"]) for one in kept}
    if len(steps) != 1:
        raise UnsupportedError(
            f"`from_torch(optimizer=…)` expects one number of steps for all weights, received {sorted(steps)}."
        )
    slots: dict[str, Arrays] = {
        slot: [array_of(one[name], turn) for one, (_, turn) in zip(kept, trained, strict=True)]
        for slot, name in SLOTS.items()
    }
    return TrainingState(steps.pop(), slots)
