"""The module ``service``: what the service checks and responds, for the sandbox."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from contract_tools.emit.catalogue import known_values
from contract_tools.emit.model import Operation, Surface, Value
from contract_tools.emit.requests import is_file
from contract_tools.openapi import (
    KIND_PATTERNS,
    callbacks,
    follow,
    is_list,
    is_object,
    mapping,
    pointer_to,
    sequence,
    text,
    whole,
)
from contract_tools.python_source import TABLES, Source, call, constant, constant_name, literal, module, record, table

_CHECKS = (
    *("minLength", "minItems", "minProperties", "maxLength", "maxItems", "maxProperties"),
    *("exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format", "pattern"),
)
_RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
# What the type and the ranges say already.
_PLAIN_FORMATS = frozenset({*_RANGES, "binary", "float", "double"})


def emit_service(surface: Surface) -> str:
    """Write the module ``service``: the rules of every operation, the known values, and what the document assumes."""
    emitter = _Emitter(surface)
    rules = {each.id: emitter.rules(each) for each in surface.operations}
    return module(
        "What the service checks of requests and what it responds: for a sandbox. The client needs none of it.",
        "\n".join(emitter.constants.values()),
        table("RULES", "str, Rules", rules, "The rules of every operation, by operationId."),
        table(
            "KIND_PATTERNS",
            "str, str",
            dict(KIND_PATTERNS),
            "How a text of a kind is written, where its field has no pattern of its own.",
        ),
        constant(
            "ROUTING_CODES",
            "frozenset[int]",
            frozenset(whole(code) for code in sequence(surface.data.get("x-routing-error-codes"))),
            "The codes of requests that reach no operation.",
        ),
        table(
            "KNOWN_VALUES",
            "str, tuple[KnownValue, ...]",
            {
                component: [call("KnownValue", *each) for each in values]
                for component, values in known_values(surface.data).items()
            },
            "The values of every open set, by its component.",
        ),
        table(
            "CALLBACK_SAMPLES",
            "str, str",
            _samples(surface.data),
            "An example of ``data`` for each type of callback.",
        ),
        constant(
            "ASSUMPTIONS",
            "tuple[tuple[str, str], ...]",
            [call("", *each) for each in _assumptions(surface.data, "#")],
            "Where no source says what the service does: the place, and what this contract chose.",
        ),
        imports={**TABLES, "jsms_runtime.service": ("Check", "KnownValue", "Limit", "Poll", "Property", "Rules")},
        exports=["ASSUMPTIONS", "CALLBACK_SAMPLES", "KIND_PATTERNS", "KNOWN_VALUES", "ROUTING_CODES", "RULES"],
    )


class _Emitter:
    """Rules as source; the fields of each named object become a constant, written once, after those they need."""

    def __init__(self, surface: Surface) -> None:
        self.constants: dict[str, str] = {}
        self._surface = surface
        self._open: list[str] = []

    def rules(self, operation: Operation) -> Source:
        """Write the rules of an operation."""
        body = operation.body
        success, beside = self._example(operation.media, operation.response), self._beside_error(operation)
        return record(
            "Rules",
            {"beside_error": json.dumps(beside, ensure_ascii=False) if beside else ""},
            path=self._parameters(operation, "path"),
            query=self._parameters(operation, "query"),
            body=None if body is None else self._property("", body.value, required=body.required),
            limits=[_limit(mapping(each)) for each in sequence(operation.source.get("x-limits"))],
            poll=_poll(mapping(operation.source.get("x-poll"))),
            success=json.dumps(success, ensure_ascii=False) if operation.success else None,
        )

    def _parameters(self, operation: Operation, place: str) -> list[Source]:
        found = [each for where, each in operation.parameters if where == place]
        return [self._property(each.wire, each.value, required=each.required) for each in found]

    def _property(self, name: str, value: Value, *, required: bool) -> Source:
        codes = mapping(value.schema.get("x-errors"))
        optional: dict[str, object] = {
            "required": required,
            "nullable": value.nullable,
            "kind": value.kind,
            "missing": _whole_or_none(codes.get("missing")),
            "invalid": _whole_or_none(codes.get("invalid")),
            "checks": list(_checks(value, codes)),
            "needed_when": _needed_when(mapping(value.schema.get("x-needed-when"))),
            "of": self._property("", value.of, required=True) if value.of is not None else None,
            "fields": self._fields(value.record),
            "max_bytes": value.limit("x-max-bytes"),
            "is_file": is_file(value),
            "media_types": value.media_types,
            "comma_separated": value.schema.get("explode") is False,
        }
        return record("Property", optional, name=name, type=value.type)

    def _fields(self, name: str) -> Source | None:
        if not name or name in self._open:
            return None  # inside itself: its fields are checked one level deep
        title = Source(f"_{constant_name(name)}")
        if title not in self.constants:
            self._open.append(name)
            members = self._surface.record(name).members
            fields = literal([self._property(each.wire, each.value, required=each.required) for each in members])
            self._open.pop()
            self.constants[title] = f"{title} = {fields}"
        return title

    def _beside_error(self, operation: Operation) -> Mapping[str, object]:
        """Find what the examples of refusals have beside ``error``."""
        for status, response in mapping(operation.source.get("responses")).items():
            example = mapping(self._example(self._surface.json_of(response), None))
            if str(status).startswith(("4", "5")) and "error" in example:
                return {name: value for name, value in example.items() if name != "error"}
        return {}

    def _example(self, media: Mapping[str, object], value: Value | None) -> object:
        if "example" in media:
            return media["example"]
        for named in mapping(media.get("examples")).values():
            example = follow(self._surface.data, named)
            if "value" in example:
                return example["value"]
        return self._made_up(value) if value is not None else None

    def _made_up(self, value: Value, around: tuple[str, ...] = ()) -> object:
        """Make the smallest value that fits, where a document has no example."""
        for example in (value.schema.get("example"), *sequence(value.schema.get("examples"))):
            if example is not None:
                return example
        if value.nullable:
            return None
        if value.record and value.record not in around:
            members = self._surface.record(value.record).members
            inside = (*around, value.record)
            return {each.wire: self._made_up(each.value, inside) for each in members if each.required}
        least: dict[str, object] = {"string": "", "integer": value.limit("minimum") or 0, "number": 0, "boolean": False}
        return least.get(value.type, [] if value.type == "array" else {})


def _checks(value: Value, codes: Mapping[str, object]) -> Iterator[Source]:
    schema = value.schema
    low, high = schema.get("minimum"), schema.get("maximum")
    if value.type == "integer":
        least, most = _RANGES.get(text(schema.get("format")), _RANGES["int64"])
        low = max(least, low) if isinstance(low, int | float) else least
        high = min(most, high) if isinstance(high, int | float) else most
    bounds: list[tuple[str, object]] = [("minimum", low), ("maximum", high)]
    bounds += [(keyword, schema.get(keyword)) for keyword in _CHECKS]
    if value.kind in KIND_PATTERNS and "pattern" not in schema:
        bounds.append(("pattern", KIND_PATTERNS[value.kind]))
    if value.kind == "beijing-time" and "pattern" not in schema:
        bounds.append(("format", value.kind))  # a moment that is in the calendar
    for keyword, bound in bounds:
        if bound is None or isinstance(bound, bool) or (keyword == "format" and bound in _PLAIN_FORMATS):
            continue
        if isinstance(bound, int | float | str):
            yield call("Check", keyword, bound, _whole_or_none(codes.get(keyword, codes.get("invalid"))))


def _needed_when(fields: Mapping[str, object]) -> Source | None:
    for name, values in fields.items():
        return call("", name, [each if isinstance(each, (int, float)) else str(each) for each in sequence(values)])
    return None


def _limit(limit: Mapping[str, object]) -> Source:
    return record(
        "Limit",
        by_content="content" in text(limit.get("per")),
        type=_whole_or_none(limit.get("type")),
        most=whole(limit.get("count")),
        seconds=whole(limit.get("seconds")),
    )


def _poll(poll: Mapping[str, object]) -> Source | None:
    if not poll:
        return None
    return record(
        "Poll",
        interval_seconds=whole(poll.get("interval_seconds")),
        max_records=_whole_or_none(poll.get("max_records")),
        kept_days=_whole_or_none(poll.get("kept_days")),
    )


def _whole_or_none(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _samples(data: Mapping[str, object]) -> dict[str, str]:
    found: dict[str, str] = {}
    for _, _, callback in callbacks(data):
        content = mapping(follow(data, callback.get("requestBody")).get("content"))
        for media in content.values():
            for named in mapping(mapping(media).get("examples")).values():
                value = mapping(follow(data, named).get("value"))
                if "type" in value:
                    found.setdefault(text(value["type"]), text(value.get("data")))
    return found


def _assumptions(node: object, pointer: str) -> Iterator[tuple[str, str]]:
    if is_object(node):
        if "x-assumed" in node:
            place = pointer.removeprefix("#/components/schemas/").removeprefix("#/").replace("/", ".")
            yield text(node.get("operationId"), place), text(node["x-assumed"])
        for name, child in node.items():
            yield from _assumptions(child, pointer_to(pointer, name))
    elif is_list(node):
        for child in node:
            yield from _assumptions(child, pointer)
