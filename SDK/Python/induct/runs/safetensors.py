# SPDX-License-Identifier: Apache-2.0
"""Reads safetensors with NumPy alone.

The format: uint64 n, little-endian; n bytes of JSON {"name": {"dtype", "shape", "data_offsets": [begin, end]}, ...},
where "__metadata__" holds texts; then the data.
"""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np

from induct.errors import DamagedFile

_TYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "u1",
    "BOOL": "?",
}
_LONGEST_HEADER = 100 << 20


def load(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """The tensors by name, read-only, mapped and not copied."""
    header, start, size = _header(path)
    result: dict[str, np.ndarray] = {}
    data = np.memmap(path, np.uint8, "r") if size else np.empty(0, np.uint8)
    for name, entry in header.items():
        if name != "__metadata__":
            result[name] = _tensor(path, name, entry, data[start:])
    return result


def metadata(path: str | os.PathLike[str]) -> dict[str, str]:
    """The texts that a file carries."""
    return dict(_header(path)[0].get("__metadata__", {}))


def _header(path: str | os.PathLike[str]) -> tuple[dict[str, Any], int, int]:
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > min(size - 8, _LONGEST_HEADER):
            raise DamagedFile(f"{path} is no safetensors file: it ends within its header")
        try:
            header = json.loads(file.read(length))
        except ValueError as error:
            raise DamagedFile(f"{path} is no safetensors file: its header is no JSON: {error}") from None
    if not isinstance(header, dict):
        raise DamagedFile(f"{path} is no safetensors file: its header is no object")
    return header, 8 + length, size


def _tensor(path: Any, name: str, entry: Any, data: np.ndarray) -> np.ndarray:
    try:
        dtype = np.dtype(_TYPES[entry["dtype"]])
        shape = tuple(int(size) for size in entry["shape"])
        begin, end = entry["data_offsets"]
        count = int(np.prod(shape, dtype=np.int64)) if shape else 1
        if not 0 <= begin <= end <= data.size or end - begin != count * dtype.itemsize:
            raise ValueError("its data lie outside of the file, or are not as many as its shape says")
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedFile(f"{path}: the tensor '{name}' cannot be read: {error}") from None
    return np.asarray(data[begin:end]).view(dtype).reshape(shape)
