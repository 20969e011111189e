# SPDX-License-Identifier: Apache-2.0
"""The calls of a source."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from induct.schema import VIEWS
from induct.sources import Fill, HiddenMarkovModel, OracleBatch
from induct.worker.memory import Reader, Regions
from induct.worker.messages import Call, Numbers, Request
from induct.worker.schemas import schema_json


class SourceService:
    """An instance of a class under @induct.source."""

    def __init__(self, source: Any, regions: Regions) -> None:
        self._source = source
        self._regions = regions
        self._schema = source.schema()

    def created(self, numbers: Numbers) -> dict[str, Any]:
        source = self._source
        views = source.views() if hasattr(source, "views") else VIEWS
        model = source.hidden_markov_model() if hasattr(source, "hidden_markov_model") else None
        oracle = None
        if hasattr(source, "oracle"):
            oracle = {"belief_size": self._size("belief_size"), "component_count": self._size("component_count")}
        return {
            "schema": schema_json(self._schema),
            "views": [{"name": view.name, "count": view.count} for view in views],
            "oracle": oracle,
            "theory": hasattr(source, "entropy"),
            "hmm": None if model is None else _model_json(model, numbers),
        }

    def call(self, request: Request, numbers: Numbers) -> dict[str, Any] | None:
        if request.kind == Call.FILL:
            self._fill(request)
            return {}
        if request.kind == Call.ORACLE and hasattr(self._source, "oracle"):
            self._oracle(request)
            return {}
        if request.kind == Call.ENTROPY and hasattr(self._source, "entropy"):
            return self._entropy(request.json["length"], numbers)
        return None

    def _size(self, name: str) -> int:
        return int(getattr(self._source, name, 0))

    def _fill(self, request: Request) -> None:
        reader = Reader(self._regions, request.data, "<IIQQQq")
        view, tensor_count, seed, first, count, length = reader.fields
        self._source.fill(Fill(self._schema, reader.tensors(tensor_count), view, seed, first, count, length))

    def _oracle(self, request: Request) -> None:
        reader = Reader(self._regions, request.data, "<IIQQq")
        view, tensor_count, seed, count, length = reader.fields
        arrays = reader.tensors(tensor_count)
        names = ("predictive", "belief", "posterior", "log_probability")
        places = dict(zip(names, reader.references(4, "<f8")))
        sizes = {
            "predictive": self._schema.width,
            "belief": self._size("belief_size"),
            "posterior": self._size("component_count"),
        }
        prefixes = length + 1 if self._schema.task == "next-token" else self._schema.position_count(length)
        results: dict[str, np.ndarray | None] = {}
        for name, place in places.items():
            shape = (count, prefixes) if name == "log_probability" else (count, prefixes, sizes[name])
            results[name] = None if place is None else place.reshape(shape)
        self._source.oracle(OracleBatch(self._schema, arrays, view, seed, count, length, results, sizes))

    def _entropy(self, length: int, numbers: Numbers) -> dict[str, Any]:
        theory = self._source.entropy(length)
        values = np.asarray(theory.entropy, np.float64)
        if values.shape != (length,):
            raise ValueError(f"entropy({length}) gives values of shape {list(values.shape)}; give {length} numbers")
        return {
            "entropy": numbers.add(values),
            "entropy_rate": _value(theory.entropy_rate),
            "excess_entropy": _value(theory.excess_entropy),
        }


def _value(value: float | None) -> float | str | None:
    return "diverges" if value is not None and math.isinf(value) else value


def _model_json(model: HiddenMarkovModel, numbers: Numbers) -> dict[str, Any]:
    transition = np.asarray(model.transition, np.float64)
    start = np.asarray(model.start, np.float64)
    if transition.ndim != 3 or transition.shape[1:] != (start.size, start.size) or start.ndim != 1:
        raise ValueError(
            f"the hidden Markov model has transitions of shape {list(transition.shape)} and a start of shape "
            f"{list(start.shape)}; they are [tokens, states, states] and [states]"
        )
    components = model.component_of_state
    return {
        "states": start.size,
        "tokens": transition.shape[0],
        "components": 1 if components is None else int(np.max(components)) + 1,
        "transition": numbers.add(transition),
        "start": numbers.add(start),
        "right": numbers.add(model.right),
        "component_of_state": None if components is None else [int(c) for c in components],
    }
