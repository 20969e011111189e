# SPDX-License-Identifier: Apache-2.0
"""Messages of the worker protocol on a stream socket."""

from __future__ import annotations

import array
import json
import os
import socket
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

_HEADER = struct.Struct("<IIiIQ")
_LONGEST_REQUEST = 1 << 30


class Call(IntEnum):
    """What may be asked."""

    HELLO = 1
    DESCRIBE = 2
    CREATE = 3
    MAP = 4
    CHANNEL = 5
    ENTROPY = 6
    BEGIN = 7
    MERGE = 8
    FINISH = 9
    DISCARD = 10
    WORKSPACE = 11
    FILL = 32
    ORACLE = 33
    FORWARD = 34
    BACKWARD = 35
    OBSERVE = 36
    CONSUME = 37


@dataclass
class Request:
    """A request: its JSON, its binary data, and a file descriptor that came with it."""

    kind: int
    serial: int
    json: dict[str, Any]
    data: memoryview
    descriptor: int | None = None


class Numbers:
    """The float64 arrays of an answer, in its binary data."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._count = 0

    def add(self, values: Any) -> dict[str, int] | None:
        """Where the values lie; None for None."""
        if values is None:
            return None
        numbers = np.ascontiguousarray(values, "<f8").ravel()
        place = {"at": self._count, "count": numbers.size}
        self._pieces.append(numbers.tobytes())
        self._count += numbers.size
        return place

    @property
    def data(self) -> bytes:
        return b"".join(self._pieces)


def receive(channel: socket.socket) -> Request | None:
    """The next request; None when the other end is closed."""
    header, descriptors = _receive_header(channel)
    if header is None:
        return None
    kind, serial, _, text, size = _HEADER.unpack(header)
    if text > size or size > _LONGEST_REQUEST:
        raise ConnectionError(f"a request of {size} bytes with {text} bytes of text is no request")
    payload = bytearray(size)
    view = memoryview(payload)
    done = 0
    while done < size:
        got = channel.recv_into(view[done:])
        if got == 0:
            return None
        done += got
    fields = json.loads(bytes(view[:text])) if text else {}
    for extra in descriptors[1:]:
        os.close(extra)
    return Request(kind, serial, fields, view[text + -text % 8 :], descriptors[0] if descriptors else None)


def send(channel: socket.socket, request: Request, status: int, text: str, data: bytes = b"") -> None:
    """Answers a request."""
    encoded = text.encode("utf-8", "replace")
    padding = b"\0" * (-len(encoded) % 8) if data else b""
    size = len(encoded) + len(padding) + len(data)
    header = _HEADER.pack(request.kind, request.serial, status, len(encoded), size)
    channel.sendall(b"".join((header, encoded, padding, data)))


def _receive_header(channel: socket.socket) -> tuple[bytes | None, list[int]]:
    """The header with the file descriptors that came with its first byte."""
    header = b""
    descriptors: list[int] = []
    while len(header) < _HEADER.size:
        wanted = _HEADER.size - len(header)
        piece, ancillary, _, _ = channel.recvmsg(wanted, socket.CMSG_SPACE(4 * 4))
        for level, kind, content in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                received = array.array("i")
                received.frombytes(content[: len(content) - len(content) % received.itemsize])
                descriptors.extend(received)
        if not piece:
            return None, descriptors
        header += piece
    return header, descriptors
