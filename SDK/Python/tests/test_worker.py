# SPDX-License-Identifier: Apache-2.0
"""The worker behind its protocol: fills, passes, metrics, and what is said when the user's code fails."""

import json
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
from worker_host import Failure, Host, template, text_schema


class Sources(unittest.TestCase):
    def test_samples_depend_on_seed_view_and_index_alone(self) -> None:
        with Host(template("source")) as host:
            created, numbers = host.create("source", "noisy-cycle", {"vocabulary": 5, "noise": 0.3})
            self.assertEqual(created["source"]["schema"]["classes"], 5)
            self.assertEqual(created["source"]["hmm"]["states"], 5)
            transition = numbers[: 5**3].reshape(5, 5, 5)
            np.testing.assert_allclose(transition.sum(axis=(0, 2)), 1)
            whole = host.fill(host.array((8, 20), "int32")).copy()
            self.assertTrue(((whole >= 0) & (whole < 5)).all())
            part = host.fill(host.array((3, 7), "int32"), first=4)
            np.testing.assert_array_equal(part, whole[4:7, :7])
            self.assertFalse(np.array_equal(host.fill(host.array((8, 20), "int32"), view=1), whole))
            self.assertFalse(np.array_equal(host.fill(host.array((8, 20), "int32"), seed=2), whole))
            self.assertEqual(host.fill(host.array((0, 5), "int32")).size, 0)
            self.assertEqual(host.fill(host.array((2, 0), "int32")).size, 0)
            far = host.fill(host.array((2, 5), "int32"), first=2**40)
            np.testing.assert_array_equal(far[1:], host.fill(host.array((1, 5), "int32"), first=2**40 + 1))

    def test_refuse_values_of_another_type_or_shape(self) -> None:
        for values, message in (("np.full((2, 3), 0.5)", "float64 does not become"), ("[0, 1, 0, 1]", "has the shape")):
            code = f"""
                import numpy as np
                import induct
                @induct.source
                class Wrong:
                    def schema(self): return induct.Schema.text(2)
                    def fill(self, batch): batch["tokens"] = {values}
            """
            with self.subTest(values), Host(code) as host:
                host.create("source", "wrong")
                with self.assertRaisesRegex(Failure, message):
                    host.fill(host.array((2, 3), "int32"))

    def test_write_only_what_is_mapped_for_writing(self) -> None:
        with Host(template("source")) as host:
            host.create("source", "noisy-cycle", {"vocabulary": 5, "noise": 0.3})
            tokens = host.array((4, 6), "int32")
            expected = host.fill(tokens).copy()
            tokens[...] = 77
            host.map(writable=False)
            with self.assertRaisesRegex(Failure, "read-only"):
                host.fill(tokens)
            self.assertTrue((tokens == 77).all())
            host.map()
            np.testing.assert_array_equal(host.fill(tokens), expected)

    def test_oracle_and_closed_forms(self) -> None:
        code = """
            import numpy as np
            import induct
            @induct.source
            class Fair:
                belief_size = 1
                def schema(self): return induct.Schema.text(2)
                def fill(self, batch): batch["tokens"] = (batch.words(0, batch.length) & 1).astype(np.int32)
                def oracle(self, batch):
                    batch.predictive[...] = 0.5
                    batch.belief[...] = 1
                    batch.log_probability[...] = -np.log(2) * np.arange(batch.prefixes)
                def entropy(self, length): return induct.Entropy(np.full(length, np.log(2)), np.log(2), np.inf)
        """
        with Host(code) as host:
            created, _ = host.create("source", "fair")
            self.assertEqual(created["source"]["oracle"], {"belief_size": 1, "component_count": 0})
            answer, numbers = host.call(6, {"length": 3})
            self.assertEqual(answer["excess_entropy"], "diverges")
            np.testing.assert_array_equal(numbers, np.full(3, np.log(2)))
            tokens = host.array((2, 3), "int32", 0)
            law, belief = host.array((2, 4, 2), "float64"), host.array((2, 4, 1), "float64")
            places = host.reference(law) + host.reference(belief) + host.reference(None) + host.reference(None)
            host.call(33, None, struct.pack("<IIQQq", 0, 1, 1, 2, 3) + host.tensor(tokens) + places)
            np.testing.assert_array_equal(law, 0.5)
            np.testing.assert_array_equal(belief, 1)


class Models(unittest.TestCase):
    def test_gradients_are_written_or_added(self) -> None:
        with Host(template("architecture")) as host:
            created, _ = host.create("architecture", "bigram", schema=text_schema(3, 4), length=4)
            described = created["architecture"]["parameters"][0]
            self.assertEqual((described["name"], described["shape"]), ("table.weight", [3, 3]))
            tokens = host.array((2, 4), "int32", [[0, 1, 2, 0], [2, 2, 1, 0]])
            table = host.array((3, 3), values=np.arange(9).reshape(3, 3))
            outputs, incoming = host.array((2, 4, 3)), host.array((2, 4, 3), values=1)
            host.backward_or_forward(tokens, [table], outputs)
            np.testing.assert_array_equal(outputs, table[tokens])
            gradient = host.array((3, 3), values=5)
            host.backward_or_forward(tokens, [table], outputs, incoming, [gradient])
            np.testing.assert_array_equal(gradient[:, 0], [3, 2, 3])
            host.backward_or_forward(tokens, [table], outputs, incoming, [gradient], accumulate=1)
            np.testing.assert_array_equal(gradient[:, 0], [6, 4, 6])

    def test_a_gate_weighs_its_experts(self) -> None:
        with Host(template("gate")) as host:
            host.create("gate", "learned-weights", schema=text_schema(3, 4), length=4, experts=2)
            tokens, scores = host.array((1, 4), "int32", 0), host.array((2,), values=[0, np.log(3)])
            experts = [host.array((1, 4, 3), values=1 / 3) for _ in range(2)]
            outputs = host.array((1, 4, 2))
            host.backward_or_forward(tokens, [scores], outputs, mode=1, experts=experts)
            np.testing.assert_allclose(outputs, np.broadcast_to([0.25, 0.75], (1, 4, 2)), rtol=1e-6)
            nothing = [host.array((0, 4, 3)) for _ in range(2)]
            host.backward_or_forward(host.array((0, 4), "int32"), [scores], host.array((0, 4, 2)), experts=nothing)

    def test_refuses_a_task_as_an_error_in_the_spec(self) -> None:
        schema = text_schema(3, 4) | {"task": "classification"}
        with (
            Host(template("architecture")) as host,
            self.assertRaisesRegex(Failure, "predicts the next token") as caught,
        ):
            host.create("architecture", "bigram", schema=schema, length=4)
        self.assertEqual(caught.exception.status, 3)

    def test_say_what_a_pass_keeps_where_they_know_it(self) -> None:
        code = """
            import induct
            @induct.architecture
            class Silent:
                def parameters(self): return []
                def forward(self, batch): batch.outputs[...] = 0
            @induct.architecture
            class Frank(Silent):
                def workspace_size(self, count, length, is_training):
                    return count * length * 4 if is_training else -1
        """
        with Host(code) as host:
            host.create("architecture", "silent", schema=text_schema(5, 6), length=6)
            with self.assertRaises(Failure) as refused:
                host.call(11, {"mode": 0, "count": 2, "length": 6})
            self.assertEqual(refused.exception.status, 12)
            host.create("architecture", "frank", schema=text_schema(5, 6), length=6)
            self.assertEqual(host.call(11, {"mode": 0, "count": 2, "length": 6})[0], {"size": 48})
            with self.assertRaisesRegex(Failure, "gives -1; give bytes"):
                host.call(11, {"mode": 1, "count": 2, "length": 6})

    def test_arrays_are_the_hosts_memory(self) -> None:
        code = """
            import numpy as np
            import induct
            @induct.architecture
            class Alias:
                def setup(self, task): self.classes = task.classes
                def parameters(self): return [induct.Parameter("w", (2,))]
                def forward(self, batch):
                    shared = np.from_dlpack(batch.outputs)
                    assert np.shares_memory(shared, batch.outputs)
                    batch.outputs[...] = batch.parameters["w"].sum()
        """
        with Host(code) as host:
            host.create("architecture", "alias", schema=text_schema(2, 3), length=3)
            weights, outputs = host.array((2,), values=[1, 2]), host.array((1, 3, 2))
            tokens = host.array((1, 3), "int32", 0)
            host.backward_or_forward(tokens, [weights], outputs, mode=1)
            np.testing.assert_array_equal(outputs, 3)
            weights[0] = 10
            host.backward_or_forward(tokens, [weights], outputs, mode=1)
            np.testing.assert_array_equal(outputs, 12)


class Evaluators(unittest.TestCase):
    def test_merge_what_was_consumed_apart(self) -> None:
        with Host(template("evaluator")) as host:
            created, _ = host.create("evaluator", "mean-loss", schema=text_schema(3, 4), length=4)
            self.assertEqual(created["evaluator"]["needs"][0]["items"], 2)
            losses = host.array((6, 4), values=np.arange(24).reshape(6, 4))
            for accumulator, rows in ((1, slice(0, 2)), (2, slice(2, 6))):
                host.call(7, {"accumulator": accumulator})
                part = losses[rows]
                fixed = struct.pack(
                    "<QIIQQQqqqQQQIII4x",
                    *(accumulator, 0, 0, 10, 0, len(part), 4, 4, 3, 0, 0, 0, 0, 0, 0),
                )
                nothing = host.reference(None)
                host.call(37, None, fixed + nothing + host.reference(part) + nothing * 6)
            host.call(8, {"accumulator": 1, "other": 2})
            answer, numbers = host.call(9, {"accumulator": 1})
            metric = answer["metrics"][0]
            self.assertEqual((metric["kind"], metric["name"], metric["axis"]), ("curve", "mean_loss", "position"))
            np.testing.assert_allclose(numbers[:4], losses.mean(axis=0))
            np.testing.assert_allclose(numbers[4:], losses.std(axis=0, ddof=1) / np.sqrt(6), rtol=1e-6)
            host.call(10, {"accumulator": 1})
            with self.assertRaises(Failure):
                host.call(9, {"accumulator": 1})


class Failures(unittest.TestCase):
    BROKEN = """
        import induct
        @induct.source
        class Broken:
            def schema(self): return induct.Schema.text(2)
            def fill(self, batch):
                return self.divide(1, 0)
            def divide(self, a, b):
                return a / b
    """

    def test_a_traceback_is_in_the_message_innermost_first(self) -> None:
        with Host(self.BROKEN) as host:
            host.create("source", "broken")
            with self.assertRaises(Failure) as caught:
                host.fill(host.array((1, 1), "int32"))
            lines = str(caught.exception).splitlines()
            self.assertEqual(lines[0], "ZeroDivisionError: division by zero")
            self.assertRegex(lines[1], r'plugin.py", line 9, in divide: return a / b')
            self.assertRegex(lines[2], r'plugin.py", line 7, in fill: return self.divide\(1, 0\)')
            self.assertEqual(caught.exception.status, 2)
            host.call(4, {"forget": []})  # it is still there

    def test_unknown_calls_are_unimplemented(self) -> None:
        with Host(self.BROKEN) as host:
            host.create("source", "broken")
            with self.assertRaises(Failure) as caught:
                host.call(33)
            self.assertEqual(caught.exception.status, 12)

    def test_another_protocol_is_refused(self) -> None:
        with Host(self.BROKEN) as host, self.assertRaisesRegex(Failure, "speaks 1"):
            host.call(1, {"protocol": 2})


class Descriptions(unittest.TestCase):
    def describe(self, code: str) -> dict:
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch, "my_plugin.py")
            path.write_text(code)
            command = [sys.executable, "-m", "induct.worker", "--describe", str(path)]
            output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            self.assertEqual([p.name for p in Path(scratch).iterdir()], ["my_plugin.py"])
        return json.loads(output)

    def test_are_of_the_parts_that_the_file_defines(self) -> None:
        answer = self.describe("print('hello')\n" + template("source"))["description"]
        self.assertEqual((answer["id"], answer["version"]), ("org.example.noisy-cycle", "1.0.0"))
        part = answer["provides"][0]
        self.assertEqual((part["kind"], part["name"]), ("source", "noisy-cycle"))
        self.assertEqual(part["summary"], "Counts in a cycle and now and then jumps to a random token.")
        self.assertEqual(part["config_schema"]["examples"], ["noisy-cycle(vocabulary=4, noise=0.1)"])

    def test_refusals_say_why(self) -> None:
        for code, reason in (
            ("import induct\nx = (\n", r"SyntaxError: .* never closed .*my_plugin.py, line 2"),
            ("import induct\nimport no_such_module\n", "No module named 'no_such_module'"),
            ("import induct\n", "my_plugin.py has no part"),
            ("import induct\nexit(3)\n", "calls exit"),
            ("import induct\n1 / 0\n", "ZeroDivisionError"),
        ):
            with self.subTest(code):
                self.assertRegex(self.describe(code)["refused"], reason)
