# SPDX-License-Identifier: Apache-2.0
"""What evaluators are handed and what they give; evaluator.h in Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from induct.schema import Schema, Task
from induct.sources import Arrays

#: What a need may ask for, by its bit.
ITEMS = {
    "predictions": 1,
    "losses": 2,
    "oracle": 4,
    "belief": 8,
    "posterior": 16,
    "parameters": 32,
    "gate": 64,
    "expert_losses": 128,
}
METRIC_KINDS = ("scalar", "curve", "table")


@dataclass(frozen=True)
class Need:
    """A pass that an evaluator needs.

    items: of `ITEMS`
    points: activations and attention to read; "*" stands for any characters
    optional_items: welcome where they exist
    stream: "view", fresh samples; or "training", the training batches as they pass
    view: None: the one that the recipe names
    parameters: "current", or "initial": the model untrained
    """

    items: Sequence[str] = ()
    points: Sequence[str] = ()
    optional_items: Sequence[str] = ()
    stream: Literal["view", "training"] = "view"
    view: str | None = None
    parameters: Literal["current", "initial"] = "current"


class EvaluationBatch(Arrays):
    """A part of a need's samples. `batch["targets"]` are inputs, targets, weights, keys and info. Read-only.

    Items that were not asked for are None.

    need: which need this answers
    step: training steps done
    first: index of the first sample
    positions, classes: P, and the classes or outputs
    predictions: [count, P, classes], log-probabilities or values
    losses: [count, P], nats for cross-entropy
    oracle, belief, posterior: [count, P, classes | belief_size | component_count], float64
    component_of_belief: [belief_size], whose state it is
    gate: [count, P, K], weights of the outermost gate
    expert_losses: [count, P, K], what the experts under it lose, each by itself
    points: activations by name
    parameters: by name
    """

    def __init__(
        self,
        schema: Schema,
        arrays: Sequence[np.ndarray | None],
        *,
        need: int,
        step: int,
        first: int,
        count: int,
        length: int,
        positions: int,
        classes: int,
        predictions: NDArray[np.float32] | None = None,
        losses: NDArray[np.float32] | None = None,
        oracle: NDArray[np.float64] | None = None,
        belief: NDArray[np.float64] | None = None,
        posterior: NDArray[np.float64] | None = None,
        component_of_belief: NDArray[np.uint32] | None = None,
        gate: NDArray[np.float32] | None = None,
        expert_losses: NDArray[np.float32] | None = None,
        points: dict[str, NDArray[np.float32]] | None = None,
        parameters: dict[str, NDArray[np.float32]] | None = None,
    ) -> None:
        super().__init__(schema, arrays, count, length)
        self.need = need
        self.step = step
        self.first = first
        self.positions = positions
        self.classes = classes
        self.predictions = predictions
        self.losses = losses
        self.oracle = oracle
        self.belief = belief
        self.posterior = posterior
        self.component_of_belief = component_of_belief
        self.gate = gate
        self.expert_losses = expert_losses
        self.points = points or {}
        self.parameters = parameters or {}


@dataclass(frozen=True)
class Metric:
    """One result. Values that do not exist are NaN.

    name: snake_case
    values: a number, a curve [columns] or a table [rows, columns]
    standard_errors: as the values, or None when none is defined
    unit: "nats", "fraction"
    axis: what runs along the columns: "position"
    axis_values: [columns]; None = 0, 1, 2, ...
    row_names, column_names: of a table
    """

    name: str
    values: ArrayLike
    standard_errors: ArrayLike | None = None
    unit: str | None = None
    axis: str | None = None
    axis_values: ArrayLike | None = None
    row_names: Sequence[str] | None = None
    column_names: Sequence[str] | None = None
    _values: NDArray[np.float64] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        values = np.asarray(self.values, np.float64)
        if values.ndim > 2:
            raise ValueError(f"the metric '{self.name}' has {values.ndim} dimensions; a table has 2")
        object.__setattr__(self, "_values", values)
        if self.standard_errors is not None and np.shape(self.standard_errors) != values.shape:
            raise ValueError(f"the standard errors of the metric '{self.name}' are not as many as its values")
        columns = values.shape[-1] if values.ndim else 1
        rows = values.shape[0] if values.ndim == 2 else 1
        for what, given, wanted in (
            ("axis_values", self.axis_values, columns),
            ("column_names", self.column_names, columns),
            ("row_names", self.row_names, rows),
        ):
            if given is not None and len(given) != wanted:  # type: ignore[arg-type]
                raise ValueError(f"the metric '{self.name}' has {len(given)} {what} for {wanted}")  # type: ignore[arg-type]

    @property
    def kind(self) -> int:
        """0 a scalar, 1 a curve, 2 a table."""
        return self._values.ndim

    @property
    def table(self) -> NDArray[np.float64]:
        """[rows, columns]"""
        return np.atleast_2d(self._values)


class Evaluator(Protocol):
    """What a class under @induct.evaluator has; setup may be left out.

    An accumulator is any object: the host makes several, has each see a part of the samples, and merges them in order.
    """

    def setup(self, task: Task) -> None:
        """Runs once the parameters are set."""

    def needs(self) -> Sequence[Need]:
        """The passes it needs."""
        ...

    def begin(self) -> Any:
        """A new, empty accumulator."""

    def consume(self, accumulator: Any, batch: EvaluationBatch) -> None:
        """Takes some samples in."""

    def merge(self, accumulator: Any, other: Any) -> None:
        """Adds what `other` has seen, which stays as it is."""

    def finish(self, accumulator: Any) -> Sequence[Metric]:
        """The metrics of what was seen; the accumulator stays as it is."""
        ...
