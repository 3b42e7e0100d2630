"""Live Keras models: read as a `Network`, made from one, and given back what was trained here."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from figurate.convert import keras_compile, keras_layers, keras_reading, libraries
from figurate.convert.findings import Findings
from figurate.convert.keras_compile import Shape
from figurate.convert.keras_graph import Source
from figurate.convert.network import Arrays, Chosen, Network, TrainingState, leaves, specs_of
from figurate.errors import UnsupportedError
from figurate.layers import Layer, Residual
from figurate.layers.augmentation import Augmentation
from figurate.optimizers import Optimizer


def is_model(value: object) -> bool:
    """Whether this is a Keras model."""
    return hasattr(value, "layers") and hasattr(value, "get_config") and hasattr(value, "compute_output_shape")


def read(model: Any, findings: Findings) -> tuple[Network, list[Source]]:
    """Read a live model, with its optimizer's state.

    Returns:
        The network, and where each of its layers stands in the model, for `put_back`.

    Raises:
        UnsupportedError: Something cannot be converted; the message names all of it.
        ConfigurationError: It is not built.
    """
    _find_namesakes(libraries.keras(), model, findings)
    return keras_reading.network(
        _describe(model), _compile_config(model, findings), _Live(model, findings.what), findings
    )


def _describe(model: Any) -> Mapping[str, Any]:
    """The model's configuration; what cannot describe itself is described by its class alone, and refused later."""
    keras = libraries.keras()
    kind = type(model)
    if kind.__name__ == "Sequential" and _is_kerass(kind):
        return {
            "module": "keras",
            "class_name": "Sequential",
            "config": {
                "name": model.name,
                "layers": [_describe_layer(keras, layer) for layer in model.layers],
                "build_input_shape": list(model.input_shape) if model.built else None,
                "trainable": model.trainable,
            },
        }
    return _describe_layer(keras, model)


def _describe_layer(keras: Any, layer: Any) -> Mapping[str, Any]:
    kind = type(layer)
    if kind.__name__ == "Sequential" and _is_kerass(kind):
        return _describe(layer)
    try:
        found: Mapping[str, Any] = keras.saving.serialize_keras_object(layer)
    except (NotImplementedError, TypeError, ValueError):
        found = {"module": kind.__module__, "class_name": kind.__name__, "config": {"name": layer.name}}
    return found


def _find_namesakes(keras: Any, model: Any, findings: Findings) -> None:
    """Note activations of a user's own that are named as one of Keras', for which a configuration passes them off."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            _find_namesakes(keras, layer, findings)
        given = getattr(layer, "activation", None)
        if not callable(given) or _is_kerass(given if hasattr(given, "__name__") else type(given)):
            continue
        name = keras.activations.serialize(given)
        if isinstance(name, str) and not _same_values(keras, given, keras.activations.get(name)):
            findings.cannot(layer.name, f"its `activation` is a function of your own, and not Keras' {name}")


def _same_values(keras: Any, one: Any, other: Any) -> bool:
    """Whether two activations compute the same: `tf.nn.relu` is Keras' relu under another roof."""
    x = keras.ops.reshape(keras.ops.linspace(-4.0, 4.0, 64), (4, 16))
    try:
        mine, theirs = (keras.ops.convert_to_numpy(function(x)) for function in (one, other))
        return np.allclose(mine, theirs, rtol=1e-5, atol=1e-6)
    except Exception:  # whatever a user's function raises
        return False


def _is_kerass(kind: Any) -> bool:
    return str(kind.__module__).split(".")[0] == "keras"


def _compile_config(model: Any, findings: Findings) -> Mapping[str, Any] | None:
    if not getattr(model, "compiled", False):
        return None
    # As it was given to `compile`: serialised, a function of one's own has but its name.
    given = getattr(getattr(model, "_compile_config", None), "config", {})
    metrics = given.get("metrics") or []
    for one in [given.get("loss"), *(metrics if isinstance(metrics, (list, tuple)) else [metrics])]:
        if callable(one) and not _is_kerass(one if hasattr(one, "__name__") else type(one)):
            findings.otherwise("compile", f"`{getattr(one, '__name__', type(one).__name__)}` is a function of your own")
            return None
    try:
        with warnings.catch_warnings():
            # Keras reads its own variables in a way that numpy 2 warns of.
            warnings.simplefilter("ignore", DeprecationWarning)
            found: Mapping[str, Any] = model.get_compile_config()
    except (NotImplementedError, TypeError, ValueError, AttributeError) as error:
        findings.otherwise("compile", f"Keras cannot describe it ({error})")
        return None
    return found


class _Live:
    """The arrays of a live model."""

    def __init__(self, model: Any, what: str) -> None:
        self._model, self._what = model, what

    def weights(self, sources: list[Source]) -> list[Arrays]:
        found = [[array_of(variable) for variable in _layer_of(self._model, source).weights] for source in sources]
        return [keras_reading.checked(own, source, self._what) for own, source in zip(found, sources, strict=True)]

    def optimizer_size(self) -> int:
        return len(self._model.optimizer.variables)

    def optimizer(self, optimizer: Optimizer, trained: list[Shape]) -> list[npt.NDArray[Any]]:
        return [array_of(variable) for variable in self._model.optimizer.variables]


def _layer_of(model: Any, source: Source) -> Any:
    found = model
    for name in source.names:
        found = found.get_layer(name)
    return found


def array_of(variable: Any) -> npt.NDArray[Any]:
    """The numbers of a variable of Keras'."""
    from keras import ops

    return np.asarray(ops.convert_to_numpy(variable.value))  # the variable itself makes numpy 2 warn


# -- to Keras --------------------------------------------------------------------------------------------------------


def make(network: Network, findings: Findings) -> Any:
    """A Keras model of this network: a `Sequential`, or a functional model where it has ways around layers.

    Args:
        network: With weights, and what `compile` chose.
        findings: Told of layers of augmentation and settings that Keras has not, which are left out.

    Raises:
        UnsupportedError: Keras, or its backend, is not installed.
    """
    keras = libraries.keras()
    with _plain_settings(keras.config):
        return _made(keras, network, findings)


@contextlib.contextmanager
def _plain_settings(config: Any) -> Iterator[None]:
    """Have Keras make float32 and channels last, whatever it is set to: half precision, channels first."""
    before = config.floatx(), config.image_data_format(), config.dtype_policy()
    _set(config, "float32", "channels_last", "float32")
    try:
        yield
    finally:
        _set(config, *before)


def _set(config: Any, floatx: str, image_data_format: str, policy: Any) -> None:
    config.set_floatx(floatx)
    config.set_image_data_format(image_data_format)
    config.set_dtype_policy(policy)


def _made(keras: Any, network: Network, findings: Findings) -> Any:
    made: dict[int, Any] = {}
    if any(isinstance(layer, Residual) for layer in network.layers):
        figures = keras.Input(network.input_shape)
        model = keras.Model(figures, _called(keras, network.layers, figures, made, findings), name=_name(network))
    else:
        chain = [_layer(keras, layer, made, findings) for layer in network.layers]
        model = keras.Sequential([keras.Input(network.input_shape), *(x for x in chain if x)], name=_name(network))
    weights = iter(network.weights)
    for layer in leaves(network.layers):
        arrays = [next(weights) for _ in specs_of(layer)]
        if arrays:
            made[id(layer)].set_weights(arrays)
    if network.chosen is not None:
        _compile(keras, model, network, network.chosen, made, findings)
    return model


def _name(network: Network) -> str:
    return network.name.replace("/", "_")


def _called(keras: Any, layers: Any, x: Any, made: dict[int, Any], findings: Findings) -> Any:
    """The tensor after these layers."""
    for layer in layers:
        if isinstance(layer, Residual):
            around = _called(keras, layer.shortcut or (), x, made, findings)
            within = _called(keras, layer.layers, x, made, findings)
            x = keras.layers.Add(name=layer.name.replace("/", "_"))([around, within])
        else:
            one = _layer(keras, layer, made, findings)
            x = x if one is None else one(x)
    return x


def _layer(keras: Any, layer: Layer, made: dict[int, Any], findings: Findings) -> Any:
    """Keras' layer; None for augmentation that Keras has not."""
    if isinstance(layer, Augmentation) and (not keras_layers.exists(layer) or len(layer.built_shape) != 3):
        findings.otherwise(layer.name, f"Keras has no `{type(layer).__name__}` for figures of {layer.built_shape}")
        return None
    found = made[id(layer)] = getattr(keras.layers, type(layer).__name__)(**keras_layers.arguments(layer))
    return found


def _compile(
    keras: Any, model: Any, network: Network, chosen: Chosen, made: dict[int, Any], findings: Findings
) -> None:
    try:
        optimizer, loss, metrics = keras_compile.make(keras, chosen)
    except UnsupportedError as error:
        findings.otherwise("compile", str(error), "The model is not compiled.")
        return
    model.compile(optimizer=optimizer, loss=loss, metrics=metrics)
    optimizer.build(model.trainable_variables)  # else Keras warns when it reads a file of the model
    if network.state is not None:
        order = [made[id(layer)] for layer in leaves(network.layers) if id(layer) in made]
        put_state(model, chosen.optimizer, network.state, order)


# -- back to a live model --------------------------------------------------------------------------------------------


def weights_of(model: Any, sources: list[Source]) -> Arrays:
    """A live model's weights, in the order of the network that was read from it: copies.

    Args:
        model: Keras'.
        sources: Its layers, in the order of the network's weights.
    """
    return [array for own in _Live(model, "the Keras model").weights(sources) for array in own]


def put_back(model: Any, sources: list[Source], network: Network) -> None:
    """Give a live model the weights and the optimizer's state of a network that was read from it.

    Args:
        model: Keras'.
        sources: Its layers, in the order of the network's weights.
        network: What they become.
    """
    layers = [_layer_of(model, source) for source in sources]
    weights = iter(network.weights)
    for source, layer in zip(sources, layers, strict=True):
        arrays = [next(weights) for _ in specs_of(source.layer)]
        if arrays:
            layer.set_weights(arrays)
    if network.state is not None and network.chosen is not None:
        put_state(model, network.chosen.optimizer, network.state, layers)


def rate_of(optimizer: Any) -> float | None:
    """The learning rate of a Keras optimizer; None where it is a schedule's."""
    rate = optimizer.learning_rate
    return float(array_of(rate)) if hasattr(rate, "assign") else None


def put_state(model: Any, optimizer: Optimizer, state: TrainingState, layers: list[Any]) -> None:
    """Give a compiled Keras model's optimizer this state.

    Args:
        model: Keras'.
        optimizer: figurate's, of the same settings.
        state: Slots in the order of `layers`.
        layers: Keras' layers, in the order of the state's weights.
    """
    ours = [id(variable) for layer in layers for variable in layer.trainable_variables]
    theirs = list(model.trainable_variables)
    if not model.optimizer.built:
        model.optimizer.build(theirs)
    variables = model.optimizer.variables
    variables[0].assign(state.iterations)
    for place, slot, weight in keras_compile.variables(optimizer, [tuple(v.shape) for v in theirs]):
        variables[place].assign(state.slots[slot][ours.index(id(theirs[weight]))])
