"""The JSON document of a model file: written from a model, and read back with every part checked.

Reading makes layers and settings through closed lists, and allocates nothing for weights: `Description.shapes` says
which arrays the file must hold. docs/file-format.md states the rules.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn, TypeVar

from figurate import layers
from figurate.errors import ConfigurationError, FigurateError, FileFormatError, shown
from figurate.layers import InputLayer, Layer
from figurate.models.container import Header
from figurate.parameters import LARGEST_SEED
from figurate.training.compiled import Compiled
from figurate.training.data import InputRange

T = TypeVar("T")

# A figure of 4096 × 4096; the products of sizes that a file may ask for stay within memory.
LARGEST_FIGURE = 2**24
_MOST_LAYERS = 1000
_FIELDS = frozenset(
    {
        "checksum",
        "format_version",
        "library_version",
        "contents",
        "name",
        "seed",
        "input_shape",
        "layers",
        "class_names",
        "preprocessing",
        "input",
        "compile",
        "training",
        "history",
        "run",
    }
)


@dataclass(frozen=True)
class Description:
    """A checked document.

    Args:
        layers: Built for `input_shape`, belonging to no model yet.
        compiled: None where the model was not compiled.
        iterations, epochs: Steps and epochs made so far.
        slots: The names of the optimizer's arrays; empty without its state.
        history, run: As `values.encode` wrote them, or None.
    """

    name: str
    seed: int
    input_shape: tuple[int, ...]
    layers: list[Layer]
    class_names: list[str] | None
    preprocessing: dict[str, Any] | None
    input_range: InputRange | None
    compiled: Compiled | None
    iterations: int
    epochs: int
    slots: list[str]
    history: Any
    run: Any

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Every array that the layers and the optimizer need, by name."""
        trained = weight_shapes(self.layers, trainable=True)
        state = {f"optimizer.{slot}.{name}": shape for slot in self.slots for name, shape in trained.items()}
        return weight_shapes(self.layers) | state


def weight_shapes(built: list[Layer], trainable: bool = False) -> dict[str, tuple[int, ...]]:
    """The arrays of built layers by name, the layer's position in it: "layers.1.kernel".

    Args:
        built: The layers.
        trainable: Whether only those that training changes are meant, for which the optimizer keeps numbers.
    """
    return {
        f"layers.{i}.{spec.name}": spec.shape
        for i, layer in enumerate(built)
        for spec in layer.weight_specs(layer.built_shape)
        if spec.trainable or not trainable
    }


def parse(header: Header) -> Description:
    """Check the document of a model file.

    Raises:
        FileFormatError: Anything in it is missing, unknown or wrong.
    """
    reader = _Reader(header)
    if header.document.get("contents") != "model":
        reader.fail(
            f"it holds {shown(header.document.get('contents'))} and not a model. Use `model.load_weights` for weights "
            "alone"
        )
    for field in sorted(_FIELDS ^ set(header.document)):
        reader.fail(
            f"its document {'lacks' if field in _FIELDS else 'has an unknown'} field {shown(field)}. It was altered"
        )
    input_shape = reader.shape("input_shape")
    found = reader.layers(input_shape)
    training = reader.mapping("training", {"iterations", "epochs", "slots"})
    chosen = header.document["compile"]
    return Description(
        name=reader.text("name"),
        seed=reader.whole("seed", header.document["seed"], LARGEST_SEED),
        input_shape=input_shape,
        layers=found,
        class_names=reader.class_names(found[-1]),
        preprocessing=reader.optional("preprocessing", dict),
        input_range=reader.input_range(),
        compiled=None if chosen is None else reader.made("compile", lambda: Compiled.from_config(chosen)),
        iterations=reader.whole("iterations", training["iterations"], 2**63 - 1),
        epochs=reader.whole("epochs", training["epochs"], 2**63 - 1),
        slots=reader.slots(training["slots"]),
        history=reader.optional("history", dict),
        run=reader.optional("run", dict),
    )


def _built_layer(entry: object, shape: tuple[int, ...]) -> tuple[Layer, tuple[int, ...]]:
    """The layer that `entry` describes, built for figures of `shape`, and the shape that it gives."""
    layer = layers.deserialize(entry)
    if isinstance(layer, InputLayer):
        raise ConfigurationError("`InputLayer` is no layer of a file; the shape stands in 'input_shape'")
    layer.build((None, *shape))
    return layer, layer.output_shape_of(shape)


class _Reader:
    """Reads the parts of one document, and names the file in every error."""

    def __init__(self, header: Header) -> None:
        self._document = header.document
        self._path = header.path

    def fail(self, found: str) -> NoReturn:
        raise FileFormatError(f"Cannot read {self._path!r} as a figurate model: {found}.")

    def made(self, field: str, make: Callable[[], T]) -> T:
        """What `make` returns; its complaints become this file's."""
        try:
            return make()
        except (FigurateError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise FileFormatError(
                f"Cannot read {self._path!r} as a figurate model: its field {field!r} is wrong: {error}"
            ) from error

    def whole(self, field: str, value: object, high: int) -> int:
        if type(value) is not int or not 0 <= value <= high:
            self.fail(f"its field {field!r} is {shown(value)}, expected a whole number from 0 to {high}")
        return value

    def text(self, field: str) -> str:
        value = self._document[field]
        if not isinstance(value, str) or not value:
            self.fail(f"its field {field!r} is {shown(value)}, expected a text")
        return value

    def optional(self, field: str, kind: type[T]) -> T | None:
        value = self._document[field]
        if value is not None and not isinstance(value, kind):
            self.fail(f"its field {field!r} is {shown(value)}, expected null or an object")
        return value

    def mapping(self, field: str, names: set[str]) -> Mapping[str, Any]:
        value = self._document[field]
        if not isinstance(value, dict) or set(value) != names:
            self.fail(f"its field {field!r} is {shown(value)}, expected an object with {', '.join(sorted(names))}")
        return value

    def shape(self, field: str) -> tuple[int, ...]:
        value = self._document[field]
        sizes = value if isinstance(value, list) else []
        if not 1 <= len(sizes) <= 8 or not all(type(size) is int and 1 <= size <= LARGEST_FIGURE for size in sizes):
            self.fail(f"its field {field!r} is {shown(value)}, expected up to 8 sizes of at least 1")
        if math.prod(sizes) > LARGEST_FIGURE:
            self.fail(f"its figures would have {math.prod(sizes):,} values, more than {LARGEST_FIGURE:,}")
        return tuple(sizes)

    def layers(self, input_shape: tuple[int, ...]) -> list[Layer]:
        """The layers, each built for what the one before gives."""
        entries = self._document["layers"]
        if not isinstance(entries, list) or not 1 <= len(entries) <= _MOST_LAYERS:
            self.fail(f"its field 'layers' is {shown(entries)}, expected a list of 1 to {_MOST_LAYERS} layers")
        found: list[Layer] = []
        names: set[str] = set()
        current = input_shape
        for i, entry in enumerate(entries):
            layer, current = self.made(f"layers[{i}]", partial(_built_layer, entry, current))
            for one in layer.walk():
                values = math.prod(one.output_shape_of(one.built_shape))
                if values > LARGEST_FIGURE:
                    self.fail(f"its layer {i} would give {values:,} values a figure, more than {LARGEST_FIGURE:,}")
                if one.name in names:
                    self.fail(f"two of its layers have the name {shown(one.name)}")
                names.add(one.name)
            if len(names) > _MOST_LAYERS:
                self.fail(f"it has more than {_MOST_LAYERS} layers, those within others among them")
            found.append(layer)
        return found

    def class_names(self, last: Layer) -> list[str] | None:
        names = self._document["class_names"]
        outputs = math.prod(last.output_shape_of(last.built_shape))
        if names is None:
            return None
        if not isinstance(names, list) or len(names) != outputs or not all(isinstance(name, str) for name in names):
            self.fail(f"its field 'class_names' is {shown(names)}, expected {outputs} texts, one an output")
        return names

    def input_range(self) -> InputRange | None:
        if self._document["input"] is None:
            return None
        value = self.mapping("input", {"minimum", "maximum", "dtype"})
        low, high, dtype = value["minimum"], value["maximum"], value["dtype"]
        numbers = all(type(number) in (int, float) and math.isfinite(number) for number in (low, high))
        if not numbers or low > high or not isinstance(dtype, str) or not re.fullmatch(r"[a-z]+[0-9]*", dtype):
            self.fail(f"its field 'input' is {shown(value)}, expected two numbers in order and a number type")
        return InputRange(float(low), float(high), dtype)

    def slots(self, value: object) -> list[str]:
        if not isinstance(value, list) or not all(
            isinstance(name, str) and re.fullmatch("[a-z_]{1,32}", name) for name in value
        ):
            self.fail(f"its field 'slots' is {shown(value)}, expected a list of names")
        if len(set(value)) != len(value):
            self.fail(f"its field 'slots' is {shown(value)}, expected no name twice")
        return value
