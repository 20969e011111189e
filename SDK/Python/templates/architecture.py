# SPDX-License-Identifier: Apache-2.0
"""An architecture: "bigram", a table of logits for the next token, looked up by the last one."""

import numpy as np

import induct

PLUGIN = induct.Plugin("org.example.bigram", "1.0.0", "an architecture in Python")


@induct.architecture(name="bigram")
class Bigram:
    """A table of logits, looked up by the last token."""

    def setup(self, task: induct.Task) -> None:
        if task.schema.task != "next-token":
            raise induct.InvalidArgument(
                "bigram: predicts the next token only; use another architecture for this source"
            )
        self.classes = task.classes

    def parameters(self) -> list[induct.Parameter]:
        return [induct.Parameter("table.weight", (self.classes, self.classes), induct.normal(0.02))]

    def forward(self, batch: induct.Pass) -> None:
        """logits = table[last token]"""
        batch.outputs[...] = batch.parameters["table.weight"][batch["tokens"]]

    def backward(self, batch: induct.Pass) -> None:
        """d loss / d table[token] is the sum of the output gradients wherever that token was the last one."""
        np.add.at(batch.gradients["table.weight"], batch["tokens"], batch.output_gradients)
