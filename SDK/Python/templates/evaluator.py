# SPDX-License-Identifier: Apache-2.0
"""An evaluator: "mean-loss" averages the loss at every predicted position."""

from dataclasses import dataclass

import numpy as np

import induct

PLUGIN = induct.Plugin("org.example.mean-loss", "1.0.0", "an evaluator in Python")


@dataclass
class Sums:
    """What was seen: the number of samples, and sums of losses and of their squares by position."""

    samples: int
    losses: np.ndarray
    squares: np.ndarray


@induct.evaluator(name="mean-loss")
class MeanLoss:
    """The loss at every predicted position."""

    def setup(self, task: induct.Task) -> None:
        self.positions = task.positions

    def needs(self) -> list[induct.Need]:
        return [induct.Need(items=["losses"])]

    def begin(self) -> Sums:
        return Sums(0, np.zeros(self.positions), np.zeros(self.positions))

    def consume(self, sums: Sums, batch: induct.EvaluationBatch) -> None:
        losses = batch.losses.astype(np.float64)
        sums.samples += batch.count
        sums.losses += losses.sum(axis=0)
        sums.squares += (losses**2).sum(axis=0)

    def merge(self, sums: Sums, other: Sums) -> None:
        sums.samples += other.samples
        sums.losses += other.losses
        sums.squares += other.squares

    def finish(self, sums: Sums) -> list[induct.Metric]:
        """The mean and its standard error, s / sqrt(n), at every position."""
        n = sums.samples
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = sums.losses / n
            variance = np.maximum(sums.squares - n * mean**2, 0) / (n - 1)
            errors = np.sqrt(variance / n) if n > 1 else np.full(self.positions, np.nan)
        return [induct.Metric("mean_loss", mean, errors, unit="nats", axis="position")]
