# SPDX-License-Identifier: Apache-2.0
"""What a file provides, as the host's discovery reads it."""

from __future__ import annotations

import json
from typing import Any

from induct.registry import Part, Plugin
from induct.worker.failures import message_of
from induct.worker.loading import load


def describe(path: str) -> str:
    """One line of JSON: an object with "description", or with "refused" and why.

    "linked": false says that the cause may lie outside of the file, and that it is worth another try.
    """
    try:
        return json.dumps({"description": description(*load(path))})
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, GeneratorExit)):
            raise
        reason = message_of(error)
        if isinstance(error, SystemExit):
            reason = f"it calls exit() when it is imported, with {error.code!r}"
        return json.dumps({"refused": reason, "linked": False})


def description(plugin: Plugin, parts: list[Part]) -> dict[str, Any]:
    """As describe-plugin says it."""
    return {
        "id": plugin.id,
        "version": plugin.version,
        "summary": plugin.summary,
        "abi": {"major": 1, "minor": 0},
        "provides": [part.json for part in parts],
    }
