# SPDX-License-Identifier: Apache-2.0
"""The program from Python; INDUCT names it, and without it there is nothing to test."""

import os
import tempfile
import unittest
from pathlib import Path

import numpy as np

import induct

RECIPE = {
    "seed": 1,
    "source": "with-bos(mess3(x=0.15, a=0.6))",
    "architecture": "transformer(layers=1, width=8, heads=1)",
    "training": {"length": 8, "batch": 8, "steps": 4, "optimizer": "adam(learning_rate=1e-3)"},
    "evaluate": [{"every": 2, "evaluators": ["position-loss"], "view": "test", "samples": 32}],
    "checkpoints": {"every": 2, "keep": 5},
}


@unittest.skipUnless(os.environ.get("INDUCT"), "INDUCT names no program")
class Program(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = Path(scratch.name)

    def test_runs_are_started_and_read(self) -> None:
        lines: list[str] = []
        output = self.scratch / "run"
        run = induct.run(RECIPE, output, set={"training.steps": 6, "training.batch": 16}, progress=lines.append)
        self.assertEqual(run.recipe["training"]["steps"], 6)
        curve = run.metric("position_loss")
        np.testing.assert_array_equal(curve.steps, [0, 2, 4, 6])
        self.assertEqual(curve.values.shape, (4, 8))
        self.assertTrue((curve.standard_errors > 0).all())
        self.assertEqual(run.checkpoints[-1], 6)
        weights = run.checkpoint()
        self.assertTrue(all(np.isfinite(array).all() for array in weights.values()))
        self.assertEqual([r.path for r in induct.runs(self.scratch)], [output])

    def test_what_is_wrong_is_raised_with_its_message(self) -> None:
        with self.assertRaisesRegex(induct.InductError, "no plugin provides the source 'mess4'.*mess3") as caught:
            induct.run({**RECIPE, "source": "mess4"}, self.scratch / "run", progress=False)
        self.assertEqual(caught.exception.code, 64)
        with self.assertRaisesRegex(induct.InductError, "mess4"):
            induct.theory("mess4")

    def test_theory_is_arrays(self) -> None:
        theory = induct.theory("golden-mean(p=0.5)", length=4)
        np.testing.assert_allclose(theory.entropy, [0.6365141683, *[0.4620981204] * 3], rtol=1e-9)
        self.assertEqual(theory.method, "exact")
        self.assertAlmostEqual(theory.excess_entropy, 0.1744160479)

    def test_samples_are_arrays_and_pure(self) -> None:
        whole = induct.sample("mess3", count=6, length=9, seed=3)["tokens"]
        self.assertEqual((whole.shape, whole.dtype), ((6, 9), np.int32))
        part = induct.sample("mess3", count=2, length=5, seed=3, first=4)["tokens"]
        np.testing.assert_array_equal(part, whole[4:, :5])

    def test_beliefs_are_arrays(self) -> None:
        beliefs = induct.beliefs("mixture(coin(p=0.2), coin(p=0.8))", [0, 0, 1])
        np.testing.assert_allclose(beliefs.probability[:2], [1, 0.5])
        np.testing.assert_allclose(beliefs.predictive.sum(axis=1), 1)
        np.testing.assert_allclose(beliefs.component_posterior[2], [0.04 / 0.68, 0.64 / 0.68])
