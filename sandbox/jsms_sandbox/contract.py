"""The contract as the sandbox uses it: operations, fields with their codes, limits and messages out of openapi.json."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal, cast

from .fields import Schema, compile_schema
from .known import known

JSON_TYPE, FORM_TYPE = "application/json", "multipart/form-data"


@dataclass(frozen=True, slots=True)
class ErrorText:
    """What the contract says of one error code."""

    code: int
    name: str
    http_status: int
    message: str
    meaning: str
    meaning_zh: str
    remedy: str
    remedy_zh: str


@dataclass(frozen=True, slots=True)
class Limit:
    """So many accepted sends in so many seconds, per number or per number and text."""

    by_content: bool
    type: int | None
    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Poll:
    """The pace of polling."""

    interval_seconds: float
    max_records: int
    kept_days: float


@dataclass(frozen=True, slots=True)
class PathParameter:
    """One id in a path, with the code for one that cannot exist."""

    name: str
    schema: Mapping[str, Any]
    code: int


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the contract."""

    id: str
    method: str
    path: str
    tag: str
    credentials: Literal["app", "dev"]
    codes: frozenset[int]
    recipient_codes: frozenset[int]
    media_type: str | None
    schema: Schema | None
    parameter: PathParameter | None
    limits: tuple[Limit, ...]
    poll: Poll | None


@dataclass(frozen=True, slots=True)
class Contract:
    """What the sandbox needs of the contract.

    Attributes:
        version: The contract's version.
        operations: By method and path without ``/v1``, ids written ``{name}``.
        errors: By code.
        routing_codes: Codes answered before any operation is found.
        delivery_statuses: Every known delivery status.
        assumptions: Where the contract says that no source documents something: place and text.
    """

    version: str
    operations: Mapping[tuple[str, str], Operation]
    errors: Mapping[int, ErrorText]
    routing_codes: frozenset[int]
    delivery_statuses: frozenset[int]
    assumptions: tuple[tuple[str, str], ...]


@functools.cache
def contract() -> Contract:
    """The contract, read once a process."""
    text = resources.files("jsms_contract").joinpath("openapi.json").read_bytes()
    document: dict[str, Any] = json.loads(text)
    schemas: dict[str, Any] = document["components"]["schemas"]
    operations = {
        (method.upper(), path): _operation(document, method.upper(), path, item, item[method])
        for path, item in document["paths"].items()
        for method in ("get", "post", "put", "delete")
        if method in item
    }
    return Contract(
        document["info"]["version"],
        operations,
        {int(code): _error(int(code), entry) for code, entry in document["x-error-codes"].items()},
        frozenset(document["x-routing-error-codes"]),
        frozenset(schemas["DeliveryStatus"]["enum"]),
        tuple(_assumptions(document, "")),
    )


def resolve(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a local reference."""
    while "$ref" in node:
        found: Any = document
        for part in str(node["$ref"]).removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def _error(code: int, entry: Mapping[str, Any]) -> ErrorText:
    names = ("name", "http_status", "message", "meaning", "meaning_zh", "remedy", "remedy_zh")
    return ErrorText(code, *(entry[name] for name in names))


def _operation(
    document: Mapping[str, Any], method: str, path: str, item: Mapping[str, Any], entry: Mapping[str, Any]
) -> Operation:
    media_type, schema = None, None
    if "requestBody" in entry:
        ((media_type, media),) = resolve(document, entry["requestBody"])["content"].items()
        schema = compile_schema(document, media["schema"])
    parameters = [resolve(document, parameter) for parameter in item.get("parameters", ())]
    poll = entry.get("x-poll")
    return Operation(
        entry["operationId"],
        method,
        path,
        entry["tags"][0],
        "dev" if "devAuth" in entry["security"][0] else "app",
        frozenset(entry["x-error-codes"]),
        frozenset(entry.get("x-recipient-error-codes", ())),
        media_type,
        schema,
        next((PathParameter(p["name"], p["schema"], p["x-errors"]["invalid"]) for p in parameters), None),
        tuple(
            Limit("content" in limit["per"], limit.get("type"), limit["count"], limit["seconds"])
            for limit in entry.get("x-limits", ())
        ),
        Poll(**poll) if poll else None,
    )


def _assumptions(node: object, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        entry = cast("dict[str, object]", node)
        if "x-assumed" in entry:
            yield str(entry.get("operationId", place)), str(entry["x-assumed"])
        for name, child in entry.items():
            yield from _assumptions(child, f"{place}.{name}".removeprefix(".").removeprefix("components.schemas."))
    elif isinstance(node, list):
        for child in cast("list[object]", node):
            yield from _assumptions(child, place)


def text_limit() -> int:
    """How long a text may be with signature and opt-out text: what the contract says of a template."""
    return known(contract().operations["POST", "/templates"].schema).fields["template"].most
