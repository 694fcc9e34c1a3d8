"""What the service checks and responds, as data: for the sandbox."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from contract_tools.document import pointer_to
from contract_tools.emit.model import Operation, Surface, Value, parameters_of
from contract_tools.openapi import follow, is_list, is_object, mapping, schemas, sequence, text, webhooks, whole
from contract_tools.python_source import constant_name, docstring, literal, module

_CHECKS = (
    *("minLength", "minItems", "minProperties", "maxLength", "maxItems", "maxProperties"),
    *("exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format", "pattern"),
)
_RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
# What the type and the ranges say already.
_PLAIN_FORMATS = frozenset({*_RANGES, "binary", "float", "double"})
_CHECKED_KINDS = frozenset({"mobile", "beijing-time"})
_CODES = "ErrorCode"


def emit_service(surface: Surface) -> str:
    """The module ``service``: the rules of every operation, the known values, and what the document assumes."""
    emitter = _Emitter(surface)
    rules = "".join(f"{literal(each.id)}: {emitter.rules(each)},\n" for each in surface.operations)
    values = "".join(f"{literal(name)}: {members},\n" for name, members in _known_values(surface.data))
    samples = "".join(f"{literal(kind)}: {literal(data)},\n" for kind, data in _samples(surface.data).items())
    assumed = "".join(f"({literal(place)}, {literal(words)}),\n" for place, words in _assumptions(surface.data, "#"))
    routing = sorted(whole(code) for code in sequence(surface.data.get("x-routing-error-codes")))
    return module(
        "What the service checks of requests and what it responds: for a sandbox. The client needs none of it.",
        "\n".join(emitter.constants.values()),
        f"RULES: Mapping[str, Rules] = MappingProxyType({{\n{rules}}})\n"
        + docstring("The rules of every operation, by operationId.", indent=0),
        f"ROUTING_CODES: frozenset[int] = frozenset({literal(routing)})\n"
        + docstring("The codes of requests that reach no operation.", indent=0),
        f"KNOWN_VALUES: Mapping[str, tuple[KnownValue, ...]] = MappingProxyType({{\n{values}}})\n"
        + docstring("The values of every open set, by its component.", indent=0),
        f"CALLBACK_SAMPLES: Mapping[str, str] = MappingProxyType({{\n{samples}}})\n"
        + docstring("An example of ``data`` for each type of callback.", indent=0),
        f"ASSUMPTIONS: tuple[tuple[str, str], ...] = (\n{assumed})\n"
        + docstring("Where no source says what the service does: the place, and what this contract chose.", indent=0),
        imports=[
            "from collections.abc import Mapping",
            "from types import MappingProxyType",
            "",
            "from jsms_runtime.service import Check, KnownValue, Limit, Poll, Property, Rules",
        ],
        exports=["ASSUMPTIONS", "CALLBACK_SAMPLES", "KNOWN_VALUES", "ROUTING_CODES", "RULES"],
    )


class _Emitter:
    """Rules as source; the fields of each named object become a constant, written once, after those they need."""

    def __init__(self, surface: Surface) -> None:
        self.constants: dict[str, str] = {}
        self._surface = surface
        self._open: list[str] = []

    def rules(self, operation: Operation) -> str:
        data = self._surface.data
        around = next(
            mapping(follow(data, item)) for path, item in mapping(data.get("paths")).items() if path == operation.path
        )
        parameters: dict[str, list[str]] = {"path": [], "query": []}
        for parameter in parameters_of(data, operation.source, around):
            where, schema = text(parameter.get("in")), {**follow(data, parameter.get("schema"))}
            schema |= {key: value for key, value in parameter.items() if key.startswith("x-")}
            required = where == "path" or parameter.get("required") is True
            value = self._surface.value(schema)
            parameters[where].append(self._property(text(parameter.get("name")), value, required=required))
        body = "None"
        if operation.body is not None:
            value = Value(operation.body.schema, "record", record=operation.body.name)
            required = follow(data, operation.source.get("requestBody")).get("required") is True
            body = self._property("", value, required=required)
        elif operation.body_value is not None:
            body = self._property("", operation.body_value.value, required=operation.body_value.required)
        facts = {
            "path": _tuple(parameters["path"]),
            "query": _tuple(parameters["query"]),
            "body": body,
            "limits": _tuple(_limit(mapping(each)) for each in sequence(operation.source.get("x-limits"))),
            "poll": _poll(mapping(operation.source.get("x-poll"))),
            "success": literal(self._success(operation)),
        }
        if beside := self._beside_error(operation):
            facts["beside_error"] = literal(json.dumps(beside, ensure_ascii=False))
        return _call("Rules", facts)

    def _property(self, name: str, value: Value, *, required: bool) -> str:
        codes = mapping(value.schema.get("x-errors"))
        needed = mapping(value.schema.get("x-needed-when"))
        facts = {"name": literal(name), "type": literal(value.type)}
        optional = {
            "required": (required, "True"),
            "nullable": (value.nullable, "True"),
            "kind": (value.kind, literal(value.kind)),
            "missing": ("missing" in codes, literal(whole(codes.get("missing")))),
            "invalid": ("invalid" in codes, literal(whole(codes.get("invalid")))),
            "checks": (True, _tuple(_checks(value, codes))),
            "needed_when": (needed, _needed_when(needed)),
            "of": (value.of is not None, self._property("", value.of, required=True) if value.of else ""),
            "fields": (value.record, self._fields(value.record)),
            "max_bytes": ("x-max-bytes" in value.schema, literal(value.limit("x-max-bytes"))),
        }
        facts |= {key: written for key, (given, written) in optional.items() if given and written != "()"}
        return _call("Property", facts)

    def _fields(self, record: str) -> str:
        if not record or record in self._open:
            return "()"  # inside itself: its fields are checked one level deep
        constant = f"_{constant_name(record)}"
        if constant not in self.constants:
            self._open.append(record)
            members = self._surface.record(record).members
            fields = _tuple(self._property(each.wire, each.value, required=each.required) for each in members)
            self._open.pop()
            self.constants[constant] = f"{constant} = {fields}"
        return constant

    def _success(self, operation: Operation) -> str | None:
        responses = mapping(operation.source.get("responses"))
        for status in sorted(status for status in responses if str(status).startswith("2")):
            content = mapping(follow(self._surface.data, responses[status]).get("content"))
            media = mapping(content.get("application/json"))
            if media:
                return json.dumps(self._example(media, operation.response), ensure_ascii=False)
        return None

    def _beside_error(self, operation: Operation) -> Mapping[str, object]:
        """What the examples of refusals have beside ``error``."""
        for status, response in mapping(operation.source.get("responses")).items():
            content = mapping(follow(self._surface.data, response).get("content"))
            media = mapping(content.get("application/json"))
            if str(status).startswith(("4", "5")) and media:
                example = mapping(self._example(media, None))
                if "error" in example:
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
        """The least that fits, where a document has no example."""
        for example in (value.schema.get("example"), *sequence(value.schema.get("examples"))):
            if example is not None:
                return example
        if value.nullable:
            return None
        if value.record and value.record not in around:
            members = self._surface.record(value.record).members
            inside = (*around, value.record)
            return {each.wire: self._made_up(each.value, inside) for each in members if each.required}
        least: dict[str, object] = {
            "string": "",
            "integer": value.limit("minimum") or 0,
            "number": 0,
            "boolean": False,
            "array": [],
        }
        return least.get(value.type, {})


def _checks(value: Value, codes: Mapping[str, object]) -> Iterator[str]:
    schema = value.schema
    low, high = schema.get("minimum"), schema.get("maximum")
    if value.type == "integer":
        least, most = _RANGES.get(text(schema.get("format")), _RANGES["int64"])
        low = max(least, low) if isinstance(low, int | float) else least
        high = min(most, high) if isinstance(high, int | float) else most
    bounds: list[tuple[str, object]] = [("minimum", low), ("maximum", high)]
    bounds += [(keyword, schema.get(keyword)) for keyword in _CHECKS]
    if value.kind in _CHECKED_KINDS and "pattern" not in schema:
        bounds.append(("x-kind", value.kind))
    for keyword, bound in bounds:
        if bound is None or isinstance(bound, bool) or (keyword == "format" and bound in _PLAIN_FORMATS):
            continue
        if isinstance(bound, int | float | str):
            code = codes.get(keyword, codes.get("invalid"))
            yield f"Check({literal(keyword)}, {_scalar(bound)}, {literal(code if isinstance(code, int) else None)})"


def _scalar(value: object) -> str:
    return json.dumps(value) if isinstance(value, float) else literal(value if isinstance(value, int) else str(value))


def _needed_when(fields: Mapping[str, object]) -> str:
    for name, values in fields.items():
        return f"({literal(name)}, {_tuple(_scalar(value) for value in sequence(values))})"
    return "None"


def _limit(limit: Mapping[str, object]) -> str:
    kind = limit.get("type")
    facts = {
        "by_content": literal("content" in text(limit.get("per"))),
        "type": literal(kind if isinstance(kind, int) else None),
        "most": literal(whole(limit.get("count"))),
        "seconds": literal(whole(limit.get("seconds"))),
    }
    return _call("Limit", facts)


def _poll(poll: Mapping[str, object]) -> str:
    if not poll:
        return "None"
    most, days = poll.get("max_records"), poll.get("kept_days")
    facts = {
        "interval_seconds": literal(whole(poll.get("interval_seconds"))),
        "max_records": literal(most if isinstance(most, int) else None),
        "kept_days": literal(days if isinstance(days, int) else None),
    }
    return _call("Poll", facts)


def _known_values(data: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, entry in schemas(data).items():
        schema = mapping(entry)
        values, names = sequence(schema.get("enum")), sequence(schema.get("x-enum-varnames"))
        if name == _CODES or not names:
            continue  # the codes are in ``errors``
        words = [*sequence(schema.get("x-enum-descriptions")), *([""] * len(values))]
        members = [
            f"KnownValue({_scalar(value)}, {literal(text(label))}, {literal(text(said))})"
            for value, label, said in zip(values, names, words, strict=False)
        ]
        yield name, _tuple(members)


def _samples(data: Mapping[str, object]) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in webhooks(data).values():
        callback = mapping(follow(data, item).get("post"))
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


def _tuple(items: Iterator[str] | list[str]) -> str:
    return f"({''.join(f'{item}, ' for item in items).strip()})"


def _call(name: str, facts: Mapping[str, str]) -> str:
    return f"{name}({', '.join(f'{key}={value}' for key, value in facts.items())},)"
