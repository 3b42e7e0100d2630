"""`clone_model`: the same network with new weights."""

from __future__ import annotations

import copy

from figurate import layers
from figurate.errors import ConfigurationError, UnsupportedError, shown
from figurate.models.sequential import Sequential


def clone_model(
    model: Sequential,
    input_tensors: None = None,
    clone_function: None = None,
    call_function: None = None,
    recursive: bool = False,
    *,
    seed: int | None = None,
) -> Sequential:
    """A model of the same layers with new weights, compiled as `model` is.

    Optimizer, loss and metrics are copies, and the optimizer begins anew; Keras' clones are not compiled. Class names
    and preprocessing come along, a history does not.

    Args:
        model: Any model, built or not.
        input_tensors, clone_function, call_function, recursive: Refused, but for Keras' defaults.
        seed: Of the new weights, the order of figures and dropout; None takes another one each time, see `Sequential`.
            An initializer or a layer with a seed of its own keeps that.

    Raises:
        ConfigurationError: `model` is no `Sequential`, or the seed is wrong.
        UnsupportedError: An argument of Keras' that figurate has not.

    Example:
        >>> networks = [clone_model(model, seed=seed) for seed in range(16)]  # doctest: +SKIP
    """
    if not isinstance(model, Sequential):
        raise ConfigurationError(f"`clone_model` expects a `Sequential`, received {shown(model)}.")
    asked = {
        "input_tensors": input_tensors,
        "clone_function": clone_function,
        "call_function": call_function,
        "recursive": recursive or None,
    }
    for name, value in asked.items():
        if value is not None:
            raise UnsupportedError(
                f"`clone_model({name}=…)` is not supported, received {shown(value)}. Make a model of other layers with "
                "`Sequential([…])`."
            )
    config = model.get_config()
    made = Sequential([layers.deserialize(entry) for entry in config["layers"]], name=config["name"], seed=seed)
    shape = config["build_input_shape"]
    if shape is not None and not made.built:
        made.build(shape)
    if made.built:
        made.class_names = model.class_names
    made.take_form_of(model)
    compiled = model.compiled_or_none
    if compiled is not None:
        made.compile(
            *copy.deepcopy((compiled.optimizer, compiled.loss)), metrics=copy.deepcopy(compiled.chosen_metrics)
        )
    return made
