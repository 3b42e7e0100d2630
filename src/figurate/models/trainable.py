"""`TrainableStack`: a stack of layers that can be compiled, trained and evaluated.

Prepares arguments and hands over to `training/`: the loop over epochs is in `training/fit.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from figurate import _engine
from figurate.callbacks import CallbackList, History
from figurate.callbacks.callback import Logs
from figurate.errors import ConfigurationError, ShapeError, UnsupportedError, shown
from figurate.layers import Layer
from figurate.losses import Loss
from figurate.models.stack import LayerStack
from figurate.optimizers import Optimizer
from figurate.training import arguments, data, targets
from figurate.training.compiled import Compiled, no_loss
from figurate.training.data import InputRange
from figurate.training.evaluation import Evaluator, Labelled
from figurate.training.fit import FitLoop, Plan

# Arguments of Keras' `compile` that change how its backends run, not what they compute.
_WITHOUT_EFFECT = {
    "jit_compile": (None, "auto", True, False),
    "auto_scale_loss": (True, False),
    "run_eagerly": (None, False),
    "loss_weights": (None,),
    "weighted_metrics": (None, []),
}
_COMPILE_ADVICE = {
    "run_eagerly": "Layers run in the engine; look at single steps with `train_on_batch`.",
    "loss_weights": "Models have one output; use `sample_weight` or `class_weight` of `fit`.",
    "weighted_metrics": "Metrics count every figure alike; leave it out.",
}


class TrainableStack(LayerStack):
    """The abstract base of models that learn.

    Attributes:
        history: The `History` of the last call of `fit`, or None.
        stop_training: Set to True by a callback to end training after this epoch.
        input_range: Least and greatest pixel of the last call of `fit`, and their type; None before it.
        epochs_trained: Epochs begun so far, over all calls of `fit`.
    """

    def __init__(self, layers: Iterable[Layer], seed: int) -> None:
        super().__init__(layers, seed)
        self.history: History | None = None
        self.stop_training = False
        self.input_range: InputRange | None = None
        self.epochs_trained = 0
        self._compiled: Compiled | None = None
        self._threads = _engine.default_threads()

    # -- compile -----------------------------------------------------------------------------------------------------

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Any = None,
        steps_per_execution: int = 1,
        **options: object,
    ) -> None:
        """Choose optimizer, loss and metrics. The optimizer begins anew; the weights stay.

        Args:
            optimizer: Name, class or object of `figurate.optimizers`. Defaults to "rmsprop", as in Keras.
            loss: Name, class or object of `figurate.losses`; None: the model can only predict.
            metrics: A list of names, classes or objects of `figurate.metrics`; "accuracy" fits itself to the loss.
            steps_per_execution: Without effect: whole epochs run in the engine.
            options: `jit_compile`, `auto_scale_loss`, `run_eagerly=False`: without effect, for Keras' scripts.

        Raises:
            ConfigurationError: A name is unknown, or a metric does not fit the loss.
            UnsupportedError: A loss, metric or optimizer written in Python; `run_eagerly=True`, `loss_weights`.

        Example:
            >>> model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])  # doctest: +SKIP
        """
        arguments.whole("compile", "steps_per_execution", steps_per_execution, 1, 1)
        for name, value in options.items():
            if name not in _WITHOUT_EFFECT:
                raise ConfigurationError(f"`compile` has no argument `{name}`, received {shown(value)}. Leave it out.")
            if not any(type(value) is type(neutral) and value == neutral for neutral in _WITHOUT_EFFECT[name]):
                raise UnsupportedError(
                    f"`compile({name}=…)` is not supported, received {shown(value)}. {_COMPILE_ADVICE.get(name, 'Leave it out.')}"
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
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns: "loss", then the metrics'."""
        return self.compiled.log_names(self.network.output_shape)

    def metric_direction(self, name: str) -> str | None:
        """Whether "min" or "max" is better for a value of the logs by its name without "val_"; None: unknown."""
        if name == "loss":
            return "min"
        return "max" if name in self.metrics_names else None

    def get_trainer(self, seed: int | None = None, threads: int | None = None) -> _engine.Trainer:
        """The engine's trainer, with the optimizer's state so far. None: the model's seed, the machine's threads."""
        return self.compiled.trainer(self.network, self.seed if seed is None else seed, threads or self._threads)

    # -- fit ---------------------------------------------------------------------------------------------------------

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: str | int = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: None = None,
        validation_steps: None = None,
        validation_batch_size: int | None = None,
        validation_freq: Any = 1,
        *,
        seed: int | None = None,
        threads: int | None = None,
    ) -> History:
        """Train the model.

        Args:
            x: Figures, (n, *shape); any number type and memory order.
            y: Labels: (n,) whole numbers, or (n, outputs), as the loss wants them.
            batch_size: Figures a step; None: 32.
            epochs: The number after the last epoch's, counted from 0; with `initial_epoch` 0 the number of epochs.
            verbose: 0 silent, 1 a live bar in a terminal and a line an epoch elsewhere, 2 a line an epoch; "auto" is 1.
            callbacks: A list of `figurate.callbacks`.
            validation_split: The part of the figures, from the end, that is kept for validation; 0: none.
            validation_data: (x, y) or (x, y, sample_weight), validated after every epoch; goes before `validation_split`.
            shuffle: Whether each epoch has an order of its own, by the seed.
            class_weight: {class: weight}; not together with `sample_weight`.
            sample_weight: A weight for each figure, (n,).
            initial_epoch: The first epoch's number.
            steps_per_epoch, validation_steps: Refused: pass parts of the arrays.
            validation_batch_size: Figures a batch for callbacks that watch batches; None: `batch_size`.
            validation_freq: Validate every so many epochs, or the epochs listed, counted from 1.
            seed: Of the order of figures and of dropout; None: the model's.
            threads: Of the engine; None: as many as this process may use. The result is the same bits for any number.

        Returns:
            The `History`: also `model.history`.

        Raises:
            ConfigurationError: An argument is wrong, or the model is not compiled.
            ShapeError, DataError: x, y or the weights do not fit; the message says how to mend it.
            TrainingError: The loss is not finite.
            KeyboardInterrupt: Ctrl-C; weights and `model.history` are those reached.

        Example:
            >>> history = model.fit(x, y, epochs=20, validation_data=(xv, yv))  # doctest: +SKIP
        """
        arguments.refuse("fit", steps_per_epoch=steps_per_epoch, validation_steps=validation_steps)
        batch_size = arguments.whole("fit", "batch_size", batch_size, 1, arguments.DEFAULT_BATCH_SIZE)
        plan = Plan(
            arguments.whole("fit", "initial_epoch", initial_epoch, 0, 0),
            arguments.whole("fit", "epochs", epochs, 0, 1),
            batch_size,
            bool(shuffle),
            arguments.validated_epochs(validation_freq),
            arguments.optional_seed("fit", seed),
            arguments.optional_threads("fit", threads),
        )
        validation_batch_size = arguments.whole("fit", "validation_batch_size", validation_batch_size, 1, batch_size)
        shown_as = arguments.verbosity("fit", verbose)
        if class_weight is not None and sample_weight is not None:
            raise ConfigurationError(
                "`fit` expects `class_weight` or `sample_weight`, received both. Multiply them into one `sample_weight`."
            )
        _ = self.compiled
        validation = None if validation_data is None else arguments.unpack_validation(validation_data)
        if validation is None and validation_split != 0:
            (x, y, sample_weight), validation = arguments.split(x, y, sample_weight, validation_split)
        used = plan.threads or self._threads
        train = self._labelled("fit", x, y, sample_weight, used, class_weight)
        held = None if validation is None else self._labelled("fit", *validation, used, name="validation x")
        data.warn_of_integers(train.x.dtype, train.figures.maximum, self.input_range, "fit")
        self.input_range = InputRange(train.figures.minimum, train.figures.maximum, train.x.dtype.name)
        names = self.metrics_names
        chosen = arguments.with_progress(callbacks, shown_as)
        self.history = next((callback for callback in chosen if isinstance(callback, History)), None) or History()
        if self.history not in chosen:
            chosen.append(self.history)
        parameters = {
            "epochs": plan.epochs,
            "steps": -(-train.figures.count // batch_size),
            "verbose": shown_as,
            "metrics": names + ([f"val_{name}" for name in names] if held is not None else []),
            "batch_size": batch_size,
            "figures": train.figures.count,
            "shuffle": plan.shuffle,
            "seed": plan.seed,
        }

        def evaluator(trainer: _engine.Trainer) -> Evaluator:
            assert held is not None  # only then is this function passed on
            return Evaluator(self.compiled, trainer, names, held, validation_batch_size, used)

        watching = CallbackList(chosen, self, parameters)
        FitLoop(self, plan, train, evaluator if held is not None else None, names, watching).run()
        return self.history

    def train_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, class_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Make one step of training on these figures.

        Args:
            x, y, sample_weight, class_weight: See `fit`.
            return_dict: Whether to return a dictionary.

        Returns:
            This batch's loss and metrics: [loss, metrics…], the loss alone where there are no metrics, or a dictionary.

        Raises:
            See `fit`.
        """
        batch = self._labelled("train_on_batch", x, y, sample_weight, self._threads, class_weight)
        trainer = self.get_trainer()
        step = trainer.iterations
        with self.compiled.in_use("train_on_batch"):
            values = trainer.fit_epoch(
                batch.figures,
                batch.targets,
                batch.sample_weight,
                epoch=step,  # so that dropout differs from step to step
                batch_size=batch.figures.count,
                shuffle=False,
                learning_rates=self.optimizer.learning_rates(step, 1),
            )
        return _in_form(dict(zip(self.metrics_names, values, strict=True)), return_dict)

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
        labelled = self._labelled("evaluate", x, y, sample_weight, used)
        data.warn_of_integers(labelled.x.dtype, labelled.figures.maximum, self.input_range, "evaluate")
        names = self.metrics_names
        parameters = {"steps": len(labelled.batches(size)), "verbose": shown_as, "metrics": names, "batch_size": size}
        watching = CallbackList(arguments.with_progress(callbacks, shown_as), self, parameters)
        logs = Evaluator(self.compiled, self.get_trainer(None, threads), names, labelled, size, used).run(watching)
        return _in_form(logs, return_dict)

    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """Loss and metrics of one batch: `evaluate`, silent. Args, Returns and Raises: see there."""
        return self.evaluate(x, y, verbose=0, sample_weight=sample_weight, return_dict=return_dict)

    def _labelled(
        self, caller: str, x: Any, y: Any, weight: Any, threads: int, class_weight: Any = None, name: str = "x"
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
        truth = targets.as_targets(y, compiled.loss, outputs, len(array), caller, label_name)
        weights = targets.as_sample_weight(weight, len(array), caller)
        if class_weight is not None:
            weights = targets.class_weights(class_weight, truth, math.prod(outputs), caller)
        return Labelled(array, data.hold(array, caller, threads, name), truth, weights)

    def _build_from(self, array: data.Array, caller: str) -> None:
        """Build the model for the first figures it sees, where no shape was given before."""
        if self.built:
            return
        if self._known_shape() is None and array.ndim < 2:
            raise ShapeError(
                f"`{caller}` expects figures with the batch axis first, such as (n, 28, 28), received shape {array.shape}. Stack them "
                "with `numpy.stack`."
            )
        self.build(None if self._known_shape() is not None else (None, *array.shape[1:]))


def _in_form(logs: Logs, return_dict: bool) -> Any:
    values = list(logs.values())
    if return_dict:
        return dict(logs)
    return values[0] if len(values) == 1 else values
