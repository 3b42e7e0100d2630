"""Changes of a sound model file: of its bytes, its header's JSON, or the document within, its checksum made right."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable
from typing import Any

Header = dict[str, Any]


def take_apart(data: bytes) -> tuple[Header, bytes]:
    length = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def put_together(header: Header | bytes, body: bytes) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def with_header(change: Callable[[Header], None]) -> Callable[[bytes], bytes]:
    """A change of the header's JSON."""

    def make(data: bytes) -> bytes:
        header, body = take_apart(data)
        change(header)
        return put_together(header, body)

    return make


def with_document(change: Callable[[dict[str, Any]], None]) -> Callable[[bytes], bytes]:
    """A change of the document, with the checksum that then is right."""

    def make(data: bytes) -> bytes:
        header, body = take_apart(data)
        document = json.loads(header["__metadata__"]["figurate"])
        change(document)
        document["checksum"] = "0" * 64
        digest = hashlib.sha256(json.dumps(document).encode())
        for name in sorted(name for name in header if name != "__metadata__"):
            begin, end = header[name]["data_offsets"]
            digest.update(body[begin:end])
        document["checksum"] = digest.hexdigest()
        header["__metadata__"]["figurate"] = json.dumps(document)
        return put_together(header, body)

    return make


def put(*path: Any, value: Any) -> Callable[[Any], None]:
    """Set one entry, deep inside."""

    def change(within: Any) -> None:
        for step in path[:-1]:
            within = within[step]
        within[path[-1]] = value

    return change


def remove(*path: Any) -> Callable[[Any], None]:
    def change(within: Any) -> None:
        for step in path[:-1]:
            within = within[step]
        del within[path[-1]]

    return change
