"""Continuing a run from its backup: whether the file's run is one of this model."""

from __future__ import annotations

from typing import Any

from figurate.errors import ConfigurationError, FileFormatError, shown
from figurate.models.layer_list import without_names
from figurate.models.saving import Saved, SavedModel, without_batch


def run_of(saved: Saved, model: SavedModel) -> dict[str, Any]:
    """The state of the run in a file, once it is sure that the run was one of this model.

    Raises:
        FileFormatError: The file holds no run.
        ConfigurationError: It holds another network, optimizer, loss or other metrics.
    """
    if saved.run is None:
        raise FileFormatError(
            f"Cannot continue from {saved.path!r}: it holds a model and no run. Delete it, or use `load_model` and "
            "train on."
        )
    compiled, sizes = model.compiled_or_none, without_batch(model.output_shape)
    assert compiled is not None  # `fit` asked for it
    then, now = saved.compiled.get_config(sizes), compiled.get_config(sizes)
    for config in (then, now):
        # The rate itself may change on the way, by callbacks; the names of objects tell nothing.
        config["optimizer"] = {
            **config["optimizer"],
            "config": {**config["optimizer"]["config"], "learning_rate": None, "name": None},
        }
    pairs = {
        "layers": (without_names(saved.description.layers), without_names(model.layers)),
        "input_shape": (saved.description.input_shape, without_batch(model.input_shape)),
        **{name: (then[name], now[name]) for name in then},
    }
    for name, (expected, received) in pairs.items():
        if expected != received:
            raise ConfigurationError(
                f"The backup {saved.path!r} expects {name} {shown(expected)}, received {shown(received)}: it was made "
                "by another model. Build the same model, or delete the file to begin anew."
            )
    return saved.run
