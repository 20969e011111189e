# SPDX-License-Identifier: Apache-2.0
"""What sources are handed and what they give; source.h in Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from induct import random
from induct.schema import Schema, View


class Arrays:
    """Arrays of a batch by the names of the schema: `batch["tokens"]`."""

    def __init__(self, schema: Schema, arrays: Sequence[np.ndarray | None], count: int, length: int) -> None:
        self.schema = schema
        #: Rows of the batch.
        self.count = count
        #: Items of a sequence.
        self.length = length
        self._arrays = list(arrays)

    def has(self, name: str) -> bool:
        """Whether this call brings the tensor."""
        return self._arrays[self.schema.index(name)] is not None

    def __getitem__(self, name: str) -> np.ndarray:
        array = self._arrays[self.schema.index(name)]
        if array is None:
            raise KeyError(f"this call does not bring '{name}'")
        return array


class Fill(Arrays):
    """A request for the samples [first, first + count) of a view.

    `batch[name]` is the host's memory as an array, to be written whole; `batch[name] = values` writes and checks it.
    """

    def __init__(
        self,
        schema: Schema,
        arrays: Sequence[np.ndarray | None],
        view: int,
        seed: int,
        first: int,
        count: int,
        length: int,
    ) -> None:
        super().__init__(schema, arrays, count, length)
        #: Index of the view: 0 is train, 1 is test.
        self.view = view
        self.seed = seed
        self.first = first

    def __getitem__(self, name: str) -> np.ndarray:
        """The array; one of no consequence where the host does not want this tensor."""
        index = self.schema.index(name)
        array = self._arrays[index]
        if array is None:
            tensor = self.schema.tensors[index]
            array = self._arrays[index] = np.zeros(tensor.bound(self.count, self.length), tensor.numpy_dtype)
        return array

    def __setitem__(self, name: str, values: ArrayLike) -> None:
        assign(self[name], values, name)

    @property
    def samples(self) -> NDArray[np.uint64]:
        """The samples' indices within the view."""
        return np.uint64(self.first) + np.arange(self.count, dtype=np.uint64)

    def words(self, kind: int, count: int, start: int = 0) -> NDArray[np.uint32]:
        """Words [start, start + count) of every sample's stream for draws of `kind` (below 256): [samples, count]."""
        return random.words(self.seed, random.purpose(self.view, kind), self.samples, count, start)

    def task_words(self, kind: int, count: int, index: int = 0) -> NDArray[np.uint32]:
        """Random words that belong to the task itself: the same for all samples and views of a seed."""
        return random.words(self.seed, random.purpose(random.TASK_VIEW, kind), index, count)


class OracleBatch(Arrays):
    """Samples for the Bayes-optimal predictor, and where it writes, float64.

    Rows `prefixes`: length + 1 for next-token sources, the empty prefix first; else the predicted positions. After an
    impossible prefix log_probability is -infinity and the other results of that row are NaN.

    predictive: [count, prefixes, classes], the law of the next token or of the target; of a regression the
        posterior mean of the target, [count, prefixes, outputs]
    belief: [count, prefixes, belief_size]
    posterior: [count, prefixes, component_count]
    log_probability: [count, prefixes], ln P(prefix), nats
    """

    def __init__(
        self,
        schema: Schema,
        arrays: Sequence[np.ndarray | None],
        view: int,
        seed: int,
        count: int,
        length: int,
        results: dict[str, np.ndarray | None],
        sizes: dict[str, int],
    ) -> None:
        super().__init__(schema, arrays, count, length)
        self.view = view
        self.seed = seed
        prefixes = length + 1 if schema.task == "next-token" else schema.position_count(length)
        #: Rows of the results.
        self.prefixes = prefixes

        def result(name: str) -> np.ndarray:
            array = results.get(name)
            shape = (count, prefixes) if name == "log_probability" else (count, prefixes, sizes[name])
            return np.zeros(shape) if array is None else array

        self.predictive = result("predictive")
        self.belief = result("belief")
        self.posterior = result("posterior")
        self.log_probability = result("log_probability")


@dataclass(frozen=True)
class HiddenMarkovModel:
    """A (generalised) hidden Markov model: P(word) = start T_{x1} ... T_{xn} right.

    transition: [tokens, states, states], P(emit x, go to j | state i)
    start: [states], start . right = 1
    right: [states]; None for an HMM: all ones
    component_of_state: [states]; None when there is one component
    """

    transition: NDArray[np.float64]
    start: NDArray[np.float64]
    right: NDArray[np.float64] | None = None
    component_of_state: NDArray[np.uint32] | None = None


@dataclass(frozen=True)
class Entropy:
    """Closed forms, nats.

    entropy: h_1 ... h_length
    entropy_rate, excess_entropy: None = no closed form; infinity = known to diverge
    """

    entropy: NDArray[np.float64]
    entropy_rate: float | None = None
    excess_entropy: float | None = None


class Source(Protocol):
    """What a class under @induct.source has; all but schema and fill may be left out.

    Sample i of a view is a pure function of (parameters, seed, view, i), and a shorter length gives a prefix: draw with
    `batch.words`, keep no generator.
    """

    def setup(self) -> None:
        """Runs once the parameters are set. `induct.InvalidArgument` says that they do not go together."""

    def schema(self) -> Schema:
        """What is delivered."""
        ...

    def views(self) -> Sequence[View]:
        """The views, train and test first; the default has these two, endless."""
        ...

    def fill(self, batch: Fill) -> None:
        """Writes every element of every tensor."""

    def hidden_markov_model(self) -> HiddenMarkovModel | None:
        """The transition tensors, from which the host derives theory, beliefs, oracle and mixtures."""

    def oracle(self, batch: OracleBatch) -> None:
        """Writes the Bayes-optimal law of each next token; `belief_size` and `component_count` state the sizes."""

    def entropy(self, length: int) -> Entropy:
        """Closed forms of h_1 ... h_length."""
        ...


def assign(array: np.ndarray, values: Any, name: str) -> None:
    """Writes values of the right kind and shape into an array; floats do not become integers unasked."""
    given = np.asarray(values)
    if not np.can_cast(given.dtype, array.dtype, "same_kind"):
        raise TypeError(f"'{name}' is {array.dtype}, and {given.dtype} does not become that by itself; use .astype")
    try:
        array[...] = given
    except ValueError:
        raise ValueError(f"'{name}' has the shape {list(array.shape)}, the values have {list(given.shape)}") from None
