# SPDX-License-Identifier: Apache-2.0
"""What architectures and gates are handed and what they give; architecture.h and gate.h in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from induct.schema import Dimension, Schema, Task
from induct.sources import Arrays

OUTPUTS = ("logits", "probabilities", "values")
ACTIONS = ("read", "replace", "add")


@dataclass(frozen=True)
class Initialiser:
    """How the host fills a parameter at the start, by the recipe's seed; the kinds of architecture.h."""

    kind: Literal["zeros", "constant", "normal", "uniform", "truncated-normal"] = "zeros"
    a: float = 0.0
    b: float = 0.0


INITIALISERS = ("zeros", "constant", "normal", "uniform", "truncated-normal")


def zeros() -> Initialiser:
    return Initialiser()


def constant(value: float) -> Initialiser:
    return Initialiser("constant", value)


def normal(standard_deviation: float, mean: float = 0.0) -> Initialiser:
    return Initialiser("normal", mean, standard_deviation)


def uniform(low: float, high: float) -> Initialiser:
    """In [low, high)."""
    return Initialiser("uniform", low, high)


def truncated_normal(standard_deviation: float, mean: float = 0.0) -> Initialiser:
    """`standard_deviation` as before the truncation at two of them."""
    return Initialiser("truncated-normal", mean, standard_deviation)


@dataclass(frozen=True)
class Parameter:
    """A tensor that is trained, float32, the host's memory.

    name: unique, dots between levels: "blocks.0.query.weight"
    is_trained: by the optimiser
    is_decayed: by weight decay; leave out biases and gains
    is_online: state of an online rule, written by `observe` alone
    """

    name: str
    shape: tuple[int, ...]
    initialiser: Initialiser = field(default_factory=zeros)
    is_trained: bool = True
    is_decayed: bool = True
    is_online: bool = False

    @property
    def flags(self) -> int:
        """As architecture.h has them."""
        return (not self.is_trained) * 1 | (not self.is_decayed) * 2 | self.is_online * 4


@dataclass(frozen=True)
class Point:
    """A named place in the forward pass whose values may be read: "blocks.0.residual", [batch, length, width]."""

    name: str
    shape: tuple[Dimension, ...]


@dataclass(frozen=True)
class Request:
    """A wish to read, replace or add to a point's values; mask [count, length]: changes happen where it is not 0."""

    action: Literal["read", "replace", "add"]
    point: str
    tensor: NDArray[np.float32]
    mask: NDArray[np.float32] | None = None


class Pass(Arrays):
    """One pass over some rows of a batch, forward or backward. All arrays are the host's memory.

    `batch["tokens"]` are the inputs.

    is_training: whether a backward pass may follow; False: keep nothing, no dropout
    slot: passes of one slot follow one another; a backward pass belongs to the forward before it in its slot
    step, seed, first: of training, of the dropout stream, and of the first row within the whole batch
    parameters: by name, read-only
    outputs: [count, P, classes or outputs], to be written; gates: [count, P, K]
    output_gradients: backward: d loss / d outputs
    gradients: backward: by name, to be added to; those that are not trained are absent
    experts: gates: K predictions [count, P, classes or outputs], probabilities or values
    """

    def __init__(
        self,
        schema: Schema,
        arrays: Sequence[np.ndarray | None],
        *,
        count: int,
        length: int,
        parameters: Mapping[str, NDArray[np.float32]],
        outputs: NDArray[np.float32],
        is_training: bool = True,
        slot: int = 0,
        step: int = 0,
        seed: int = 0,
        first: int = 0,
        output_gradients: NDArray[np.float32] | None = None,
        gradients: Mapping[str, NDArray[np.float32]] | None = None,
        experts: Sequence[NDArray[np.float32]] = (),
        requests: Sequence[Request] = (),
    ) -> None:
        super().__init__(schema, arrays, count, length)
        self.is_training = is_training
        self.slot = slot
        self.step = step
        self.seed = seed
        self.first = first
        self.parameters = parameters
        self.outputs = outputs
        self.output_gradients = output_gradients if output_gradients is not None else np.empty(0, np.float32)
        self.gradients = gradients or {}
        self.experts = list(experts)
        self.requests = list(requests)


class Observation(Arrays):
    """The whole batch of a step for an online rule, in sample order, after the predictions were made.

    parameters: by name; those that are online may be written
    outputs: what was predicted, [count, P, ...]
    expert_losses: gates: [count, P, K]
    """

    def __init__(
        self,
        schema: Schema,
        arrays: Sequence[np.ndarray | None],
        *,
        count: int,
        length: int,
        step: int,
        parameters: Mapping[str, NDArray[np.float32]],
        outputs: NDArray[np.float32],
        expert_losses: NDArray[np.float32] | None = None,
    ) -> None:
        super().__init__(schema, arrays, count, length)
        self.step = step
        self.parameters = parameters
        self.outputs = outputs
        self.expert_losses = expert_losses


class Architecture(Protocol):
    """What a class under @induct.architecture or @induct.gate has; all but parameters and forward may be left out."""

    #: "logits", "probabilities" or "values"; default: logits, values for a regression, probabilities for a gate.
    output: str

    def setup(self, task: Task) -> None:
        """Runs once the parameters are set. `induct.InvalidArgument` says that it cannot learn from this source."""

    def parameters(self) -> Sequence[Parameter]:
        """What is trained."""
        ...

    def forward(self, batch: Pass) -> None:
        """Writes every output."""

    def backward(self, batch: Pass) -> None:
        """Adds to every gradient. Without it the part cannot be trained by gradient."""

    def workspace_size(self, count: int, length: int, is_training: bool) -> int:
        """Bytes that a pass over `count` rows keeps for its slot; by this a run knows its memory beforehand."""
        ...

    def points(self) -> Sequence[Point]:
        """Places whose values `batch.requests` may ask to read."""
        ...

    def observe(self, observation: Observation) -> None:
        """Of an online rule: writes its parameters that are online."""
