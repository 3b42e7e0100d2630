"""`FigureClassifier`: a network of figurate's as an estimator of scikit-learn's.

What rows of X are, is figures.py's matter; labels and weights, samples.py's; what `network=` becomes, networks.py's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.preprocessing import StandardScaler
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, check_random_state, validate_data

from figurate.callbacks.callback_list import as_callbacks
from figurate.errors import DataError, shown
from figurate.layers import Layer
from figurate.models import Sequential
from figurate.models.probabilities import probabilities
from figurate.presets import Preset
from figurate.sklearn import figures, networks, outputs, settings
from figurate.sklearn.networks import NetworkFunction
from figurate.sklearn.samples import Samples


class FigureClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A classifier of small pictures, trained by figurate's engine.

    X is flat, (n, height · width), or shaped, (n, height, width) or (n, height, width, channels). Pixels may have any
    range: numbers within 0..1 and bytes are taken as presets take them, others are brought from the least and the
    greatest pixel of the training to 0..1, by a layer of the network. A flat X is a picture where `image_shape` says
    so, or where its features are a square of 8 × 8 at least; a warning says where such a square looks like no picture.

    Anything else is a table of features. Presets then train their dense counterpart: one hidden layer of ReLU units, as
    many as their widest layer has, by the preset's recipe without augmentation, on standardised features. Rows of a
    table that are the same are trained as one of their summed weight, so that a weight of 3 is three rows, to the last
    bit, and the order of rows does not matter.

    Args:
        network: A preset's name or a `presets.Preset`; a `Sequential`, which is trained as a copy, and compiled with
            "adam" where it is not compiled; or a function that makes one of the shape of a figure and the number of
            classes. A network of one's own gets X as it is. Defaults to "fast".
        epochs: Rounds over X; None, the default: the preset's, more for small sets, or 20 for a network of one's own.
        image_shape: (height, width) or (height, width, channels) of the figures in a flat X; (features,) where it is a
            table although it could be a square picture. None, the default: see above.
        kind: What the figures show, for presets: "characters" (the default) or "things". See `presets.get`.
        batch_size: Figures a step; None, the default: the preset's, or 32.
        learning_rate: The highest, in place of the preset's; of `partial_fit` the only one. None, the default: the
            preset's, and 0.001 for `partial_fit`. For presets alone.
        augmentation: Layers that change figures by chance while they are learned from, in place of the preset's; None:
            none; "recipe", the default: the preset's. For presets alone.
        class_weight: {label: weight}, where others weigh 1; "balanced": by one over how often a class comes; None, the
            default: all alike. Multiplied with `sample_weight`.
        warm_start: Whether `fit` goes on with the network of the call before. Defaults to False.
        random_state: Of initial weights, the order of figures, dropout and augmentation: a number, a `RandomState`, or
            None, the default: numpy's.
        n_jobs: Threads of the engine; -1: all. None, the default: all that this process may use, but no more than the
            environment variable OMP_NUM_THREADS, by which joblib keeps its workers out of each other's way. The result
            is the same bits for any number.
        verbose: 0 (the default) is silent; 1 shows a bar, 2 a line an epoch.
        callbacks: A list of `figurate.callbacks` for `fit` and `partial_fit`; None, the default: none.
        validation_fraction: Share of X, as much of every class, that `fit` does not train on but measures after each
            epoch: `val_loss` and `val_accuracy` in `history_`, which callbacks such as `EarlyStopping` watch. None, the
            default: none.

    Attributes:
        classes_: The labels, sorted, (classes,).
        model_: The trained `Sequential`, for X as it is: `model_.save("digits.safetensors")` writes the file that needs
            no scikit-learn. Of a preset's table it is a copy, with the scaler in its first layer's weights.
        n_features_in_: Values of a figure.
        feature_names_in_: The columns' names, where X has some.
        figure_shape_: (height, width), (height, width, channels), or (features,) of a table.
        scaler_: The `StandardScaler` of a preset's table, else None.
        history_: {"loss": [a value an epoch], "accuracy": …}; goes on with `warm_start` and `partial_fit`, with NaN for
            what some of the calls did not measure.
        loss_curve_: The loss of each epoch.
        n_iter_: How many epochs there were.

    Raises:
        ConfigurationError: An argument is wrong; said by `fit`.

    Example:
        >>> from sklearn.datasets import load_digits
        >>> from sklearn.model_selection import cross_val_score
        >>> scores = cross_val_score(FigureClassifier(random_state=1), *load_digits(return_X_y=True))  # doctest: +SKIP

    Source: the interface is scikit-learn's, https://scikit-learn.org/stable/developers/develop.html.
    """

    classes_: npt.NDArray[Any]
    model_: Sequential
    _trained: Sequential  # for features that `scaler_` has scaled
    _asked: dict[str, object]  # what the network was made by
    _in_parts: bool  # whether the last call was `partial_fit`
    figure_shape_: tuple[int, ...]
    scaler_: StandardScaler | None
    history_: dict[str, list[float]]
    loss_curve_: list[float]
    n_iter_: int

    def __init__(
        self,
        network: str | Preset | Sequential | NetworkFunction = "fast",
        epochs: int | None = None,
        image_shape: tuple[int, ...] | None = None,
        *,
        kind: Literal["characters", "things"] = "characters",
        batch_size: int | None = None,
        learning_rate: float | None = None,
        augmentation: Sequence[Layer] | Literal["recipe"] | None = "recipe",
        class_weight: dict[Any, float] | Literal["balanced"] | None = None,
        warm_start: bool = False,
        random_state: int | np.random.RandomState | None = None,
        n_jobs: int | None = None,
        verbose: int = 0,
        callbacks: Any = None,
        validation_fraction: float | None = None,
    ) -> None:
        self.network = network
        self.epochs = epochs
        self.image_shape = image_shape
        self.kind = kind
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.augmentation = augmentation
        self.class_weight = class_weight
        self.warm_start = warm_start
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose
        self.callbacks = callbacks
        self.validation_fraction = validation_fraction

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train the network.

        Args:
            X: (n, features), (n, height, width) or (n, height, width, channels), of numbers.
            y: (n,) labels of any kind, of two classes at least.
            sample_weight: (n,) weights of at least 0, scaled to a mean of 1; figures of weight 0 are left out. None,
                the default: all alike.

        Returns:
            The estimator itself.

        Raises:
            ShapeError, DataError, ValueError: X, y or the weights do not fit.
            ConfigurationError: A parameter of the estimator is wrong.
        """
        settings.check(self)
        goes_on = self.warm_start and hasattr(self, "model_")
        if goes_on:
            settings.check_same(self, self._asked, part=False)
        rows, labels, shape = self._checked(X, y, first=not goes_on)
        classes = np.unique(labels)
        if goes_on and not np.array_equal(classes, self.classes_):
            raise DataError(
                f"`fit` with `warm_start=True` expects the classes of the call before, "
                f"{shown(self.classes_.tolist())}, received {shown(classes.tolist())}. Use "
                "`partial_fit`, which takes figures of some classes."
            )
        return self._train(rows, labels, sample_weight, classes, shape, goes_on)

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """Train the network for one epoch over these figures, at a constant learning rate.

        Args:
            X, y, sample_weight: See `fit`; weights compare the figures of one call. The first call tells the shape of
                figures and their range of pixels, so let it have more than a few; the scale of a table's features
                follows from call to call.
            classes: All labels that there will be; needed in the first call alone.

        Returns:
            The estimator itself.

        Raises:
            ShapeError, DataError, ValueError, ConfigurationError: See `fit`.
        """
        settings.check(self)
        if self.class_weight == "balanced":
            raise DataError(
                "`partial_fit` expects `class_weight` as a dictionary or None, received 'balanced': a part of the "
                "figures does not tell how often each class comes. Pass the weights that they should have."
            )
        goes_on = hasattr(self, "model_")
        if goes_on:
            settings.check_same(self, self._asked, part=True)
        given = None if classes is None else np.unique(np.asarray(classes))
        if given is None and not goes_on:
            raise DataError(
                "The first `partial_fit` expects `classes=`, all labels that there will be, received None. Pass "
                "`classes=numpy.unique(y)` of all figures."
            )
        if given is not None and goes_on and not np.array_equal(given, self.classes_):
            raise DataError(
                f"`partial_fit` expects the classes of the first call, {shown(self.classes_.tolist())}, received "
                f"{shown(given.tolist())}. Leave `classes=` out, or make another estimator."
            )
        rows, labels, shape = self._checked(X, y, first=not goes_on)
        return self._train(
            rows, labels, sample_weight, self.classes_ if given is None else given, shape, goes_on, part=True
        )

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The likeliest label of each figure.

        Args:
            X: As `fit` took it, flat or shaped.

        Returns:
            (n,) of the labels' type.

        Raises:
            NotFittedError: `fit` was not called.
            ShapeError, DataError, ValueError: X does not fit.
        """
        probabilities = self.predict_proba(X)  # before `classes_` is asked for: it complains of what is not fitted
        found: npt.NDArray[Any] = self.classes_[probabilities.argmax(axis=1)]
        return found

    def predict_proba(self, X: Any) -> npt.NDArray[np.float64]:
        """The probability of each class for each figure.

        Args:
            X: As `fit` took it, flat or shaped.

        Returns:
            (n, classes) float64 in the order of `classes_`. A row sums to 1 as exactly as that, which scikit-learn's
            metrics want of probabilities; the engine computes in float32.

        Raises:
            NotFittedError: `fit` was not called.
            ShapeError, DataError, ValueError: X does not fit.
        """
        check_is_fitted(self)
        rows, shape = figures.flat(X)
        figures.check_shape(shape, self.figure_shape_)
        rows = validate_data(self, rows, reset=False)
        x = rows if self.scaler_ is None else self.scaler_.transform(rows).astype(np.float32)
        found = self._trained.predict(x.reshape(-1, *self.figure_shape_), threads=settings.threads(self.n_jobs))
        return probabilities(found, self._trained.link)

    def predict_log_proba(self, X: Any) -> npt.NDArray[np.float64]:
        """The logarithm of `predict_proba`; -inf where a probability is 0."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags

    def _checked(
        self, X: Any, y: Any, first: bool
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any], tuple[int, ...] | None]:
        """X as rows, the labels, and the shape of a figure, where X has one."""
        rows, shape = figures.flat(X)
        if not first:
            figures.check_shape(shape, self.figure_shape_)
        rows, labels = validate_data(self, rows, y, reset=first)
        check_classification_targets(labels)
        return rows, labels, shape

    def _train(
        self,
        rows: npt.NDArray[Any],
        labels: npt.NDArray[Any],
        sample_weight: Any,
        classes: npt.NDArray[Any],
        shape: tuple[int, ...] | None,
        goes_on: bool,
        part: bool = False,
    ) -> Self:
        """Train a new network, or the one that there is, and take note of what came out.

        Args:
            rows: (n, features).
            labels: (n,).
            sample_weight: As it was passed.
            classes: All labels, sorted.
            shape: Of a figure, where X was not flat.
            goes_on: Whether with the network that there is.
            part: Whether this is `partial_fit`.
        """
        found = Samples.of(rows, labels, classes, sample_weight, self.class_weight)
        chosen = networks.choose(self.network, self.kind, self.learning_rate, self.augmentation)
        if goes_on:
            figure, scaler = self.figure_shape_, self.scaler_
        else:
            wanted = chosen.shape or settings.checked(self, "image_shape")
            figure = figures.shape_of(wanted, shape, rows.shape[1])
            if wanted is None and shape is None and len(figure) > 1:
                figures.warn_of_table(rows, figure[0], stacklevel=3)
            scaler = StandardScaler() if chosen.standardises(figure) else None
        held = None
        if self.validation_fraction is not None and not part:
            found, held = found.split(self.validation_fraction, self.random_state)
        if scaler is not None:
            found = found.merged()
            if part or not goes_on:  # a second `fit` stays with the scale that the network has learned
                scaler.partial_fit(found.rows, sample_weight=found.weights)
            found = found.with_rows(scaler.transform(found.rows))
            held = held and held.with_rows(scaler.transform(held.rows))
        x = found.rows.reshape(-1, *figure)
        epochs = 1 if part else chosen.epochs(self.epochs, len(x), self.batch_size)
        batch_size = chosen.batch_size(self.batch_size)
        if not goes_on or (self._in_parts and not part):
            seed = int(check_random_state(self.random_state).randint(2**31 - 1))
            fresh = chosen.build(x, figure, classes, seed, epochs * -(-len(x) // batch_size))
            if goes_on:
                chosen.make_whole(self._trained, fresh)
        model = self._trained if goes_on else fresh
        if part:
            chosen.make_steady(model)
        history = model.fit(
            x,
            outputs.targets(found.numbers, model, len(classes)),
            batch_size=batch_size,
            epochs=epochs,
            sample_weight=found.scaled_weights(),
            validation_data=held
            and (held.rows.reshape(-1, *figure), outputs.targets(held.numbers, model, len(classes))),
            callbacks=[*([] if part else chosen.callbacks(model, epochs)), *as_callbacks(self.callbacks)],
            threads=settings.threads(self.n_jobs),
            verbose=self.verbose,
        ).history
        before = self.history_ if goes_on else {}
        self.classes_, self.figure_shape_, self.scaler_ = classes, figure, scaler
        self._trained, self._in_parts = model, part
        if not goes_on:
            self._asked = settings.of_network(self)
        self.model_ = model if scaler is None else networks.with_scaler(model, scaler)
        self.history_ = outputs.joined(before, history)
        self.loss_curve_ = self.history_["loss"]
        self.n_iter_ = len(self.loss_curve_)
        return self
