"""Configuration to and from plain dictionaries, through closed lists of classes.

`Configurable` gives a class its checks, `get_config`, `from_config` and `repr` from one table of parameters.
`Registry` is a closed list of such classes for one kind of object. Files name classes only through it, so a file can
never reach code that is not in the list. Nothing here knows any one layer, loss or optimizer.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, NoReturn, Self, TypeVar

from figurate.errors import ArgumentError, ConfigurationError, UnsupportedError, nearest, shown, unknown_name
from figurate.naming import snake_case
from figurate.parameters import Parameter

Parameters = Mapping[str, Parameter]


@dataclass(frozen=True)
class Refusal:
    """An argument of Keras' that is not supported.

    Args:
        advice: What to do instead, a whole sentence.
        neutral: The values that ask for nothing (Keras' own default among them); they are accepted and dropped.
    """

    advice: str
    neutral: tuple[object, ...] = (None,)

    def admits(self, value: object) -> bool:
        """Whether `value` asks for nothing. False is not 0 here."""
        return any(value is n or (type(value) is type(n) and value == n) for n in self.neutral)


Refusals = Mapping[str, Refusal]

# `fit` rebuilds an open schedule in every epoch, and small networks have epochs of 0.1 ms.
_signature = functools.lru_cache(maxsize=256)(inspect.signature)


class Configurable:
    """An object whose settings are checked by a table, and which a dictionary of them rebuilds.

    A subclass fills `_parameters` (one row for each setting) and, where Keras has more, `_refused`; its `__init__` sets
    the attributes and ends with `self._check()`.
    """

    _kind: ClassVar[str] = "object"
    _parameters: ClassVar[Parameters] = {}
    _refused: ClassVar[Refusals] = {}
    # Methods by which Keras users write their own behaviour in Python, with what to do instead.
    _own_methods: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        parent = cls.__mro__[1]  # not `cls`: a base class may define the very methods that it lists
        for method, advice in getattr(parent, "_own_methods", {}).items():
            if method in cls.__dict__:
                raise UnsupportedError(
                    f"`{cls.__name__}` defines `{method}` in Python, which the engine cannot run. {advice}"
                )

    def _refuse(self, arguments: Mapping[str, object]) -> None:
        """Drop neutral values of arguments that are not supported; raise for any other."""
        owner = type(self).__name__
        for name, value in arguments.items():
            refusal = self._refused.get(name)
            if refusal is None:
                known = self._argument_names()
                guess = nearest(name, known)
                question = f" Did you mean `{guess}`?" if guess is not None else ""
                raise ArgumentError(f"`{owner}` has no argument `{name}`.{question} Known: {', '.join(known)}.")
            if not refusal.admits(value):
                raise UnsupportedError(
                    f"`{owner}({name}=…)` is not supported, received {shown(value)}. {refusal.advice}"
                )

    def _check(self) -> None:
        """Check every setting against its row, and keep it in its plain form."""
        owner = type(self).__name__
        for name, parameter in self._parameters.items():
            setattr(self, name, parameter.check(owner, name, getattr(self, name)))

    @classmethod
    def _argument_names(cls) -> list[str]:
        signature = _signature(cls.__init__)
        unnamed = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        named = {p.name for p in signature.parameters.values() if p.kind not in unnamed and p.name != "self"}
        return sorted(named | set(cls._parameters))

    def get_config(self) -> dict[str, Any]:
        """The settings as JSON can hold them; `from_config` rebuilds the object from them."""
        return {name: parameter.encode(getattr(self, name)) for name, parameter in self._parameters.items()}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Build the object again from what `get_config` returned.

        Raises:
            ConfigurationError: A setting is unknown or wrong.
        """
        if not isinstance(config, Mapping) or not all(isinstance(key, str) for key in config):
            raise ConfigurationError(
                f"The configuration of `{cls.__name__}` must be a dictionary of settings by name, "
                f"received {shown(config)}."
            )
        known = cls._argument_names()
        for name in config:
            if name not in known and name not in cls._refused:
                raise unknown_name(f"setting of `{cls.__name__}`", name, known)
        signature = _signature(cls.__init__)
        missing = [
            p.name
            for p in signature.parameters.values()
            if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD and p.name != "self" and p.name not in config
        ]
        if missing:
            raise ConfigurationError(f"The configuration of `{cls.__name__}` lacks {', '.join(map(repr, missing))}.")
        return cls(**config)

    def __repr__(self) -> str:
        settings = []
        for name, parameter in self._parameters.items():
            value = getattr(self, name)
            if parameter.encode(value) != self._encoded_default(name, parameter):
                settings.append(f"{name}={_shown(value, parameter)}")
        return f"{type(self).__name__}({', '.join(settings)})"

    @classmethod
    def _encoded_default(cls, name: str, parameter: Parameter) -> object:
        """The default of a setting in the form `get_config` has; for a setting without one an object like no other."""
        argument = _signature(cls.__init__).parameters.get(name)
        default = None if argument is None else argument.default
        if default is inspect.Parameter.empty:
            return object()
        try:
            return parameter.encode(parameter.check(cls.__name__, name, default))
        except ConfigurationError:
            return None  # None stands for something chosen later, such as an automatic name


def _shown(value: object, parameter: Parameter) -> str:
    """A setting as Python code: objects within show themselves; an activation, a function, shows its name."""
    if isinstance(value, Configurable):
        return repr(value)
    if isinstance(value, tuple) and value and all(isinstance(entry, Configurable) for entry in value):
        return repr(list(value))
    plain = parameter.encode(value)
    return repr(tuple(plain) if isinstance(plain, list) else plain)


C = TypeVar("C", bound=Configurable)


class FunctionName(Generic[C]):
    """Stands where Keras has a function, as `losses.mean_squared_error`: it names the class and computes nothing."""

    def __init__(self, name: str, names: type[C]) -> None:
        self.__name__ = name
        self.names = names

    def __call__(self, *arguments: object, **named: object) -> NoReturn:
        raise UnsupportedError(
            f"`{self.__name__}` cannot be called: the engine computes it. Pass it to `compile`, as {self.__name__!r} "
            f"or `{self.names.__name__}()`, and read the value from `fit` or `evaluate`."
        )

    def __repr__(self) -> str:
        return f"<function name {self.__name__}, stands for {self.names.__name__}()>"


class Registry(Generic[C]):
    """A closed list of classes of one kind, by class name, by name and by alias.

    Args:
        kind: What the classes are, in the singular, for messages: "loss".
        classes: The classes in the list.
        aliases: Further names, such as {"mse": MeanSquaredError}.
        spelling: Makes a name of a class name. Defaults to snake case.
        elsewhere: Names that stand for no class of the list and are dealt with before it, for messages.
    """

    def __init__(
        self,
        kind: str,
        classes: Iterable[type[C]],
        aliases: Mapping[str, type[C]] | None = None,
        spelling: Callable[[str], str] = snake_case,
        elsewhere: Iterable[str] = (),
    ) -> None:
        self.kind = kind
        self._article = "An" if kind[0] in "aeiou" else "A"
        self._elsewhere = tuple(elsewhere)
        self.classes: tuple[type[C], ...] = tuple(classes)
        self._by_class_name: dict[str, type[C]] = {cls.__name__: cls for cls in self.classes}
        self._by_name: dict[str, type[C]] = {spelling(cls.__name__): cls for cls in self.classes} | dict(aliases or {})

    @property
    def names(self) -> list[str]:
        """The names of the classes and their aliases, sorted; `find` knows the class names, too."""
        return sorted(self._by_name)

    def __contains__(self, cls: object) -> bool:
        return cls in self.classes

    def find(self, name: str) -> type[C]:
        """The class of this name.

        Raises:
            ConfigurationError: There is none; the message has the nearest name.
        """
        found = self._by_name.get(name) or self._by_class_name.get(name)
        if found is None:
            raise unknown_name(self.kind, name, [*self._by_name, *self._elsewhere])
        return found

    def get(self, identifier: object) -> C:
        """The object that a name, a class, a serialised dictionary or an object stands for.

        Raises:
            ConfigurationError: The name is unknown, or the dictionary is not one that `serialize` wrote.
            UnsupportedError: The object or class is not in the list, such as one of the user's own.
        """
        if isinstance(identifier, str):
            return self.find(identifier)()
        if isinstance(identifier, Mapping):
            return self.deserialize(identifier)
        if isinstance(identifier, FunctionName) and identifier.names in self.classes:
            return identifier.names()
        for cls in self.classes:
            if identifier is cls:
                return cls()
            if type(identifier) is cls:
                return identifier
        raise UnsupportedError(
            f"{self._article} {self.kind} must be a name, or a class or object of figurate's own, received "
            f"{shown(identifier)}: functions and classes written in Python cannot run in the engine. Choose among "
            f"{', '.join(sorted(self._by_class_name))}."
        )

    def serialize(self, value: C) -> dict[str, Any]:
        """`{"class_name": …, "config": …}`, which JSON holds and `deserialize` reads."""
        if type(value) not in self.classes:
            raise UnsupportedError(
                f"{shown(value)} cannot be written to a file: `{type(value).__name__}` is no {self.kind} of figurate's "
                f"own. Choose among {', '.join(sorted(self._by_class_name))}."
            )
        return {"class_name": type(value).__name__, "config": value.get_config()}

    def deserialize(self, data: object) -> C:
        """The object that `serialize` wrote.

        Raises:
            ConfigurationError: The dictionary has another form, or names a class or setting that is not known.
        """
        if not isinstance(data, Mapping) or not isinstance(data.get("class_name"), str):
            raise ConfigurationError(
                f"{self._article} {self.kind} in serialised form must be {{'class_name': …, 'config': …}}, "
                f"received {shown(data)}."
            )
        class_name = data["class_name"]
        if class_name not in self._by_class_name:
            raise unknown_name(self.kind, class_name, self._by_class_name)
        return self._by_class_name[class_name].from_config(data.get("config", {}))
