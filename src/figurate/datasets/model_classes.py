"""Labels as the numbers of classes that a model knows already: not all of them need occur, and none is new.

What classes figures have by themselves is told in `labels.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from figurate.datasets.labels import Labels, class_name, in_order
from figurate.errors import ConfigurationError, DataError, shown

__all__ = ["ModelClasses"]


@dataclass(frozen=True)
class ModelClasses:
    """The classes of a model.

    Args:
        names: By their numbers; where they have no names, the numbers themselves.
        named: Whether they have names.
    """

    names: list[str]
    named: bool

    @classmethod
    def checked(cls, classes: Any) -> ModelClasses:
        """The argument of `load`, checked.

        Raises:
            ConfigurationError: It is neither a list of names nor a number.
        """
        if isinstance(classes, int) and not isinstance(classes, bool) and classes > 0:
            return cls([str(number) for number in range(classes)], named=False)
        if isinstance(classes, Sequence) and not isinstance(classes, str | bytes) and len(classes) > 0:
            texts = [class_name(name) for name in classes if isinstance(name, str)]
            if len(texts) == len(classes):
                return cls(texts, named=True)
        raise ConfigurationError(
            "`load` expects classes as the names of a model's classes, as many as it has where they have no names, or "
            f"None, received {shown(classes)}. Give `model.class_names`."
        )

    def encode(
        self, train: Labels, test: Labels, what: str, known: Mapping[str, str] | None = None
    ) -> tuple[NDArray[Any], NDArray[Any], list[str]]:
        """Labels as the numbers of the model's classes.

        They go by their names. Where only one side has names, they go by their order: labels 0, 1, … of a set are the
        first classes of a model that has names for them, and so are the names of a set to a model that has none.

        Args:
            train, test: Labels of both halves.
            what: The data set's name, for messages.
            known: The names of classes by their labels, in the order of their numbers.

        Returns:
            Numbers of both halves, and the names of the classes.

        Raises:
            DataError: There are labels that the model does not know.

        Example:
            >>> model = ModelClasses(["cat", "dog"], named=True)
            >>> model.encode(Labels.of_texts(["dog"]), Labels.of_texts(["dog", "cat"]), "pets")[:2]
            (array([1], dtype=uint8), array([1, 0], dtype=uint8))
        """
        known = known or {}
        used = {*train.used(), *test.used()}
        labels = list(known) if set(known) >= used else in_order(used, known)
        own = [known.get(label, label) for label in labels]
        numbers = {name: number for number, name in enumerate(self.names)}
        unknown = [name for label, name in zip(labels, own, strict=True) if label in used and name not in numbers]
        names = self.names
        if not unknown:
            by_label = {label: numbers.get(name, 0) for label, name in zip(labels, own, strict=True)}
        elif self._goes_by_order(own):
            by_label = {label: number for number, label in enumerate(labels)}
            names = own if not self.named and len(own) == len(names) else names
        else:
            raise DataError(
                f"{what}: expected labels that the model knows, {shown(names)}, received {shown(unknown)} too. "
                "Train a model on this set, or leave these figures out."
            )
        count = len(names)
        return train.numbered(by_label, count), test.numbered(by_label, count), list(names)

    def _goes_by_order(self, own: list[str]) -> bool:
        """Whether a set's classes and the model's are the same by their order: one of the two is only numbered."""
        words = any(not name.isdecimal() for name in self.names)
        only_numbered = words and own == [str(number) for number in range(len(own))]
        return len(own) <= len(self.names) and (not self.named or only_numbered)
