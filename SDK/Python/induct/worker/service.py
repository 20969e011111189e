# SPDX-License-Identifier: Apache-2.0
"""Answers the calls of one channel, for one part."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import sys
from typing import Any, Protocol

from induct.errors import PluginError, Status
from induct.registry import Part, Plugin
from induct.schema import Task
from induct.worker.description import description
from induct.worker.evaluators import EvaluatorService
from induct.worker.failures import message_of, status_of
from induct.worker.loading import load
from induct.worker.memory import Regions
from induct.worker.messages import Call, Numbers, Request, receive, send
from induct.worker.models import ModelService
from induct.worker.schemas import schema_of
from induct.worker.sources import SourceService

PROTOCOL = 1


class PartService(Protocol):
    """The calls of one kind of part."""

    def created(self, numbers: Numbers) -> dict[str, Any]:
        """The part's share of the answer to create."""
        ...

    def call(self, request: Request, numbers: Numbers) -> dict[str, Any] | None:
        """Answers a call; None for one that this part does not know."""
        ...


class Unimplemented(PluginError):
    """A call that this worker does not know."""

    status = Status.UNIMPLEMENTED


class VersionMismatch(PluginError):
    """The host speaks another version of the protocol."""

    status = Status.FAILED_PRECONDITION


class Service:
    """A plugin's file behind a channel."""

    def __init__(self, path: str) -> None:
        self._path = os.path.abspath(path)
        self._regions = Regions()
        self._plugin: tuple[Plugin, list[Part]] | None = None
        self._part: PartService | None = None

    def serve(self, channel: socket.socket) -> None:
        """Answers until the channel is closed."""
        while (request := receive(channel)) is not None:
            numbers = Numbers()
            try:
                answer = self._answer(request, numbers)
                text = json.dumps(answer) if answer else ""
            except Exception as error:
                send(channel, request, status_of(error), message_of(error))
            else:
                send(channel, request, Status.OK, text, numbers.data)

    def _answer(self, request: Request, numbers: Numbers) -> dict[str, Any]:
        if request.kind == Call.HELLO:
            return self._hello(request)
        if request.kind == Call.DESCRIBE:
            return description(*self._loaded())
        if request.kind == Call.CREATE:
            return self._create(request.json, numbers)
        if request.kind == Call.MAP:
            self._regions.forget(request.json.get("forget") or [])
            if request.descriptor is not None:
                self._regions.map(
                    request.json["region"], request.descriptor, request.json["size"], request.json.get("writable", True)
                )
            return {}
        answer = self._part.call(request, numbers) if self._part is not None else None
        if answer is None:
            raise Unimplemented(f"this worker does not answer calls of kind {request.kind}")
        return answer

    def _hello(self, request: Request) -> dict[str, Any]:
        if request.descriptor is not None:
            # The flag of a user who wants to stop: calls of parts in Python are left to end.
            os.close(request.descriptor)
        if request.json.get("protocol") != PROTOCOL:
            raise VersionMismatch(
                f"the host speaks version {request.json.get('protocol')} of the worker protocol, the Python package "
                f"induct in {sys.prefix} speaks {PROTOCOL}; install the one that belongs to the host"
            )
        return {"protocol": PROTOCOL, "worker": f"python {sys.version.split()[0]}"}

    def _loaded(self) -> tuple[Plugin, list[Part]]:
        if self._plugin is None:
            self._plugin = load(self._path)
        return self._plugin

    def _create(self, call: dict[str, Any], numbers: Numbers) -> dict[str, Any]:
        plugin, parts = self._loaded()
        kind, name = call["kind"], call["name"]
        found = [part for part in parts if part.kind == kind and part.name == name]
        if not found:
            raise PluginError(f"{self._path} no longer provides the {kind} '{name}'")
        schema = call.get("schema")
        task = None if schema is None else Task(schema_of(schema), call.get("length") or 0, call.get("experts") or 0)
        instance = found[0].create(call.get("config") or {}, task)
        if task is None:
            self._part = SourceService(instance, self._regions)
        elif kind == "evaluator":
            self._part = EvaluatorService(instance, task, self._regions)
        else:
            self._part = ModelService(instance, task, self._regions, is_gate=kind == "gate")
        share = "architecture" if kind == "gate" else kind
        return {"parallel": False, "plugins": [self._record(plugin)], share: self._part.created(numbers)}

    def _record(self, plugin: Plugin) -> dict[str, str]:
        """What the run's record says was used."""
        with open(self._path, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        return {"id": plugin.id, "version": plugin.version, "path": self._path, "sha256": digest}
