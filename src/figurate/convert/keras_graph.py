"""A Keras model's configuration as a list of figurate's layers: `Sequential`, models within models, and ways around.

A functional model is taken where it is a chain of layers, or one with ways around some of them that are added at the
end: these become `Residual`. Says of each layer where its weights lie; reads none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from figurate.convert import keras_layers
from figurate.convert.findings import Findings
from figurate.convert.keras_chains import MOST_ADDED, Chains
from figurate.errors import FigurateError, FileFormatError, shown
from figurate.layers import Layer
from figurate.layers.base import FigureShape
from figurate.naming import snake_case

_MODELS = frozenset({"Sequential", "Functional", "Model"})
MOST_LAYERS = 1000
_DEEPEST = 100


@dataclass(frozen=True)
class Source:
    """Where a layer's weights lie.

    Args:
        layer: figurate's.
        path: Of its group in the file of weights: "layers/conv2d_1".
        names: Of the layer in the live model, from the outermost model inwards.
    """

    layer: Layer
    path: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Graph:
    """A model's layers.

    Args:
        name: The model's.
        input_shape: Of one figure; None: the model is not built.
        layers: In order, built for nothing yet.
        sources: Of all layers that hold no others, in Keras' order of weights.
        open_shape: What was given for `input_shape` where that leaves a size open: "(None, None, 1)".
    """

    name: str
    input_shape: FigureShape | None
    layers: list[Layer]
    sources: list[Source]
    open_shape: str | None = None


def read(entry: Mapping[str, Any], findings: Findings) -> Graph:
    """Read a model's configuration.

    Args:
        entry: As `keras.saving.serialize_keras_object` has it, or config.json of a `.keras` file.
        findings: Told of every layer and connection that figurate has not; then the graph lacks them.

    Raises:
        FileFormatError: The configuration has another form.
    """
    try:
        reader = _Reader(findings)
        found, shape = reader.model(entry, "", ())
        size = None if shape is None else _without_batch(shape)
        given = None if shape is None or size is not None else shown(tuple(shape[1:]))
        return Graph(str(entry["config"].get("name") or "model"), size, found, reader.sources, given)
    except FigurateError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        raise FileFormatError(
            f"Cannot read {findings.what}: its configuration is not that of a Keras model ({type(error).__name__}: "
            f"{shown(str(error))[1:-1]}). Save it again with Keras 3."
        ) from error


class _Reader:
    """Reads models and the models within them, and counts what it has met."""

    def __init__(self, findings: Findings) -> None:
        self.sources: list[Source] = []
        self._findings = findings
        self._names: Counter[str] = Counter()
        self._count = 0

    def model(
        self, entry: Mapping[str, Any], path: str, names: tuple[str, ...]
    ) -> tuple[list[Layer], Sequence[Any] | None]:
        """The layers of a model, and the shape of a batch of its figures."""
        if entry["class_name"] not in _MODELS or not keras_layers.is_kerass(entry):
            name = str(entry["config"].get("name") or entry["class_name"])
            self._findings.cannot(name, "subclassed models run code; expected a `Sequential` or a functional model")
            return [], None
        config = entry["config"]
        if len(config["layers"]) > MOST_LAYERS:
            raise self._too_many()
        if config.get("trainable", True) is not True:
            self._findings.otherwise(str(config.get("name")), "it is frozen (trainable=False)")
        if "input_layers" in config:
            return self._functional(config, path, names)
        found: list[Layer] = []
        shape = config.get("build_input_shape") or (entry.get("build_config") or {}).get("input_shape")
        for one, group in _with_groups(config["layers"], path):
            if one["class_name"] == "InputLayer":
                shape = _input_shape(one)
            else:
                found += self._layers(one, group, names)
        return found, shape

    def _layers(self, entry: Mapping[str, Any], group: str, names: tuple[str, ...]) -> list[Layer]:
        """The layers that stand for one entry of a model: one, or those of a model within it."""
        self._count += 1
        if self._count > MOST_LAYERS:
            raise self._too_many()
        inner = (*names, str(entry["config"].get("name")))
        if len(inner) > _DEEPEST:
            raise FileFormatError(
                f"Cannot read {self._findings.what}: its configuration is nested more than {_DEEPEST} deep."
            )
        if "layers" in entry["config"]:
            return self.model(entry, f"{group}/", inner)[0]
        layer = keras_layers.read(entry, self._findings)
        if layer is None:
            return []
        # Models within models may have layers of one name; in figurate's they stand side by side.
        taken = self._names[layer.name]
        self._names[layer.name] += 1
        if taken:
            layer.name = f"{'_'.join(inner)}_{taken}"
        self.sources.append(Source(layer, group, inner))
        return [layer]

    def _too_many(self) -> FileFormatError:
        return FileFormatError(f"Cannot read {self._findings.what}: it has more than {MOST_LAYERS} layers.")

    # -- functional models -------------------------------------------------------------------------------------------

    def _functional(
        self, config: Mapping[str, Any], path: str, names: tuple[str, ...]
    ) -> tuple[list[Layer], Sequence[Any] | None]:
        ends = [config["input_layers"], config["output_layers"]]
        if any(isinstance(one, Mapping) for one in ends):
            self._findings.cannot(
                str(config.get("name")),
                "its inputs or outputs are a dict; models here have one of each, without a name",
            )
            return [], None
        inputs, outputs = (_ends(one) for one in ends)
        before: dict[str, list[str]] = {}
        made: dict[str, list[Layer]] = {}
        adds: set[str] = set()
        shape = None
        for entry, group in _with_groups(config["layers"], path):
            name = str(entry["name"])
            before[name] = self._inputs_of(entry)
            if entry["class_name"] == "InputLayer":
                shape = _input_shape(entry)
            elif entry["class_name"] == "Add" and keras_layers.is_kerass(entry):
                adds.add(name)
            elif len(before[name]) > 1:
                kind = shown(entry["class_name"])[1:-1]
                self._findings.cannot(
                    name, f"there is no layer `{kind}`: it takes several inputs; here `Add` alone does"
                )
            else:
                made[name] = self._layers(entry, group, names)
        if len(inputs) != 1 or len(outputs) != 1:
            self._findings.cannot(
                str(config.get("name")),
                f"it has {len(inputs)} inputs and {len(outputs)} outputs; models here have one of each",
            )
            return [], None
        chains = Chains(before, made, adds, self._findings)
        return chains.between(inputs[0], outputs[0]), shape

    def _inputs_of(self, entry: Mapping[str, Any]) -> list[str]:
        """The layers whose outputs this one takes; one above the most that are added stands for more."""
        nodes = entry["inbound_nodes"]
        if len(nodes) > 1:
            self._findings.cannot(str(entry["name"]), f"it is used {len(nodes)} times; a layer here has one place")
        found = (name for node in nodes[:1] for name in _tensors([node["args"], list(node["kwargs"].values())]))
        return list(islice(found, MOST_ADDED + 1))


def _with_groups(entries: Sequence[Mapping[str, Any]], path: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Each layer with its group in the file of weights, which Keras names by class, counting each."""
    counts: Counter[str] = Counter()
    for entry in entries:
        stem = snake_case(entry["class_name"])
        number = counts[stem]
        counts[stem] += 1
        yield entry, f"{path}layers/{stem}_{number}" if number else f"{path}layers/{stem}"


def _tensors(value: object) -> Iterator[str]:
    """The names of the layers whose outputs stand in a node's arguments."""
    if isinstance(value, Mapping):
        if value.get("class_name") == "__keras_tensor__":
            yield str(value["config"]["keras_history"][0])
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _tensors(one)


def _ends(value: Sequence[Any]) -> list[str]:
    """The layers of ["dense", 0, 0], or of several such."""
    return [value[0]] if isinstance(value[0], str) else [str(end[0]) for end in value]


def _input_shape(entry: Mapping[str, Any]) -> Sequence[Any]:
    config = entry["config"]
    found: Sequence[Any] = config.get("batch_shape") or config["batch_input_shape"]
    return found


def _without_batch(shape: Sequence[Any]) -> FigureShape | None:
    """(None, 28, 28) as (28, 28); None where a size is left open."""
    sizes = tuple(shape[1:])
    if not sizes or len(sizes) > 8 or not all(type(size) is int and size > 0 for size in sizes):
        return None
    return sizes
