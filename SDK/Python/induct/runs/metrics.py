# SPDX-License-Identifier: Apache-2.0
"""metrics.jsonl as arrays over steps."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from induct.errors import DamagedFile


@dataclass(frozen=True)
class Series:
    """One metric of one evaluation, over the steps at which it was measured.

    steps: [n]
    values: [n] for a scalar, [n, columns] for a curve, [n, rows, columns] for a table; NaN where there is none
    standard_errors: as the values, or None
    axis, axis_values: what runs along the columns
    """

    metric: str
    evaluation: str
    steps: NDArray[np.int64]
    values: NDArray[np.float64]
    standard_errors: NDArray[np.float64] | None
    unit: str | None = None
    axis: str | None = None
    axis_values: NDArray[np.float64] | None = None
    row_names: tuple[str, ...] | None = None
    column_names: tuple[str, ...] | None = None

    @property
    def last(self) -> Any:
        """The value, curve or table at the last step."""
        return self.values[-1]


def read_lines(path: str | os.PathLike[str]) -> Iterator[dict[str, Any]]:
    """The lines of metrics.jsonl; a last one that a running program has not finished is passed over."""
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith("\n"):
                return
            try:
                entry = json.loads(line)
                yield {**entry, "step": int(entry["step"]), "metric": str(entry["metric"])}
            except (ValueError, KeyError, TypeError) as error:
                raise DamagedFile(f"{path}, line {number}: it is no metric: {error}") from None


def series(lines: list[dict[str, Any]]) -> list[Series]:
    """The lines by evaluation and metric, in the order of their first appearance."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for line in lines:
        groups.setdefault((line.get("evaluation") or "", line["metric"]), []).append(line)
    return [_series(metric, evaluation, group) for (evaluation, metric), group in groups.items()]


def _series(metric: str, evaluation: str, group: list[dict[str, Any]]) -> Series:
    last = group[-1]
    values = [_numbers(line["value"] if "value" in line else line["values"]) for line in group]
    errors = [line.get("standard_error", line.get("standard_errors")) for line in group]
    shape = np.max([value.shape for value in values], axis=0).astype(int) if values[0].ndim else ()
    axis_values = last.get("axis_values")
    return Series(
        metric,
        evaluation,
        np.array([line["step"] for line in group], np.int64),
        _stacked(values, shape),
        None if all(e is None for e in errors) else _stacked([_numbers(e) for e in errors], shape),
        last.get("unit"),
        last.get("axis"),
        None if axis_values is None else _numbers(axis_values),
        _names(last.get("row_names")),
        _names(last.get("column_names")),
    )


def _stacked(arrays: list[NDArray[np.float64]], shape: Any) -> NDArray[np.float64]:
    """One array over the steps; NaN where a step had fewer rows or columns."""
    result = np.full((len(arrays), *shape), np.nan)
    for step, array in enumerate(arrays):
        if array.ndim == len(shape):
            place: Any = (step, *map(slice, array.shape))
            result[place] = array
    return result


def _numbers(values: Any) -> NDArray[np.float64]:
    """Nested lists of numbers and nulls."""
    if values is None:
        return np.array(np.nan)
    if isinstance(values, list):
        rows = [_numbers(value) for value in values]
        return np.array(rows, np.float64)
    return np.array(values, np.float64)


def _names(names: list[str] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(names)
