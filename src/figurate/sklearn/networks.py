"""What `network=` becomes: a preset, or a network of one's own, and how each is trained.

Neither sees labels or weights; `choose` says which of the two it is.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from sklearn.preprocessing import StandardScaler

from figurate import layers, presets
from figurate.callbacks import Callback
from figurate.errors import ConfigurationError, ShapeError, shown
from figurate.layers import Dense, Layer
from figurate.losses import BinaryCrossentropy, SparseCategoricalCrossentropy
from figurate.models import Sequential, clone_model
from figurate.models.probabilities import gives_scores
from figurate.optimizers import Adam
from figurate.optimizers.schedules import LearningRateSchedule
from figurate.presets import Preset, given
from figurate.presets.base import callbacks_of
from figurate.sklearn import figures

NetworkFunction = Callable[[tuple[int, ...], int], Sequential]

_OWN_EPOCHS, _OWN_BATCH = 20, 32
_STEADY_RATE = 0.001
"""Of `partial_fit`: Adam's usual one."""


class Network(ABC):
    """The abstract base of both kinds."""

    @property
    def shape(self) -> tuple[int, ...] | None:
        """The shape of figures that the network was made for; None: it takes what comes."""
        return None

    def standardises(self, shape: tuple[int, ...]) -> bool:
        """Whether rows of this shape are standardised before the network sees them."""
        return False

    @abstractmethod
    def epochs(self, asked: int | None, count: int, batch_size: int | None) -> int:
        """Rounds over `count` figures: what was asked for, or the network's own."""

    @abstractmethod
    def batch_size(self, asked: int | None) -> int:
        """Figures a step: what was asked for, or the network's own."""

    @abstractmethod
    def build(
        self, x: npt.NDArray[Any], shape: tuple[int, ...], classes: npt.NDArray[Any], seed: int, steps: int
    ) -> Sequential:
        """A compiled model with new weights.

        Args:
            x: The training figures.
            shape: Of one of them.
            classes: The labels.
            seed: Of weights and orders.
            steps: That training will make.
        """

    def callbacks(self, model: Sequential, epochs: int) -> list[Callback]:
        """What the network wants done in a training of so many epochs."""
        return []

    def make_steady(self, model: Sequential) -> None:
        """Prepare a model for training in parts that nobody knows the number of."""
        return

    def make_whole(self, model: Sequential, fresh: Sequential) -> None:
        """Prepare a model that was trained in parts for a training that knows its end, as this new one is."""
        return


def choose(
    network: object,
    kind: Literal["characters", "things"],
    learning_rate: float | None,
    augmentation: Sequence[Layer] | Literal["recipe"] | None,
) -> Network:
    """The kind of network that the estimator's arguments ask for.

    Raises:
        ConfigurationError: `network` is none, or another argument does not go with it.
    """
    if isinstance(network, str):
        network = presets.get(network, kind)
    if isinstance(network, Preset):
        return PresetNetwork(network, learning_rate, augmentation)
    if not isinstance(network, Sequential) and not callable(network):
        raise ConfigurationError(
            "`FigureClassifier(network=…)` expects a preset's name, a `presets.Preset`, a `Sequential` or a function "
            f"that makes one of (shape, classes), received {shown(network)}. Known names: {', '.join(presets.names())}."
        )
    if learning_rate is not None or augmentation != "recipe":
        raise ConfigurationError(
            "`FigureClassifier` expects `learning_rate` and `augmentation` with presets alone, received one with a "
            "network of your own. Compile it with the optimizer, and put the layers of augmentation into it."
        )
    return OwnNetwork(network)


@dataclass(frozen=True)
class PresetNetwork(Network):
    """A preset: for pictures as it is, for tables its dense counterpart."""

    preset: Preset
    learning_rate: float | None
    augmentation: Sequence[Layer] | Literal["recipe"] | None

    def standardises(self, shape: tuple[int, ...]) -> bool:
        return len(shape) == 1

    def epochs(self, asked: int | None, count: int, batch_size: int | None) -> int:
        return self.preset.recipe.epochs_for(count, batch_size) if asked is None else asked

    def batch_size(self, asked: int | None) -> int:
        return self.preset.recipe.batch_size if asked is None else asked

    def build(
        self, x: npt.NDArray[Any], shape: tuple[int, ...], classes: npt.NDArray[Any], seed: int, steps: int
    ) -> Sequential:
        if self.standardises(shape):
            preset, first = dense_counterpart(self.preset), []
        else:
            preset, first = self.preset, [*figures.rescaling(x), *self._changes()]
        return preset.build(
            shape,
            len(classes),
            seed=seed,
            class_names=[str(label) for label in classes],
            rescale=False,
            augmentation=first,  # with the rescaling before it, which a preset knows for bytes alone
            learning_rate=self.learning_rate,
            steps=steps,
        )

    def _changes(self) -> list[Layer]:
        if self.augmentation == "recipe":
            made = self.preset.recipe.augmentation
            return [] if made is None else made()
        changes = [] if self.augmentation is None else given.augmentation(self.augmentation)
        # A layer belongs to one model, and these may serve several.
        return [layers.deserialize(layers.serialize(layer)) for layer in changes]

    def callbacks(self, model: Sequential, epochs: int) -> list[Callback]:
        return callbacks_of(self.preset.recipe, model, epochs)

    def make_steady(self, model: Sequential) -> None:
        optimizer = model.optimizer
        if isinstance(optimizer.learning_rate, LearningRateSchedule) or optimizer.use_ema:
            model.compile(Adam(self.learning_rate or _STEADY_RATE), model.loss, metrics=["accuracy"])
        else:
            optimizer.learning_rate = self.learning_rate or _STEADY_RATE

    def make_whole(self, model: Sequential, fresh: Sequential) -> None:
        model.compile(fresh.optimizer, fresh.loss, metrics=["accuracy"])


def with_scaler(model: Sequential, scaler: StandardScaler) -> Sequential:
    """A copy of a dense network for features as they come: what the scaler does is in the first layer's weights."""
    kernel, bias, *others = model.get_weights()
    scaled = kernel / scaler.scale_[:, np.newaxis]
    made = clone_model(model, seed=model.seed)
    made.set_weights([scaled, bias - scaler.mean_ @ scaled, *others])
    made.history = model.history
    return made


def dense_counterpart(preset: Preset) -> Preset:
    """The preset for tables: one hidden layer, as wide as the preset's widest, and its recipe without augmentation.

    Example:
        >>> [layer.units for layer in dense_counterpart(presets.get("fast")).layers((30,), 3)]
        [64, 3]
    """

    def network(shape: tuple[int, ...], classes: int) -> list[Layer]:
        hidden = preset.layers((28, 28, 1), classes)[:-1]
        widest = max((getattr(layer, "units", getattr(layer, "filters", 0)) for layer in hidden), default=0)
        return [Dense(max(widest, 1), activation="relu"), Dense(classes, activation="softmax")]

    return replace(
        preset, layers=network, recipe=replace(preset.recipe, augmentation=None, unchanged=0), things=None, planes=False
    )


@dataclass(frozen=True)
class OwnNetwork(Network):
    """A model, of which a copy is trained, or a function that makes one."""

    template: Sequential | NetworkFunction

    @property
    def shape(self) -> tuple[int, ...] | None:
        if isinstance(self.template, Sequential) and self.template.built:
            return tuple(size for size in self.template.input_shape[1:] if size is not None)
        return None

    def epochs(self, asked: int | None, count: int, batch_size: int | None) -> int:
        return _OWN_EPOCHS if asked is None else asked

    def batch_size(self, asked: int | None) -> int:
        return _OWN_BATCH if asked is None else asked

    def build(
        self, x: npt.NDArray[Any], shape: tuple[int, ...], classes: npt.NDArray[Any], seed: int, steps: int
    ) -> Sequential:
        made = self.template if isinstance(self.template, Sequential) else self.template(shape, len(classes))
        if not isinstance(made, Sequential):
            raise ConfigurationError(
                f"`FigureClassifier(network=…)` expects a function that returns a `Sequential`, received {shown(made)}."
            )
        model = clone_model(made, seed=seed)
        if not model.built:
            model.build((None, *shape))
        outputs = math.prod(size for size in model.output_shape[1:] if size is not None)
        if outputs != len(classes) and (outputs, len(classes)) != (1, 2):
            raise ShapeError(
                f"`FigureClassifier(network=…)` expects a network of {len(classes)} outputs, one a class, received "
                f"{outputs}. Give its last layer {len(classes)} units."
            )
        if outputs > 1:
            model.class_names = [str(label) for label in classes]
        if model.compiled_or_none is None or model.loss is None:
            kind = BinaryCrossentropy if outputs == 1 else SparseCategoricalCrossentropy
            model.compile("adam", kind(from_logits=gives_scores(model.layers)), metrics=["accuracy"])
        return model
