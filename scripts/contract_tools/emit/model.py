"""Operations and responses as the surface has them: methods with arguments, and result classes with fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from contract_tools.emit.overlay_source import customised_results
from contract_tools.openapi import (
    follow,
    kinds_of,
    mapping,
    may_be_null,
    operations,
    parameters_of,
    schemas,
    schemas_within,
    sequence,
    text,
    webhooks,
)
from contract_tools.python_source import method_name, python_name, resource_name

SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
"""The type of each scalar of JSON Schema in Python."""
JSON, FORM = "application/json", "multipart/form-data"


class SurfaceError(Exception):
    """A part of a document that the typed client cannot be made from: its place, what is wrong, what to do."""

    def __init__(self, pointer: str, problem: str, remedy: str) -> None:
        super().__init__(f"{pointer}: {problem}. Fix: {remedy}.")
        self.pointer, self.problem, self.remedy = pointer, problem, remedy


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
    def is_time(self) -> bool:
        """Whether it is a moment, however it is written."""
        return self.kind in ("beijing-time", "epoch-millis")

    @property
    def has_times(self) -> bool:
        """Whether it is a moment, or a list or map of moments."""
        return self.is_time or (self.of is not None and self.of.has_times)

    @property
    def values(self) -> str:
        """The component with its known values."""
        return text(self.schema.get("x-values"))

    @property
    def media_types(self) -> list[str]:
        """The types that a file may have."""
        return [text(item) for item in sequence(self.schema.get("x-media-types"))]

    @property
    def description(self) -> str:
        """What the contract says of it."""
        return " ".join(text(self.schema.get("description")).split())

    def limit(self, keyword_: str) -> int | None:
        """Return one of its limits; None where it has none."""
        value = self.schema.get(keyword_)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def size(self, end: str) -> int | None:
        """Return its ``min`` or ``max`` of characters, entries or fields; None where it has none."""
        limits = (self.limit(f"{end}{of}") for of in ("Length", "Items", "Properties"))
        return next((each for each in limits if each is not None), None)

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
        return " ".join(text(self.schema.get("description")).split())


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a method."""

    member: Member
    places: frozenset[str]  # where in the request it goes: ``path``, ``query``, ``body``
    positional: bool  # whether it may be given by its position


# A method that HTTP calls idempotent; what the document says of an operation comes first.
_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation as a method."""

    id: str
    verb: str  # the HTTP method, in capitals
    path: str  # the path, with names in braces
    resource: str
    name: str
    source: Mapping[str, object]  # what the contract says of it
    credentials: str  # whose it takes: the application's (``app``) or the developer account's (``dev``)
    parameters: tuple[tuple[str, Member], ...]  # those in the path and in the query, each with its place
    body: Member | None  # what is sent, as one value
    record: Record | None  # the record that is sent; None for no body, or one that is no record
    form: bool  # whether the body is a form and not JSON
    arguments: tuple[Argument, ...]  # in the order of the signature
    success: str  # the status of a success with JSON; empty for none
    media: Mapping[str, object]  # what the contract says of that JSON
    response: Value | None  # what it holds; None for nothing

    @property
    def polls(self) -> bool:
        """Whether it hands out each record once."""
        return "x-poll" in self.source

    @property
    def retry(self) -> str:
        """Whether a request that may have arrived can be sent again: ``safe`` or ``never``."""
        return text(self.source.get("x-retry")) or ("safe" if self.verb in _IDEMPOTENT else "never")

    @property
    def effect(self) -> str:
        """What it does: it ``sends``, ``schedules``, ``polls``, ``reads`` or ``changes``."""
        otherwise = "polls" if self.polls else "reads" if self.verb in ("GET", "HEAD") else "changes"
        return text(self.source.get("x-effect")) or otherwise

    @property
    def takes_once(self) -> bool:
        """Whether its method takes a key under which it is carried out at most once."""
        return self.effect in ("sends", "schedules") and self.retry == "never"


@dataclass
class Surface:
    """Everything that is emitted for an app to use."""

    data: Mapping[str, object]
    _records: dict[str, Record] = field(default_factory=dict[str, Record])

    @cached_property
    def operations(self) -> list[Operation]:
        """Every operation, in the order of the document."""
        return [self._operation(*found) for found in operations(self.data)]

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
        return self._by_resource(lambda operation: self.within(operation.response))

    @cached_property
    def home_of_result(self) -> Mapping[str, str]:
        """The resource of each record of a response."""
        return {record.name: resource for resource, records in self.results.items() for record in records}

    @cached_property
    def requests(self) -> Mapping[str, list[Record]]:
        """The records of requests, below the resource that has them first; what others need comes before them."""
        return self._by_resource(lambda each: self.within(each.body.value if each.body else None, sent=True))

    def _by_resource(self, values: Callable[[Operation], Iterable[Value]]) -> Mapping[str, list[Record]]:
        resource_of: dict[str, str] = {}
        for operation in self.operations:
            for value in values(operation):
                resource_of.setdefault(value.record, operation.resource)
        return {
            resource: [self.record(name) for name, first in resource_of.items() if name and first == resource]
            for resource in self.resources
        }

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
            values = [value for member in record.members for value in self.within(member.value)]
            for each in (*(self.record(value.record) for value in values if value.record), record):
                if each.name not in self.home_of_result:
                    found.setdefault(each.name, each)
        return [*found.values()]

    @cached_property
    def lenient_records(self) -> frozenset[str]:
        """Records whose times are kept as they came where they are none: they come only once."""
        once = [each.response for each in self.operations if each.retry == "never"]
        names = {value.record for response in once for value in self.within(response)}
        return frozenset(names | {record.name for record in self.event_records})

    def record(self, name: str) -> Record:
        """Build the record of a named object."""
        if name not in self._records:
            schema = mapping(schemas(self.data).get(name))
            self._records[name] = Record(name, schema, tuple(self.members(schema)))
        return self._records[name]

    def members_of(self, value: Value | None) -> tuple[Member, ...]:
        """Build the fields of a value that is a record; there are none of any other."""
        return self.record(value.record).members if value is not None and value.record else ()

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

    def value(self, schema: object, around: tuple[str, ...] = ()) -> Value:
        """Build the value that a schema describes; a list or a map inside itself is anything there."""
        reference = text(mapping(schema).get("$ref"))
        name = reference.rsplit("/", 1)[-1] if reference.startswith("#/components/schemas/") else ""
        target = follow(self.data, None if name and name in around else schema)
        types, nullable = kinds_of(target), may_be_null(target)
        only = types[0] if len(types) == 1 else ""
        inside = mapping(target.get("additionalProperties"))
        if mapping(target.get("properties")) and only in ("object", ""):
            return Value(target, "record", nullable, name) if name else Value(target, "anything", nullable)
        if only == "object" and ("type" in inside or "$ref" in inside):
            return Value(target, "map", nullable, of=self.value(inside, (*around, name)))
        if only == "array" and "items" in target:
            return Value(target, "array", nullable, of=self.value(target["items"], (*around, name)))
        return Value(target, only if only in SCALARS else "anything", nullable)

    def within(self, value: Value | None, *, sent: bool = False, around: tuple[str, ...] = ()) -> Iterator[Value]:
        """Yield every value inside a value, and that one last.

        What a customised result leaves out is not among them, nor what handwritten code makes of recipients to send.
        """
        if value is None or value.record in around:
            return
        if value.of is not None and not (sent and value.kind == "recipients"):
            yield from self.within(value.of, sent=sent, around=around)
        if value.record:
            custom = None if sent else customised_results()[0].get(value.record)
            for member in self.members_of(value):
                if custom is None or member.name not in custom.left_out:
                    yield from self.within(member.value, sent=sent, around=(*around, value.record))
        yield value

    def _operation(
        self, path: str, method: str, source: Mapping[str, object], around: Mapping[str, object]
    ) -> Operation:
        request = follow(self.data, source.get("requestBody"))
        content = mapping(request.get("content"))
        media_type = next((each for each in (JSON, FORM) if "schema" in mapping(content.get(each))), "")
        body = record = None
        if media_type:
            value = self.value(mapping(content[media_type])["schema"])
            body = Member("body", "body", request.get("required") is True, value)
            record = self.record(value.record) if value.record else None
        sent = record.members if record is not None else [body] if body is not None else []
        parameters = tuple(self._parameters(source, around))
        success, media = self._success(source)
        return Operation(
            id=text(source.get("operationId")) or f"{method}_{python_name(path)}",
            verb=method.upper(),
            path=path,
            resource=resource_name(source),
            name=method_name(source, method, path),
            source=source,
            credentials=self._credentials(source),
            parameters=parameters,
            body=body,
            record=record,
            form=media_type == FORM,
            arguments=tuple(_arguments(source, [*parameters, *(("body", member) for member in sent)])),
            success=success,
            media=media,
            response=self.value(media["schema"]) if "schema" in media else None,
        )

    def _parameters(self, source: Mapping[str, object], around: Mapping[str, object]) -> Iterator[tuple[str, Member]]:
        for parameter in parameters_of(self.data, source, around):
            place, wire = text(parameter.get("in")), text(parameter.get("name"))
            # What is said of the parameter counts for its value: its kind, its words, its known values.
            schema = {**follow(self.data, parameter.get("schema"))}
            said = ("description", "deprecated", "explode")
            schema |= {key: value for key, value in parameter.items() if key.startswith("x-") or key in said}
            required = place == "path" or parameter.get("required") is True
            if place in ("path", "query"):
                yield place, Member(python_name(wire), wire, required, self.value(schema))

    def _credentials(self, source: Mapping[str, object]) -> str:
        security = sequence(source.get("security", self.data.get("security")))
        return "dev" if any("devAuth" in mapping(requirement) for requirement in security) else "app"

    def _success(self, source: Mapping[str, object]) -> tuple[str, Mapping[str, object]]:
        responses = mapping(source.get("responses"))
        for status in sorted(status for status in responses if str(status).startswith("2")):
            if media := self.json_of(responses[status]):
                return status, media
        return "", {}

    def json_of(self, response: object) -> Mapping[str, object]:
        """Find what the contract says of the JSON of a response; empty where it has none."""
        return mapping(mapping(follow(self.data, response).get("content")).get(JSON))


def _arguments(source: Mapping[str, object], sent: Iterable[tuple[str, Member]]) -> Iterator[Argument]:
    """List the arguments of a method: those that may be given by position first, then those that must be given."""
    members: dict[str, Member] = {}
    places: dict[str, set[str]] = {}
    for place, member in sent:
        # The same id in the path and in the body is one argument.
        members.setdefault(member.name, member)
        places.setdefault(member.name, set()).add(place)
    if "x-positional" in source:
        named = [python_name(text(name)) for name in sequence(source["x-positional"])]
        first = [name for name in named if name in members]
    else:
        whom = [name for name, each in members.items() if each.required and each.value.kind in ("mobile", "recipients")]
        first = [name for name in members if "path" in places[name] or name in whom]
    rest = sorted((name for name in members if name not in first), key=lambda name: not members[name].required)
    for name in (*first, *rest):
        yield Argument(members[name], frozenset(places[name]), name in first)


def positional_candidates(
    data: Mapping[str, object], operation: Mapping[str, object], around: Mapping[str, object]
) -> list[str]:
    """List the names of an operation's arguments, as x-positional may list them."""
    names = [text(parameter.get("name")) for parameter in parameters_of(data, operation, around)]
    content = mapping(follow(data, operation.get("requestBody")).get("content"))
    for media_type in (JSON, FORM):
        names += mapping(follow(data, mapping(content.get(media_type)).get("schema")).get("properties"))
    return list(dict.fromkeys(map(python_name, names)))
