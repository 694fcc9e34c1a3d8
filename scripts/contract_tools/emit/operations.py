"""The modules ``operations`` and ``fields``: operations with the shapes of their responses, and their arguments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from contract_tools.emit.catalogue import CODES
from contract_tools.emit.model import SCALARS, Argument, Member, Operation, Surface, SurfaceError, Value
from contract_tools.emit.requests import is_file
from contract_tools.openapi import kinds_of, mapping, pointer_to, schemas, sequence, text, whole
from contract_tools.python_source import (
    TABLES,
    Source,
    call,
    constant,
    constant_name,
    module,
    python_name,
    record,
    table,
)

_ANYTHING = call("Shape", "anything", nullable=True)


def emit_operations(surface: Surface) -> str:
    """Write the module ``operations``: all that is needed to send a request and to read its response."""
    shapes, facts = _Shapes(surface), _facts(surface)
    rows = {each.id: _operation(shapes, each) for each in surface.operations}
    return module(
        "Every operation of the contract: method, path, credentials, codes, and the shape of its response.",
        "\n".join(shapes.constants.values()),
        table("OPERATIONS", "str, Operation", rows, "Every operation, by operationId."),
        *(constant(name, "frozenset[str]", frozenset(found), words) for name, (found, words) in facts.items()),
        imports={**TABLES, "jsms_runtime.operation": ("Field", "Operation", "Shape")},
        exports=["OPERATIONS", "Operation", *facts],
    )


def _operation(shapes: _Shapes, operation: Operation) -> Source:
    source, poll = operation.source, mapping(operation.source.get("x-poll"))
    found = map(str, mapping(source.get("responses")))
    return record(
        "Operation",
        id=operation.id,
        summary=" ".join(text(source.get("summary"), operation.id).split()),
        method=operation.verb,
        path=operation.path,
        tag=text(next(iter(sequence(source.get("tags"))), ""), "default"),
        resource=operation.resource,
        method_name=operation.name,
        effect=operation.effect,
        credentials=operation.credentials,
        retry=operation.retry,
        statuses=sorted(int(status) for status in found if status.startswith("2") and status.isdecimal()),
        error_codes=_codes(source, "x-error-codes"),
        recipient_error_codes=_codes(source, "x-recipient-error-codes"),
        body=None if operation.body is None else "multipart" if operation.form else "json",
        response=shapes.of_response(operation),
        poll_seconds=whole(poll["interval_seconds"]) if "interval_seconds" in poll else None,
        mobile_seconds=_mobile_seconds(source),
    )


def _codes(source: Mapping[str, object], key: str) -> frozenset[int]:
    return frozenset(whole(code) for code in sequence(source.get(key)))


def _mobile_seconds(source: Mapping[str, object]) -> int | None:
    """Find how long to wait between two calls of an operation for the same number."""
    for limit in map(mapping, sequence(source.get("x-limits"))):
        if limit.get("per") == "mobile" and limit.get("count") == 1 and "type" not in limit:
            return whole(limit["seconds"])
    return None


class _Shapes:
    """Shapes as source; each named object becomes a constant, written once, after those it needs."""

    def __init__(self, surface: Surface) -> None:
        self.constants: dict[str, str] = {}
        self._surface = surface
        self._open: list[str] = []

    def of_response(self, operation: Operation) -> Source | None:
        """Give the shape of what a success holds."""
        if operation.response is None:
            return None
        shape = self._of(operation.response, strict=True)
        if shape == _ANYTHING:
            place = ("responses", operation.success, "content", "application/json", "schema")
            raise SurfaceError(
                pointer_to("#/paths", operation.path, operation.verb.lower(), *place),
                f"the response {operation.success} of {operation.id} is neither an object, a list, a text, a number "
                "nor a boolean",
                "make it one of these",
            )
        return shape

    def _of(self, value: Value, *, strict: bool) -> Source:
        """Give the shape of a value; ``anything`` where there is none, and it is taken as it comes."""
        nullable, kinds = {"nullable": True} if value.nullable else {}, kinds_of(value.schema)
        if value.is_time:
            return call("Shape", "time", **nullable, **({"strict": True} if strict else {}))
        if value.type in SCALARS:
            return call("Shape", value.type, **nullable)
        if value.type == "array" and value.of is not None:
            recipients = {"recipients": True} if value.kind == "recipients" else {}
            return call("Shape", "array", of=self._of(value.of, strict=strict), **nullable, **recipients)
        if value.type == "map" and value.of is not None:
            if value.of.type == "string" and not value.of.kind and not value.of.nullable:
                return call("Shape", "texts", **nullable)
            return call("Shape", "map", of=self._of(value.of, strict=strict), **nullable)
        if value.record in self._open:
            return call("Shape", "object")  # inside itself: its fields are checked one level deep
        if value.record and not value.nullable:
            title = Source(f"_{constant_name(value.record)}")
            if title not in self.constants:
                self.constants[title] = f"{title} = {self._record(value)}"
            return title
        if kinds == ["object"] or (not kinds and "properties" in value.schema):
            return self._record(value, **nullable)
        return _ANYTHING

    def _record(self, value: Value, **nullable: bool) -> Source:
        self._open += [value.record] if value.record else []
        # An object without a name is handed on as it came: nothing of it is read.
        strict = bool(value.record) and value.record not in self._surface.lenient_records
        fields = [
            call("Field", each.wire, self._of(each.value, strict=strict), each.required)
            for each in self._surface.members(value.schema)
        ]
        self._open = [name for name in self._open if name != value.record]
        return call("Shape", "object", **nullable, fields=fields)


def _facts(surface: Surface) -> Mapping[str, tuple[Iterable[str], str]]:
    """Find what fields of responses tell, by their names in the response: constants, each with its words."""
    members = [member for name in schemas(surface.data) for member in surface.record(name).members]

    def of_kind(kind: str, value: Value | None) -> list[str]:
        return [each.wire for each in surface.members_of(value) if each.value.kind == kind]

    def is_error(value: Value) -> bool:
        return any(each.value.values == CODES for each in surface.members_of(value))

    def tells_outcomes(value: Value) -> bool:
        return value.kind == "recipients" and bool(of_kind("id", value.of) and of_kind("error-code", value.of))

    return {
        "PROOFS": (proofs(surface), "Fields that a response has only where the request was carried out."),
        "IDS": (
            [name for each in surface.operations for name in of_kind("id", each.response)],
            "The ids of what was made or found.",
        ),
        "ERRORS_IN": ([each.wire for each in members if is_error(each.value)], "Fields that hold an error."),
        "ERROR_CODES_IN": (
            [each.wire for each in members if each.value.kind == "error-code"],
            "Fields that hold an error code, beside each recipient who was refused.",
        ),
        "OUTCOMES_IN": (
            [each.wire for each in members if tells_outcomes(each.value)],
            "Lists that say of each recipient whether it was accepted or refused.",
        ),
        "MAPS": (
            [each.wire for each in members if each.value.type == "map"],
            "Fields with names that the contract does not know.",
        ),
    }


# What a refusal says too: an error, and what the request had.
_NO_PROOF = ("error-code", "service-text", "mobile", "template-parameters")


def proofs(surface: Surface) -> frozenset[str]:
    """Name the fields that a response has only where the request was carried out.

    They are those of a success of an operation that may not be sent again, without lists, errors, what the request
    had, and those that the document takes out with ``x-proof``.
    """
    found: set[str] = set()

    def look(value: Value, around: tuple[str, ...]) -> None:
        if not value.record or value.record in around:
            return
        members = surface.members_of(value)
        if around and any(each.value.values == CODES for each in members):
            return  # an error
        for member in members:
            if member.value.record:
                look(member.value, (*around, value.record))
            elif _proves(member.value):
                found.add(member.wire)

    for operation in surface.operations:
        if operation.retry == "never" and operation.response is not None:
            look(operation.response, ())
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
        "media_types": value.media_types,
        "entries": _JSON_TYPES.get(entries, entries),
        "minimum": value.bound("minimum"),
        "maximum": value.bound("maximum"),
        "shortest": value.size("min"),
        "longest": value.size("max"),
        "max_bytes": value.limit("x-max-bytes"),
        "nullable": value.nullable,
    }
    inside: Value | None = value
    while inside is not None and not inside.record:
        inside = inside.of
    if inside is not None and inside.record not in around:
        members = surface.members_of(inside)
        optional["members"] = [_field(surface, each, place, around=(*around, inside.record)) for each in members]
    return record(
        "Argument",
        optional,
        name=member.name,
        field=member.wire,
        place=place,
        required=member.required,
        positional=positional,
        type=_JSON_TYPES.get(value.type, value.type),
        kind="image" if is_file(value) else value.kind,
        description=value.description,
    )


def _needed_when(fields: Mapping[str, object]) -> list[Source]:
    return [
        call("", python_name(name), [each if isinstance(each, (str, int)) else str(each) for each in sequence(values)])
        for name, values in fields.items()
    ]
