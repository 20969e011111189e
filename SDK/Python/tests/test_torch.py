# SPDX-License-Identifier: Apache-2.0
"""A PyTorch module as an architecture: aliasing, autograd against finite differences and against NumPy, refusals."""

import os
import re
import tempfile
import textwrap
import unittest
from pathlib import Path

import numpy as np
from worker_host import Failure, Host, template, text_schema

import induct

try:
    import torch  # noqa: F401
except ImportError:
    torch = None

MLP = """
    from typing import Annotated
    import torch
    import induct

    class Table(torch.nn.Module):
        def __init__(self, classes, width, rate):
            super().__init__()
            self.embedding = torch.nn.Embedding(classes, width)
            self.hidden = torch.nn.Linear(width, width)
            self.norm = torch.nn.LayerNorm(width)
            self.dropout = torch.nn.Dropout(rate)
            self.logits = torch.nn.Linear(width, classes)
            self.scale = torch.nn.Parameter(torch.ones(1))

        def forward(self, tokens):
            hidden = self.dropout(torch.tanh(self.norm(self.hidden(self.embedding(tokens)))))
            return self.logits(hidden) * self.scale

    @induct.torch_architecture
    def small_table(
        task: induct.Task, width: Annotated[int, induct.Range(1, 64)] = 8, rate: float = 0.0
    ) -> torch.nn.Module:
        '''A table with a hidden layer.'''
        return Table(task.classes, width, rate)
"""
UNKNOWN = """
    import torch
    import induct

    class Odd(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.matrix = torch.nn.Parameter(torch.randn(3, 3))

        def forward(self, tokens):
            return self.matrix[tokens]

    @induct.torch_architecture
    def odd(task: induct.Task) -> torch.nn.Module:
        return Odd()

    class Stated(Odd):
        def initialisers(self):
            return {"matrix": induct.normal(0.5)}

    @induct.torch_architecture
    def stated(task: induct.Task) -> torch.nn.Module:
        return Stated()
"""


@unittest.skipUnless(torch, "PyTorch is optional")
class TorchArchitectures(unittest.TestCase):
    def setUp(self) -> None:
        self.random = np.random.default_rng(3)

    def opened(self, host: Host, **config: object) -> tuple[np.ndarray, list[np.ndarray]]:
        created, _ = host.create(
            "architecture", "small-table", {"width": 8, "rate": 0.0, **config}, schema=text_schema(5, 6), length=6
        )
        self.described = created["architecture"]["parameters"]
        tokens = host.array((4, 6), "int32", self.random.integers(0, 5, (4, 6)))
        values = [self.random.normal(0, 0.5, p["shape"]) for p in self.described]
        return tokens, [host.array(tuple(p["shape"]), values=v) for p, v in zip(self.described, values)]

    def test_parameters_have_the_modules_names_and_initialisers(self) -> None:
        with Host(MLP) as host:
            self.opened(host)
        described = {p["name"]: p for p in self.described}
        self.assertEqual(list(described)[:3], ["scale", "embedding.weight", "hidden.weight"])
        self.assertEqual((described["scale"]["initialiser"], described["scale"]["a"]), ("constant", 1))
        self.assertEqual(
            (described["embedding.weight"]["initialiser"], described["embedding.weight"]["b"]), ("normal", 1)
        )
        self.assertEqual(described["hidden.weight"]["initialiser"], "uniform")
        self.assertAlmostEqual(described["hidden.bias"]["b"], 8**-0.5)
        self.assertFalse(described["norm.weight"]["decayed"])
        self.assertTrue(described["logits.weight"]["decayed"])

    def test_gradients_are_those_of_finite_differences(self) -> None:
        with Host(MLP) as host:
            tokens, parameters = self.opened(host)
            outputs, incoming = host.array((4, 6, 5)), host.array((4, 6, 5), values=self.random.normal(size=(4, 6, 5)))
            gradients = [host.array(p.shape, values=9) for p in parameters]
            host.backward_or_forward(tokens, parameters, outputs)
            host.backward_or_forward(tokens, parameters, outputs, incoming, gradients)

            def value() -> float:
                host.backward_or_forward(tokens, parameters, outputs, mode=1)
                return float((outputs.astype(np.float64) * incoming).sum())

            for described, parameter, gradient in zip(self.described, parameters, gradients):
                direction = self.random.normal(size=parameter.shape).astype(np.float32)
                kept, step = parameter.copy(), 1e-2
                parameter[...] = kept + step * direction
                above = value()
                parameter[...] = kept - step * direction
                slope = (above - value()) / (2 * step)
                parameter[...] = kept
                expected = float((gradient * direction).sum())
                self.assertAlmostEqual(slope, expected, delta=2e-2 * max(1, abs(expected)), msg=described["name"])
            once = [g.copy() for g in gradients]
            host.backward_or_forward(tokens, parameters, outputs)
            host.backward_or_forward(tokens, parameters, outputs, incoming, gradients, accumulate=1)
            for one, two in zip(once, gradients):
                np.testing.assert_allclose(two, 2 * one, rtol=1e-6)

    def test_slots_keep_their_own_graphs(self) -> None:
        with Host(MLP) as host:
            tokens, parameters = self.opened(host)
            outputs, incoming = host.array((2, 6, 5)), host.array((2, 6, 5), values=1)
            alone = [host.array(p.shape) for p in parameters]
            mixed = [host.array(p.shape) for p in parameters]
            first, second = tokens[:2], tokens[2:]
            host.backward_or_forward(first, parameters, outputs)
            host.backward_or_forward(first, parameters, outputs, incoming, alone)
            host.backward_or_forward(first, parameters, outputs, slot=0)
            host.backward_or_forward(second, parameters, outputs, slot=1)
            host.backward_or_forward(first, parameters, outputs, incoming, mixed, slot=0)
            for a, b in zip(alone, mixed):
                np.testing.assert_array_equal(a, b)

    def test_dropout_is_a_function_of_the_step(self) -> None:
        with Host(MLP) as host:
            tokens, parameters = self.opened(host, rate=0.5)
            outputs = host.array((4, 6, 5))
            seen = []
            for step in (3, 4, 3):
                host.backward_or_forward(tokens, parameters, outputs, step=step)
                seen.append(outputs.copy())
            np.testing.assert_array_equal(seen[0], seen[2])
            self.assertFalse(np.array_equal(seen[0], seen[1]))

    def test_the_memory_that_is_stated_is_what_autograd_keeps(self) -> None:
        code = """
            import torch
            import induct

            @induct.torch_architecture
            def plain(task: induct.Task) -> torch.nn.Module:
                return torch.nn.Sequential(torch.nn.Embedding(task.classes, 16), torch.nn.Linear(16, task.classes))
        """
        with Host(code) as host:
            host.create("architecture", "plain", schema=text_schema(5, 6), length=6)
            stated, _ = host.call(11, {"mode": 0, "count": 9, "length": 6})
            # The tokens as int64, and the embeddings as float32.
            self.assertEqual(stated["size"], 9 * 6 * (8 + 16 * 4))
            self.assertEqual(host.call(11, {"mode": 1, "count": 9, "length": 6})[0]["size"], 0)

    def test_running_statistics_are_refused(self) -> None:
        code = MLP.replace("torch.nn.LayerNorm(width)", "torch.nn.BatchNorm1d(6)")
        with Host(code) as host, self.assertRaisesRegex(Failure, "layer norm .* keeps running statistics") as caught:
            self.opened(host)
        self.assertEqual(caught.exception.status, 3)

    def test_unknown_initialisers_are_asked_for(self) -> None:
        with Host(UNKNOWN) as host:
            with self.assertRaisesRegex(Failure, "how the parameter matrix of Odd starts is not known"):
                host.create("architecture", "odd", schema=text_schema(3, 4), length=4)
        with Host(UNKNOWN) as host:
            created, _ = host.create("architecture", "stated", schema=text_schema(3, 4), length=4)
            self.assertEqual(created["architecture"]["parameters"][0]["b"], 0.5)


TABLE = """
    import torch
    import induct

    class Table(torch.nn.Module):
        def __init__(self, classes):
            super().__init__()
            self.table = torch.nn.Embedding(classes, classes)

        def forward(self, tokens):
            return self.table(tokens)

        def initialisers(self):
            return {"table.weight": induct.normal(0.02)}

    @induct.torch_architecture
    def torch_bigram(task: induct.Task) -> torch.nn.Module:
        return Table(task.classes)
"""


@unittest.skipUnless(torch and os.environ.get("INDUCT"), "PyTorch, or INDUCT, the program, is not there")
class TorchRuns(unittest.TestCase):
    def test_train_as_the_same_architecture_in_numpy_does(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            Path(scratch, "table.py").write_text(textwrap.dedent(TABLE))
            Path(scratch, "bigram.py").write_text(template("architecture"))
            weights = []
            for name in ("torch-bigram", "bigram"):
                recipe = {
                    "seed": 4,
                    "source": "golden-mean(p=0.5)",
                    "architecture": name,
                    "training": {"length": 16, "batch": 32, "steps": 20, "optimizer": "adam(learning_rate=0.05)"},
                    "checkpoints": {"every": 10, "keep": 2},
                }
                run = induct.run(recipe, Path(scratch, name), plugins=[scratch], progress=False)
                weights.append(run.checkpoint()["table.weight"])
            self.assertGreater(np.abs(weights[0]).max(), 0.3)
            np.testing.assert_allclose(weights[0], weights[1], atol=1e-5)

    def test_the_module_that_the_guide_shows_trains(self) -> None:
        guide = Path(__file__).parents[3] / "Documentation/Guides/Add-an-architecture.md"
        (module,) = re.findall(r"```python\n(.*?)```", guide.read_text(), re.DOTALL)
        with tempfile.TemporaryDirectory() as scratch:
            Path(scratch, "small_lstm.py").write_text(module)
            recipe = {
                "seed": 1,
                "source": "golden-mean(p=0.5)",
                "architecture": "small-lstm(width=8)",
                "training": {"length": 16, "batch": 32, "steps": 20, "optimizer": "adam(learning_rate=0.05)"},
            }
            run = induct.run(recipe, Path(scratch, "run"), plugins=[scratch], progress=False)
            loss = run.metric("loss").values
            self.assertLess(loss[-1], 0.9 * loss[0])
