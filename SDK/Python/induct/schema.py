# SPDX-License-Identifier: Apache-2.0
"""What a source delivers and what is learned from it; schema.h in Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

#: A size: a number, or a symbol that the host binds.
Dimension = int | Literal["batch", "length"]
Role = Literal["input", "target", "weight", "key", "info"]
TaskName = Literal["next-token", "classification", "regression"]

ROLES = ("input", "target", "weight", "key", "info")
TASKS = ("next-token", "classification", "regression")
SYMBOLS = {"batch": -1, "length": -2}


@dataclass(frozen=True)
class Tensor:
    """One tensor of a batch.

    name: snake_case; `tokens`, `inputs`, `labels` and `targets` are reserved, see schema.h
    dtype: "int32" or "float32"
    shape: the batch first
    limit: int32 tensors: values lie in [0, limit); 0 = not stated
    """

    name: str
    dtype: Literal["int32", "float32"]
    shape: tuple[Dimension, ...]
    role: Role = "input"
    limit: int = 0

    def bound(self, count: int, length: int) -> tuple[int, ...]:
        """The shape with batch and length put in."""
        sizes = {"batch": count, "length": length}
        return tuple(sizes[d] if isinstance(d, str) else d for d in self.shape)

    @property
    def numpy_dtype(self) -> np.dtype:
        return np.dtype(self.dtype)


@dataclass(frozen=True)
class Schema:
    """What a source delivers: its tensors, the task, and the predicted positions P.

    classes: the vocabulary of a next-token source; 0 for regression
    outputs: floats a position, for regression
    maximum_length: 0 = no limit
    begin_tokens: leading tokens that are the same in every sequence, 0 or 1
    """

    task: TaskName
    tensors: tuple[Tensor, ...]
    classes: int = 0
    outputs: int = 0
    positions: Dimension = "length"
    maximum_length: int = 0
    begin_tokens: int = 0

    @staticmethod
    def text(vocabulary: int, *extra: Tensor, maximum_length: int = 0) -> Schema:
        """Tokens of which each is predicted from those before: int32 `tokens` [batch, length]."""
        tokens = Tensor("tokens", "int32", ("batch", "length"), "input", vocabulary)
        return Schema("next-token", (tokens, *extra), classes=vocabulary, maximum_length=maximum_length)

    @property
    def width(self) -> int:
        """Numbers an architecture gives for each position: classes, or outputs of a regression."""
        return self.outputs if self.task == "regression" else self.classes

    def index(self, name: str) -> int:
        """The place of a tensor; KeyError names those there are."""
        for i, tensor in enumerate(self.tensors):
            if tensor.name == name:
                return i
        raise KeyError(f"the schema has no tensor '{name}'; it has {', '.join(t.name for t in self.tensors)}")

    def tensor(self, name: str) -> Tensor:
        """The tensor of this name."""
        return self.tensors[self.index(name)]

    def position_count(self, length: int) -> int:
        """P, for inputs of `length` items."""
        return length if self.positions == "length" else int(self.positions)


@dataclass(frozen=True)
class Task:
    """What an architecture, a gate or an evaluator is made for.

    schema: what the source delivers, `length` put in
    length: items of the longest input
    experts: of a gate: how many it weighs; else 0
    """

    schema: Schema
    length: int
    experts: int = 0

    @property
    def classes(self) -> int:
        return self.schema.classes

    @property
    def width(self) -> int:
        return self.schema.width

    @property
    def positions(self) -> int:
        return self.schema.position_count(self.length)


@dataclass(frozen=True)
class View:
    """A named stream of samples; count None: endless."""

    name: str
    count: int | None = None


#: The views that every source has.
VIEWS: tuple[View, ...] = (View("train"), View("test"))
