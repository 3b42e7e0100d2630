"""`fit_many`: trains many models at once, each on a core of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from figurate import _engine
from figurate.callbacks import Callback, History
from figurate.callbacks.callback_list import as_callbacks
from figurate.errors import ConfigurationError, FigurateError, shown
from figurate.models.sequential import Sequential
from figurate.training import arguments, data
from figurate.training.many import Halt, of_network, run_all
from figurate.training.shelf import Shelf


def fit_many(
    networks: Iterable[Sequential],
    x: Any,
    y: Any,
    *,
    batch_size: int | None = None,
    epochs: int = 1,
    verbose: str | int = "auto",
    callbacks: Callable[[Sequential], Any] | None = None,
    validation_split: float = 0.0,
    validation_data: Any = None,
    shuffle: bool = True,
    class_weight: Any = None,
    sample_weight: Any = None,
    initial_epoch: int = 0,
    validation_freq: Any = 1,
    seeds: Iterable[int] | None = None,
    threads: int | None = None,
) -> list[History]:
    """Train many models on the same figures, one on each core at a time.

    Networks this small share no core's work well, so that many of them are trained fastest side by side. Each becomes,
    bit for bit, what `network.fit` with the same arguments and its seed makes of it. The figures are held once for all.

    Args:
        networks: Compiled models, all different; `models.clone_model` makes more of one. They may differ in layers,
            optimizers and losses.
        x, y: See `Sequential.fit`.
        batch_size, epochs, validation_split, validation_data, shuffle, class_weight, sample_weight, initial_epoch,
            validation_freq: See `Sequential.fit`; the same for all.
        verbose: 0 silent, else a line for each network that has ended; "auto" is 1.
        callbacks: None, or a function that is given a network and returns its callbacks: each needs its own, since they
            remember what they saw. They are called on the network's thread.
        seeds: Of the order of figures and of dropout, one a network; None: each network's own.
        threads: How many networks are trained at a time; None: as many as this process may use cores.

    Returns:
        The networks' histories, in their order.

    Raises:
        ConfigurationError: An argument is wrong, or a network is not compiled.
        ShapeError, DataError: x, y or the weights do not fit.
        TrainingError: A loss is not finite.
        KeyboardInterrupt: Ctrl-C; all networks and their histories are those reached. So are they after an error of
            one of them, which the message names; arguments and arrays are checked before any training.

    Example:
        >>> networks = [clone_model(model, seed=seed) for seed in range(16)]  # doctest: +SKIP
        >>> histories = fit_many(networks, x, y, epochs=20, validation_data=(xv, yv))  # doctest: +SKIP
    """
    models = _checked(networks)
    chosen = _seeds(seeds, len(models))
    shown_as = arguments.verbosity("fit_many", verbose)
    if callbacks is not None and (isinstance(callbacks, (type, Callback)) or not callable(callbacks)):
        raise ConfigurationError(
            "`fit_many(callbacks=…)` expects a function that returns the callbacks of one network, received "
            f"{shown(callbacks)}. Write `callbacks=lambda network: [EarlyStopping()]`: each network needs its own."
        )
    workers = arguments.optional_threads("fit_many", threads) or _engine.default_threads()
    # Arrays once, so that the shelf knows them again from network to network.
    x, y = data.as_array(x, "fit_many"), y if y is None else data.as_array(y, "fit_many", "y")
    validation = None if validation_data is None else arguments.unpack_validation(validation_data)
    if validation is None and validation_split != 0:
        (x, y, sample_weight), validation = arguments.split(x, y, sample_weight, validation_split)
    if validation is not None:
        validation = data.as_array(validation[0], "fit_many", "validation x"), *validation[1:]
    shelf, halted = Shelf(workers), threading.Event()
    names = [
        f"network {number} of {len(models)} ({model.name!r}, seed {model.seed if seed is None else seed})"
        for number, (model, seed) in enumerate(zip(models, chosen, strict=True), 1)
    ]
    loops = []
    for model, seed, name in zip(models, chosen, names, strict=True):
        try:
            loop = model.prepare_fit(
                x,
                y,
                batch_size=batch_size,
                epochs=epochs,
                verbose=0,
                callbacks=[*as_callbacks(None if callbacks is None else callbacks(model)), Halt(halted)],
                validation_data=validation,
                shuffle=shuffle,
                class_weight=class_weight,
                sample_weight=sample_weight,
                initial_epoch=initial_epoch,
                validation_freq=validation_freq,
                seed=seed,
                threads=max(workers // len(models), 1),
                shelf=shelf,
            )
        except FigurateError as error:
            raise of_network(name, error) from error
        loops.append(loop)
    began = time.perf_counter()

    def ended(number: int) -> None:
        if shown_as:
            last = {name: values[-1] for name, values in loops[number].history.history.items() if values}
            # Callbacks may have added what is no number.
            told = ", ".join(f"{name} {value:.4f}" for name, value in last.items() if isinstance(value, float))
            print(f"{names[number]}: {told}, after {time.perf_counter() - began:.1f} s", flush=True)

    run_all(loops, names, min(workers, len(models)), halted, ended)
    return [loop.history for loop in loops]


def _checked(networks: object) -> list[Sequential]:
    """The networks as a list, once it is sure that they are some, and different ones."""
    models: list[Any] = list(networks) if isinstance(networks, Iterable) else []
    if not models or not all(isinstance(model, Sequential) for model in models):
        raise ConfigurationError(
            f"`fit_many` expects a list of at least one `Sequential`, received {shown(networks)}. Write "
            "`fit_many([first, second], x, y)`."
        )
    if len({id(model) for model in models}) < len(models):
        raise ConfigurationError(
            "`fit_many` expects different networks, received one of them twice. Make more of one with "
            "`models.clone_model(model, seed=…)`."
        )
    return models


def _seeds(seeds: Iterable[int] | None, count: int) -> Sequence[int | None]:
    """A seed for each network, or None for its own."""
    if seeds is None:
        return [None] * count
    chosen = [arguments.optional_seed("fit_many", seed) for seed in seeds]
    if len(chosen) != count or None in chosen:
        raise ConfigurationError(
            f"`fit_many(seeds=…)` expects a whole number for each of the {count} networks, received {shown(chosen)}."
        )
    return chosen
