"""A process that decodes pictures for another one: started by `decoding.py`, never by hand.

Standard input brings orders, standard output takes answers, each a JSON head and bytes behind it; rows go into memory
that both processes have mapped. It ends when its input does.
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import struct
import sys
from typing import Any, BinaryIO

__all__ = ["main", "read_message", "write_message"]

_LENGTHS = struct.Struct("<IQ")


def write_message(stream: BinaryIO, head: dict[str, Any], body: bytes = b"") -> None:
    """Write a message at once."""
    text = json.dumps(head).encode("ascii")
    stream.write(_LENGTHS.pack(len(text), len(body)) + text + body)
    stream.flush()


def read_message(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """The next message; None where the stream ends."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    text_length, body_length = _LENGTHS.unpack(lengths)
    text, body = stream.read(text_length), stream.read(body_length)
    if len(text) < text_length or len(body) < body_length:
        return None
    return json.loads(text), body


def main() -> None:
    """Do what comes on standard input until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the other process' matter, which then ends this one
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer

    import numpy as np

    from figurate.datasets.picture_rows import Order, fill

    first = read_message(sys.stdin.buffer)
    if first is None:
        return
    setup, _ = first
    shape = tuple(setup["shape"])
    order = Order(shape, setup["form"])
    rows = np.frombuffer(mmap.mmap(setup["fd"], setup["bytes"]), np.uint8).reshape(setup["count"], *shape)
    write_message(answers, {"ready": True})
    while (message := read_message(sys.stdin.buffer)) is not None:
        head, body = message
        items: list[str | bytes | None] = []
        at = 0
        for length in head["lengths"]:
            if length < 0:
                items.append(None)
                continue
            item = body[at : at + length]
            items.append(os.fsdecode(item) if head["paths"] else item)
            at += length
        write_message(answers, {"problems": fill(rows, head["start"], items, order)})
