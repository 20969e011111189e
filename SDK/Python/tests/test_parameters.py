# SPDX-License-Identifier: Apache-2.0
"""Classes as parts: what annotations say, and what is refused."""

import unittest
from typing import Annotated, ClassVar, Literal

import induct
from induct.parameters import config_schema, of_class
from induct.registry import kebab


class Everything:
    """What parameters can be.

    count: how many
    """

    count: int = 3
    noise: Annotated[float, induct.Range(0, 1), "P(jump)"] = 1
    rate: Annotated[float, induct.Above(0), induct.Below(2)]
    shape: Literal["ring", "line"] = "ring"
    sizes: Annotated[list[Annotated[int, induct.Range(1)]], induct.Items(1, 4)] = [64, 64]
    seed: int | None = None
    loud: bool = False
    constant: ClassVar[int] = 7
    _hidden: int = 1


class Annotations(unittest.TestCase):
    def test_become_the_config_schema(self) -> None:
        parameters = config_schema(of_class(Everything), [])["parameters"]
        number = {"type": "number", "minimum": 0, "maximum": 1, "default": 1.0, "summary": "P(jump)"}
        self.assertEqual(
            parameters,
            {
                "count": {"type": "integer", "default": 3, "summary": "how many"},
                "noise": number,
                "rate": {"type": "number", "exclusive_minimum": 0, "exclusive_maximum": 2},
                "shape": {"type": "string", "values": ["ring", "line"], "default": "ring"},
                "sizes": {
                    "type": "array",
                    "items": {"type": "integer", "minimum": 1},
                    "minimum_items": 1,
                    "maximum_items": 4,
                    "default": [64, 64],
                },
                "seed": {"type": "integer", "optional": True},
                "loud": {"type": "boolean", "default": False},
            },
        )

    def test_refuse_types_that_specs_cannot_say(self) -> None:
        class Wrong:
            table: dict[str, int] = {}

        with self.assertRaisesRegex(induct.DefinitionError, r"Wrong.table: .* is no parameter's type"):
            of_class(Wrong)

    def test_refuse_defaults_of_another_type_or_outside_the_limits(self) -> None:
        class Text:
            count: int = "three"  # type: ignore[assignment]

        class Beyond:
            noise: Annotated[float, induct.Range(0, 1)] = 1.5

        class Flag:
            count: int = True

        for owner in (Text, Beyond, Flag):
            with self.subTest(owner.__name__), self.assertRaisesRegex(induct.DefinitionError, "does not fit its type"):
                of_class(owner)

    def test_refuse_limits_of_another_type(self) -> None:
        class Wrong:
            name: Annotated[str, induct.Range(0, 1)] = ""

        with self.assertRaisesRegex(induct.DefinitionError, "does not limit a parameter of type string"):
            of_class(Wrong)


class Decorators(unittest.TestCase):
    def test_refuse_a_class_without_what_its_kind_needs(self) -> None:
        with self.assertRaisesRegex(induct.DefinitionError, "it has no fill"):

            @induct.source
            class Silent:
                def schema(self) -> induct.Schema:
                    return induct.Schema.text(2)

    def test_make_instances_by_name_with_defaults_of_their_own(self) -> None:
        @induct.source
        class Mine:
            sizes: list[int] = [1]
            rate: float

            def schema(self) -> induct.Schema:
                return induct.Schema.text(2)

            def fill(self, batch: induct.Fill) -> None: ...

        first, second = Mine(rate=2.0), Mine(rate=3.0)
        first.sizes.append(2)
        self.assertEqual((second.sizes, second.rate), ([1], 3.0))
        with self.assertRaisesRegex(TypeError, "needs rate"):
            Mine()
        with self.assertRaisesRegex(TypeError, "no parameter speed"):
            Mine(rate=1.0, speed=1)

    def test_name_parts_in_kebab_case(self) -> None:
        names = ["NoisyCycle", "noisy_cycle", "LSTMReader", "Mess3"]
        self.assertEqual([kebab(n) for n in names], ["noisy-cycle", "noisy-cycle", "lstm-reader", "mess3"])
