"""`Ensemble`: several models that answer as one, by the mean of their outputs.

Training is the members' own matter (`fit`, or `fit_many` for all at once), and so is what a member predicts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from os import PathLike
from typing import Any, NoReturn, cast

import numpy as np
import numpy.typing as npt

from figurate import _engine
from figurate.callbacks import CallbackList
from figurate.callbacks.callback import CallbackModel
from figurate.errors import ConfigurationError, ShapeError, UnsupportedError, shown
from figurate.figures import FigurePreprocessing
from figurate.losses import Loss
from figurate.models import html, saving, summary
from figurate.models.compiled_stack import in_form
from figurate.models.exporting import Exporting
from figurate.models.layer_list import without_names
from figurate.models.probabilities import Link
from figurate.models.reader import PictureReader
from figurate.models.sequential import Sequential
from figurate.naming import unique_name
from figurate.optimizers import SGD
from figurate.parameters import Text
from figurate.training import arguments, data, prediction, targets
from figurate.training.compiled import Compiled, no_loss
from figurate.training.data import InputRange
from figurate.training.evaluation import Evaluator, Labelled


class Ensemble(PictureReader, Exporting):
    """Models whose probabilities are averaged, each counting alike.

    Several networks trained from different seeds err in different places: their mean is nearly always right more often
    than any one of them. Keras has no such class; with it one averages by hand.

    Args:
        models: Built models for figures of one shape, with the same outputs; all different. They stay what they are:
            the ensemble asks them whenever it is asked.
        name: None gives ensemble, ensemble_1, …

    Attributes:
        models: The members.

    Raises:
        ConfigurationError: An entry is no built model, or the members' class names or ranges of pixels differ, or one's
            loss takes scores rather than probabilities.
        ShapeError: The members' figures or outputs differ in shape.

    Example:
        >>> networks = [clone_model(model, seed=seed) for seed in range(5)]  # doctest: +SKIP
        >>> fit_many(networks, x, y, epochs=20)  # doctest: +SKIP
        >>> Ensemble(networks).save("five.safetensors")  # doctest: +SKIP

    Source: Hansen & Salamon, "Neural network ensembles", IEEE PAMI 12, 1990; Lakshminarayanan et al., arXiv:1612.01474.
    """

    built = True
    _how_to_learn_the_form = "Call `learn_form(x_train)` of its members with the figures that they learned from."

    def __init__(self, models: Iterable[Sequential], name: str | None = None) -> None:
        found: list[Any] = list(models) if isinstance(models, Iterable) else []
        if not found or not all(isinstance(model, Sequential) for model in found):
            raise ConfigurationError(
                f"`Ensemble` expects a list of at least one `Sequential`, received {shown(models)}. Write "
                "`Ensemble([first, second])`."
            )
        if len({id(model) for model in found}) < len(found):
            raise ConfigurationError("`Ensemble` expects different models, received one of them twice. Leave one out.")
        _check_alike(found)
        self._models: tuple[Sequential, ...] = tuple(found)
        self.name: str = unique_name("Ensemble") if name is None else Text().check("Ensemble", "name", name)

    @property
    def models(self) -> list[Sequential]:
        """The members."""
        return list(self._models)

    def __len__(self) -> int:
        return len(self._models)

    # -- what the members have in common -----------------------------------------------------------------------------

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """The shape of a batch that comes in: (None, 28, 28)."""
        return self._models[0].input_shape

    @property
    def output_shape(self) -> tuple[int | None, ...]:
        """The shape of a batch that comes out: (None, 10)."""
        return self._models[0].output_shape

    @property
    def class_names(self) -> list[str] | None:
        """A name for each output, or None: the first member's that has some."""
        return next((names for model in self._models if (names := model.class_names) is not None), None)

    @property
    def input_range(self) -> InputRange | None:
        """Least and greatest pixel of the training of the first member that was trained, and their type."""
        return next((model.input_range for model in self._models if model.input_range is not None), None)

    @property
    def preprocessing(self) -> FigurePreprocessing | None:
        """The form of the training figures: the first member's that says it."""
        return next((model.preprocessing for model in self._models if model.preprocessing is not None), None)

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns: "loss", then the metrics'."""
        return self._measures()[1].log_names(self._outputs)

    def count_params(self) -> int:
        """The number of all members' weights."""
        return sum(model.count_params() for model in self._models)

    # -- predict and evaluate ----------------------------------------------------------------------------------------

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        *,
        threads: int | None = None,
    ) -> npt.NDArray[np.float32]:
        """The mean of the members' outputs for figures. Safe to call from several threads at once.

        Args:
            x: Figures, (n, *shape), or one figure of the models' shape, without the batch axis.
            batch_size, verbose: Without effect: the outputs do not depend on it, and prediction is silent.
            threads: Of the engine; None: as many as this process may use.

        Returns:
            A new float32 array (n, outputs); (1, outputs) for one figure.

        Raises:
            ShapeError, DataError: x does not fit; the message says how to mend it.
        """
        arguments.whole("predict", "batch_size", batch_size, 1, arguments.DEFAULT_BATCH_SIZE)
        array = data.as_array(x, "predict")
        prediction.warn(array, self.input_range)
        rows = prediction.rows(array, self._models[0].network.input_shape)
        return self._mean(rows, arguments.optional_threads("predict", threads)).reshape(-1, *self._outputs)

    @property
    def link(self) -> Link:
        """What makes probabilities of the mean of the outputs; see `probabilities.link_of`."""
        return self._models[0].link

    def _get_input_range(self) -> InputRange | None:
        return next((found for model in self._models if (found := model._get_input_range()) is not None), None)

    def predict_on_batch(self, x: Any) -> npt.NDArray[np.float32]:
        """The mean of the members' outputs for one batch: `predict`."""
        return self.predict(x)

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        sample_weight: Any = None,
        return_dict: bool = False,
        *,
        threads: int | None = None,
    ) -> Any:
        """Loss and metrics of the mean of the members' outputs, with the loss and metrics of the first compiled member.

        Args:
            x, y, batch_size, verbose, sample_weight, return_dict, threads: See `Sequential.evaluate`.

        Returns:
            [loss, metrics…], the loss alone where there are no metrics, or a dictionary.

        Raises:
            ConfigurationError: An argument is wrong, or no member is compiled with a loss.
            ShapeError, DataError: x, y or the weights do not fit; the message says how to mend it.
        """
        size = arguments.whole("evaluate", "batch_size", batch_size, 1, arguments.DEFAULT_BATCH_SIZE)
        shown_as = arguments.verbosity("evaluate", verbose)
        chosen = arguments.optional_threads("evaluate", threads)
        used = chosen or _engine.default_threads()
        loss, compiled = self._measures()
        array = data.match_figures(data.as_array(x, "evaluate"), self._models[0].network.input_shape, "evaluate")
        truth = targets.as_targets(y, loss, self._outputs, len(array), "evaluate")
        weight = targets.as_sample_weight(sample_weight, len(array), "evaluate")
        data.warn_of_range(array, float(array.max()), self.input_range, "evaluate")
        outputs = self._mean(data.as_rows(array), chosen)
        # The engine measures a network without layers, whose outputs are the figures.
        head = _engine.Network(self._outputs, [])
        names = compiled.log_names(self._outputs)
        labelled = Labelled(outputs, data.hold(outputs, "evaluate", used), truth, weight)
        # Progress asks nothing of a model.
        watching = CallbackList(
            arguments.with_progress(None, shown_as), cast(CallbackModel, self), {"verbose": shown_as, "metrics": names}
        )
        logs = Evaluator(compiled, compiled.trainer(head, None, used), names, labelled, size, used).run(watching)
        return in_form(logs, return_dict)

    def fit(self, *arguments: object, **named: object) -> NoReturn:
        """Refused: train the members.

        Raises:
            UnsupportedError: Always.
        """
        raise UnsupportedError(
            "`Ensemble.fit` is not supported: members learn by themselves. Write `fit_many(ensemble.models, x, y)`."
        )

    def to_keras(self) -> NoReturn:
        """Refused: convert the members.

        Raises:
            UnsupportedError: Always.
        """
        raise _one_by_one("to_keras")

    def to_torch(self) -> NoReturn:
        """Refused: convert the members.

        Raises:
            UnsupportedError: Always.
        """
        raise _one_by_one("to_torch")

    @property
    def _outputs(self) -> tuple[int, ...]:
        return tuple(self._models[0].network.output_shape)

    def _mean(self, rows: data.Array, threads: int | None) -> npt.NDArray[np.float32]:
        """(n, outputs) float32, added in float64 in the members' order."""
        used = threads or _engine.default_threads()
        outputs = (math.prod(self._outputs),)
        total = np.zeros((len(rows), *outputs))
        for model in self._models:
            total += prediction.outputs_of(model.network, rows, used, outputs)
        return (total / len(self._models)).astype(np.float32)

    def _measures(self) -> tuple[Loss, Compiled]:
        """The loss of the first member that has one, and what measures with it and that member's metrics."""
        for model in self._models:
            compiled = model.compiled_or_none
            if compiled is not None and compiled.loss is not None:
                return compiled.loss, Compiled(SGD(), compiled.loss, compiled.chosen_metrics)
        raise no_loss()

    # -- summary and files -------------------------------------------------------------------------------------------

    def summary(self, line_length: int | None = None, print_fn: Callable[[str], object] | None = None) -> None:
        """Print the members' tables, one for all of them where they are alike, and the number of all parameters.

        Args:
            line_length, print_fn: See `Sequential.summary`.
        """
        say = summary.printer(print_fn)
        alike = all(without_names(model.layers) == without_names(self._models[0].layers) for model in self._models)
        count = len(self._models)
        say(f'Ensemble: "{self.name}", the mean of {count} models' + (", each like this one:" if alike else ":"))
        for model in self._models[: 1 if alike else count]:
            model.summary(line_length, say)
        say(f" Params of all {count} models: {self.count_params():,}")

    def _repr_html_(self) -> str:
        """What a notebook shows: the tables of `summary`."""
        return html.ensemble_html(self)

    def __repr__(self) -> str:
        return f"<Ensemble {self.name!r} of {len(self._models)} models>"

    def save(self, filepath: str | PathLike[str], overwrite: bool = True, include_optimizer: bool = True) -> None:
        """Write all members to one file, which `load_model` reads.

        Args:
            filepath, overwrite, include_optimizer: See `Sequential.save`.

        Raises:
            ConfigurationError, UnsupportedError, FileExistsError, OSError: See `Sequential.save`.
        """
        saving.save_ensemble(self.name, self._models, filepath, overwrite, include_optimizer)


def _check_alike(models: list[Sequential]) -> None:
    """Complain unless these may be members of one ensemble."""
    first = models[0]
    for number, model in enumerate(models):
        _ = model.network  # complains where the model is not built
        for what, mine, other in (
            ("take figures of one shape", first.network.input_shape, model.network.input_shape),
            ("have the same outputs", first.network.output_shape, model.network.output_shape),
        ):
            if mine != other:
                raise ShapeError(
                    f"`Ensemble` expects members that {what}, received {mine} of member 0 and {other} of member "
                    f"{number}. Leave one of them out."
                )
        compiled = model.compiled_or_none
        if compiled is not None and getattr(compiled.loss, "from_logits", False):
            raise ConfigurationError(
                "`Ensemble` expects members that give probabilities, received one whose loss is made for scores "
                f"(`from_logits=True`), member {number}. Add `Softmax()` to it and compile it with `from_logits=False`."
            )
    named = [(number, names) for number, model in enumerate(models) if (names := model.class_names) is not None]
    ranges = [(number, found) for number, model in enumerate(models) if (found := model.input_range) is not None]
    for number, names in named:
        if names != named[0][1]:
            raise ConfigurationError(
                f"`Ensemble` expects members with the same class names, received {shown(named[0][1])} of member "
                f"{named[0][0]} and {shown(names)} of member {number}. Set `class_names` of one of them again."
            )
    for number, found in ranges:
        if found.within_one != ranges[0][1].within_one:
            raise ConfigurationError(
                f"`Ensemble` expects members that were trained on pixels of the same range, received {ranges[0][1]} of "
                f"member {ranges[0][0]} and {found} of member {number}. Train one of them again, perhaps with "
                "`Rescaling(1 / 255)` as its first layer."
            )


def _one_by_one(method: str) -> UnsupportedError:
    return UnsupportedError(
        f"`Ensemble.{method}` is not supported: neither Keras nor PyTorch has such a model. Convert the members and "
        f"average their outputs, `[model.{method}() for model in ensemble.models]`, or export it as one ONNX file."
    )
