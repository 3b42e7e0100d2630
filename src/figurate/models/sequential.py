"""`Sequential`: a model that is a list of layers: predicts, prints its summary, saves itself, and learns.

Layers and weights are `stack.py`'s matter, training and evaluation `trainable.py`'s; this file adds what a finished
model does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from typing import Any, NoReturn, Self

import numpy as np
import numpy.typing as npt

from figurate import layers as layer_kinds, utils
from figurate.errors import ConfigurationError, UnsupportedError, shown
from figurate.layers import Layer
from figurate.layers.rescaling import divides_bytes
from figurate.models import html, runs, saving, summary
from figurate.models.exporting import Exporting
from figurate.models.probabilities import Link, computing, link_of
from figurate.models.reader import PictureReader
from figurate.models.to_foreign import ForeignFormats
from figurate.models.trainable import TrainableStack
from figurate.naming import unique_name
from figurate.parameters import Text
from figurate.training import arguments, augmentation, data, prediction
from figurate.training.compiled import Compiled


class Sequential(TrainableStack, PictureReader, Exporting, ForeignFormats):
    """A network that is a list of layers, one after the other.

    Args:
        layers: The layers; may begin with `Input(shape=…)`. None: none yet, see `add`.
        name: None gives sequential, sequential_1, … as Keras counts.
        seed: Of initial weights, the order of figures and dropout, from 0 to 2**64 - 1. None takes one by
            `utils.set_random_seed`, or from the operating system.
        trainable: Only True.

    Attributes:
        class_names: A name for each output, or None; saved with the model.
        preprocessing: The form of the training figures, a `figures.FigurePreprocessing`, or None; saved with the model.

    Raises:
        ConfigurationError: An entry is no layer, or an argument is wrong.
        ShapeError: A layer does not fit the one before it.

    Example:
        >>> from figurate.layers import Dense, Flatten, Input
        >>> model = Sequential([Input((28, 28)), Flatten(), Dense(20, "relu"), Dense(10, "softmax")])
        >>> model.count_params()
        15910
    """

    def __init__(
        self,
        layers: Iterable[Layer] | None = None,
        trainable: bool = True,
        name: str | None = None,
        *,
        seed: int | None = None,
    ) -> None:
        if trainable is not True:
            raise ConfigurationError(
                f"`Sequential(trainable=…)` expects True, received {shown(trainable)}: all layers train together. "
                "Leave it out."
            )
        if layers is not None and (isinstance(layers, (Layer, str)) or not isinstance(layers, Iterable)):
            raise ConfigurationError(
                f"`Sequential` expects a list of layers, received {shown(layers)}. Write `Sequential([...])`."
            )
        given = arguments.optional_seed("Sequential", seed)
        self.name: str = unique_name("Sequential") if name is None else Text().check("Sequential", "name", name)
        self._class_names: list[str] | None = None
        super().__init__(layers or [], utils.next_seed() if given is None else given)

    @property
    def class_names(self) -> list[str] | None:
        """A name for each output, or None."""
        return None if self._class_names is None else list(self._class_names)

    @class_names.setter
    def class_names(self, names: Sequence[str] | None) -> None:
        if names is not None:
            _ = self.network  # complains where the model is not built
            outputs = math.prod(self._output_sizes)
            if isinstance(names, str) or len(names) != outputs or not all(isinstance(name, str) for name in names):
                raise ConfigurationError(
                    f"`class_names` expects {outputs} strings, one an output, received {shown(names)}."
                )
        self._class_names = None if names is None else list(names)

    # -- predict -----------------------------------------------------------------------------------------------------

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        steps: None = None,
        callbacks: Any = None,
        *,
        threads: int | None = None,
    ) -> npt.NDArray[np.float32]:
        """The network's outputs for figures. Safe to call from several threads at once; x is never changed.

        Args:
            x: Figures, (n, *shape), or one figure of the model's shape, without the batch axis.
            batch_size: Figures a batch for callbacks that watch batches; the outputs do not depend on it.
            verbose: Without effect: prediction is silent.
            steps: Refused: pass a part of x.
            callbacks: A list of `figurate.callbacks`; their predict hooks are called.
            threads: Of the engine; None: as many as this process may use.

        Returns:
            A new float32 array (n, outputs); (1, outputs) for one figure.

        Raises:
            ShapeError, DataError: x does not fit; the message says how to mend it.

        Example:
            >>> probabilities = model.predict(x_test)  # doctest: +SKIP
        """
        network = self._network
        figures = prediction.quick_figures(x, self._input_shape) if network is not None else None
        if network is None or figures is None:
            array = data.as_array(x, "predict")
            self._build_from(array, "predict")
            prediction.warn(array, self.input_range)
            network = self.network
            figures = prediction.rows(array, network.input_shape)
        elif (trained := self.input_range) is not None and (
            (figures.dtype.char == "B") == trained.within_one or len(figures) > 1
        ):  # of a single figure the rest would take as long as reading it
            prediction.warn(figures, trained)
        used = self._threads if threads is None else arguments.optional_threads("predict", threads) or self._threads
        if callbacks is None and batch_size is None and steps is None:
            return prediction.outputs_of(network, figures, used, self._output_sizes)
        arguments.refuse("predict", steps=steps)
        size = arguments.whole("predict", "batch_size", batch_size, 1, arguments.DEFAULT_BATCH_SIZE)
        watching = self._watched(callbacks, {"steps": -(-len(figures) // size), "batch_size": size})
        return prediction.predict_watched(network, figures, size, used, self._output_sizes, watching)

    def predict_on_batch(self, x: Any) -> npt.NDArray[np.float32]:
        """The network's outputs for one batch: `predict`."""
        return self.predict(x)

    @property
    def link(self) -> Link:
        """What makes probabilities of the outputs; see `probabilities.link_of`."""
        compiled = self.compiled_or_none
        outputs = math.prod(self.network.output_shape)
        return link_of(self.layers, None if compiled is None else compiled.loss, outputs)

    def _get_input_range(self) -> data.InputRange | None:
        if self.input_range is None and _takes_bytes(self.layers):
            return data.InputRange(0.0, 255.0, "uint8")
        return self.input_range

    def augment(self, x: Any, *, epoch: int = 0, seed: int | None = None) -> npt.NDArray[np.float32]:
        """Figures as training meets them in one epoch, changed by the layers of augmentation: to be looked at.

        Args:
            x: Figures, (n, *shape), or one figure of the model's shape, without the batch axis.
            epoch: Which epoch, from 0 on: in each figures change in another way.
            seed: Of the fit; None: the model's.

        Returns:
            A new float32 array (n, *shape): figure i as `fit` meets figure i, after the last layer of augmentation.

        Raises:
            ConfigurationError: The model has no layer of augmentation.
            ShapeError, DataError: x does not fit; the message says how to mend it.

        Example:
            >>> plots.figures(model.augment(x_train[:30]))  # doctest: +SKIP
        """
        self._build_from(data.as_array(x, "augment"), "augment")
        used = arguments.optional_seed("augment", seed)
        return augmentation.augmented(
            self.layers, x, self.network.input_shape, seed=self.seed if used is None else used, epoch=epoch
        )

    def __call__(self, *arguments: object, **named: object) -> NoReturn:
        raise UnsupportedError(
            "A model was called as a function, expected `model.predict(x)`, which gives the same outputs. Functional "
            "models and calls on tensors are not supported."
        )

    # -- summary -----------------------------------------------------------------------------------------------------

    def summary(self, line_length: int | None = None, print_fn: Callable[[str], object] | None = None) -> None:
        """Print a table of layers, output shapes and numbers of parameters, in Keras' form.

        Args:
            line_length: Characters a line; None: as wide as the terminal, 88 at most.
            print_fn: Called with each line; None prints them.
        """
        summary.print_summary(self.name, self.layers, line_length, print_fn)

    def _repr_html_(self) -> str:
        """What a notebook shows: the table of `summary`."""
        return html.stack_html(self.name, self.layers)

    def __repr__(self) -> str:
        return f"<Sequential {self.name!r}: {', '.join(map(repr, self.layers))}>"

    # -- files -------------------------------------------------------------------------------------------------------

    def save(self, filepath: str | PathLike[str], overwrite: bool = True, include_optimizer: bool = True) -> None:
        """Write the model to a file: layers, weights, history, and what training needs to go on.

        Args:
            filepath: Must end in ".safetensors".
            overwrite: Whether an earlier file may be replaced.
            include_optimizer: Whether the optimizer's state goes along.

        Raises:
            ConfigurationError: The model is not built, or the path ends otherwise.
            UnsupportedError: The path ends in another library's format, such as ".keras".
            FileExistsError: The file exists and `overwrite` is False.
            OSError: The file cannot be written; an earlier one is unchanged.
        """
        saving.save(self, filepath, overwrite, include_optimizer)

    def save_weights(self, filepath: str | PathLike[str], overwrite: bool = True) -> None:
        """Write the weights alone. Args and Raises: see `save`."""
        saving.save_weights(self, filepath, overwrite)

    def load_weights(self, filepath: str | PathLike[str]) -> None:
        """Take the weights from a file that `save_weights` or `save` wrote, for the same layers.

        Raises:
            FileFormatError: The file is damaged, or its weights are those of another network.
            ConfigurationError: The model is not built yet.
        """
        _ = self.network
        self.set_weights(saving.read_weights(filepath, self.layers))

    def save_run(self, filepath: str | PathLike[str], run: dict[str, Any]) -> None:
        """Write the model with the state of a run; for `BackupAndRestore`."""
        saving.save(self, filepath, run=run)

    def restore_run(self, filepath: str | PathLike[str], check: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
        """Become the model in the file as it was in its run, and return that run's state; for `BackupAndRestore`.

        Args:
            filepath: Written by `save_run`.
            check: Called with the state before anything of this model changes.

        Raises:
            FileFormatError: The file is damaged or holds no run.
            ConfigurationError: It holds another network, loss or optimizer.
        """
        saved = saving.read(filepath)
        run = runs.run_of(saved, self)
        check(run)
        # Callbacks may have changed the learning rate since the beginning.
        self.optimizer.learning_rate = saved.compiled.optimizer.learning_rate
        self.take_state(saved, self.compiled)
        return run

    def take_state(self, saved: saving.Saved, compiled: Compiled | None) -> None:
        """Take weights, seed, counts and the optimizer's state from a file of the same network; for `load_model`.

        Args:
            saved: What the file holds.
            compiled: Optimizer, loss and metrics from now on; None: none.
        """
        description = saved.description
        self.seed = description.seed
        self.epochs_trained = description.epochs
        self.input_range = description.input_range
        self.set_weights(saved.weights)
        self._compiled = compiled
        if compiled is not None and compiled.loss is not None and (description.iterations or description.slots):
            self.get_trainer()
            compiled.set_state(description.iterations, saved.slots)

    # -- configuration -----------------------------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """Name, layers and shape as JSON holds them; `from_config` makes the same network with new weights."""
        shape = self._known_shape()
        return {
            "name": self.name,
            "layers": [layer_kinds.serialize(layer) for layer in self.layers],
            "build_input_shape": None if shape is None else [None, *shape],
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """The model that `get_config` described, with new weights.

        Raises:
            ConfigurationError: The configuration has another form.
        """
        if not isinstance(config, Mapping) or not isinstance(config.get("layers"), list):
            raise ConfigurationError(f"`from_config` expects what `get_config` returned, received {shown(config)}.")
        model = cls([layer_kinds.deserialize(entry) for entry in config["layers"]], name=config.get("name"))
        shape = config.get("build_input_shape")
        if shape is not None and not model.built:
            model.build(shape)
        return model


def _takes_bytes(stack: Sequence[Layer]) -> bool:
    """Whether the first layer that computes anything divides pixels of 0..255."""
    kind, options = next(iter(computing(stack)), ("", {}))
    return kind == "rescaling" and divides_bytes(float(options["scale"]))
