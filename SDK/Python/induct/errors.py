# SPDX-License-Identifier: Apache-2.0
"""What a plugin can say is wrong, and what is said when a program or a file is at fault."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """Status codes of abi.h; the numbers are those of gRPC and Abseil."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    NOT_FOUND = 5
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15


class PluginError(Exception):
    """An expected failure of a plugin: the host shows its message, and no traceback."""

    status = Status.INTERNAL


class InvalidArgument(PluginError):
    """A parameter, or a source, that this part cannot work with: the user's spec is wrong."""

    status = Status.INVALID_ARGUMENT


class NotFound(PluginError):
    """A file that a parameter names is missing: bad input."""

    status = Status.NOT_FOUND


class DataLoss(PluginError):
    """A file that a parameter names is damaged: bad input."""

    status = Status.DATA_LOSS


class OutOfRange(PluginError):
    """More was asked for than there is, such as closed forms of a length that takes too long."""

    status = Status.OUT_OF_RANGE


class DefinitionError(TypeError):
    """A plugin's class that cannot become a part: says which, and what to change."""


class InductError(RuntimeError):
    """The program `induct` failed; its message, and its exit code as `code`."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class DamagedFile(ValueError):
    """A file of a run that cannot be read: says which, and why."""
