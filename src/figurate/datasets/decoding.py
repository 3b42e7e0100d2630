"""Many pictures decoded into one array: in this process and, where it takes longer, in others beside it.

Pillow holds the interpreter's lock, so threads are no help; helpers are plain processes over pipes, which need no guard
in the caller's program, work in notebooks, and whose end is noticed. A picture that ends the process that decodes it is
one that cannot be read.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, BinaryIO, Protocol, cast

import numpy as np

from figurate.datasets._decoder import read_message, write_message
from figurate.datasets.picture_rows import Item, Order, Pixels, Problem, fill
from figurate.datasets.spool import Room
from figurate.errors import FileFormatError

__all__ = ["Different", "Pictures", "cpus", "decode"]

_ALONE = 0.25  # seconds that this process tries alone: about what it takes to start another
_WORTH = 0.5  # seconds of work left that make helpers worth their start
_PIECE_SECONDS = 0.05
_PIECE = 1024  # pictures handed out at once, at most
_PIECE_BYTES = 8 << 20  # of encoded pictures handed out at once
_SILENCE = 300.0  # seconds without an answer after which a helper is given up
_READY = 30.0  # seconds that a helper may take to start
_STEP = 0.05
_STARTS = 8  # helpers started anew, at most
_ENDED = (
    "Expected pictures that can be decoded, received so many that end the process which does it that the rest was not "
    "tried. Is memory short, or an image library damaged? Try `threads=1`."
)
_START = (
    "import sys, json; sys.path[:] = json.loads(sys.stdin.buffer.readline()); "
    "from figurate.datasets._decoder import main; main()"
)


class Pictures(Protocol):
    """Pictures in files or in a table's column."""

    def __len__(self) -> int: ...

    def items(self) -> Iterator[Item]:
        """All of them in order, as paths or as bytes."""

    def sample(self, indices: Sequence[int]) -> Iterator[Item]:
        """Some of them, in the order of `indices`."""


class Different(Exception):
    """A picture differs from the others where all were to stay as they are: `kind` is "size" or "colour"."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.kind = problem.kind


class _Pieces:
    """Pictures handed out piece by piece to whoever asks; safe among threads."""

    def __init__(self, pictures: Pictures) -> None:
        self._items = pictures.items()
        self._lock = threading.Lock()
        self._next = 0
        self.most = 16

    def take(self) -> tuple[int, list[Item]] | None:
        with self._lock:
            piece: list[Item] = []
            size = 0
            for item in islice(self._items, self.most):
                piece.append(item)
                size += len(item) if isinstance(item, bytes) else 0
                if size > _PIECE_BYTES:
                    break
            start = self._next
            self._next += len(piece)
            return (start, piece) if piece else None


def cpus() -> int:
    """CPUs that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def decode(
    pictures: Pictures, order: Order, threads: int | None = None, stop_at_first: bool = False
) -> tuple[Pixels, list[Problem]]:
    """Decode pictures.

    Args:
        pictures: Which.
        order: What is to be made of each.
        threads: Processes that work, this one included; as many as there are CPUs by default.
        stop_at_first: Whether to stop at the first picture that cannot be read.

    Returns:
        (n, *order.shape), uint8, in memory or mapped; and the pictures that could not be read, whose rows are 0.

    Raises:
        Different: A picture is of another size or coloured, and `order` would leave them as they are.
    """
    count = len(pictures)
    helpers = (threads or cpus()) - 1
    room = Room((count, *order.shape), np.uint8, shared=helpers > 0)
    try:
        work = _Work(pictures, order, room, stop_at_first)
        work.run(count, helpers)
        rows = room.finish()
    finally:
        room.close()
    return rows, sorted(work.problems)


class _Work:
    def __init__(self, pictures: Pictures, order: Order, room: Room, stop_at_first: bool) -> None:
        self.order = order
        self.room = room
        self.rows: Pixels = room.array
        self.pieces = _Pieces(pictures)
        self.problems: list[Problem] = []
        self.done = 0
        self.failed: Exception | None = None
        self._stop_at_first = stop_at_first
        self._stopped = threading.Event()
        self._drained = threading.Event()
        self._starts = _STARTS + cpus()
        self._running: list[subprocess.Popen[bytes]] = []
        self._lock = threading.Lock()

    def run(self, count: int, helpers: int) -> None:
        """Do all of it."""
        threads: list[threading.Thread] = []
        start = time.perf_counter()
        try:
            while not self._stopped.is_set() and (piece := self.pieces.take()) is not None:
                self._note(fill(self.rows, *piece, self.order), len(piece[1]))
                spent = time.perf_counter() - start
                each = spent / max(self.done, 1)
                if not threads:
                    self.pieces.most = max(1, min(_PIECE, int(_PIECE_SECONDS / each)))
                    if (
                        helpers > 0
                        and self.room.fd is not None
                        and spent > _ALONE
                        and each * (count - self.done) > _WORTH
                    ):
                        threads = [threading.Thread(target=self._help, daemon=True) for _ in range(helpers)]
                        for thread in threads:
                            thread.start()
            self._drained.set()
            for thread in threads:
                thread.join()
        finally:
            self._stopped.set()
            with self._lock:
                for process in self._running:
                    process.kill()
            for thread in threads:
                thread.join()
            for process in self._running:
                _end(process)
        if self.failed is not None:
            raise self.failed
        for problem in self.problems:
            if problem.kind != "unreadable":
                raise Different(problem)

    def _note(self, problems: list[Problem], done: int) -> None:
        with self._lock:
            self.done += done
            self.problems += problems
            if any(self._stop_at_first or problem.kind != "unreadable" for problem in problems):
                self._stopped.set()

    def _help(self) -> None:
        """One helper's thread: hands its process pieces and waits for the answers."""
        try:
            helper = self._start()
            while helper is not None and not self._stopped.is_set() and (piece := self.pieces.take()) is not None:
                problems = _ask(helper, piece)
                if problems is not None:
                    self._note(problems, len(piece[1]))
                elif not self._stopped.is_set():
                    helper = self._one_by_one(piece)
        except Exception as error:
            self.failed = error
            self._stopped.set()

    def _one_by_one(self, piece: tuple[int, list[Item]]) -> subprocess.Popen[bytes] | None:
        """Find the picture of a piece that ends the process; a new helper goes on after it."""
        start, items = piece
        helper = self._start()
        for index, item in enumerate(items, start):
            if helper is None:
                self.failed = self.failed or FileFormatError(_ENDED)
                self._stopped.set()
            if helper is None or self._stopped.is_set():
                break
            problems = _ask(helper, (index, [item]))
            if problems is None and not self._stopped.is_set():
                problems = [Problem(index, "unreadable", "the process that decoded it ended")]
                helper = self._start()
            self._note(problems or [], 1)
        return helper

    def _start(self) -> subprocess.Popen[bytes] | None:
        """A helper that has said it is ready; None where none can start here, and this process does it all."""
        with self._lock:
            if self._starts == 0 or self._stopped.is_set() or self.room.fd is None or not sys.executable:
                return None
            self._starts -= 1
            try:
                process = subprocess.Popen(
                    [sys.executable, "-P", "-c", _START],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    pass_fds=[self.room.fd],
                )
            except OSError:
                return None
            self._running.append(process)
        setup = self.order.as_json() | {"fd": self.room.fd, "bytes": self.rows.nbytes, "count": len(self.rows)}
        with suppress(OSError):  # its silence is noticed
            stdin = cast(BinaryIO, process.stdin)
            stdin.write(json.dumps(sys.path).encode("ascii") + b"\n")
            write_message(stdin, setup)
        # Nobody waits for a helper that is still starting when the work is done.
        for _ in range(int(_READY / _STEP)):
            if self._stopped.is_set() or self._drained.is_set():
                break
            if _speaks(process, _STEP):
                return process if _answer(process) is not None else None
        process.kill()
        return None


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):  # what was not yet written has nobody to read it
            cast(BinaryIO, pipe).close()
    process.wait()


def _ask(helper: subprocess.Popen[bytes], piece: tuple[int, list[Item]]) -> list[Problem] | None:
    """What a helper answers to a piece; None where it has ended, or is given up and ended."""
    start, items = piece
    paths = any(isinstance(item, str) for item in items)
    parts = [os.fsencode(item) if item is not None else None for item in items]
    head = {"start": start, "paths": paths, "lengths": [-1 if part is None else len(part) for part in parts]}
    try:
        write_message(cast(BinaryIO, helper.stdin), head, b"".join(part for part in parts if part is not None))
    except OSError:
        return None
    answer = _answer(helper)
    return None if answer is None else [Problem(*problem) for problem in answer["problems"]]


def _speaks(helper: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether a helper says something, or ends, within some seconds."""
    waiting = select.poll()
    waiting.register(cast(BinaryIO, helper.stdout), select.POLLIN)
    return bool(waiting.poll(seconds * 1000))


def _answer(helper: subprocess.Popen[bytes]) -> dict[str, Any] | None:
    """The next answer; None where it has ended, or keeps silent and is ended."""
    try:
        message = read_message(cast(BinaryIO, helper.stdout)) if _speaks(helper, _SILENCE) else None
    except (OSError, ValueError):
        message = None
    if message is None:
        helper.kill()
        return None
    return message[0]
