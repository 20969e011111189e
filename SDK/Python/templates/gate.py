# SPDX-License-Identifier: Apache-2.0
"""A gate: "learned-weights" gives K experts the same weights everywhere, softmax(scores), and learns them."""

import numpy as np

import induct

PLUGIN = induct.Plugin("org.example.learned-weights", "1.0.0", "a gate in Python")


@induct.gate(name="learned-weights")
class LearnedWeights:
    """The same weights everywhere, learned."""

    def setup(self, task: induct.Task) -> None:
        self.experts = task.experts

    def parameters(self) -> list[induct.Parameter]:
        return [induct.Parameter("scores", (self.experts,), induct.zeros(), is_decayed=False)]

    def forward(self, batch: induct.Pass) -> None:
        batch.outputs[...] = softmax(batch.parameters["scores"])

    def backward(self, batch: induct.Pass) -> None:
        """d score_k = sum over rows of weight_k (d weight_k - sum_j weight_j d weight_j)"""
        weights = softmax(batch.parameters["scores"])
        incoming = batch.output_gradients.reshape(-1, self.experts)
        mean = incoming @ weights
        batch.gradients["scores"] += weights * (incoming - mean[:, None]).sum(axis=0)


def softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()
