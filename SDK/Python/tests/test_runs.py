# SPDX-License-Identifier: Apache-2.0
"""Runs as arrays: metrics, checkpoints, what is damaged."""

import json
import tempfile
import unittest
from pathlib import Path

import numpy as np

import induct
from induct.runs import safetensors


def write_safetensors(path: Path, tensors: dict[str, np.ndarray]) -> None:
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, array in tensors.items():
        kind = {"float32": "F32", "int64": "I64"}[str(array.dtype)]
        offsets = [len(data), len(data) + array.nbytes]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": offsets}
        data += array.tobytes()
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


LINES = [
    {"step": 0, "metric": "loss", "evaluation": "", "value": 1.5, "unit": "nats"},
    {"step": 10, "metric": "loss", "evaluation": "", "value": None, "unit": "nats"},
    {
        "step": 0,
        "metric": "position_loss",
        "evaluation": "test",
        "values": [1.0, 2.0],
        "standard_errors": [0.1, 0.2],
        "axis": "position",
        "axis_values": [1, 2],
    },
    {
        "step": 10,
        "metric": "position_loss",
        "evaluation": "test",
        "values": [0.5, 1.0],
        "standard_errors": [0.1, 0.2],
        "axis": "position",
        "axis_values": [1, 2],
    },
    {"step": 10, "metric": "table", "evaluation": "test", "values": [[1, 2, 3], [4, 5, None]], "row_names": ["a", "b"]},
    {"step": 10, "metric": "loss", "evaluation": "test", "value": 0.75, "standard_error": 0.25},
]


class Runs(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.path = Path(scratch.name, "runs", "mine")
        self.path.mkdir(parents=True)
        (self.path / "run.json").write_text(json.dumps({"recipe": {"seed": 3}, "seed": 3}))
        (self.path / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in LINES))
        for step in (10, 200):
            directory = self.path / "checkpoints" / f"step-{step:08d}"
            directory.mkdir(parents=True)
            weights = {"layer.weight": np.full((2, 3), step, np.float32), "count": np.array(step)}
            write_safetensors(directory / "model.safetensors", weights)

    def test_metrics_are_arrays_over_steps(self) -> None:
        run = induct.Run(self.path)
        self.assertEqual(run.recipe, {"seed": 3})
        curve = run.metric("position_loss")
        np.testing.assert_array_equal(curve.steps, [0, 10])
        np.testing.assert_array_equal(curve.values, [[1, 2], [0.5, 1]])
        np.testing.assert_array_equal(curve.standard_errors, [[0.1, 0.2]] * 2)
        np.testing.assert_array_equal(curve.axis_values, [1, 2])
        loss = run.metric("loss", evaluation="")
        np.testing.assert_array_equal(loss.values, [1.5, np.nan])
        self.assertIsNone(loss.standard_errors)
        np.testing.assert_array_equal(run.metric("table").last, [[1, 2, 3], [4, 5, np.nan]])
        with self.assertRaisesRegex(KeyError, "more than one evaluation"):
            run.metric("loss")
        with self.assertRaisesRegex(KeyError, "no metric 'los'"):
            run.metric("los")

    def test_a_frame_has_a_row_for_every_number(self) -> None:
        try:
            import pandas  # noqa: F401
        except ImportError:
            self.skipTest("pandas is optional")
        frame = induct.Run(self.path).frame()
        self.assertEqual(len(frame), 2 + 4 + 6 + 1)
        at = frame[(frame.metric == "position_loss") & (frame.step == 10) & (frame.axis_value == 2)]
        self.assertEqual((at.value.item(), at.standard_error.item()), (1.0, 0.2))

    def test_an_unfinished_last_line_is_passed_over_and_a_damaged_one_named(self) -> None:
        with open(self.path / "metrics.jsonl", "a") as file:
            file.write('{"step": 20, "met')
        self.assertEqual(induct.Run(self.path).metric("loss", "").steps[-1], 10)
        with open(self.path / "metrics.jsonl", "a") as file:
            file.write("\n")
        with self.assertRaisesRegex(induct.DamagedFile, f"line {len(LINES) + 1}: it is no metric"):
            induct.Run(self.path).metrics()

    def test_checkpoints_are_arrays_by_name(self) -> None:
        run = induct.Run(self.path)
        self.assertEqual(run.checkpoints, [10, 200])
        np.testing.assert_array_equal(run.checkpoint()["layer.weight"], np.full((2, 3), 200))
        self.assertEqual(run.checkpoint(10)["count"], 10)
        with self.assertRaisesRegex(KeyError, "no checkpoint of step 11; there are 10, 200"):
            run.checkpoint(11)

    def test_damaged_checkpoints_are_refused(self) -> None:
        path = self.path / "model.safetensors"
        write_safetensors(path, {"w": np.ones(4, np.float32)})
        good = path.read_bytes()
        self.assertEqual(safetensors.metadata(path), {"format": "pt"})
        for bytes_, reason in (
            (good[:-1], "the tensor 'w' cannot be read"),
            (good[:20], "ends within its header"),
            (b"", "ends within its header"),
            (b"\x04" + bytes(7) + b"nope", "no JSON"),
        ):
            path.write_bytes(bytes_)
            with self.subTest(reason), self.assertRaisesRegex(induct.DamagedFile, reason):
                safetensors.load(path)

    def test_are_found_below_a_directory(self) -> None:
        self.assertEqual([run.path for run in induct.runs(self.path.parent)], [self.path])
        with self.assertRaises(FileNotFoundError):
            induct.Run(self.path.parent)

    def test_show_their_losses_and_figures(self) -> None:
        (self.path / "figures").mkdir()
        (self.path / "figures" / "loss.svg").write_text("<svg/>")
        page = induct.Run(self.path)._repr_html_()
        self.assertIn("<td>test</td><td>loss</td><td>0.75</td>", page)
        self.assertIn('alt="loss" src="data:image/svg+xml;base64,PHN2Zy8+"', page)
