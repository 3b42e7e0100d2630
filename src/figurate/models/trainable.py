"""`TrainableStack`: a stack of layers that learns.

Prepares the arguments of `fit` and hands over to `training/fit.py`, where the loop over epochs is.
"""

from __future__ import annotations

from typing import Any

from figurate import _engine
from figurate.callbacks import History
from figurate.errors import ConfigurationError
from figurate.figures import FigurePreprocessing
from figurate.models.compiled_stack import CompiledStack, in_form
from figurate.models.reader import picture_shape
from figurate.training import arguments, augmentation, data
from figurate.training.data import InputRange
from figurate.training.evaluation import Evaluator
from figurate.training.fit import FitLoop, Plan
from figurate.training.shelf import Shelf


class TrainableStack(CompiledStack):
    """The abstract base of models that learn."""

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
            validation_data: (x, y) or (x, y, sample_weight), validated after every epoch; goes before
                `validation_split`.
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
        loop = self.prepare_fit(
            x,
            y,
            batch_size=batch_size,
            epochs=epochs,
            verbose=verbose,
            callbacks=callbacks,
            validation_split=validation_split,
            validation_data=validation_data,
            shuffle=shuffle,
            class_weight=class_weight,
            sample_weight=sample_weight,
            initial_epoch=initial_epoch,
            validation_batch_size=validation_batch_size,
            validation_freq=validation_freq,
            seed=seed,
            threads=threads,
        )
        loop.run()
        return loop.history

    def prepare_fit(
        self,
        x: Any,
        y: Any,
        *,
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
        validation_batch_size: int | None = None,
        validation_freq: Any = 1,
        seed: int | None = None,
        threads: int | None = None,
        shelf: Shelf | None = None,
    ) -> FitLoop:
        """What `fit` runs, with everything checked that can be before training begins; for `fit` and `fit_many`.

        Args:
            shelf: Holds the arrays, for models that train on the same ones; None: for this call alone.
            x, y, batch_size, …: See `fit`.

        Raises:
            See `fit`.
        """
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
                "`fit` expects `class_weight` or `sample_weight`, received both. Multiply them into one "
                "`sample_weight`."
            )
        _ = self.compiled
        validation = None if validation_data is None else arguments.unpack_validation(validation_data)
        if validation is None and validation_split != 0:
            (x, y, sample_weight), validation = arguments.split(x, y, sample_weight, validation_split)
        used = plan.threads or self._threads
        shelf = shelf or Shelf(used)
        train = self._labelled("fit", x, y, sample_weight, shelf, class_weight)
        held = None if validation is None else self._labelled("fit", *validation, shelf, name="validation x")
        data.warn_of_range(train.x, train.figures.maximum, self.input_range, "fit")
        augmentation.warn_of_ranges(self.layers, train.figures.minimum, train.figures.maximum, "fit", stacklevel=3)
        self._note_figures(shelf, train.x, train.figures)
        names = self.metrics_names
        chosen = arguments.with_progress(callbacks, shown_as)
        history = next((callback for callback in chosen if isinstance(callback, History)), None) or History()
        if history not in chosen:
            chosen.append(history)
        self.history = history
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

        making = evaluator if held is not None else None
        return FitLoop(self, plan, train, making, names, self._watched(chosen, parameters), history)

    def learn_form(self, x: Any) -> None:
        """Learn from figures what `fit` would note of them: the range of their pixels and, of pictures, their form.

        For a model whose weights come from elsewhere, such as `from_keras` or `from_torch`, so that it reads pictures.

        Args:
            x: The figures that it learned from, or some hundred of them, as `predict` takes them: (n, *shape).

        Raises:
            ShapeError, DataError: x does not fit; the message says how to mend it.

        Example:
            >>> model = figurate.from_keras("digits.keras")  # doctest: +SKIP
            >>> model.learn_form(x_train)  # doctest: +SKIP
            >>> model.classify("seven.png")  # doctest: +SKIP
        """
        array = data.as_array(x, "learn_form")
        self._build_from(array, "learn_form")
        array = data.match_figures(array, self.network.input_shape, "learn_form")
        shelf = Shelf(self._threads)
        figures = shelf.figures(array, "learn_form", "x")
        self._note_figures(shelf, array, figures)

    def take_form(self, form: FigurePreprocessing | None) -> None:
        """Take the form that a model file holds: the next `fit` finds it out again."""
        self._form = form

    def take_form_of(self, model: TrainableStack) -> None:
        """Take another model's form, given or found out as it is there."""
        self._form, self._form_given = model._form, model._form_given

    def _note_figures(self, shelf: Shelf, x: data.Array, figures: _engine.Figures) -> None:
        """Note the range of the figures of `fit`, and their form, unless the user said what it is."""
        self.input_range = InputRange(figures.minimum, figures.maximum, x.dtype.name)
        shape = picture_shape(self.network.input_shape)
        if self._form_given or shape is None:
            return
        self._form = shelf.form(x, shape)

    @property
    def averages_in_place(self) -> bool:
        """Whether the optimizer's averages are the weights for now; see `swap_averages`."""
        return self.compiled.averages_in_place

    @averages_in_place.setter
    def averages_in_place(self, value: bool) -> None:
        self.compiled.averages_in_place = value

    def swap_averages(self) -> None:
        """Exchange the weights with the averages that an optimizer with `use_ema=True` keeps.

        `fit` itself puts them in place when it ends; this is for a look at them before, as `callbacks.SwapEMAWeights`
        takes. Training goes on after a second call.

        Raises:
            ConfigurationError: The optimizer keeps no averages, or the model is not compiled.
            TrainingError: The engine is at work.
        """
        self.compiled.swap_averages(self.network)

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
        batch = self._labelled("train_on_batch", x, y, sample_weight, Shelf(self._threads), class_weight)
        data.warn_of_range(batch.x, batch.figures.maximum, self.input_range, "train_on_batch")
        low, high = batch.figures.minimum, batch.figures.maximum
        if self.input_range is not None:
            low, high = min(low, self.input_range.low), max(high, self.input_range.high)
        self.input_range = InputRange(low, high, batch.x.dtype.name)
        trainer = self.get_trainer(self.seed)
        step = trainer.iterations
        with self.compiled.fitting("train_on_batch"), self.compiled.in_use("train_on_batch"):
            values = trainer.fit_epoch(
                batch.figures,
                batch.targets,
                batch.sample_weight,
                epoch=step,  # so that dropout differs from step to step
                batch_size=batch.figures.count,
                shuffle=False,
                learning_rates=self.optimizer.learning_rates(step, 1),
            )
        return in_form(dict(zip(self.metrics_names, values, strict=True)), return_dict)
