# SPDX-License-Identifier: Apache-2.0
"""What the host is told when the user's code, or a call, goes wrong."""

from __future__ import annotations

import os
import traceback

from induct.errors import DefinitionError, PluginError, Status

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def status_of(error: BaseException) -> Status:
    """The status by which the host knows what kind of failure it is."""
    if isinstance(error, PluginError):
        return error.status
    if isinstance(error, MemoryError):
        return Status.RESOURCE_EXHAUSTED
    return Status.UNKNOWN


def message_of(error: BaseException) -> str:
    """What went wrong, where, then the frames of the user's code, the innermost first, for messages may be cut short.

    An expected failure, a `PluginError`, is its message alone.
    """
    if isinstance(error, (PluginError, DefinitionError)):
        return str(error) or type(error).__name__
    what = "".join(traceback.format_exception_only(type(error), error)).strip().splitlines()[-1]
    if isinstance(error, SyntaxError):
        place = f"{error.filename}, line {error.lineno}"
        return f"{what} ({place}: {(error.text or '').strip()})"
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith(_PACKAGE)]
    own = [f for f in frames if "importlib" not in f.filename] or traceback.extract_tb(error.__traceback__)
    lines = [f'File "{f.filename}", line {f.lineno}, in {f.name}: {f.line}' for f in reversed(own)]
    return "\n  ".join([what, *lines])
