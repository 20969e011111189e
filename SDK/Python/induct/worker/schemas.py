# SPDX-License-Identifier: Apache-2.0
"""Schemas as the protocol's JSON, both ways."""

from __future__ import annotations

from typing import Any

from induct.schema import Schema, Tensor


def schema_json(schema: Schema) -> dict[str, Any]:
    """A source's schema for the host."""
    if not isinstance(schema, Schema):
        raise TypeError(f"schema() gives {type(schema).__name__}; give an induct.Schema")
    return {
        "task": schema.task,
        "loss": "squared-error" if schema.task == "regression" else "cross-entropy",
        "tensors": [
            {
                "name": tensor.name,
                "type": tensor.dtype,
                "role": tensor.role,
                "shape": list(tensor.shape),
                "limit": tensor.limit or None,
            }
            for tensor in schema.tensors
        ],
        "classes": schema.classes,
        "outputs": schema.outputs,
        "positions": schema.positions,
        "maximum_length": schema.maximum_length or None,
        "begin_tokens": schema.begin_tokens,
    }


def schema_of(json: dict[str, Any]) -> Schema:
    """The bound schema that a part is created for."""
    tensors = tuple(
        Tensor(item["name"], item["type"], tuple(item["shape"]), item.get("role", "input"), item.get("limit") or 0)
        for item in json["tensors"]
    )
    return Schema(
        task=json["task"],
        tensors=tensors,
        classes=json.get("classes") or 0,
        outputs=json.get("outputs") or 0,
        positions=json.get("positions", "length"),
        maximum_length=json.get("maximum_length") or 0,
        begin_tokens=json.get("begin_tokens") or 0,
    )
