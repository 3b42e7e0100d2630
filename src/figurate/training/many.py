"""Many training runs at once, a thread each: all of them stop together, and an error says whose it is.

Knows nothing of models; `models/many.py` prepares the runs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from figurate.callbacks import Callback
from figurate.callbacks.callback import Logs
from figurate.errors import FigurateError


class Run(Protocol):
    """A training run: `FitLoop` is one."""

    def run(self) -> None: ...


class Halt(Callback):
    """Ends a run, as Ctrl-C would, once `event` is set; given to every run of a group.

    Args:
        event: Set by `run_all`.
    """

    def __init__(self, event: threading.Event) -> None:
        super().__init__()
        self._event = event

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._look()

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._look()

    def on_train_tick(self, step: int, logs: Logs | None = None) -> None:
        self._look()

    def _look(self) -> None:
        if self._event.is_set():
            raise KeyboardInterrupt


def run_all(
    runs: Sequence[Run], names: Sequence[str], threads: int, halted: threading.Event, ended: Callable[[int], None]
) -> None:
    """Run all runs, the first ones first, `threads` at a time.

    Args:
        runs: Independent of each other; each has a `Halt` of the event `halted`.
        names: What to call each of them in an error.
        threads: At least 1.
        halted: Set where a run fails, or at Ctrl-C.
        ended: Called on this thread with the number of each run that has ended.

    Raises:
        Exception: The first run, by number, that failed; the others have been stopped by then.
        KeyboardInterrupt: Ctrl-C; all runs have been stopped by then.
    """
    from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

    with ThreadPoolExecutor(threads, thread_name_prefix="fit_many") as executor:
        futures = [executor.submit(run.run) for run in runs]
        numbers = {future: number for number, future in enumerate(futures)}
        waiting = set(futures)
        try:
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                if any(future.exception() is not None for future in done):
                    break
                for number in sorted(numbers[future] for future in done):
                    ended(number)
        finally:
            if waiting:
                halted.set()
                executor.shutdown(wait=False, cancel_futures=True)
    errors = [None if future.cancelled() else future.exception() for future in futures]
    for error, name in zip(errors, names, strict=True):
        if error is not None and not isinstance(error, KeyboardInterrupt):
            raise of_network(name, error)
    if any(errors):
        raise KeyboardInterrupt


def of_network(name: str, error: BaseException) -> BaseException:
    """The error, saying which network it is of."""
    if isinstance(error, FigurateError):
        told = type(error)(f"`fit_many`, {name}: {error}")
        told.__cause__ = error
        return told
    error.add_note(f"`fit_many`, {name}.")
    return error
