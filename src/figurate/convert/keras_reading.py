"""A `Network` from a Keras model's configuration and whatever hands out its arrays: a file, or the live model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from figurate.convert import keras_compile, keras_graph
from figurate.convert.findings import Findings
from figurate.convert.keras_compile import Shape
from figurate.convert.keras_graph import Graph, Source
from figurate.convert.network import Arrays, Chosen, Network, TrainingState, build, leaves, specs_of
from figurate.errors import ConfigurationError, FigurateError
from figurate.layers import Layer
from figurate.optimizers import Optimizer


class Store(Protocol):
    """Where a Keras model's arrays are."""

    def weights(self, sources: list[Source]) -> list[Arrays]:
        """Each layer's arrays, of the shapes and in the order of `specs_of`."""

    def optimizer_size(self) -> int:
        """How many variables the optimizer has; 0 where there is none."""

    def optimizer(self, optimizer: Optimizer, trained: list[Shape]) -> list[npt.NDArray[Any]]:
        """The optimizer's variables in Keras' order."""


def network(
    config: Mapping[str, Any], compile_config: Mapping[str, Any] | None, store: Store, findings: Findings
) -> tuple[Network, list[Source]]:
    """Read a network; nothing of its size is allocated before everything has been checked.

    Args:
        config: As `keras.saving.serialize_keras_object` has it.
        compile_config: What `compile` chose; None: nothing.
        store: The arrays.
        findings: Told of what there is not.

    Returns:
        The network, and where each of its layers stands in Keras' model, in the order of its weights.

    Raises:
        UnsupportedError: Something cannot be converted; the message names all of it.
        FileFormatError: The configuration has another form, or the arrays are others.
        ConfigurationError: The model is not built.
    """
    graph = keras_graph.read(config, findings)
    findings.raise_cannot()
    if graph.open_shape is not None:
        raise ConfigurationError(
            f"`{findings.caller}` expects a model whose figures have one size, received {findings.what} that is not "
            f"built for one: its input is {graph.open_shape}. Make it anew, such as with "
            "`keras.Input(shape=(28, 28, 1))`."
        )
    if graph.input_shape is None:
        raise ConfigurationError(
            f"`{findings.caller}` expects a model that knows the shape of its figures, received {findings.what} that "
            "is not built. Put `keras.Input(shape=(28, 28))` first, or call `model.build((None, 28, 28))`."
        )
    build(graph.layers, graph.input_shape, findings)
    chosen = _chosen(compile_config, findings)
    findings.raise_cannot()
    found = store.weights(graph.sources)
    arrays = {id(source.layer): own for source, own in zip(graph.sources, found, strict=True)}
    places = {id(source.layer): source for source in graph.sources}
    state = _state(graph, chosen, store, findings) if chosen is not None else None
    order = list(leaves(graph.layers))
    made = Network(
        graph.name,
        graph.input_shape,
        graph.layers,
        [array for layer in order for array in arrays[id(layer)]],
        chosen,
        None if state is None else _in_order(state, [source.layer for source in graph.sources], order),
    )
    return made, [places[id(layer)] for layer in order]


def _in_order(state: TrainingState, before: list[Layer], after: list[Layer]) -> TrainingState:
    """The same state with its slots in another order of layers."""
    places: dict[int, list[int]] = {}
    count = 0
    for layer in before:
        trained = len(specs_of(layer, trainable=True))
        places[id(layer)] = list(range(count, count + trained))
        count += trained
    order = [place for layer in after for place in places[id(layer)]]
    return TrainingState(state.iterations, {slot: [arrays[i] for i in order] for slot, arrays in state.slots.items()})


def _chosen(config: Mapping[str, Any] | None, findings: Findings) -> Chosen | None:
    if not config:
        return None
    try:
        return keras_compile.read(config)
    except FigurateError as error:
        findings.otherwise("compile", str(error), "The model is not compiled.")
        return None


def _state(graph: Graph, chosen: Chosen, store: Store, findings: Findings) -> TrainingState | None:
    if findings.any_otherwise:  # the optimizer of a model with frozen layers keeps nothing for them
        return None
    trained = [spec.shape for source in graph.sources for spec in specs_of(source.layer, trainable=True)]
    size = store.optimizer_size()
    if not size:
        return None
    keras_compile.check_size(chosen.optimizer, size, trained, findings)
    if findings.any_otherwise:
        return None
    return keras_compile.state_from(
        chosen.optimizer, store.optimizer(chosen.optimizer, trained), trained, findings.what
    )


def checked(arrays: list[npt.NDArray[Any]], source: Source, what: str) -> Arrays:
    """A live layer's arrays, if they are those that figurate's layer has.

    Raises:
        ConfigurationError: They are not.
    """
    expected = [spec.shape for spec in specs_of(source.layer)]
    received = [array.shape for array in arrays]
    if received != expected:
        raise ConfigurationError(
            f"The layer {source.names[-1]!r} of {what} has weights of the shapes {received}, expected {expected}. "
            "Build the model anew."
        )
    return [np.array(array, dtype=np.float32, order="C") for array in arrays]
