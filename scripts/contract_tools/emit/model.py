"""Operations and responses as the surface has them: methods with arguments, and result classes with fields."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from contract_tools.emit.customised import customised_results
from contract_tools.openapi import (
    follow,
    kinds_of,
    mapping,
    may_be_null,
    operations,
    schemas,
    schemas_within,
    sequence,
    text,
    webhooks,
    whole,
)
from contract_tools.python_source import IMPORTED

_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[\W_]+")
_TYPES = frozenset({"str", "int", "float", "bool", "object", "tuple", "datetime"})
# What emitted source says itself: a field of this name would hide it.
_TAKEN = frozenset({"self", "extra", "once", "property", "list", "dict", "enumerate", *_TYPES, *IMPORTED})
_BODIES = {"application/json": "json", "multipart/form-data": "multipart"}


class SurfaceError(Exception):
    """A part of a document that the typed client cannot be made from.

    Attributes:
        pointer: Where it is.
        problem: What is wrong.
        remedy: What to do about it.
    """

    def __init__(self, pointer: str, problem: str, remedy: str) -> None:
        super().__init__(f"{pointer}: {problem}. Fix: {remedy}.")
        self.pointer, self.problem, self.remedy = pointer, problem, remedy


def python_name(name: str) -> str:
    """Convert a field's name to Python's style: ``legalPersonName`` gives ``legal_person_name``."""
    return _python_name(name, _TAKEN)


def _python_name(name: str, taken: frozenset[str] = frozenset()) -> str:
    snake = "_".join(word for word in _WORD_STARTS.split(name) if word).lower()
    snake = f"_{snake}" if snake[:1].isdigit() else snake or "_"
    return f"{snake}_" if keyword.iskeyword(snake) or snake in taken else snake


def class_name(name: str) -> str:
    """Name the class of a resource: ``voice_codes`` gives ``VoiceCodes``."""
    return "".join(word.capitalize() for word in _python_name(name).split("_"))


def resource_name(operation: Mapping[str, object]) -> str:
    """Name the attribute of the client that has an operation's method."""
    tag = text(next(iter(sequence(operation.get("tags"))), ""), "default")
    return text(operation.get("x-resource")) or _python_name(tag)


def method_name(operation: Mapping[str, object], method: str, path: str) -> str:
    """Name the method of an operation: its operationId, without what the resource says already.

    ``createTemplate`` of templates is ``create``, ``sendMessageBatch`` of messages ``send_batch``, and a GET is not
    called so where anything else is left: ``getUsage`` of accounts is ``usage``.
    """
    if named := text(operation.get("x-method")):
        return named
    words = _python_name(text(operation.get("operationId")) or f"{method} {path}").strip("_").split("_")
    own = set(resource_name(operation).split("_"))
    own |= {word.removesuffix("s") for word in own}
    left = [word for word in words if word not in own] or words
    if len(left) > 1 and left[0] == "get":
        left = left[1:]
    return _python_name("_".join(left), _TYPES)


@dataclass(frozen=True, slots=True)
class Value:
    """What a field holds."""

    schema: Mapping[str, object]  # its schema, behind any ``$ref``
    type: str  # ``string``, ``integer``, ``number``, ``boolean``, ``array``, ``map``, ``record`` or ``anything``
    nullable: bool = False
    record: str = ""  # the component's name, for a record
    of: Value | None = None  # what is in it, for an array or a map

    @property
    def kind(self) -> str:
        """What it holds where the type does not say it."""
        return text(self.schema.get("x-kind"))

    @property
    def values(self) -> str:
        """The component with its known values."""
        return text(self.schema.get("x-values"))

    @property
    def description(self) -> str:
        """What the contract says of it."""
        return " ".join(text(self.schema.get("description")).split())

    def limit(self, keyword_: str) -> int | None:
        """Return one of its limits; None where it has none."""
        value = self.schema.get(keyword_)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def bound(self, keyword_: str) -> int | float | None:
        """Find the smallest or largest allowed number, by ``minimum`` or ``maximum``; None where there is none."""
        step = 1 if keyword_ == "minimum" else -1
        limit = self.schema.get(keyword_)
        beyond = self.schema.get(f"exclusive{keyword_.capitalize()}")
        if isinstance(beyond, int) and not isinstance(beyond, bool) and self.type == "integer":
            limit = beyond + step
        return limit if isinstance(limit, (int, float)) and not isinstance(limit, bool) else None


@dataclass(frozen=True, slots=True)
class Member:
    """A field of a record, or an argument."""

    name: str
    wire: str  # its name in the request or response
    required: bool  # whether it is always there
    value: Value

    @property
    def needed_when(self) -> Mapping[str, object]:
        """Other fields, and the values of theirs that make this one required."""
        return mapping(self.value.schema.get("x-needed-when"))


@dataclass(frozen=True, slots=True)
class Record:
    """A named object."""

    name: str
    schema: Mapping[str, object]  # what the contract says of it
    members: tuple[Member, ...]

    @property
    def description(self) -> str:
        """What it is, in words."""
        return _words(self.schema)


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a method."""

    member: Member
    places: frozenset[str]  # where in the request it goes: ``path``, ``query``, ``body``
    positional: bool  # whether it may be given by its position


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation as a method."""

    id: str
    verb: str  # the HTTP method, in capitals
    path: str  # the path, with names in braces
    resource: str
    name: str
    source: Mapping[str, object]  # what the contract says of it
    arguments: tuple[Argument, ...]  # the arguments, in the order of the signature
    body: Record | None  # the record that is sent; None for no body, or one that is no record
    body_value: Member | None  # the body where it is no record
    form: bool  # whether the body is a form and not JSON
    response: Value | None  # what a success holds; None for nothing

    @property
    def polls(self) -> bool:
        """Whether it hands out each record once."""
        return "x-poll" in self.source

    @property
    def never_again(self) -> bool:
        """Whether a request that may have arrived must not be sent again."""
        return retry_of(self.source, self.verb.lower()) == "never"

    @property
    def effect(self) -> str:
        """What it does."""
        return effect_of(self.source, self.verb.lower())


# A method that HTTP calls idempotent; what the document says of an operation comes first.
_IDEMPOTENT = frozenset({"get", "head", "options", "put", "delete", "trace"})


def retry_of(operation: Mapping[str, object], method: str) -> str:
    """Return whether a request that may have arrived can be sent again: ``safe`` or ``never``."""
    return text(operation.get("x-retry")) or ("safe" if method in _IDEMPOTENT else "never")


def effect_of(operation: Mapping[str, object], method: str) -> str:
    """Classify an operation: ``sends``, ``schedules``, ``polls``, ``reads`` or ``changes``."""
    if named := text(operation.get("x-effect")):
        return named
    if "x-poll" in operation:
        return "polls"
    return "reads" if method in ("get", "head") else "changes"


@dataclass
class Surface:
    """Everything that is emitted for an app to use."""

    data: Mapping[str, object]
    _records: dict[str, Record] = field(default_factory=dict[str, Record])

    @cached_property
    def operations(self) -> list[Operation]:
        """Every operation, in the order of the document."""
        return [
            _Reader(self, path, method, operation, around).operation()
            for path, method, operation, around in operations(self.data)
        ]

    @cached_property
    def resources(self) -> Mapping[str, list[Operation]]:
        """The operations of each resource."""
        found: dict[str, list[Operation]] = {}
        for operation in self.operations:
            found.setdefault(operation.resource, []).append(operation)
        return found

    @cached_property
    def results(self) -> Mapping[str, list[Record]]:
        """The records of responses, below the resource that has them first; what others need comes before them."""
        found: dict[str, list[Record]] = {resource: [] for resource in self.resources}
        for operation in self.operations:
            for name in self._within(operation.response):
                if not any(record.name == name for records in found.values() for record in records):
                    found[operation.resource].append(self.record(name))
        return found

    @cached_property
    def home_of_result(self) -> Mapping[str, str]:
        """The resource of each record of a response."""
        return {record.name: resource for resource, records in self.results.items() for record in records}

    @cached_property
    def requests(self) -> Mapping[str, list[Record]]:
        """The records of requests, below the resource that has them first; what others need comes before them."""
        found: dict[str, list[Record]] = {resource: [] for resource in self.resources}
        for operation in self.operations:
            values = [*operation.body.members] if operation.body is not None else []
            values += [operation.body_value] if operation.body_value is not None else []
            names = [name for member in values for name in self._within(member.value, requests=True)]
            names += [operation.body.name] if operation.body is not None else []
            for name in names:
                if not any(record.name == name for records in found.values() for record in records):
                    found[operation.resource].append(self.record(name))
        return found

    @cached_property
    def events(self) -> Mapping[str, tuple[str, Record]]:
        """The schema and the record of each type of callback.

        One that may be null may be absent too: what is posted is read, whatever it leaves out.
        """
        found: dict[str, tuple[str, Record]] = {}
        for name in sorted(schemas_within(self.data, webhooks(self.data))):
            for form in mapping(mapping(schemas(self.data)[name]).get("properties")).values():
                for kind, reference in mapping(mapping(form).get("x-payloads")).items():
                    record = self.record(text(reference).rsplit("/", 1)[-1])
                    own = tuple(
                        replace(each, required=each.required and not each.value.nullable) for each in record.members
                    )
                    title = text(record.schema.get("x-class"), record.name)
                    is_result = record.name in self.home_of_result
                    found[kind] = record.name, record if is_result else Record(title, record.schema, own)
        return found

    @cached_property
    def event_records(self) -> list[Record]:
        """The records that only callbacks have; what others need comes before them."""
        found: dict[str, Record] = {}
        for _, record in self.events.values():
            names = [name for member in record.members for name in self._within(member.value)]
            for each in (*map(self.record, names), record):
                if each.name not in self.home_of_result:
                    found.setdefault(each.name, each)
        return [*found.values()]

    @cached_property
    def lenient_records(self) -> frozenset[str]:
        """Records whose times are kept as they came where they are none: they come only once."""
        sent = {
            name for operation in self.operations if operation.never_again for name in self._within(operation.response)
        }
        return frozenset(sent | {record.name for record in self.event_records})

    def record(self, name: str) -> Record:
        """Build the record of a named object."""
        if name not in self._records:
            schema = mapping(schemas(self.data).get(name))
            self._records[name] = Record(name, schema, tuple(self.members(schema)))
        return self._records[name]

    def members(self, schema: Mapping[str, object]) -> Iterator[Member]:
        """Yield the fields of an object."""
        required = sequence(schema.get("required"))
        seen: set[str] = set()
        for wire, definition in mapping(schema.get("properties")).items():
            name = python_name(wire)
            while name in seen:
                name += "_"
            seen.add(name)
            yield Member(name, wire, wire in required, self.value(definition))

    def value(self, schema: object) -> Value:
        """Build the value that a schema describes."""
        reference = text(mapping(schema).get("$ref"))
        name = reference.rsplit("/", 1)[-1] if reference.startswith("#/components/schemas/") else ""
        target = follow(self.data, schema)
        types, nullable = kinds_of(target), may_be_null(target)
        only = types[0] if len(types) == 1 else ""
        inside = mapping(target.get("additionalProperties"))
        if mapping(target.get("properties")) and only in ("object", ""):
            return Value(target, "record", nullable, name) if name else Value(target, "anything", nullable)
        if only == "object" and ("type" in inside or "$ref" in inside):
            return Value(target, "map", nullable, of=self.value(inside))
        if only == "array" and "items" in target:
            return Value(target, "array", nullable, of=self.value(target.get("items")))
        if only in ("string", "integer", "number", "boolean"):
            return Value(target, only, nullable)
        return Value(target, "anything", nullable)

    def _within(self, value: Value | None, *, requests: bool = False, around: tuple[str, ...] = ()) -> Iterator[str]:
        """Find the records that a value holds, from the inside out."""
        if value is None:
            return
        if value.of is not None and not (requests and value.kind == "recipients"):
            yield from self._within(value.of, requests=requests, around=around)
        if value.record and value.record not in around:
            custom = None if requests else customised_results()[0].get(value.record)
            for member in self.record(value.record).members:
                if custom is None or member.name not in custom.left_out:
                    yield from self._within(member.value, requests=requests, around=(*around, value.record))
            yield value.record


class _Reader:
    """One operation, read from the document."""

    def __init__(
        self,
        surface: Surface,
        path: str,
        method: str,
        operation: Mapping[str, object],
        around: Mapping[str, object],
    ) -> None:
        self._surface = surface
        self._path = path
        self._method = method
        self._operation = operation
        self._around = around

    def operation(self) -> Operation:
        body, body_value, form = self._body()
        name = text(self._operation.get("operationId")) or f"{self._method}_{python_name(self._path)}"
        return Operation(
            id=name,
            verb=self._method.upper(),
            path=self._path,
            resource=resource_name(self._operation),
            name=method_name(self._operation, self._method, self._path),
            source=self._operation,
            arguments=tuple(self._arguments(body, body_value)),
            body=body,
            body_value=body_value,
            form=form,
            response=self._response(),
        )

    def _arguments(self, body: Record | None, body_value: Member | None) -> list[Argument]:
        places: dict[str, set[str]] = {}
        members: dict[str, Member] = {}
        for where, member in self._members(body, body_value):
            places.setdefault(member.name, set()).add(where)
            # The same id in the path and in the body is one argument.
            members.setdefault(member.name, member)
        positional = self._positional(members, places)
        first = [member for member in positional if member in members]
        rest = [member for member in members if member not in first]
        ordered = [*first, *(n for n in rest if members[n].required), *(n for n in rest if not members[n].required)]
        return [Argument(members[n], frozenset(places[n]), n in first) for n in ordered]

    def _positional(self, members: Mapping[str, Member], places: Mapping[str, set[str]]) -> list[str]:
        if "x-positional" in self._operation:
            return [python_name(text(name)) for name in sequence(self._operation["x-positional"])]
        return [
            name
            for name, member in members.items()
            if "path" in places[name] or (member.required and member.value.kind in ("mobile", "recipients"))
        ]

    def _members(self, body: Record | None, body_value: Member | None) -> Iterator[tuple[str, Member]]:
        for parameter in parameters_of(self._surface.data, self._operation, self._around):
            where = text(parameter.get("in"))
            if where not in ("path", "query"):
                continue
            wire = text(parameter.get("name"))
            # What is said of the parameter counts for its value: its kind, its words, its known values.
            schema = {**follow(self._surface.data, parameter.get("schema"))}
            said = ("description", "deprecated", "explode")
            schema |= {key: value for key, value in parameter.items() if key.startswith("x-") or key in said}
            required = where == "path" or parameter.get("required") is True
            yield where, Member(python_name(wire), wire, required, self._surface.value(schema))
        if body is not None:
            for member in body.members:
                yield "body", member
        if body_value is not None:
            yield "body", body_value

    def _body(self) -> tuple[Record | None, Member | None, bool]:
        request = follow(self._surface.data, self._operation.get("requestBody"))
        for media_type, kind in _BODIES.items():
            content = mapping(mapping(request.get("content")).get(media_type))
            if "schema" in content:
                value = self._surface.value(content["schema"])
                if value.record:
                    return self._surface.record(value.record), None, kind == "multipart"
                return None, Member("body", "body", request.get("required") is True, value), kind == "multipart"
        return None, None, False

    def _response(self) -> Value | None:
        responses = mapping(self._operation.get("responses"))
        for status in sorted(status for status in responses if str(status).startswith("2")):
            content = mapping(follow(self._surface.data, responses[status]).get("content"))
            schema = mapping(content.get("application/json")).get("schema")
            if schema is not None:
                return self._surface.value(schema)
        return None


def parameters_of(
    data: Mapping[str, object], operation: Mapping[str, object], around: Mapping[str, object]
) -> list[Mapping[str, object]]:
    """Collect the parameters of an operation, those of its path first; one of its own replaces that of the path."""
    found: dict[tuple[str, str], Mapping[str, object]] = {}
    for owner in (around, operation):
        for value in sequence(owner.get("parameters")):
            parameter = follow(data, value)
            found[text(parameter.get("in")), text(parameter.get("name"))] = parameter
    return list(found.values())


def positional_candidates(
    data: Mapping[str, object], operation: Mapping[str, object], around: Mapping[str, object]
) -> list[str]:
    """List the names of an operation's arguments, as x-positional may list them."""
    names = [python_name(text(parameter.get("name"))) for parameter in parameters_of(data, operation, around)]
    content = mapping(follow(data, operation.get("requestBody")).get("content"))
    for media_type in _BODIES:
        schema = follow(data, mapping(content.get(media_type)).get("schema"))
        names += [python_name(name) for name in mapping(schema.get("properties"))]
    return list(dict.fromkeys(names))


def _words(schema: Mapping[str, object]) -> str:
    return " ".join(text(schema.get("description")).split())


def mobile_seconds(operation: Mapping[str, object]) -> int | None:
    """Return how long to wait between two calls of an operation for the same number."""
    for limit in map(mapping, sequence(operation.get("x-limits"))):
        if limit.get("per") == "mobile" and limit.get("count") == 1 and "type" not in limit:
            return whole(limit["seconds"])
    return None


def poll_seconds(operation: Mapping[str, object]) -> int | None:
    """Return how long to wait between two calls of an operation that hands out each record once."""
    poll = mapping(operation.get("x-poll"))
    return whole(poll["interval_seconds"]) if "interval_seconds" in poll else None
