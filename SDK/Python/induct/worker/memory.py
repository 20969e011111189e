# SPDX-License-Identifier: Apache-2.0
"""Shared memory: regions that the host hands over, and the places in them as NumPy arrays without copies."""

from __future__ import annotations

import mmap
import os
import struct

import numpy as np

_REFERENCE = struct.Struct("<IIQQ")
_TENSOR = struct.Struct("<IIQQII8q")
_TYPES = (np.dtype("<f4"), np.dtype("<i4"), np.dtype("<f8"))
_MOST_KNOWN = 1024


class Regions:
    """The regions of a worker, by the host's numbers."""

    def __init__(self) -> None:
        self._regions: dict[int, mmap.mmap] = {}
        self._known: dict[bytes, list[np.ndarray | None]] = {}

    def map(self, number: int, descriptor: int, size: int, writable: bool) -> None:
        """Takes a region, and the file descriptor with it; arrays in one that is not writable are read-only."""
        self._known.clear()
        access = mmap.PROT_READ | (mmap.PROT_WRITE if writable else 0)
        try:
            self._regions[number] = mmap.mmap(descriptor, size, mmap.MAP_SHARED, access)
        finally:
            os.close(descriptor)

    def forget(self, numbers: list[int]) -> None:
        """Lets go of regions; an array that still looks into one keeps it mapped."""
        self._known.clear()
        for number in numbers:
            self._regions.pop(number, None)

    def array(self, region: int, offset: int, size: int, dtype: np.dtype) -> np.ndarray | None:
        """A place as a flat array; None for region 0."""
        if region == 0:
            return None
        held = self._regions.get(region)
        if held is None or offset + size > len(held):
            raise ConnectionError(
                f"the host names bytes {offset} to {offset + size} of region {region}, which has no such"
            )
        return np.frombuffer(held, dtype, size // dtype.itemsize, offset)

    def tensors(self, data: memoryview, count: int) -> list[np.ndarray | None]:
        """The tensors at the beginning of `data`."""
        result = []
        for i in range(count):
            region, _, offset, size, kind, rank, *shape = _TENSOR.unpack_from(data, i * _TENSOR.size)
            flat = self.array(region, offset, size, _TYPES[kind])
            result.append(None if flat is None else flat.reshape(shape[:rank]))
        return result

    def references(self, data: memoryview, count: int, dtype: str = "<f4") -> list[np.ndarray | None]:
        """The places at the beginning of `data`. Those of parameters repeat at every step, so they are kept."""
        key = bytes(data[: count * _REFERENCE.size]) + dtype.encode()
        known = self._known.get(key)
        if known is not None:
            return known
        result = []
        for i in range(count):
            region, _, offset, size = _REFERENCE.unpack_from(data, i * _REFERENCE.size)
            result.append(self.array(region, offset, size, np.dtype(dtype)))
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[key] = result
        return result


class Reader:
    """Reads the binary data of a request from its beginning to its end."""

    def __init__(self, regions: Regions, data: memoryview, layout: str) -> None:
        fields = struct.Struct(layout)
        #: The fixed fields.
        self.fields = fields.unpack_from(data, 0)
        self._regions = regions
        self._rest = data[fields.size :]

    def tensors(self, count: int) -> list[np.ndarray | None]:
        """The next `count` tensors."""
        result = self._regions.tensors(self._rest, count)
        self._rest = self._rest[count * _TENSOR.size :]
        return result

    def references(self, count: int, dtype: str = "<f4") -> list[np.ndarray | None]:
        """The next `count` references."""
        result = self._regions.references(self._rest, count, dtype)
        self._rest = self._rest[count * _REFERENCE.size :]
        return result
