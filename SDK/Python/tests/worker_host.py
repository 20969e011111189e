# SPDX-License-Identifier: Apache-2.0
"""A small host for tests: starts the worker on a file and speaks the protocol with it."""

from __future__ import annotations

import json
import mmap
import os
import socket
import struct
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import Any

import numpy as np

_HEADER = struct.Struct("<IIiIQ")
_TYPES = {"float32": 0, "int32": 1, "float64": 2}


class Failure(Exception):
    """An answer whose status is not 0."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Host:
    """One worker, one region of memory."""

    SIZE = 1 << 20

    def __init__(self, code: str) -> None:
        self._directory = tempfile.TemporaryDirectory()
        self.path = Path(self._directory.name, "plugin.py")
        self.path.write_text(textwrap.dedent(code))
        self._channel, other = socket.socketpair()
        self._channel.settimeout(60)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "induct.worker", str(self.path), "--fd", str(other.fileno())],
            pass_fds=[other.fileno()],
            stdin=subprocess.DEVNULL,
        )
        other.close()
        self._serial = 0
        flag, self.cancellation = _region(4096)
        self.call(1, {"protocol": 1, "host": "test"}, descriptor=flag)
        self._shared, self.memory = _region(self.SIZE)
        self.map()
        self._used = 0

    def __enter__(self) -> Host:
        return self

    def __exit__(self, *_: object) -> None:
        self._channel.close()
        os.close(self._shared)
        self.process.wait(timeout=30)
        self._directory.cleanup()

    def call(
        self, kind: int, fields: dict[str, Any] | None = None, data: bytes = b"", descriptor: int | None = None
    ) -> tuple[dict[str, Any], np.ndarray]:
        """Asks, and gives the JSON and the numbers of the answer."""
        self._serial += 1
        text = json.dumps(fields).encode() if fields is not None else b""
        payload = text + b"\0" * (-len(text) % 8) + data
        message = _HEADER.pack(kind, self._serial, 0, len(text), len(payload)) + payload
        if descriptor is None:
            self._channel.sendall(message)
        else:
            sent = socket.send_fds(self._channel, [message], [descriptor])
            self._channel.sendall(message[sent:])
            os.close(descriptor)
        answered, serial, status, length, size = _HEADER.unpack(self._take(_HEADER.size))
        assert (answered, serial) == (kind, self._serial)
        payload = self._take(size)
        if status:
            raise Failure(status, payload[:length].decode())
        numbers = np.frombuffer(payload[length + -length % 8 :], "<f8") if length < size else np.empty(0)
        return (json.loads(payload[:length]) if length else {}), numbers

    def map(self, writable: bool = True) -> None:
        """Hands over the region, for reading alone or for writing too."""
        self.call(4, {"region": 1, "size": self.SIZE, "writable": writable}, descriptor=os.dup(self._shared))

    def _take(self, count: int) -> bytes:
        result = b""
        while len(result) < count:
            piece = self._channel.recv(count - len(result))
            if not piece:
                raise ConnectionError("the worker closed the channel")
            result += piece
        return result

    def array(self, shape: tuple[int, ...], dtype: str = "float32", values: Any = None) -> np.ndarray:
        """New shared memory."""
        count = int(np.prod(shape))
        array = np.frombuffer(self.memory, dtype, count, self._used).reshape(shape)
        self._used += -(-array.nbytes // 64) * 64
        array[...] = 77 if values is None else values
        self._used += 64  # so that an empty array lies somewhere
        return array

    def reference(self, array: np.ndarray | None) -> bytes:
        """Where an array of `array` lies."""
        if array is None:
            return struct.pack("<IIQQ", 0, 0, 0, 0)
        start = np.frombuffer(self.memory, np.uint8).__array_interface__["data"][0]
        return struct.pack("<IIQQ", 1, 0, array.__array_interface__["data"][0] - start, array.nbytes)

    def tensor(self, array: np.ndarray | None) -> bytes:
        """An array of `array` as a tensor."""
        if array is None:
            return bytes(96)
        shape = list(array.shape) + [0] * (8 - array.ndim)
        return self.reference(array) + struct.pack("<II8q", _TYPES[str(array.dtype)], array.ndim, *shape)

    def create(
        self, kind: str, name: str, config: dict[str, Any] | None = None, **task: Any
    ) -> tuple[dict, np.ndarray]:
        """Asks for an instance."""
        schema = None if kind == "source" else task.pop("schema")
        fields = {"kind": kind, "plugin": "p", "name": name, "config": config or {}, "schema": schema, **task}
        return self.call(3, fields)

    def fill(self, tokens: np.ndarray, view: int = 0, seed: int = 1, first: int = 0) -> np.ndarray:
        """Samples of a source of text."""
        count, length = tokens.shape
        self.call(32, None, struct.pack("<IIQQQq", view, 1, seed, first, count, length) + self.tensor(tokens))
        return tokens

    def backward_or_forward(
        self,
        tokens: np.ndarray,
        parameters: list[np.ndarray],
        outputs: np.ndarray,
        incoming: np.ndarray | None = None,
        gradients: list[np.ndarray] | None = None,
        mode: int = 0,
        accumulate: int = 0,
        slot: int = 0,
        step: int = 0,
        first: int = 0,
        experts: list[np.ndarray] | None = None,
    ) -> None:
        """A pass over tokens: backward when there are gradients."""
        count, length = tokens.shape
        given, weighed = gradients or [], experts or []
        data = struct.pack(
            "<IIIIQQQQqIIIIQ",
            *(mode, slot, accumulate, 0, step, 5, first, count, length),
            *(1, len(parameters), len(given), len(weighed), 0),
        )
        data += self.reference(outputs) + self.reference(incoming) + self.tensor(tokens)
        data += b"".join(map(self.reference, [*parameters, *given, *weighed]))
        self.call(35 if gradients else 34, None, data)


def text_schema(vocabulary: int, length: int) -> dict[str, Any]:
    """What an architecture for text is created for."""
    tokens = {"name": "tokens", "type": "int32", "role": "input", "shape": ["batch", length], "limit": vocabulary}
    targets = {**tokens, "name": "targets", "role": "target"}
    return {
        "task": "next-token",
        "loss": "cross-entropy",
        "tensors": [tokens, targets],
        "classes": vocabulary,
        "positions": length,
    }


def template(kind: str) -> str:
    """The template of a kind."""
    return (Path(__file__).parents[1] / "templates" / f"{kind}.py").read_text()


def _region(size: int) -> tuple[int, mmap.mmap]:
    descriptor = os.memfd_create("induct-test")
    os.ftruncate(descriptor, size)
    return descriptor, mmap.mmap(descriptor, size)
