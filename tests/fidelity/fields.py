"""Compare the fields of a response with those of the contract."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from typing import Any, cast

from jsms_contract.service import KIND_PATTERNS

Schema = Mapping[str, Any]


@functools.cache
def document() -> dict[str, Any]:
    """Return the contract, with a pattern of its kind for each request field that has none."""
    found: dict[str, Any] = json.loads(resources.files("jsms_contract").joinpath("openapi.json").read_bytes())
    for item in found["paths"].values():
        for name, entry in item.items():
            for sent in (entry,) if name == "parameters" else (entry.get("parameters"), entry.get("requestBody")):
                _write_patterns(found, sent)
    return found


def _write_patterns(whole: dict[str, Any], node: Any) -> None:
    """Write them into what is sent; what comes back may be anything that was sent before."""
    if isinstance(node, dict):
        fields = cast("dict[str, Any]", node)
        if "$ref" in fields:
            fields = functools.reduce(lambda inside, part: inside[part], str(fields["$ref"])[2:].split("/"), whole)
        if pattern := KIND_PATTERNS.get(str(fields.get("x-kind"))):
            schema: dict[str, Any] = fields.get("schema", fields)  # of a parameter, or of itself
            schema.setdefault("pattern", pattern)
        for child in fields.values():
            _write_patterns(whole, child)
    elif isinstance(node, list):
        items = cast("Sequence[object]", node)
        for child in items:
            _write_patterns(whole, child)


def resolve(node: Schema) -> Schema:
    """Follow a reference."""
    while "$ref" in node:
        found: Any = document()
        for part in str(node["$ref"]).removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def response_schema(operation: str, status: int) -> Schema | None:
    """Return the schema of an operation's response; None where it has no body."""
    content = _response(operation, status)
    return content["schema"] if content else None


def response_examples(operation: str, status: int) -> list[object]:
    """List the examples of an operation's response."""
    return [resolve(each)["value"] for each in _response(operation, status).get("examples", {}).values()]


def callback_examples() -> Iterator[Mapping[str, Any]]:
    """Every example of what is posted to an app."""
    for item in document()["webhooks"].values():
        for content in resolve(resolve(item)["post"]["requestBody"])["content"].values():
            yield from (resolve(each)["value"] for each in content["examples"].values())


def body_schema(operation: str) -> Schema:
    """Return the schema of an operation's JSON body."""
    return resolve(resolve(_entry(operation)["requestBody"])["content"]["application/json"]["schema"])


def _response(operation: str, status: int) -> Schema:
    responses = _entry(operation)["responses"]
    content: Mapping[str, Schema] = resolve(responses.get(str(status)) or responses["default"]).get("content", {})
    return content.get("application/json", {})


def _entry(operation: str) -> Schema:
    for item in document()["paths"].values():
        for entry in item.values():
            if isinstance(entry, dict) and cast("Schema", entry).get("operationId") == operation:
                return cast("Schema", entry)
    raise LookupError(operation)


def documented(schema: Schema, place: str) -> Iterator[str]:
    """List the fields of a schema as ``Schema.field``; components by their own name."""
    name = str(schema["$ref"]).rpartition("/")[2] if "$ref" in schema else place
    schema = resolve(schema)
    if schema.get("type") == "array":
        yield from documented(schema["items"], name)
    for field, inner in schema.get("properties", {}).items():
        yield f"{name}.{field}"
        yield from documented(inner, f"{name}.{field}")


def found(schema: Schema, value: object, place: str) -> Iterator[str]:
    """List the fields of a value in the same way; a field that the schema does not have keeps its own name."""
    name = str(schema["$ref"]).rpartition("/")[2] if "$ref" in schema else place
    schema = resolve(schema)
    if isinstance(value, list) and schema.get("type") == "array":
        for item in cast("list[object]", value):
            yield from found(schema["items"], item, name)
    if isinstance(value, dict) and "properties" in schema:
        for field, inner in cast("dict[str, object]", value).items():
            yield f"{name}.{field}"
            if field in schema["properties"]:
                yield from found(schema["properties"][field], inner, f"{name}.{field}")
