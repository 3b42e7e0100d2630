"""One layer: from Keras' configuration to figurate's layer, and back. A closed list; no code of a file is run.

Most layers have Keras' own name and arguments, so that a configuration is checked by the layer it is for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from figurate import initializers, layers
from figurate.convert.findings import Findings
from figurate.errors import FigurateError, shown
from figurate.layers import Layer

# Layers whose configuration in Keras is figurate's own.
_SAME = frozenset(
    {
        "Activation",
        "AveragePooling2D",
        "BatchNormalization",
        "Conv2D",
        "Dense",
        "DepthwiseConv2D",
        "Dropout",
        "Flatten",
        "GlobalAveragePooling2D",
        "GlobalMaxPooling2D",
        "LayerNormalization",
        "MaxPooling2D",
        "RandomBrightness",
        "RandomContrast",
        "RandomElasticTransform",
        "RandomErasing",
        "RandomFlip",
        "RandomInvert",
        "RandomRotation",
        "RandomShear",
        "RandomTranslation",
        "RandomZoom",
        "ReLU",
        "Rescaling",
        "Reshape",
        "SeparableConv2D",
        "Softmax",
        "SpatialDropout2D",
        "ZeroPadding2D",
    }
)


def _leaky_relu(config: dict[str, Any]) -> dict[str, Any]:
    # Until Keras 3 the slope was called alpha.
    slope = config.pop("negative_slope", config.pop("alpha", 0.3))
    return {"class_name": "ReLU", "config": {**config, "negative_slope": slope}}


def _elu(config: dict[str, Any]) -> dict[str, Any]:
    alpha = config.pop("alpha", 1.0)
    if alpha != 1.0:
        raise ValueError(f"figurate's elu has alpha=1, received alpha={shown(alpha)}")
    return {"class_name": "Activation", "config": {**config, "activation": "elu"}}


def _identity(config: dict[str, Any]) -> dict[str, Any]:
    return {"class_name": "Activation", "config": {**config, "activation": "linear"}}


def _normalization(config: dict[str, Any]) -> dict[str, Any]:
    mean, variance = config.pop("mean", None), config.pop("variance", None)
    if config.pop("invert", False) or not all(type(one) in (int, float) for one in (mean, variance)) or variance < 0:
        raise ValueError(
            "`Normalization` is taken over with one number each for `mean=` and `variance=`, and not what `adapt` "
            "found; expected `Rescaling(1 / deviation, -mean / deviation)` in its place"
        )
    config.pop("axis", None)
    scale = 1.0 / max(math.sqrt(variance), _KERASS_EPSILON)
    return {"class_name": "Rescaling", "config": {**config, "scale": scale, "offset": -mean * scale}}


_KERASS_EPSILON = 1e-7

_OTHERWISE: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "ELU": _elu,
    "Identity": _identity,
    "LeakyReLU": _leaky_relu,
    "Normalization": _normalization,
}

# Keras' layers that may stand for an activation: the name of each, and the settings in which it is just that.
_ACTIVATIONS: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "LeakyReLU": ("leaky_relu", {"negative_slope": 0.2}),
    "ReLU": ("relu", {"max_value": None, "negative_slope": 0.0, "threshold": 0.0}),
    "Softmax": ("softmax", {"axis": -1}),
}


def _activation(entry: Mapping[str, Any]) -> str:
    """The name of the activation that a layer in its place stands for.

    Raises:
        ValueError: There is none of these settings.
    """
    kind, config = shown(entry.get("class_name"))[1:-1], entry["config"]
    name, expected = _ACTIVATIONS.get(kind, ("", {}))
    if not name or {key: config.get(key) for key in expected} != expected:
        given = ", ".join(f"{key}={config.get(key)!r}" for key in expected)
        raise ValueError(
            f"its `activation` is the layer `{kind}({given})`, expected the name of one; put the layer behind it"
        )
    return name


_CODE = frozenset({"Lambda", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "TFSMLayer"})


def read(entry: Mapping[str, Any], findings: Findings) -> Layer | None:
    """The layer for one of Keras', given as `keras.saving.serialize_keras_object` has it.

    Args:
        entry: {"module": …, "class_name": …, "config": {…}}.
        findings: Told of what there is not.

    Returns:
        The layer; None where there is none, which is noted.
    """
    kind, config = entry["class_name"], dict(entry["config"])
    name = str(config.get("name") or kind)
    if kind in _CODE:
        findings.cannot(name, f"`{kind}` runs code, which is never taken over")
        return None
    if not is_kerass(entry) or kind not in (*_SAME, *_OTHERWISE):
        findings.cannot(name, f"there is no layer `{shown(kind)[1:-1]}`")
        return None
    _normalize(kind, config, name, findings)
    if _is_own_function(config.get("activation")):
        findings.cannot(name, "its `activation` is a function of your own, which is never taken over")
        return None
    try:
        if isinstance(config.get("activation"), Mapping):
            config["activation"] = _activation(config["activation"])
        return layers.deserialize(
            _OTHERWISE[kind](config) if kind in _OTHERWISE else {"class_name": kind, "config": config}
        )
    except (FigurateError, ValueError) as error:
        findings.cannot(name, str(error))
        return None


def is_kerass(entry: Mapping[str, Any]) -> bool:
    """Whether the class that a configuration names is Keras' own, and not one of a user's with its name."""
    module = entry.get("module")
    return module is None or (isinstance(module, str) and module.split(".")[0] in ("keras", "tf_keras"))


def _is_own_function(entry: object) -> bool:
    """Whether this is an activation that is no name and no layer of Keras' own."""
    return isinstance(entry, Mapping) and (entry.get("module") is None or not is_kerass(entry))


def _has_weights(kind: str) -> bool:
    return kind in _SAME and getattr(layers, kind).weight_specs is not Layer.weight_specs


def _normalize(kind: str, config: dict[str, Any], name: str, findings: Findings) -> None:
    """Bring Keras' configuration into the form that figurate's layers take; what only training minds is left out."""
    dtype = config.pop("dtype", None)
    if isinstance(dtype, Mapping):
        dtype = dtype["config"].get("name")
    if dtype not in (None, "float32"):
        findings.cannot(name, f"the engine computes in float32, received dtype {shown(dtype)}")
    if config.pop("trainable", True) is not True and _has_weights(kind):
        findings.otherwise(name, "it is frozen (trainable=False), and all layers train together")
    for key in [key for key in config if key.endswith(("_regularizer", "_constraint"))]:
        if config.pop(key) is not None:
            findings.otherwise(name, f"`{key}`; figurate has `weight_decay=` of the optimizer")
    for key in [key for key in config if key.endswith("_initializer")]:
        # The weights come along; an initializer that figurate has not only matters to clones of the model.
        try:
            initializers.get(config[key])
        except FigurateError:
            del config[key]
    if not isinstance(config.get("seed"), int):
        config.pop("seed", None)


def arguments(layer: Layer) -> dict[str, Any]:
    """The arguments of Keras' layer of the same class name.

    Example:
        >>> arguments(layers.Dropout(0.5, name="half"))
        {'rate': 0.5, 'seed': None, 'name': 'half'}
    """
    config = layer.get_config()
    config.pop("input_shape", None)
    config["name"] = config["name"].replace("/", "_")  # which Keras forbids in names
    return config


def exists(layer: Layer) -> bool:
    """Whether Keras has this layer."""
    return type(layer).__name__ in _SAME
