"""The JSON document of a model file: written from a model, and read back with every part checked.

Reading makes layers and settings through closed lists, and allocates nothing for weights: `Description.shapes` says
which arrays the file must hold. docs/file-format.md states the rules.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn, TypeVar

from figurate import layers
from figurate.errors import ConfigurationError, FigurateError, FileFormatError, shown
from figurate.figures import FigurePreprocessing
from figurate.layers import InputLayer, Layer
from figurate.models.container import Header
from figurate.parameters import LARGEST_SEED
from figurate.training.compiled import Compiled
from figurate.training.data import InputRange

T = TypeVar("T")

# A figure of 4096 × 4096; the products of sizes that a file may ask for stay within memory.
LARGEST_FIGURE = 2**24
_MOST_LAYERS = 1000
_MOST_MEMBERS, _MOST_LAYERS_OF_ALL = 1000, 20_000
_ABOUT_THE_FILE = frozenset({"checksum", "format_version", "library_version", "contents"})
_FIELDS = frozenset(
    {
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
    preprocessing: FigurePreprocessing | None
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


def member_prefix(number: int) -> str:
    """What the names of the arrays of an ensemble's member begin with; members are counted from 0."""
    return f"members.{number}."


def referred(names: Iterable[str], prefix: str) -> list[str]:
    """Those of a file's arrays that the history and the run of a model refer to, if its arrays begin with `prefix`."""
    return [name for name in names if name.startswith((f"{prefix}run.", f"{prefix}history."))]


def parse(header: Header) -> dict[str, Description]:
    """Check the document of a model file, or of an ensemble's.

    Returns:
        Each model, by what the names of its arrays begin with: one with "", or an ensemble's members.

    Raises:
        FileFormatError: Anything in it is missing, unknown or wrong.
    """
    contents, reader = header.document.get("contents"), _Reader(header.path, header.document)
    if contents == "model":
        reader.fields(_ABOUT_THE_FILE | _FIELDS)
        return {"": _description(reader)}
    if contents != "ensemble":
        reader.fail(f"it holds {shown(contents)} and not a model. Use `model.load_weights` for weights alone")
    reader.fields(_ABOUT_THE_FILE | {"name", "members"})
    reader.text("name")
    members = header.document["members"]
    if not isinstance(members, list) or not 1 <= len(members) <= _MOST_MEMBERS:
        reader.fail(f"its field 'members' is {shown(members)}, expected a list of 1 to {_MOST_MEMBERS} models")
    found: dict[str, Description] = {}
    count = 0
    for i, member in enumerate(members):
        description = found[member_prefix(i)] = _member(header.path, i, member)
        count += sum(1 for layer in description.layers for _ in layer.walk())
        if count > _MOST_LAYERS_OF_ALL:
            reader.fail(f"its members have more than {_MOST_LAYERS_OF_ALL:,} layers")
    return found


def _member(path: str, number: int, document: object) -> Description:
    """One model of an ensemble."""
    reader = _Reader(path, document if isinstance(document, dict) else {}, f"in member {number} ")
    reader.fields(_FIELDS)
    description = _description(reader)
    if description.run is not None:
        reader.fail("the field 'run' is no null, expected it of a member. It was altered")
    return description


def _description(reader: _Reader) -> Description:
    document = reader.document
    input_shape = reader.shape("input_shape")
    found = reader.layers(input_shape)
    training = reader.mapping("training", {"iterations", "epochs", "slots"})
    chosen = document["compile"]
    return Description(
        name=reader.text("name"),
        seed=reader.whole("seed", document["seed"], LARGEST_SEED),
        input_shape=input_shape,
        layers=found,
        class_names=reader.class_names(found[-1]),
        preprocessing=reader.preprocessing(input_shape),
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
    """Reads the parts of one model's document, and names the file in every error."""

    def __init__(self, path: str, document: Mapping[str, Any], where: str = "") -> None:
        self.document = document
        self._path = path
        self._where = where

    def fail(self, found: str) -> NoReturn:
        raise FileFormatError(f"Cannot read {self._path!r} as a figurate model: {self._where}{found}.")

    def fields(self, expected: frozenset[str]) -> None:
        """Complain unless the document has exactly these fields."""
        for field in sorted(expected ^ set(self.document)):
            known = "lacks" if field in expected else "has an unknown"
            self.fail(f"its document {known} field {shown(field)}. It was altered")

    def made(self, field: str, make: Callable[[], T]) -> T:
        """What `make` returns; its complaints become this file's."""
        try:
            return make()
        except (FigurateError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise FileFormatError(
                f"Cannot read {self._path!r} as a figurate model: {self._where}its field {field!r} is wrong: {error}"
            ) from error

    def whole(self, field: str, value: object, high: int) -> int:
        if type(value) is not int or not 0 <= value <= high:
            self.fail(f"its field {field!r} is {shown(value)}, expected a whole number from 0 to {high}")
        return value

    def text(self, field: str) -> str:
        value = self.document[field]
        if not isinstance(value, str) or not value:
            self.fail(f"its field {field!r} is {shown(value)}, expected a text")
        return value

    def optional(self, field: str, kind: type[T]) -> T | None:
        value = self.document[field]
        if value is not None and not isinstance(value, kind):
            self.fail(f"its field {field!r} is {shown(value)}, expected null or an object")
        return value

    def mapping(self, field: str, names: set[str]) -> Mapping[str, Any]:
        value = self.document[field]
        if not isinstance(value, dict) or set(value) != names:
            self.fail(f"its field {field!r} is {shown(value)}, expected an object with {', '.join(sorted(names))}")
        return value

    def shape(self, field: str) -> tuple[int, ...]:
        value = self.document[field]
        sizes = value if isinstance(value, list) else []
        if not 1 <= len(sizes) <= 8 or not all(type(size) is int and 1 <= size <= LARGEST_FIGURE for size in sizes):
            self.fail(f"its field {field!r} is {shown(value)}, expected up to 8 sizes of at least 1")
        if math.prod(sizes) > LARGEST_FIGURE:
            self.fail(f"its figures would have {math.prod(sizes):,} values, more than {LARGEST_FIGURE:,}")
        return tuple(sizes)

    def layers(self, input_shape: tuple[int, ...]) -> list[Layer]:
        """The layers, each built for what the one before gives."""
        entries = self.document["layers"]
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
        names = self.document["class_names"]
        outputs = math.prod(last.output_shape_of(last.built_shape))
        if names is None:
            return None
        if not isinstance(names, list) or len(names) != outputs or not all(isinstance(name, str) for name in names):
            self.fail(f"its field 'class_names' is {shown(names)}, expected {outputs} texts, one an output")
        return names

    def preprocessing(self, input_shape: tuple[int, ...]) -> FigurePreprocessing | None:
        config = self.optional("preprocessing", dict)
        if config is None:
            return None
        form = self.made("preprocessing", lambda: FigurePreprocessing.from_config(config))
        if math.prod(form.figure_shape) != math.prod(input_shape):
            self.fail(f"its field 'preprocessing' makes figures of {form.figure_shape}, the model takes {input_shape}")
        return form

    def input_range(self) -> InputRange | None:
        if self.document["input"] is None:
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
