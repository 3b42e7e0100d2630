"""Figures with the numbers of their classes and their weights, as they are trained on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.utils.validation import _check_sample_weight

from figurate.errors import ConfigurationError, DataError, shown

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Samples:
    """What is trained on.

    Attributes:
        rows: (n, features).
        numbers: (n,) int64, each figure's class by its number.
        weights: (n,) above 0, of any scale; None: all alike.
    """

    rows: npt.NDArray[Any]
    numbers: npt.NDArray[np.int64]
    weights: Floats | None

    @classmethod
    def of(
        cls,
        rows: npt.NDArray[Any],
        labels: npt.NDArray[Any],
        classes: npt.NDArray[Any],
        sample_weight: Any,
        class_weight: Any,
    ) -> Self:
        """What is left where figures of weight 0 are left out.

        Args:
            rows: (n, features).
            labels: (n,).
            classes: All labels that there may be, sorted.
            sample_weight: As `fit` was given it.
            class_weight: As the estimator was given it.

        Raises:
            DataError: There is one class alone, a label that is none of `classes`, or no weight above 0.
            ConfigurationError: `class_weight` is of another form.
            ValueError: `sample_weight` is of another shape, negative or not finite.
        """
        if len(classes) < 2:
            only = f"1 class: {shown(classes.tolist()[0])}" if len(classes) else "none"
            raise DataError(
                f"`FigureClassifier` expects labels of at least 2 classes, received {only}. Pass figures of "
                "all classes."
            )
        places = np.minimum(np.searchsorted(classes, labels), len(classes) - 1)
        strange = np.flatnonzero(classes[places] != labels)
        if len(strange):
            raise DataError(
                f"`FigureClassifier` expects labels of {shown(classes.tolist())}, received "
                f"{shown(labels[strange].tolist()[0])} at figure {strange[0]}. Name all classes in the "
                "first `partial_fit`."
            )
        numbers = places.astype(np.int64)
        weights: Floats | None = None
        if sample_weight is not None:
            weights = _check_sample_weight(sample_weight, rows, dtype=np.float64, ensure_non_negative=True)
        if class_weight is not None:
            weights = (np.ones(len(rows)) if weights is None else weights) * weights_by_class(
                class_weight, classes, numbers, weights
            )
        if weights is None:
            return cls(rows, numbers, None)
        kept = weights > 0
        if not kept.any():
            raise DataError(
                "`FigureClassifier` expects a weight above 0, received weights that are all zero. Leave "
                "`sample_weight` out to weigh all figures alike."
            )
        return cls(rows, numbers, weights) if kept.all() else cls(rows[kept], numbers[kept], weights[kept])

    def split(self, fraction: float, random_state: Any) -> tuple[Self, Self]:
        """All but a share of each class, and that share without weights.

        Raises:
            ConfigurationError: The share is not between 0 and 1.
            ValueError: A class has too few figures for it.
        """
        if isinstance(fraction, bool) or not isinstance(fraction, (float, np.floating)) or not 0 < fraction < 1:
            raise ConfigurationError(
                "`FigureClassifier(validation_fraction=…)` expects a share between 0 and 1, such as 0.1, or None, "
                f"received {shown(fraction)}."
            )
        splitter = StratifiedShuffleSplit(1, test_size=fraction, random_state=random_state)
        [(kept, held)] = splitter.split(self.rows, self.numbers)
        weights = None if self.weights is None else self.weights[kept]
        return (
            replace(self, rows=self.rows[kept], numbers=self.numbers[kept], weights=weights),
            replace(self, rows=self.rows[held], numbers=self.numbers[held], weights=None),
        )

    def merged(self) -> Self:
        """Each distinct row of a class once, in an order of their own, weighed by all that are like it."""
        # Compared by their bytes, in which zero has two signs.
        keys = np.ascontiguousarray(np.column_stack([self.rows.astype(np.float64) + 0.0, self.numbers]))
        whole = keys.view(np.dtype((np.void, keys.itemsize * keys.shape[1])))
        _, first, which = np.unique(whole, return_index=True, return_inverse=True)
        weights = np.bincount(which.reshape(-1), self.weights).astype(np.float64)
        return replace(self, rows=self.rows[first], numbers=self.numbers[first], weights=weights)

    def with_rows(self, rows: npt.NDArray[Any]) -> Self:
        """The same, of these rows, in float32."""
        return replace(self, rows=rows.astype(np.float32))

    def scaled_weights(self) -> npt.NDArray[np.float32] | None:
        """The weights, scaled to a mean of 1, so that a learning rate means what it does without; None: all alike."""
        if self.weights is None or (self.weights == self.weights[0]).all():
            return None
        scaled: npt.NDArray[np.float32] = (self.weights * (len(self.weights) / self.weights.sum())).astype(np.float32)
        return scaled


def weights_by_class(
    class_weight: Any, classes: npt.NDArray[Any], numbers: npt.NDArray[np.int64], weights: Floats | None
) -> Floats:
    """The weight of each figure by its class.

    Args:
        class_weight: {label: weight}; "balanced": classes weigh the same, all together, by the weights of figures.
        classes: All labels, sorted.
        numbers: (n,) each figure's class.
        weights: (n,) of figures; None: all alike.

    Raises:
        ConfigurationError: It is neither, or has a label that there is not.

    Example:
        >>> weights_by_class("balanced", np.array(["a", "b"]), np.array([0, 0, 0, 1]), None)
        array([0.66666667, 0.66666667, 0.66666667, 2.        ])
    """
    if isinstance(class_weight, str) and class_weight == "balanced":
        counts = np.bincount(numbers, weights, minlength=len(classes))
        return np.asarray(counts.sum() / (len(classes) * counts[numbers].clip(min=np.finfo(float).tiny)))
    if not isinstance(class_weight, Mapping):
        raise ConfigurationError(
            f"`FigureClassifier(class_weight=…)` expects {{label: weight}}, 'balanced' or None, received "
            f"{shown(class_weight)}."
        )
    table = np.ones(len(classes))
    for label, weight in class_weight.items():
        at = np.flatnonzero(classes == label)
        if not len(at):
            raise ConfigurationError(
                f"`FigureClassifier(class_weight=…)` expects labels of {shown(classes.tolist())}, received "
                f"{shown(label)}. Name the classes as y does."
            )
        if not isinstance(weight, (int, float, np.number)) or not 0 <= weight < np.inf:
            raise ConfigurationError(
                f"`FigureClassifier(class_weight=…)` expects finite weights of at least 0, received {shown(weight)} "
                f"for the class {shown(label)}."
            )
        table[at] = weight
    return table[numbers]
