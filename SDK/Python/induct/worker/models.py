# SPDX-License-Identifier: Apache-2.0
"""The calls of an architecture or a gate."""

from __future__ import annotations

from typing import Any

import numpy as np

from induct.models import OUTPUTS, Observation, Parameter, Pass
from induct.models import Request as PointRequest
from induct.schema import Task
from induct.worker.memory import Reader, Regions
from induct.worker.messages import Call, Numbers, Request


class ModelService:
    """An instance of a class under @induct.architecture or @induct.gate."""

    def __init__(self, model: Any, task: Task, regions: Regions, is_gate: bool) -> None:
        self._model = model
        self._task = task
        self._regions = regions
        self._parameters: list[Parameter] = list(model.parameters())
        self._width = task.experts if is_gate else task.width
        usual = "probabilities" if is_gate else "values" if task.schema.task == "regression" else "logits"
        self._output = getattr(model, "output", usual)
        if self._output not in OUTPUTS:
            raise ValueError(f"output is {self._output!r}; it is {', '.join(OUTPUTS)}")

    def created(self, numbers: Numbers) -> dict[str, Any]:
        points = self._model.points() if hasattr(self._model, "points") else []
        return {
            "output": self._output,
            "differentiable": hasattr(self._model, "backward"),
            "online": hasattr(self._model, "observe"),
            "parameters": [parameter_json(parameter) for parameter in self._parameters],
            "activations": [{"name": point.name, "shape": list(point.shape)} for point in points],
        }

    def call(self, request: Request, numbers: Numbers) -> dict[str, Any] | None:
        if request.kind == Call.FORWARD:
            self._model.forward(self._pass(request))
        elif request.kind == Call.BACKWARD and hasattr(self._model, "backward"):
            self._model.backward(self._pass(request))
        elif request.kind == Call.OBSERVE and hasattr(self._model, "observe"):
            self._observe(request)
        elif request.kind == Call.WORKSPACE and hasattr(self._model, "workspace_size"):
            return {"size": self._workspace_size(request.json)}
        else:
            return None
        return {}

    def _workspace_size(self, call: dict[str, Any]) -> int:
        size = int(self._model.workspace_size(call["count"], call["length"], call["mode"] == 0))
        if size < 0:
            raise ValueError(f"workspace_size() gives {size}; give bytes")
        return size

    def _pass(self, request: Request) -> Pass:
        reader = Reader(self._regions, request.data, "<IIIIQQQQqIIIIQ")
        (
            mode,
            slot,
            accumulate,
            request_count,
            step,
            seed,
            first,
            count,
            length,
            tensor_count,
            parameter_count,
            gradient_count,
            expert_count,
            _,
        ) = reader.fields
        outputs, output_gradients = reader.references(2)
        arrays = reader.tensors(tensor_count)
        parameters = self._named(reader.references(parameter_count))
        gradients = self._named(reader.references(gradient_count))
        positions = self._task.schema.position_count(length)
        row = (count, positions, self._width)
        law = (count, positions, self._task.width)
        experts = [array.reshape(law) for array in reader.references(expert_count) if array is not None]
        if not accumulate:
            for gradient in gradients.values():
                gradient.fill(0)
        return Pass(
            self._task.schema,
            arrays,
            count=count,
            length=length,
            parameters=parameters,
            outputs=np.empty(row, np.float32) if outputs is None else outputs.reshape(row),
            is_training=mode == 0,
            slot=slot,
            step=step,
            seed=seed,
            first=first,
            output_gradients=None if output_gradients is None else output_gradients.reshape(row),
            gradients=gradients,
            experts=experts,
            requests=_requests(request, reader, request_count, (count, length)),
        )

    def _observe(self, request: Request) -> None:
        reader = Reader(self._regions, request.data, "<QQqQIIQ")
        step, count, length, expert_count, tensor_count, parameter_count, _ = reader.fields
        outputs, losses = reader.references(2)
        arrays = reader.tensors(tensor_count)
        parameters = self._named(reader.references(parameter_count))
        positions = self._task.schema.position_count(length)
        observation = Observation(
            self._task.schema,
            arrays,
            count=count,
            length=length,
            step=step,
            parameters=parameters,
            outputs=np.empty(0, np.float32) if outputs is None else outputs.reshape(count, positions, self._width),
            expert_losses=None if losses is None else losses.reshape(count, positions, expert_count),
        )
        self._model.observe(observation)

    def _named(self, arrays: list[np.ndarray | None]) -> dict[str, np.ndarray]:
        """Parameters or gradients by name, in their shapes; what is not there is absent."""
        return {
            parameter.name: array.reshape(parameter.shape)
            for parameter, array in zip(self._parameters, arrays)
            if array is not None
        }


def parameter_json(parameter: Parameter) -> dict[str, Any]:
    """A parameter's description for the host."""
    return {
        "name": parameter.name,
        "shape": [int(size) for size in parameter.shape],
        "initialiser": parameter.initialiser.kind,
        "a": float(parameter.initialiser.a),
        "b": float(parameter.initialiser.b),
        "frozen": not parameter.is_trained or parameter.is_online,
        "decayed": parameter.is_decayed,
        "online": parameter.is_online,
    }


def _requests(request: Request, reader: Reader, count: int, items: tuple[int, int]) -> list[PointRequest]:
    result = []
    for description in request.json.get("requests", [])[:count]:
        tensor = reader.tensors(1)[0]
        mask = reader.references(1)[0]
        if tensor is not None:
            mask = None if mask is None else mask.reshape(items)
            result.append(PointRequest(description["action"], description["point"], tensor, mask))
    return result
