"""`Preset`: a network and the recipe that trains it. Knows no one preset.

What figures and labels tell of themselves is given.py's matter. The library is imported where it is used, so that the
command line's help can list the presets at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from figurate.callbacks import Callback
    from figurate.layers import Layer
    from figurate.losses import Loss
    from figurate.models import Sequential
    from figurate.optimizers import Optimizer

# What recipes are made for, where nothing else is known: MNIST's.
USUAL_FIGURES = 60_000


@dataclass(frozen=True)
class Recipe:
    """How a network is trained.

    Attributes:
        epochs: Rounds over all figures, for sets of MNIST's size; see `epochs_for`.
        batch_size: Figures a step.
        learning_rate: The highest.
        optimizer: Makes the optimizer of the highest learning rate and the number of steps that will be made.
        loss: A name, or what makes an object, as `compile` takes it. `Preset.fit` brings labels into its form.
        augmentation: Makes the layers that change figures by chance while they are learned from, whose values are 0..1;
            None: none.
        unchanged: The share of the epochs, the last ones, in which figures are left as they are: see
            `callbacks.StopAugmentation`. 0, the default: none.
        least_steps: As few steps as this teach the network anything.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    optimizer: Callable[[float, int], Optimizer]
    loss: str | Callable[[], Loss] = "sparse_categorical_crossentropy"
    augmentation: Callable[[], list[Layer]] | None = None
    unchanged: float = 0.0
    least_steps: int = 0

    def epochs_for(self, figures: int, batch_size: int | None = None) -> int:
        """Rounds over so many figures: the recipe's, and for small sets as many more as make `least_steps` steps.

        Example:
            >>> from figurate import presets
            >>> recipe = presets.get("fast").recipe
            >>> recipe.epochs_for(60000), recipe.epochs_for(1000)
            (2, 63)
        """
        return max(self.epochs, math.ceil(self.least_steps / steps_of(figures, batch_size or self.batch_size)))

    def unchanged_epochs(self, epochs: int) -> int:
        """How many of so many epochs leave figures as they are: `unchanged` of them, rounded up, but never all.

        Example:
            >>> from figurate import presets
            >>> recipe = presets.get("best").recipe
            >>> recipe.unchanged_epochs(16), recipe.unchanged_epochs(1)
            (1, 0)
        """
        return min(math.ceil(self.unchanged * epochs), epochs - 1)


@dataclass(frozen=True)
class Preset:
    """A network with its recipe.

    Attributes:
        name: To get it by.
        description: What it is for, in a few words.
        layers: Makes the network's layers for figures (height, width, channels) and a number of classes: without
            `Input`, rescaling and augmentation, which `build` puts before them.
        recipe: How it is trained.
        things: What `get(…, kind="things")` gives instead, for pictures of things; None: the same. See `with_things`.
        planes: Whether the network reads planes of channels, so that figures (28, 28) become (28, 28, 1). One that
            doesn't takes figures of any shape.

    Example:
        >>> from figurate import presets
        >>> [type(layer).__name__ for layer in presets.get("lesson").layers((28, 28, 1), 10)]
        ['Flatten', 'Dense', 'Dense']
    """

    name: str
    description: str
    layers: Callable[[tuple[int, ...], int], list[Layer]]
    recipe: Recipe
    things: Preset | None = None
    planes: bool = True

    def __repr__(self) -> str:
        return f"<Preset {self.name!r}: {self.description}>"

    def with_things(self, layers: Callable[[tuple[int, ...], int], list[Layer]] | None = None, **recipe: Any) -> Preset:
        """The same, with another recipe for pictures of things, and another network where they need one.

        Args:
            layers: In place of the preset's; None: its own.
            recipe: Fields of `Recipe` in place of the preset's, such as `epochs=7`.

        Example:
            >>> from figurate import presets
            >>> patient = presets.get("lesson").with_things(epochs=30)
            >>> patient.recipe.epochs, patient.things.recipe.epochs
            (20, 30)
        """
        return replace(
            self,
            things=replace(self, layers=layers or self.layers, recipe=replace(self.recipe, **recipe), things=None),
        )

    def build(
        self,
        input_shape: Sequence[int],
        classes: int,
        *,
        seed: int | None = None,
        class_names: Sequence[str] | None = None,
        rescale: bool = True,
        augmentation: Sequence[Layer] | Literal["recipe"] | None = "recipe",
        learning_rate: float | None = None,
        steps: int | None = None,
    ) -> Sequential:
        """The compiled model, to be trained by its own `fit`: `Input`, `Rescaling`, augmentation, the network.

        Callbacks are that `fit`'s matter: "best" is meant to be trained with `callbacks.StopAugmentation()`.

        Args:
            input_shape: Of one figure: (height, width) or (height, width, channels); 8 to 64 pixels, 1 to 4 channels,
                but for "lesson", which takes any.
            classes: How many there are, at least 2.
            seed: Of initial weights and the order of figures, see `Sequential`.
            class_names: A name for each class, to be saved with the model.
            rescale: Whether pixels come as 0..255 and are divided by 255; False: they come as 0..1.
            augmentation: Layers that change figures by chance while they are learned from, in place of the recipe's;
                None: none.
            learning_rate: The highest, in place of the recipe's.
            steps: That `fit` will make, for what goes by them; None: as the recipe makes of 60,000 figures.

        Raises:
            ShapeError: The shape is none of a figure, or its size or channels are out of range.
            ConfigurationError: An argument is wrong.

        Example:
            >>> from figurate import presets
            >>> model = presets.get("fast").build((28, 28), 10, seed=1)
            >>> model.input_shape, model.output_shape
            ((None, 28, 28, 1), (None, 10))
        """
        from figurate.layers import Input, Rescaling
        from figurate.models import Sequential
        from figurate.presets import given

        shape = given.figure_shape(input_shape, self.planes)
        first = [*shape, 1] if self.planes and len(shape) == 2 else shape
        recipe = self.recipe
        changes: Sequence[Layer] = ()
        if augmentation == "recipe":
            changes = recipe.augmentation() if recipe.augmentation is not None else ()
        elif augmentation is not None:
            changes = given.augmentation(augmentation)
        model = Sequential(
            [
                Input(first),
                *([Rescaling(1 / 255)] if rescale else []),
                *changes,
                *self.layers((*shape, 1)[:3], given.class_count(classes)),
            ],
            seed=seed,
        )
        model.class_names = class_names
        loss = recipe.loss if isinstance(recipe.loss, str) else recipe.loss()
        optimizer = recipe.optimizer(
            recipe.learning_rate if learning_rate is None else learning_rate,
            steps or recipe.epochs * steps_of(USUAL_FIGURES, recipe.batch_size),
        )
        model.compile(optimizer, loss, metrics=["accuracy"])
        return model

    def fit(
        self,
        x: Any,
        y: Any,
        *,
        validation_data: Any = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        augmentation: Sequence[Layer] | Literal["recipe"] | None = "recipe",
        class_names: Sequence[str] | None = None,
        seed: int | None = None,
        threads: int | None = None,
        verbose: str | int = "auto",
        callbacks: Any = None,
    ) -> Sequential:
        """Train the network by its recipe and return it.

        The figures tell their shape and whether their pixels are 0..255, which the model then divides by 255 itself, or
        0..1; the labels tell the number of classes.

        Args:
            x: Figures, (n, height, width) or (n, height, width, channels): whole numbers 0..255, or 0..1.
            y: Labels: (n,) whole numbers from 0 on, or rows of 0 and one 1, (n, classes).
            validation_data: (x, y), validated after every epoch.
            epochs: Rounds over the figures; None: the recipe's, more for small sets (`Recipe.epochs_for`).
            batch_size: Figures a step; None: the recipe's.
            learning_rate, augmentation, class_names, seed: See `build`.
            threads, verbose, callbacks: See `Sequential.fit`.

        Returns:
            The trained model; its `history` has the losses and accuracies.

        Raises:
            ShapeError, DataError: Figures or labels do not fit; the message says how to mend it.
            ConfigurationError: An argument is wrong.
            KeyboardInterrupt: Ctrl-C. What was learned is lost with the model; to keep it, call `fit` of what `build`
                returns, or pass `callbacks.ModelCheckpoint`.

        Example:
            >>> model = presets.get("fast").fit(x_train, y_train)  # doctest: +SKIP
            >>> model.save("digits.safetensors")  # doctest: +SKIP
        """
        from figurate.callbacks.callback_list import as_callbacks
        from figurate.presets import given

        data = given.Given.of(x, y, validation_data, None if class_names is None else len(class_names), self.planes)
        recipe, count = self.recipe, len(data.x)
        batch_size = given.whole("batch_size", batch_size, recipe.batch_size)
        epochs = given.whole("epochs", epochs, recipe.epochs_for(count, batch_size))
        model = self.build(
            data.x.shape[1:],
            data.classes,
            seed=seed,
            class_names=class_names,
            rescale=data.rescale,
            augmentation=augmentation,
            learning_rate=learning_rate,
            steps=epochs * steps_of(count, batch_size),
        )
        assert model.loss is not None  # `build` chose one
        train, validation = data.for_loss(model.loss)
        model.fit(
            *train,
            batch_size=batch_size,
            epochs=epochs,
            validation_data=validation,
            callbacks=[*callbacks_of(recipe, model, epochs), *as_callbacks(callbacks)],
            threads=threads,
            verbose=verbose,
        )
        return model


def steps_of(figures: int, batch_size: int) -> int:
    """Steps that an epoch makes; the last may be of fewer figures."""
    return max(math.ceil(figures / batch_size), 1)


def ema_momentum(steps: int) -> float:
    """Of averages over the last twentieth of a training, but over 1000 steps at most; see `use_ema` of optimizers.

    An average that reaches further back would remember the initial weights.

    Example:
        >>> ema_momentum(30_000), ema_momentum(400), ema_momentum(1)
        (0.999, 0.95, 0.0)
    """
    return 1 - 1 / min(max(steps // 20, 1), 1000)


def callbacks_of(recipe: Recipe, model: Sequential, epochs: int) -> list[Callback]:
    """What a recipe wants done in a training of so many epochs, before the user's own callbacks.

    Where the optimizer averages the weights, validation and later callbacks see the averages, which are what the model
    is in the end; and the last epochs see figures as they are, where the recipe says so.
    """
    from figurate.callbacks import StopAugmentation, SwapEMAWeights

    unchanged = recipe.unchanged_epochs(epochs)
    return [
        *([SwapEMAWeights(swap_on_epoch=True)] if model.optimizer.use_ema else []),
        *([StopAugmentation(unchanged)] if unchanged > 0 else []),
    ]
