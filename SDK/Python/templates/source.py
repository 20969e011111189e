# SPDX-License-Identifier: Apache-2.0
"""A data source: "noisy-cycle" counts 0, 1, ..., V - 1, 0, 1, ... and now and then jumps to a random token."""

from typing import Annotated

import numpy as np

import induct
from induct import random

PLUGIN = induct.Plugin("org.example.noisy-cycle", "1.0.0", "a source in Python")


@induct.source(name="noisy-cycle")
class NoisyCycle:
    """Counts in a cycle and now and then jumps to a random token.

    vocabulary: number of tokens
    noise: P(jump)
    """

    vocabulary: Annotated[int, induct.Range(2, 256)] = 4
    noise: Annotated[float, induct.Range(0, 1)] = 0.1

    def schema(self) -> induct.Schema:
        return induct.Schema.text(self.vocabulary)

    def fill(self, batch: induct.Fill) -> None:
        """Word 0 of a stream is the first token; words 2 t - 1 and 2 t say whether token t jumps, and where to."""
        words = batch.words(kind=0, count=2 * batch.length)
        jumps = words[:, 1::2] < random.threshold(self.noise)
        targets = random.below(words[:, 0::2], self.vocabulary).astype(np.int32)
        tokens = batch["tokens"]
        tokens[:, :1] = targets[:, :1]
        for position in range(1, batch.length):
            following = (tokens[:, position - 1] + 1) % self.vocabulary
            tokens[:, position] = np.where(jumps[:, position - 1], targets[:, position], following)

    def hidden_markov_model(self) -> induct.HiddenMarkovModel:
        """The state is the token before: T_x[i][x] = (1 - noise) [x follows i] + noise / V; the start is uniform."""
        size = self.vocabulary
        transition = np.zeros((size, size, size))
        for token in range(size):
            transition[token, :, token] = self.noise / size
            transition[token, (token - 1) % size, token] += 1 - self.noise
        return induct.HiddenMarkovModel(transition, np.full(size, 1 / size))
