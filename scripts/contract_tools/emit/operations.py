"""The operations of the contract, the shapes of their responses, and their arguments, as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from contract_tools.emit.model import (
    Argument,
    Member,
    Surface,
    SurfaceError,
    Value,
    effect_of,
    method_name,
    mobile_seconds,
    poll_seconds,
    python_name,
    resource_name,
    retry_of,
)
from contract_tools.emit.requests import is_file
from contract_tools.openapi import (
    follow,
    kinds_of,
    mapping,
    may_be_null,
    operations,
    pointer_to,
    schemas,
    sequence,
    text,
    whole,
)
from contract_tools.python_source import TABLES, Source, call, constant, constant_name, module, record, table

_BODIES = {"application/json": "json", "multipart/form-data": "multipart"}
_SCALARS = {"string": "Text", "integer": "Integer", "number": "Number", "boolean": "Boolean"}
_SHAPES = (*_SCALARS.values(), "Anything", "Field", "Items", "Map", "Record", "TextMap", "Time")
_TIMES = ("beijing-time", "epoch-millis")
CODES = "ErrorCode"
"""The component that lists the error codes."""


def emit_operations(data: Mapping[str, object]) -> str:
    """Write the module ``operations``: all that is needed to send a request and to read its response."""
    surface = Surface(data)
    shapes = _Shapes(data, surface.lenient_records)
    collected = _Collected(surface)
    rows: dict[str, object] = {}
    for path, method, operation, _ in operations(data):
        name = text(operation.get("operationId")) or constant_name(method, path).lower()
        rows[name] = _operation(data, shapes, name, path, method, operation)
    return module(
        "Every operation of the contract: method, path, credentials, codes, and the shape of its response.",
        "\n".join(shapes.constants.values()),
        table("OPERATIONS", "str, Operation", rows, "Every operation, by operationId."),
        *(
            constant(name, "frozenset[str]", frozenset(found), words)
            for name, (found, words) in collected.constants.items()
        ),
        imports={
            **TABLES,
            "jsms_runtime.operation": (
                "Operation",
                "Field",
                "Anything",
                "Items",
                "Map",
                "Record",
                "TextMap",
                "Time",
                *_SCALARS.values(),
            ),
        },
        exports=["OPERATIONS", "Operation", *collected.constants],
    )


def _operation(
    data: Mapping[str, object],
    shapes: _Shapes,
    name: str,
    path: str,
    method: str,
    operation: Mapping[str, object],
) -> Source:
    responses = {
        int(status): follow(data, response)
        for status, response in mapping(operation.get("responses")).items()
        if str(status).startswith("2") and str(status).isdecimal()
    }
    return record(
        "Operation",
        id=name,
        summary=" ".join(text(operation.get("summary"), name).split()),
        method=method.upper(),
        path=path,
        tag=text(next(iter(sequence(operation.get("tags"))), ""), "default"),
        resource=resource_name(operation),
        method_name=method_name(operation, method, path),
        effect=effect_of(operation, method),
        credentials=_credentials(data, operation),
        retry=retry_of(operation, method),
        statuses=sorted(responses),
        error_codes=_codes(operation, "x-error-codes"),
        recipient_error_codes=_codes(operation, "x-recipient-error-codes"),
        body=_body(data, operation),
        response=_response(shapes, name, path, method, responses),
        poll_seconds=poll_seconds(operation),
        mobile_seconds=mobile_seconds(operation),
    )


def _credentials(data: Mapping[str, object], operation: Mapping[str, object]) -> str:
    for requirement in sequence(operation.get("security", data.get("security"))):
        if "devAuth" in mapping(requirement):
            return "dev"
    return "app"


def _codes(operation: Mapping[str, object], key: str) -> frozenset[int]:
    return frozenset(whole(code) for code in sequence(operation.get(key)))


def _body(data: Mapping[str, object], operation: Mapping[str, object]) -> str | None:
    for media_type in mapping(follow(data, operation.get("requestBody")).get("content")):
        if media_type in _BODIES:
            return _BODIES[media_type]
    return None


def _response(
    shapes: _Shapes, name: str, path: str, method: str, responses: Mapping[int, Mapping[str, object]]
) -> Source | None:
    for status in sorted(responses):
        schema = mapping(mapping(responses[status].get("content")).get("application/json")).get("schema")
        if schema is None:
            continue
        shape = shapes.of(schema, strict=True)
        if shape == "Anything()":
            raise SurfaceError(
                pointer_to("#/paths", path, method, "responses", status, "content", "application/json", "schema"),
                f"the response {status} of {name} is neither an object, a list, a text, a number nor a boolean",
                "make it one of these",
            )
        return shape
    return None


class _Shapes:
    """Shapes as source; each named object becomes a constant, written once, after those it needs."""

    def __init__(self, data: Mapping[str, object], lenient: frozenset[str]) -> None:
        self._lenient = lenient
        self.constants: dict[str, str] = {}
        self._data = data
        self._open: list[str] = []

    def of(self, schema: object, *, strict: bool) -> Source:
        """Give the shape of a schema; ``Anything()`` where there is none, and its value is taken as it comes."""
        reference = text(mapping(schema).get("$ref"))
        if not reference:
            return self._inline(mapping(schema), "", strict=strict)
        name = reference.rsplit("/", 1)[-1]
        target = follow(self._data, schema)
        strict = name not in self._lenient
        if target is not mapping(schemas(self._data).get(name)) or not _is_record(target):
            return self._inline(target, name, strict=strict)
        title = Source(f"_{constant_name(name)}")
        if name in self._open:
            return call("Record", name, ())  # inside itself: its fields are checked one level deep
        if title not in self.constants:
            self._open.append(name)
            shape = self._record(target, name, strict=strict)
            self._open.pop()
            self.constants[title] = f"{title} = {shape}"
        return title

    def _inline(self, schema: Mapping[str, object], name: str, *, strict: bool) -> Source:
        kinds, nullable = kinds_of(schema), {"nullable": True} if may_be_null(schema) else {}
        only = kinds[0] if len(kinds) == 1 else ""
        if schema.get("x-kind") in _TIMES:
            return call("Time", **nullable, **({"strict": True} if strict else {}))
        if only in _SCALARS:
            return call(_SCALARS[only], **nullable)
        if only == "array" and "items" in schema:
            recipients = {"recipients": True} if schema.get("x-kind") == "recipients" else {}
            return call("Items", self.of(schema["items"], strict=strict), **nullable, **recipients)
        inside = mapping(schema.get("additionalProperties"))
        if only == "object" and inside.get("type") == "string" and not inside.get("x-kind"):
            return call("TextMap", **nullable)
        if only == "object" and ("type" in inside or "$ref" in inside):
            return call("Map", self.of(inside, strict=strict), **nullable)
        if _is_record(schema) or only == "object":
            return self._record(schema, name, **nullable, strict=strict)
        return call("Anything")

    def _record(self, schema: Mapping[str, object], name: str, *, strict: bool, **nullable: bool) -> Source:
        required = sequence(schema.get("required"))
        fields = [
            call("Field", key, self.of(value, strict=strict), key in required)
            for key, value in mapping(schema.get("properties")).items()
        ]
        return call("Record", name, fields, **nullable)


def _is_record(schema: Mapping[str, object]) -> bool:
    return bool(mapping(schema.get("properties"))) and schema.get("type") in ("object", ["object"], None)


class _Collected:
    """What fields of responses tell, by their names in the response."""

    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        members = [member for name in schemas(surface.data) for member in surface.record(name).members]
        self.constants: Mapping[str, tuple[set[str], str]] = {
            "PROOFS": ({*proofs(surface.data)}, "Fields that a response has only where the request was carried out."),
            "IDS": (
                {each.wire for o in surface.operations for each in self._top(o.response) if each.value.kind == "id"},
                "The ids of what was made or found.",
            ),
            "ERRORS_IN": ({each.wire for each in members if self._is_error(each)}, "Fields that hold an error."),
            "ERROR_CODES_IN": (
                {each.wire for each in members if each.value.kind == "error-code"},
                "Fields that hold an error code, beside each recipient who was refused.",
            ),
            "OUTCOMES_IN": (
                {each.wire for each in members if self._tells_outcomes(each.value)},
                "Lists that say of each recipient whether it was accepted or refused.",
            ),
            "MAPS": (
                {each.wire for each in members if each.value.type == "map"},
                "Fields with names that the contract does not know.",
            ),
        }

    def _top(self, value: Value | None) -> Sequence[Member]:
        return self._surface.record(value.record).members if value is not None and value.record else ()

    def _is_error(self, member: Member) -> bool:
        return any(each.value.values == CODES for each in self._top(member.value))

    def _tells_outcomes(self, value: Value) -> bool:
        return value.kind == "recipients" and {"id", "error-code"} <= {each.value.kind for each in self._top(value.of)}


# What a refusal says too: an error, and what the request had.
_NO_PROOF = ("error-code", "service-text", "mobile", "template-parameters")


def proofs(data: Mapping[str, object]) -> frozenset[str]:
    """Name the fields that a response has only where the request was carried out.

    They are those of a success of an operation that may not be sent again, without lists, errors, what the request
    had, and those that the document takes out with ``x-proof``.
    """
    surface = Surface(data)
    found: set[str] = set()

    def look(value: Value, around: tuple[str, ...]) -> None:
        if not value.record or value.record in around:
            return
        members = surface.record(value.record).members
        if around and any(each.value.values == CODES for each in members):
            return  # an error
        for member in members:
            if member.value.record:
                look(member.value, (*around, value.record))
            elif _proves(member.value):
                found.add(member.wire)

    for _, method, operation, _ in operations(data):
        for status, response in mapping(operation.get("responses")).items():
            if str(status).startswith("2") and retry_of(operation, method) == "never":
                for media in mapping(follow(data, response).get("content")).values():
                    look(surface.value(mapping(media).get("schema")), ())
    return frozenset(found)


def _proves(value: Value) -> bool:
    if value.type in ("array", "map") or value.kind in _NO_PROOF or value.values == CODES:
        return False
    return value.schema.get("x-proof") is not False


def emit_fields(surface: Surface) -> str:
    """Write the module ``fields``: the arguments of every operation."""
    written = {
        operation.id: [_argument(surface, each) for each in operation.arguments] for operation in surface.operations
    }
    names = {_argument(surface, each): each.member.name for o in surface.operations for each in o.arguments}
    shared = _shared([each for arguments in written.values() for each in arguments], names)
    return module(
        "The arguments of every operation of the contract, with their limits.",
        "".join(f"{title} = {argument}\n" for argument, title in shared.items()),
        table(
            "ARGUMENTS",
            "str, tuple[Argument, ...]",
            {name: [shared.get(each, each) for each in arguments] for name, arguments in written.items()},
            "The arguments of every operation, by operationId, in the order of its method.",
        ),
        imports={**TABLES, "jsms_runtime.operation": ("Argument",)},
        exports=["ARGUMENTS", "Argument"],
    )


def _shared(written: Sequence[Source], names: Mapping[Source, str]) -> dict[Source, Source]:
    """Write a constant for each argument that several operations have."""
    seen: Counter[str] = Counter()
    constants: dict[Source, Source] = {}
    for argument, count in Counter(written).items():
        if count > 1:
            name = constant_name(names[argument])
            seen[name] += 1
            constants[argument] = Source(f"_{name}" if seen[name] == 1 else f"_{name}_{seen[name]}")
    return constants


_JSON_TYPES = {"map": "object", "record": "object", "anything": "object"}


def _argument(surface: Surface, argument: Argument) -> Source:
    place = next(place for place in ("path", "query", "body") if place in argument.places)
    return _field(surface, argument.member, place, positional=argument.positional)


def _field(
    surface: Surface, member: Member, place: str, *, positional: bool = False, around: tuple[str, ...] = ()
) -> Source:
    value = member.value
    entries = value.of.type if value.of is not None else ""
    optional: dict[str, object] = {
        "values": value.values,
        "needed_when": _needed_when(member.needed_when),
        "pattern": text(value.schema.get("pattern")),
        "media_types": [text(item) for item in sequence(value.schema.get("x-media-types"))],
        "entries": _JSON_TYPES.get(entries, entries),
        "minimum": value.bound("minimum"),
        "maximum": value.bound("maximum"),
        "shortest": _first(value.limit("minLength"), value.limit("minItems"), value.limit("minProperties")),
        "longest": _first(value.limit("maxLength"), value.limit("maxItems"), value.limit("maxProperties")),
        "max_bytes": value.limit("x-max-bytes"),
        "nullable": value.nullable or None,
    }
    if inside := _record_within(value, around):
        members = surface.record(inside).members
        optional["members"] = [_field(surface, each, place, around=(*around, inside)) for each in members]
    return record(
        "Argument",
        name=member.name,
        field=member.wire,
        place=place,
        required=member.required,
        positional=positional,
        type=_JSON_TYPES.get(value.type, value.type),
        kind="image" if is_file(value) else value.kind,
        description=value.description,
        **{name: each for name, each in optional.items() if each not in (None, "", [])},
    )


def _record_within(value: Value, around: tuple[str, ...]) -> str:
    """Name the record that a value is, or that its entries are; empty for none, and for one that holds itself."""
    inside: Value | None = value
    while inside is not None and not inside.record:
        inside = inside.of
    return "" if inside is None or inside.record in around else inside.record


def _first(*limits: int | None) -> int | None:
    return next((limit for limit in limits if limit is not None), None)


def _needed_when(fields: Mapping[str, object]) -> list[Source]:
    return [
        call("", python_name(name), [each if isinstance(each, (str, int)) else str(each) for each in sequence(values)])
        for name, values in fields.items()
    ]
