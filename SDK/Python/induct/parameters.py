# SPDX-License-Identifier: Apache-2.0
"""A class's annotations as the parameters of a part: types, defaults, limits and summaries become the config schema.

    class NoisyCycle:
        \"\"\"Counts in a cycle and now and then jumps to a random token.

        states: the length of the cycle
        \"\"\"

        states: int = 3
        noise: Annotated[float, Range(0, 1), "P(jump)"] = 0.1
        start: Literal["first", "random"] = "random"
        weights: Annotated[list[float], Items(1, 8)] = [1.0]
        seed: int | None = None

The JSON that comes of it is described in SDK/C/include/induct/abi.h, at config_schema.
"""

from __future__ import annotations

import inspect
import math
import re
import types
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

from induct.errors import DefinitionError

_MISSING: Any = object()
_SCALARS = {bool: "boolean", int: "integer", float: "number", str: "string"}


@dataclass(frozen=True)
class Range:
    """The numbers allowed, ends included; None: no limit on that side."""

    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True)
class Above:
    """The numbers allowed lie above this, this excluded."""

    limit: float


@dataclass(frozen=True)
class Below:
    """The numbers allowed lie below this, this excluded."""

    limit: float


@dataclass(frozen=True)
class Items:
    """How many items a list may have."""

    minimum: int = 0
    maximum: int | None = None


@dataclass(frozen=True)
class ConfigParameter:
    """A parameter: what specs call it, its rule and its default as JSON."""

    name: str
    rule: dict[str, Any]
    default: Any = _MISSING
    is_optional: bool = False
    summary: str = ""

    @property
    def has_default(self) -> bool:
        return self.default is not _MISSING

    @property
    def json(self) -> dict[str, Any]:
        result = dict(self.rule)
        if self.has_default and self.default is not None:
            result["default"] = self.default
        if self.is_optional:
            result["optional"] = True
        if self.summary:
            result["summary"] = self.summary
        return result


def of_class(owner: type) -> list[ConfigParameter]:
    """The parameters of a class: its public annotations, base classes' first, without ClassVars."""
    hints = _hints(owner, owner.__qualname__)
    summaries = _summaries(inspect.getdoc(owner) or "")
    result = []
    for name, hint in hints.items():
        if name.startswith("_") or get_origin(hint) is ClassVar or hint is ClassVar:
            continue
        default = getattr(owner, name, _MISSING)
        result.append(_parameter(name, hint, default, summaries.get(name, ""), owner.__qualname__))
    return result


def of_function(function: types.FunctionType) -> list[ConfigParameter]:
    """The parameters of a function after its first, which takes the task."""
    hints = _hints(function, function.__qualname__)
    summaries = _summaries(inspect.getdoc(function) or "")
    result = []
    for name, parameter in list(inspect.signature(function).parameters.items())[1:]:
        if name not in hints:
            raise DefinitionError(
                f"{function.__qualname__}: the parameter {name} has no type; write '{name}: float = ...'"
            )
        default = _MISSING if parameter.default is inspect.Parameter.empty else parameter.default
        result.append(_parameter(name, hints[name], default, summaries.get(name, ""), function.__qualname__))
    return result


def config_schema(parameters: list[ConfigParameter], examples: list[str]) -> dict[str, Any]:
    """The config schema of a part."""
    return {"parameters": {p.name: p.json for p in parameters}, "examples": examples}


def _hints(owner: Any, name: str) -> dict[str, Any]:
    try:
        return get_type_hints(owner, include_extras=True)
    except Exception as error:
        raise DefinitionError(f"{name}: its type hints cannot be read: {error}") from error


def _parameter(name: str, hint: Any, default: Any, summary: str, owner: str) -> ConfigParameter:
    where = f"{owner}.{name}"
    metadata: tuple[Any, ...] = ()
    is_optional = False
    while True:
        if get_origin(hint) is Annotated:
            hint, *more = get_args(hint)
            metadata += tuple(more)
        elif get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint):
            rest = [a for a in get_args(hint) if a is not type(None)]
            if len(rest) != 1:
                raise DefinitionError(f"{where}: a parameter has one type, or one type and None; not {hint}")
            hint, is_optional = rest[0], True
        else:
            break
    texts = [item for item in metadata if isinstance(item, str)]
    rule = _rule(hint, metadata, where)
    if default is _MISSING and is_optional:
        default = None
    if default is not _MISSING and not (default is None and is_optional):
        default = _checked(default, rule, where)
    return ConfigParameter(name, rule, default, is_optional, texts[0] if texts else summary)


def _rule(hint: Any, metadata: tuple[Any, ...], where: str) -> dict[str, Any]:
    rule: dict[str, Any]
    if hint in _SCALARS:
        rule = {"type": _SCALARS[hint]}
    elif get_origin(hint) is Literal and all(isinstance(value, str) for value in get_args(hint)):
        rule = {"type": "string", "values": list(get_args(hint))}
    elif get_origin(hint) is list and len(get_args(hint)) == 1:
        inner = get_args(hint)[0]
        inner, more = (get_args(inner)[0], get_args(inner)[1:]) if get_origin(inner) is Annotated else (inner, ())
        rule = {"type": "array", "items": _rule(inner, more, where)}
    else:
        raise DefinitionError(
            f"{where}: {hint!r} is no parameter's type; there are int, float, bool, str, Literal of strings, list of "
            "these, and each with None. Write ClassVar[...] for what is no parameter"
        )
    for item in metadata:
        rule.update(_limits(item, rule["type"], where))
    return rule


def _limits(item: Any, kind: str, where: str) -> dict[str, Any]:
    if isinstance(item, str):
        return {}
    limits: dict[str, float | None]
    if isinstance(item, Items) and kind == "array":
        limits = {"minimum_items": item.minimum, "maximum_items": item.maximum}
    elif isinstance(item, Range) and kind in ("number", "integer"):
        limits = {"minimum": item.minimum, "maximum": item.maximum}
    elif isinstance(item, Above) and kind in ("number", "integer"):
        limits = {"exclusive_minimum": item.limit}
    elif isinstance(item, Below) and kind in ("number", "integer"):
        limits = {"exclusive_maximum": item.limit}
    else:
        raise DefinitionError(f"{where}: {item!r} does not limit a parameter of type {kind}")
    return {key: value for key, value in limits.items() if value is not None}


def _checked(value: Any, rule: dict[str, Any], where: str) -> Any:
    """The default as JSON; wrong ones are refused here, where the class is defined."""
    kind = rule["type"]
    if kind == "array" and isinstance(value, (list, tuple)):
        return [_checked(item, rule["items"], where) for item in value]
    if kind == "boolean":
        fits = isinstance(value, bool)
    elif kind == "string":
        fits = isinstance(value, str) and value in rule.get("values", [value])
    elif kind == "integer":
        fits = isinstance(value, int) and not isinstance(value, bool)
    else:
        fits = kind == "number" and isinstance(value, (int, float)) and not isinstance(value, bool)
        value = float(value) if fits else value
        fits = fits and math.isfinite(value)
    if fits and kind in ("integer", "number"):
        fits = rule.get("minimum", -math.inf) <= value <= rule.get("maximum", math.inf) and rule.get(
            "exclusive_minimum", -math.inf
        ) < value < rule.get("exclusive_maximum", math.inf)
    if not fits:
        raise DefinitionError(f"{where}: the default {value!r} does not fit its type and limits, {rule}")
    return value


def _summaries(text: str) -> dict[str, str]:
    """Lines `name: what it is` of a docstring."""
    return dict(re.findall(r"^\s*([a-z][a-z0-9_]*): +(\S.*?)\s*$", text, re.MULTILINE))
