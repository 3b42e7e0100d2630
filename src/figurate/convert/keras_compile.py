"""What `compile` chose, and an optimizer's state: from Keras' configuration and variables to figurate's, and back.

Losses, metrics and optimizers are found by name in figurate's closed lists, whose names, arguments and defaults are
Keras'.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from figurate import losses, metrics, optimizers
from figurate.convert import keras_layers
from figurate.convert.findings import Findings
from figurate.convert.network import Arrays, Chosen, TrainingState
from figurate.errors import FileFormatError, UnsupportedError, shown
from figurate.losses import Loss, SparseCategoricalCrossentropy
from figurate.metrics import Metric
from figurate.optimizers import Adam, Optimizer, RMSprop
from figurate.optimizers.schedules import LearningRateSchedule

Shape = tuple[int, ...]

_REFUSED = ("loss_weights", "weighted_metrics")


def read(config: Mapping[str, Any]) -> Chosen:
    """Read Keras' `compile_config`.

    Args:
        config: With optimizer, loss and metrics, as names or as serialised objects.

    Raises:
        FigurateError: There is something that figurate has not; the message has its name.
    """
    for name in _REFUSED:
        if config.get(name):
            raise UnsupportedError(f"`compile({name}=…)` is not supported, received {shown(config[name])}.")
    entries = config.get("metrics") or []
    if not isinstance(entries, (list, tuple)):
        raise UnsupportedError(f"`compile(metrics=…)` expects a list, received {shown(entries)}.")
    if config.get("loss") is None:
        raise UnsupportedError("`compile(loss=…)` expects a loss, received none.")
    return Chosen(
        optimizers.get(_plain(config.get("optimizer"))),
        losses.get(_plain(config["loss"])),
        [_metric(entry) for entry in entries],
    )


def _plain(entry: object) -> Any:
    """A name, or what `Registry.deserialize` reads; refuses what is no class or function of Keras' own."""
    if isinstance(entry, str):
        return entry
    if isinstance(entry, Mapping):
        config = entry.get("config")
        if entry.get("class_name") == "function" and entry.get("module") == "builtins" and isinstance(config, str):
            return config
        if keras_layers.is_kerass(entry) and isinstance(config, Mapping):
            settings = {name: value for name, value in config.items() if name != "dtype"}
            rate = settings.get("learning_rate")
            return {
                "class_name": entry.get("class_name"),
                "config": settings | ({"learning_rate": _plain(rate)} if isinstance(rate, Mapping) else {}),
            }
    raise UnsupportedError(f"Expected a class or function of Keras' own, received {shown(entry)}.")


def _metric(entry: object) -> Metric | str:
    plain = _plain(entry)
    if isinstance(plain, str) and plain.lower() in ("accuracy", "acc"):
        return plain  # it fits itself to the loss
    found = metrics.get(plain)
    return plain if isinstance(plain, str) else found  # a string is the name in logs, too


# -- the optimizer's variables ---------------------------------------------------------------------------------------


_MOST_STEPS = 2**53


def _groups(optimizer: Optimizer) -> list[tuple[str, ...]]:
    """What Keras' optimizer keeps for each weight, in its order: names of one group alternate, weight by weight."""
    groups: list[tuple[str, ...]] = [("average",)] if optimizer.use_ema else []
    if isinstance(optimizer, Adam):
        return [*groups, ("momentum", "velocity")]
    momentum = [("momentum",)] if getattr(optimizer, "momentum", 0) else []
    if isinstance(optimizer, RMSprop):
        return [*groups, ("velocity",), *momentum, *([("average_gradient",)] if optimizer.centered else [])]
    return [*groups, *momentum]


def _head(optimizer: Optimizer) -> int:
    """How many variables come before those: the number of steps, and the learning rate where it is a number."""
    return 1 if isinstance(optimizer.learning_rate, LearningRateSchedule) else 2


def variables(optimizer: Optimizer, trained: Sequence[Shape]) -> Iterator[tuple[int, str, int]]:
    """What Keras' optimizer keeps for weights of these shapes: (place among its variables, slot, which weight)."""
    place = _head(optimizer)
    for group in _groups(optimizer):
        for weight in range(len(trained)):
            for slot in group:
                yield place, slot, weight
                place += 1


def count(optimizer: Optimizer, trained: Sequence[Shape]) -> tuple[int, int]:
    """How many variables Keras' optimizer has before its first step, and after it."""
    head = _head(optimizer)
    return head, head + sum(1 for _ in variables(optimizer, trained))


def check_size(optimizer: Optimizer, size: int, trained: Sequence[Shape], findings: Findings) -> None:
    """Check how many variables Keras' optimizer has.

    Args:
        optimizer: figurate's.
        size: The number of variables.
        trained: The shapes of the weights that are trained.
        findings: Told where they are those of more or fewer weights: layers were frozen, or freed, after `compile`.

    Raises:
        FileFormatError: It has another number of them for each weight.
    """
    before, after = count(optimizer, trained)
    if size in (before, after):
        return
    each = sum(len(group) for group in _groups(optimizer))
    if not each or size < before or (size - before) % each:
        raise FileFormatError(
            f"Cannot read the optimizer of {findings.what}: `{type(optimizer).__name__}` keeps {after} arrays, "
            f"received {size}. It was altered, or written by another version of Keras."
        )
    findings.otherwise(
        "optimizer",
        f"it was compiled while other layers were frozen: it keeps {size} arrays, expected {after}; "
        "call `compile` again",
        "It begins anew.",
    )


def state_from(
    optimizer: Optimizer, found: Sequence[npt.NDArray[Any]], trained: Sequence[Shape], what: str
) -> TrainingState | None:
    """The state in the variables of Keras' optimizer.

    Args:
        optimizer: figurate's.
        found: Keras' variables, in its order; `check_size` has checked their number.
        trained: The shapes of the weights that are trained, in Keras' order.
        what: Where they come from, for messages.

    Returns:
        Slots in Keras' order of weights; None before the first step.

    Raises:
        FileFormatError: A shape differs, or there are numbers that the optimizer never has.
    """
    before, after = count(optimizer, trained)
    if len(found) == before < after:
        return None
    slots: dict[str, Arrays] = {}
    for place, slot, weight in variables(optimizer, trained):
        array = np.array(found[place], dtype=np.float32, order="C")
        if array.shape != trained[weight]:
            raise FileFormatError(
                f"Cannot read the optimizer of {what}: its array {place} has the shape {array.shape}, expected "
                f"{trained[weight]}. It was altered, or written by another version of Keras."
            )
        if not np.isfinite(array).all() or (slot == "velocity" and array.min(initial=0) < 0):
            raise FileFormatError(
                f"Cannot read the optimizer of {what}: its array {place} holds numbers that "
                f"`{type(optimizer).__name__}` never has. It was altered, or training went astray."
            )
        slots.setdefault(slot, []).append(array)
    steps = float(found[0])
    if not 0 <= steps < _MOST_STEPS or steps != int(steps):
        raise FileFormatError(
            f"Cannot read the optimizer of {what}: expected a number of steps, received {steps:g}. It was altered."
        )
    return TrainingState(int(steps), slots) if steps or slots else None


# -- back to Keras ---------------------------------------------------------------------------------------------------


def make(keras: Any, chosen: Chosen) -> tuple[Any, Any, list[Any]]:
    """Keras' optimizer, loss and metrics for figurate's.

    Raises:
        UnsupportedError: Keras has not what was chosen; the message says what.
    """
    config = chosen.optimizer.get_config()
    rate = chosen.optimizer.learning_rate
    if isinstance(rate, LearningRateSchedule):
        kind = getattr(keras.optimizers.schedules, type(rate).__name__, None)
        if kind is None:
            raise UnsupportedError(f"Keras has no schedule `{type(rate).__name__}`.")
        if rate.is_open:
            raise UnsupportedError(
                f"Keras' `{type(rate).__name__}` needs a number of steps, and {shown(rate)} spans each call of `fit`."
            )
        config["learning_rate"] = kind(**rate.get_config())
    made = getattr(keras.optimizers, type(chosen.optimizer).__name__)(**config)
    return made, _loss(keras, chosen.loss), [_metric_of(keras, metric) for metric in chosen.metrics]


def _loss(keras: Any, loss: Loss) -> Any:
    config = loss.get_config()
    if isinstance(loss, SparseCategoricalCrossentropy) and not config.pop("label_smoothing"):
        return keras.losses.SparseCategoricalCrossentropy(**config)
    if isinstance(loss, SparseCategoricalCrossentropy):
        raise UnsupportedError("Keras' `SparseCategoricalCrossentropy` has no `label_smoothing`.")
    return getattr(keras.losses, type(loss).__name__)(**config)


def _metric_of(keras: Any, metric: Metric | str) -> Any:
    return metric if isinstance(metric, str) else getattr(keras.metrics, type(metric).__name__)(**metric.get_config())
