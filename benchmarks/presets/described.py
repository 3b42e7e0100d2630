"""A preset in numbers and settings that JSON holds, and one fingerprint of all that its training depends on."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import figurate
from figurate import losses, optimizers
from figurate.models.layer_list import without_names
from figurate.presets import Preset
from figurate.presets.base import steps_of
from figurate.presets.budget import neighbouring_activations


def described(preset: Preset, shape: tuple[int, ...], classes: int, figures: int) -> dict[str, Any]:
    """What a preset is for figures of this shape and so many of them.

    Args:
        preset: or a candidate for one.
        shape: of one figure, (height, width, channels).
        classes: how many there are.
        figures: that are learned from.

    Returns:
        parameters, activations (the most that neighbouring layers hold), epochs, batch_size, recipe (what was chosen)
        and fingerprint.
    """
    recipe = preset.recipe
    epochs = recipe.epochs_for(figures)
    model = preset.build(shape, classes, seed=0, steps=epochs * steps_of(figures, recipe.batch_size))
    chosen = {
        "layers": without_names(model.layers),
        "optimizer": optimizers.serialize(model.optimizer),
        "loss": recipe.loss if isinstance(recipe.loss, str) else losses.serialize(recipe.loss()),
        "epochs": epochs,
        "batch_size": recipe.batch_size,
        **({"unchanged": recipe.unchanged} if recipe.unchanged else {}),
    }
    told = json.dumps([figurate.__version__, list(shape), classes, figures, chosen], sort_keys=True)
    return {
        "parameters": model.count_params(),
        "activations": neighbouring_activations(model.layers, shape),
        "epochs": epochs,
        "batch_size": recipe.batch_size,
        "recipe": chosen,
        "fingerprint": hashlib.sha256(told.encode()).hexdigest()[:12],
    }
