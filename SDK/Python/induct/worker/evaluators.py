# SPDX-License-Identifier: Apache-2.0
"""The calls of an evaluator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from induct.evaluators import ITEMS, METRIC_KINDS, EvaluationBatch, Metric, Need
from induct.schema import Task
from induct.worker.memory import Reader, Regions
from induct.worker.messages import Call, Numbers, Request


class EvaluatorService:
    """An instance of a class under @induct.evaluator, and its accumulators by the host's numbers."""

    def __init__(self, evaluator: Any, task: Task, regions: Regions) -> None:
        self._evaluator = evaluator
        self._task = task
        self._regions = regions
        self._accumulators: dict[int, Any] = {}

    def created(self, numbers: Numbers) -> dict[str, Any]:
        return {"needs": [_need_json(need) for need in self._evaluator.needs()]}

    def call(self, request: Request, numbers: Numbers) -> dict[str, Any] | None:
        number = request.json.get("accumulator", 0)
        if request.kind == Call.BEGIN:
            self._accumulators[number] = self._evaluator.begin()
        elif request.kind == Call.CONSUME:
            self._consume(request)
        elif request.kind == Call.MERGE:
            other = self._accumulators[request.json["other"]]
            self._evaluator.merge(self._accumulators[number], other)
        elif request.kind == Call.FINISH:
            metrics = self._evaluator.finish(self._accumulators[number])
            return {"metrics": [_metric_json(metric, numbers) for metric in metrics]}
        elif request.kind == Call.DISCARD:
            self._accumulators.pop(number, None)
        else:
            return None
        return {}

    def _consume(self, request: Request) -> None:
        reader = Reader(self._regions, request.data, "<QIIQQQqqqQQQIII4x")
        (
            accumulator,
            need,
            _,
            step,
            first,
            count,
            length,
            positions,
            classes,
            belief_size,
            component_count,
            expert_count,
            tensor_count,
            point_count,
            parameter_count,
        ) = reader.fields
        row = (count, positions)

        def take(width: int | None, dtype: str = "<f4") -> np.ndarray | None:
            place = reader.references(1, dtype)[0]
            return None if place is None else place.reshape(row if width is None else (*row, width))

        items: dict[str, Any] = {
            "predictions": take(classes),
            "losses": take(None),
            "oracle": take(classes, "<f8"),
            "belief": take(belief_size, "<f8"),
            "posterior": take(component_count, "<f8"),
            "gate": take(expert_count),
            "component_of_belief": reader.references(1, "<u4")[0],
            "expert_losses": take(expert_count),
        }
        arrays = reader.tensors(tensor_count)
        points = dict(zip(request.json.get("points", []), reader.tensors(point_count)))
        described = request.json.get("parameters", [])
        flat = zip(described, reader.references(parameter_count))
        parameters = {d["name"]: array.reshape(d["shape"]) for d, array in flat if array is not None}
        batch = EvaluationBatch(
            self._task.schema,
            arrays,
            need=need,
            step=step,
            first=first,
            count=count,
            length=length,
            positions=positions,
            classes=classes,
            points={name: array for name, array in points.items() if array is not None},
            parameters=parameters,
            **items,
        )
        self._evaluator.consume(self._accumulators[accumulator], batch)


def _need_json(need: Need) -> dict[str, Any]:
    return {
        "stream": need.stream,
        "view": need.view,
        "items": _bits(need.items),
        "optional_items": _bits(need.optional_items),
        "points": list(need.points),
        "parameters": need.parameters,
    }


def _bits(names: Sequence[str]) -> int:
    unknown = [name for name in names if name not in ITEMS]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no item that a need may ask for; there are {', '.join(ITEMS)}")
    return sum({ITEMS[name] for name in names})


def _metric_json(metric: Metric, numbers: Numbers) -> dict[str, Any]:
    if not isinstance(metric, Metric):
        raise TypeError(f"finish() gives {type(metric).__name__}; give a list of induct.Metric")
    table = metric.table
    return {
        "kind": METRIC_KINDS[metric.kind],
        "name": metric.name,
        "unit": metric.unit,
        "rows": table.shape[0],
        "columns": table.shape[1],
        "values": numbers.add(table),
        "standard_errors": numbers.add(metric.standard_errors),
        "axis": metric.axis,
        "axis_values": numbers.add(metric.axis_values),
        "row_names": None if metric.row_names is None else list(metric.row_names),
        "column_names": None if metric.column_names is None else list(metric.column_names),
    }
