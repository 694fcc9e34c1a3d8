"""The contract as the sandbox uses it: operations, fields with their codes, limits and messages out of openapi.json."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal, cast

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
    """The pace of polling; all zero for operations that are not polled."""

    interval_seconds: float = 0.0
    max_records: int = 0
    kept_days: float = 0.0


@dataclass(frozen=True, slots=True)
class PathParameter:
    """One id in a path, with the code for one that cannot exist."""

    name: str
    schema: Mapping[str, Any]
    code: int


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the contract.

    ``schema`` is that of its body, without fields where it takes none; ``recipient`` that of one recipient of a batch.
    """

    id: str
    method: str
    path: str
    tag: str
    credentials: Literal["app", "dev"]
    codes: frozenset[int]
    recipient_codes: frozenset[int]
    media_type: str | None
    schema: Schema
    recipient: Schema
    parameter: PathParameter | None
    limits: tuple[Limit, ...]
    poll: Poll


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
    media_type, schema = None, NO_FIELDS
    if "requestBody" in entry:
        ((media_type, media),) = resolve(document, entry["requestBody"])["content"].items()
        schema = compile_schema(document, media["schema"])
    parameters = [resolve(document, parameter) for parameter in item.get("parameters", ())]
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
        next((field.item for field in schema.fields.values() if field.item is not None), NO_FIELDS),
        next((PathParameter(p["name"], p["schema"], p["x-errors"]["invalid"]) for p in parameters), None),
        tuple(
            Limit("content" in limit["per"], limit.get("type"), limit["count"], limit["seconds"])
            for limit in entry.get("x-limits", ())
        ),
        Poll(**entry.get("x-poll", {})),
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


@functools.cache
def text_limit() -> int:
    """How long a text may be with signature and opt-out text: what the contract says of a template."""
    return contract().operations["POST", "/templates"].schema.fields["template"].most


INVALID_BODY = 50007

Test = Callable[[Any], bool]
Check = tuple[str, Test, int]
"""The keyword, whether a value passes it, and the code of one that does not."""

RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a request body.

    Attributes:
        name: Its name.
        type: Its JSON type: string, integer, object or array.
        required: Whether it is always needed.
        missing: The code of an absent, null or empty value; None where that is no error of its own.
        invalid: The code of a value that breaks no keyword with a code of its own.
        checks: What a value of the right type must pass.
        needed_when: A field and the values of it that make this one needed.
        item: The schema of each item of an array.
        most: The contract's maxLength or maxItems; 0 where it names none.
        max_bytes: How large a file may be; None where the field is no file.
    """

    name: str
    type: str
    required: bool
    missing: int | None
    invalid: int
    checks: tuple[Check, ...]
    needed_when: tuple[str, frozenset[int]] | None
    item: Schema | None
    most: int
    max_bytes: int | None

    def is_missing(self, value: object) -> bool:
        """Whether a value counts as not given."""
        return value is None or value == ""


@dataclass(frozen=True, slots=True)
class Schema:
    """The fields of an object, by name, in the contract's order."""

    name: str
    fields: Mapping[str, Field]


NO_FIELDS = Schema("", {})


def compile_schema(document: Mapping[str, Any], node: Mapping[str, Any]) -> Schema:
    """Compile a component schema that a reference names."""
    name = str(node["$ref"]).rpartition("/")[2]
    schema = document["components"]["schemas"][name]
    required = frozenset(schema.get("required", ()))
    return Schema(
        name,
        {
            field: _field(document, field, entry, required=field in required)
            for field, entry in schema["properties"].items()
        },
    )


def _field(document: Mapping[str, Any], name: str, entry: Mapping[str, Any], *, required: bool) -> Field:
    codes = cast("Mapping[str, int]", entry.get("x-errors", {}))
    invalid = codes.get("invalid", INVALID_BODY)
    needed = entry.get("x-needed-when")
    return Field(
        name,
        entry["type"],
        required,
        codes.get("missing"),
        invalid,
        tuple((keyword, check, codes.get(keyword, invalid)) for keyword, check in _checks(entry)),
        next(((other, frozenset(values)) for other, values in needed.items()), None) if needed else None,
        compile_schema(document, entry["items"]) if entry["type"] == "array" else None,
        entry.get("maxLength", entry.get("maxItems", 0)),
        entry.get("x-max-bytes"),
    )


def _checks(entry: Mapping[str, Any]) -> list[tuple[str, Test]]:
    checks: list[tuple[str, Test]] = []
    if entry["type"] == "integer":
        low, high = RANGES[entry.get("format", "int64")]
        checks.append(("minimum", _at_least(max(low, entry.get("minimum", low)))))
        checks.append(("maximum", _at_most(min(high, entry.get("maximum", high)))))
    checks += [(keyword, _no_shorter(entry[keyword])) for keyword in ("minLength", "minItems") if keyword in entry]
    checks += [(keyword, _no_longer(entry[keyword])) for keyword in ("maxLength", "maxItems") if keyword in entry]
    if "pattern" in entry:
        checks.append(("pattern", full_match(entry["pattern"])))
    return checks


def _at_least(low: int) -> Test:
    return lambda value: value >= low


def _at_most(high: int) -> Test:
    return lambda value: value <= high


def _no_shorter(fewest: int) -> Test:
    return lambda value: len(value) >= fewest


def _no_longer(most: int) -> Test:
    return lambda value: len(value) <= most


def full_match(pattern: str) -> Test:
    """Whether a whole text matches; the contract's patterns are anchored, and Python's ``$`` allows a line break."""
    match = re.compile(pattern.removeprefix("^").removesuffix("$")).fullmatch
    return lambda value: match(value) is not None
