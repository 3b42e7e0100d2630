"""`CompiledStack`: a stack of layers with optimizer, loss and metrics, which can be evaluated.

Prepares arguments and hands over to `training/`. Training itself is `trainable.py`'s matter.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, cast

from figurate import _engine
from figurate.callbacks import CallbackList, History
from figurate.callbacks.callback import CallbackModel, Logs
from figurate.errors import ConfigurationError, ShapeError, UnsupportedError, shown
from figurate.figures import FigurePreprocessing
from figurate.layers import Layer
from figurate.losses import Loss
from figurate.metrics import Metric
from figurate.models.stack import LayerStack
from figurate.optimizers import Optimizer
from figurate.registry import Refusal, Refusals
from figurate.training import arguments, data, targets
from figurate.training.compiled import Compiled, no_loss
from figurate.training.data import InputRange
from figurate.training.evaluation import Evaluator, Labelled
from figurate.training.shelf import NotedForm, Shelf

# Keras' arguments of `compile` that say how its backends run or that need several outputs.
_REFUSED: Refusals = {
    "loss_weights": Refusal("Models have one output; use `sample_weight` or `class_weight` of `fit`."),
    "weighted_metrics": Refusal("Metrics count every figure alike; leave it out.", (None, [])),
    "run_eagerly": Refusal("Layers run in the engine; look at single steps with `train_on_batch`.", (None, False)),
    "jit_compile": Refusal("The engine is compiled already; leave it out.", (None, "auto", True, False)),
    "auto_scale_loss": Refusal("The engine computes in float32; leave it out.", (None, True, False)),
}


class CompiledStack(LayerStack):
    """The abstract base of models that can be evaluated.

    Attributes:
        history: The `History` of the last call of `fit`, or None.
        stop_training: Set to True by a callback to end training after this epoch.
        stop_augmentation: Set to True by a callback to leave figures as they are from the next epoch on; `fit` begins
            with False.
        input_range: Least and greatest pixel of the last call of `fit`, and their type; None before it.
        epochs_trained: Epochs begun so far, over all calls of `fit`.
    """

    def __init__(self, layers: Iterable[Layer], seed: int) -> None:
        super().__init__(layers, seed)
        self.history: History | None = None
        self.stop_training = False
        self.stop_augmentation = False
        self.input_range: InputRange | None = None
        self.epochs_trained = 0
        self._form: FigurePreprocessing | NotedForm | None = None
        self._form_given = False
        self._compiled: Compiled | None = None
        self._threads = _engine.default_threads()

    @property
    def preprocessing(self) -> FigurePreprocessing | None:
        """The form of the training figures, which pictures are brought into before they are read.

        `fit` finds it out from the figures that it is given, unless it was set; None before, and where figures are no
        pictures. Set it to None to have it found out again.
        """
        return self._form.form if isinstance(self._form, NotedForm) else self._form

    @preprocessing.setter
    def preprocessing(self, form: FigurePreprocessing | None) -> None:
        if form is not None and not isinstance(form, FigurePreprocessing):
            raise ConfigurationError(
                f"`preprocessing` expects a `figures.FigurePreprocessing` or None, received {shown(form)}."
            )
        if form is not None and self.built and math.prod(form.figure_shape) != math.prod(self.network.input_shape):
            raise ShapeError(
                f"`preprocessing` expects a form for figures of the model's shape {tuple(self.network.input_shape)}, "
                f"received one for {form.figure_shape}. Give it the model's height, width and channels."
            )
        self._form = form
        self._form_given = form is not None

    # -- compile -----------------------------------------------------------------------------------------------------

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: None = None,
        metrics: Any = None,
        weighted_metrics: None = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: str | bool = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Choose optimizer, loss and metrics. The optimizer begins anew; the weights stay.

        Args:
            optimizer: Name, class or object of `figurate.optimizers`. Defaults to "rmsprop", as in Keras.
            loss: Name, class or object of `figurate.losses`; None: the model can only predict.
            metrics: A list of names, classes or objects of `figurate.metrics`; "accuracy" fits itself to the loss.
            loss_weights, weighted_metrics, run_eagerly: Refused, but for Keras' defaults.
            steps_per_execution, jit_compile, auto_scale_loss: Without effect, for Keras' scripts: whole epochs run in
                the compiled engine anyway.

        Raises:
            ConfigurationError: A name is unknown, or a metric does not fit the loss.
            UnsupportedError: A loss, metric or optimizer written in Python; `run_eagerly=True`, `loss_weights`.

        Example:
            >>> model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])  # doctest: +SKIP
        """
        arguments.whole("compile", "steps_per_execution", steps_per_execution, 1, 1)
        options = {
            "loss_weights": loss_weights,
            "weighted_metrics": weighted_metrics,
            "run_eagerly": run_eagerly,
            "jit_compile": jit_compile,
            "auto_scale_loss": auto_scale_loss,
        }
        for name, value in options.items():
            if not _REFUSED[name].admits(value):
                raise UnsupportedError(
                    f"`compile({name}=…)` is not supported, received {shown(value)}. {_REFUSED[name].advice}"
                )
        compiled = Compiled(optimizer, loss, metrics)
        if self.built and loss is not None:
            compiled.metrics(self.network.output_shape)  # complains now rather than in `fit`
        self._compiled = compiled

    @property
    def compiled(self) -> Compiled:
        """What `compile` chose.

        Raises:
            ConfigurationError: The model was not compiled.
        """
        if self._compiled is None:
            raise ConfigurationError(
                "The model expects `compile` before training and evaluation, received none. Write "
                "`model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])`."
            )
        return self._compiled

    @property
    def compiled_or_none(self) -> Compiled | None:
        """What `compile` chose, or None."""
        return self._compiled

    @property
    def optimizer(self) -> Optimizer:
        """The optimizer; its `learning_rate` may be set at any time."""
        return self.compiled.optimizer

    @property
    def loss(self) -> Loss | None:
        """The loss, or None where there is none."""
        return self.compiled.loss

    @property
    def metrics(self) -> list[Metric]:
        """The metrics, resolved for this network."""
        return list(self.compiled.metrics(self.network.output_shape))

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns: "loss", then the metrics'."""
        return self.compiled.log_names(self.network.output_shape)

    def metric_direction(self, name: str) -> str | None:
        """Whether "min" or "max" is better for a value of the logs by its name without "val_"; None: unknown."""
        if name == "loss":
            return "min"
        return "max" if name in self.metrics_names else None

    def get_trainer(self, seed: int | None = None, threads: int | None = None) -> _engine.Trainer:
        """The engine's trainer, with the optimizer's state so far. None: any seed, the machine's threads."""
        return self.compiled.trainer(self.network, seed, threads or self._threads)

    # -- evaluate ----------------------------------------------------------------------------------------------------

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        sample_weight: Any = None,
        steps: None = None,
        callbacks: Any = None,
        return_dict: bool = False,
        *,
        threads: int | None = None,
    ) -> Any:
        """Loss and metrics over figures, without learning.

        Args:
            x, y, sample_weight: See `fit`.
            batch_size: Figures a batch for callbacks that watch batches; the values do not depend on it.
            verbose: 0 silent, else a line with the values.
            steps: Refused: pass a part of the arrays.
            callbacks: A list of `figurate.callbacks`; their test hooks are called.
            return_dict: Whether to return a dictionary.
            threads: See `fit`.

        Returns:
            [loss, metrics…], the loss alone where there are no metrics, or a dictionary.

        Raises:
            ConfigurationError: An argument is wrong, or the model is not compiled.
            ShapeError, DataError: x, y or the weights do not fit; the message says how to mend it.

        Example:
            >>> loss, accuracy = model.evaluate(x, y, verbose=0)  # doctest: +SKIP
        """
        arguments.refuse("evaluate", steps=steps)
        size = arguments.whole("evaluate", "batch_size", batch_size, 1, arguments.DEFAULT_BATCH_SIZE)
        shown_as = arguments.verbosity("evaluate", verbose)
        used = arguments.optional_threads("evaluate", threads) or self._threads
        labelled = self._labelled("evaluate", x, y, sample_weight, Shelf(used))
        data.warn_of_range(labelled.x, labelled.figures.maximum, self.input_range, "evaluate")
        names = self.metrics_names
        parameters = {"steps": len(labelled.batches(size)), "verbose": shown_as, "metrics": names, "batch_size": size}
        watching = self._watched(arguments.with_progress(callbacks, shown_as), parameters)
        logs = Evaluator(self.compiled, self.get_trainer(None, threads), names, labelled, size, used).run(watching)
        return in_form(logs, return_dict)

    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """Loss and metrics of one batch: `evaluate`, silent. Args, Returns and Raises: see there."""
        return self.evaluate(x, y, verbose=0, sample_weight=sample_weight, return_dict=return_dict)

    def _watched(self, callbacks: object, parameters: dict[str, Any]) -> CallbackList:
        """The callbacks of a call, given this model."""
        # What callbacks may ask of a model is whole in `Sequential`, the one class that derives from this.
        return CallbackList(callbacks, cast(CallbackModel, self), parameters)

    def _labelled(
        self, caller: str, x: Any, y: Any, weight: Any, shelf: Shelf, class_weight: Any = None, name: str = "x"
    ) -> Labelled:
        """The arrays of a call, checked, and held by the engine; an unbuilt model is built for them."""
        compiled = self.compiled
        if compiled.loss is None:
            raise no_loss()
        array = data.as_array(x, caller, name)
        self._build_from(array, caller)
        array = data.match_figures(array, self.network.input_shape, caller, name)
        label_name = name.replace("x", "y")
        outputs = self.network.output_shape
        truth = shelf.targets(y, compiled.loss, outputs, len(array), caller, label_name)
        weights = targets.as_sample_weight(weight, len(array), caller)
        if class_weight is not None:
            weights = targets.class_weights(class_weight, truth, math.prod(outputs), caller)
        return Labelled(array, shelf.figures(array, caller, name), truth, weights)

    def _build_from(self, array: data.Array, caller: str) -> None:
        """Build the model for the first figures it sees, where no shape was given before."""
        if self.built:
            return
        if self._known_shape() is None and array.ndim < 2:
            raise ShapeError(
                f"`{caller}` expects figures with the batch axis first, such as (n, 28, 28), received shape "
                f"{array.shape}. Stack them with `numpy.stack`."
            )
        self.build(None if self._known_shape() is not None else (None, *array.shape[1:]))


def in_form(logs: Logs, return_dict: bool) -> Any:
    """Loss and metrics as Keras returns them: a list, the loss alone where there are no metrics, or a dictionary."""
    values = list(logs.values())
    if return_dict:
        return dict(logs)
    return values[0] if len(values) == 1 else values
