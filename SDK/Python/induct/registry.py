# SPDX-License-Identifier: Apache-2.0
"""Decorators that make a class, or a function that gives a PyTorch module, a part of a plugin."""

from __future__ import annotations

import inspect
import json
import re
import types
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, overload

from induct import parameters
from induct.errors import DefinitionError
from induct.parameters import ConfigParameter
from induct.schema import Task

Kind = Literal["source", "architecture", "gate", "evaluator"]
_T = TypeVar("_T")
_MARK = "__induct_part__"

#: What a class of each kind must have.
_REQUIRED: dict[str, tuple[str, ...]] = {
    "source": ("schema", "fill"),
    "architecture": ("parameters", "forward"),
    "gate": ("parameters", "forward"),
    "evaluator": ("needs", "begin", "consume", "merge", "finish"),
}


@dataclass(frozen=True)
class Plugin:
    """Who a plugin is; a file says it once: `PLUGIN = induct.Plugin("org.example.mine", "1.0.0", "what it is")`.

    id: a reverse domain name of its own
    version: semantic
    summary: one line
    """

    id: str
    version: str = "0.0.0"
    summary: str = ""


@dataclass(frozen=True)
class Part:
    """One thing that a plugin can create."""

    kind: Kind
    name: str
    summary: str
    parameters: list[ConfigParameter]
    examples: list[str]
    make: Callable[..., Any] = field(repr=False)
    owner_module: str = ""

    @property
    def json(self) -> dict[str, Any]:
        """As `provides` of a description lists it."""
        return {
            "kind": self.kind,
            "name": self.name,
            "summary": self.summary,
            "concurrency": "serial-instance",
            "config_schema": parameters.config_schema(self.parameters, self.examples),
        }

    def create(self, config: dict[str, Any], task: Task | None) -> Any:
        """An instance with its parameters set and `setup` run.

        config: complete, as the host gives it
        task: what it is made for; None for sources
        """
        values = {}
        for parameter in self.parameters:
            value = config.get(parameter.name, None if parameter.is_optional else deepcopy(parameter.default))
            values[parameter.name] = _converted(value, parameter.rule)
        return self.make(task, values)


def plugin_of(module: types.ModuleType, stem: str) -> tuple[Plugin, list[Part]]:
    """The plugin that a module is, and the parts that it defines itself."""
    stated = [value for value in vars(module).values() if isinstance(value, Plugin)]
    if len(stated) > 1:
        raise DefinitionError(f"{stem}.py states {len(stated)} plugins; a file is one")
    local = re.sub(r"[^A-Za-z0-9_-]", "-", stem)
    plugin = stated[0] if stated else Plugin(f"local.{local}", summary=_first_line(module.__doc__))
    parts: list[Part] = []
    for value in vars(module).values():
        part = getattr(value, "__dict__", {}).get(_MARK)
        if isinstance(part, Part) and part.owner_module == module.__name__ and part not in parts:
            parts.append(part)
    if not parts:
        raise DefinitionError(
            f"{stem}.py has no part: write @induct.source, @induct.architecture, @induct.gate or @induct.evaluator "
            "over a class"
        )
    return plugin, parts


@overload
def source(owner: type[_T], /) -> type[_T]: ...
@overload
def source(*, name: str | None = None, examples: list[str] | None = None) -> Callable[[type[_T]], type[_T]]: ...
def source(owner: Any = None, /, **options: Any) -> Any:
    """Makes a class a data source: it has `schema()` and `fill(batch)`, and what is optional of `induct.Source`."""
    return _decorate("source", owner, **options)


@overload
def architecture(owner: type[_T], /) -> type[_T]: ...
@overload
def architecture(*, name: str | None = None, examples: list[str] | None = None) -> Callable[[type[_T]], type[_T]]: ...
def architecture(owner: Any = None, /, **options: Any) -> Any:
    """Makes a class an architecture: it has `parameters()`, `forward(batch)` and, to be trained, `backward(batch)`."""
    return _decorate("architecture", owner, **options)


@overload
def gate(owner: type[_T], /) -> type[_T]: ...
@overload
def gate(*, name: str | None = None, examples: list[str] | None = None) -> Callable[[type[_T]], type[_T]]: ...
def gate(owner: Any = None, /, **options: Any) -> Any:
    """Makes a class a gate: an architecture whose outputs are the weights of `task.experts` experts."""
    return _decorate("gate", owner, **options)


@overload
def evaluator(owner: type[_T], /) -> type[_T]: ...
@overload
def evaluator(*, name: str | None = None, examples: list[str] | None = None) -> Callable[[type[_T]], type[_T]]: ...
def evaluator(owner: Any = None, /, **options: Any) -> Any:
    """Makes a class an evaluator: it has `needs`, `begin`, `consume`, `merge` and `finish`."""
    return _decorate("evaluator", owner, **options)


def mark(owner: Any, part: Part) -> None:
    """Puts a part where `plugin_of` finds it."""
    setattr(owner, _MARK, part)


def make_part(
    kind: Kind,
    owner: Any,
    listed: list[ConfigParameter],
    make: Callable[..., Any],
    name: str | None = None,
    examples: list[str] | None = None,
) -> Part:
    """A part named and described as its class or function is, unless `name` says otherwise."""
    part_name = name or kebab(owner.__name__)
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", part_name):
        raise DefinitionError(
            f"{owner.__qualname__}: '{part_name}' is no part's name; names are kebab-case: noisy-cycle"
        )
    if examples is None:
        examples = _examples(part_name, listed)
    return Part(kind, part_name, _first_line(inspect.getdoc(owner)), listed, examples, make, owner.__module__)


def kebab(name: str) -> str:
    """NoisyCycle and noisy_cycle as noisy-cycle."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_", "-", name)
    return spaced.lower().strip("-")


def _decorate(kind: Kind, owner: Any, **options: Any) -> Any:
    def decorate(owner: type) -> type:
        if not inspect.isclass(owner):
            raise DefinitionError(f"@induct.{kind} goes over a class, not over {owner!r}")
        missing = [name for name in _REQUIRED[kind] if not callable(getattr(owner, name, None))]
        if missing:
            raise DefinitionError(f"{owner.__qualname__} is no {kind}: it has no {' and no '.join(missing)}")
        listed = parameters.of_class(owner)
        if "__init__" not in vars(owner):
            owner.__init__ = _initialiser(owner.__qualname__, listed)  # type: ignore[method-assign]

        def make(task: Task | None, values: dict[str, Any]) -> Any:
            instance = owner(**values)
            setup = getattr(instance, "setup", None)
            if setup is not None:
                setup() if task is None else setup(task)
            return instance

        mark(owner, make_part(kind, owner, listed, make, **options))
        return owner

    return decorate if owner is None else decorate(owner)


def _initialiser(owner: str, listed: list[ConfigParameter]) -> Callable[..., None]:
    """An __init__ that sets the parameters, given by name."""

    def __init__(self: Any, **values: Any) -> None:
        for parameter in listed:
            if parameter.name in values:
                value = values.pop(parameter.name)
            elif parameter.has_default:
                value = deepcopy(parameter.default)
            else:
                raise TypeError(f"{owner}() needs {parameter.name}")
            setattr(self, parameter.name, value)
        if values:
            raise TypeError(f"{owner}() has no parameter {', '.join(values)}")

    return __init__


def _converted(value: Any, rule: dict[str, Any]) -> Any:
    """A JSON value as the annotated type: whole numbers become floats where floats were declared."""
    if value is None:
        return None
    if rule["type"] == "number":
        return float(value)
    if rule["type"] == "array":
        return [_converted(item, rule["items"]) for item in value]
    return value


def _examples(name: str, listed: list[ConfigParameter]) -> list[str]:
    """The part with its defaults, where it has them all."""
    if any(not parameter.has_default for parameter in listed):
        return []
    given = [p for p in listed if p.default is not None]
    arguments = ", ".join(f"{p.name}={json.dumps(p.default)}" for p in given)
    return [f"{name}({arguments})" if arguments else name]


def _first_line(text: str | None) -> str:
    return (text or "").strip().split("\n")[0].strip()
