"""The package ``jsms_surface``: what apps call, and what they get."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from contract_tools.emit.docstrings import (
    DEPRECATED,
    ONCE,
    argument_line,
    first_sentence,
    raises,
    returns,
    sentence,
)
from contract_tools.emit.model import Operation, Record, Surface
from contract_tools.emit.overlay_source import customised_results
from contract_tools.emit.requests import (
    body_function,
    body_name,
    check,
    check_path,
    is_file,
    nested_function,
    query_function,
    query_name,
    record_name,
    record_parameters,
    type_of_argument,
)
from contract_tools.emit.results import ResultClass, read, reader_name, result_type
from contract_tools.openapi import mapping, schemas, sequence, text
from contract_tools.python_source import IMPORTS, Source, call, class_name, docstring, literal, module, render, table

PACKAGE = "jsms_surface"


def emit_surface(surface: Surface) -> dict[str, str]:
    """Write every module of the package, by its path in it."""
    emitter = _Emitter(surface)
    files = {
        "__init__.py": '"""The typed surface: resources with a method for each operation, and their results."""\n',
        "requests/__init__.py": '"""From arguments to the checked bodies of requests, a module for each resource."""\n',
        "_async/__init__.py": '"""The resources of the async client."""\n',
        "_sync/__init__.py": '"""The resources of the blocking client."""\n',
        "results/__init__.py": emitter.results_package(),
        "resources.py": emitter.clients(),
        "events.py": emitter.events(),
    }
    for resource, operations in surface.resources.items():
        if source := emitter.requests(resource):
            files[f"requests/{resource}.py"] = source
        if source := emitter.results(resource):
            files[f"results/{resource}.py"] = source
        for kind in ("_async", "_sync"):
            files[f"{kind}/{resource}.py"] = emitter.resource(resource, operations, is_async=kind == "_async")
    return files


class _Emitter:
    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        self._enums = {name for name, schema in schemas(surface.data).items() if "enum" in mapping(schema)}

    # Requests and results

    def requests(self, resource: str) -> str:
        """Write the module that checks the arguments of a resource's methods; empty where there is nothing to check."""
        forms = {each.record.name: each.form for each in self._surface.operations if each.record is not None}
        arguments = [each.member for operation in self._surface.operations for each in operation.arguments]
        nested = {value.record for each in arguments for value in self._surface.within(each.value, sent=True)}
        parts: list[str] = []
        for record in self._surface.requests[resource]:
            parts += [nested_function(record)] if record.name in nested else []
            parts += [body_function(record, form=forms[record.name])] if record.name in forms else []
        parts += filter(None, map(query_function, self._surface.resources[resource]))
        summary = f"What the methods of {resource} are given, checked and made into requests."
        return self._module(summary, parts, f"requests.{resource}") if parts else ""

    def results(self, resource: str) -> str:
        """Write the module with the results of a resource; empty where it has none."""
        parts = [ResultClass(self._surface, record).source() for record in self._surface.results[resource]]
        return self._module(f"Results of {resource}.", parts, f"results.{resource}") if parts else ""

    def results_package(self) -> str:
        """Write the package of all results, each imported on first use."""
        modules = {record: f"{PACKAGE}.results.{home}" for record, home in self._surface.home_of_result.items()}
        modules |= {name: f"jsms_api.models.{_module_of(name)}" for name in self._used_enums()}
        modules |= dict.fromkeys(("MalformedRecord", "Records", "Result"), "jsms_runtime.results")
        customised, exported = customised_results()
        if customised.keys() & modules.keys():
            modules |= {name: "jsms_runtime.customised" for name in exported if name not in modules}
        summary = "Every result, and the open sets that they use"
        return render("lazy_package.py", summary=summary, modules=dict(sorted(modules.items())))

    def events(self) -> str:
        """Write the module with the events of callbacks, and how each type is read."""
        events, records = self._surface.events, self._surface.event_records
        parts = [ResultClass(self._surface, record).source() for record in records]
        titles = list(dict.fromkeys(record.name for _, record in events.values()))
        parts.append(
            f'Event = {" | ".join(titles) or "Result"}\n"""What a callback can tell: use it with ``match``."""\n'
        )
        rows: dict[str, object] = {kind: self._event(schema, record) for kind, (schema, record) in events.items()}
        parts.append(
            table("EVENTS", "str, EventKind[Event]", rows, "How the records of each type of callback are read.")
        )
        names = {*(record.name for record in records), *titles, "Event"}
        return self._module("What callbacks tell an app.", parts, "events", exports=names)

    @staticmethod
    def _event(schema: str, record: Record) -> Source:
        facts = {
            "times": [m.wire for m in record.members if m.value.is_time],
            "absent": [m.wire for m in record.members if m.value.nullable],
            "empty": [m.wire for m in record.members if m.required and m.value.kind == "personal-text"],
        }
        given = {name: wires for name, wires in facts.items() if wires}
        return call("EventKind", schema, Source(reader_name(record.name)), **given)

    def _used_enums(self) -> set[str]:
        given = [each.member.value for operation in self._surface.operations for each in operation.arguments]
        got = [operation.response for operation in self._surface.operations]
        in_events = [member.value for record in self._surface.event_records for member in record.members]
        found = [value for each in (*given, *got, *in_events) for value in self._surface.within(each)]
        return {value.values for value in found if value.kind != "error-code"} & self._enums

    # Resources

    def resource(self, resource: str, operations: list[Operation], *, is_async: bool) -> str:
        """Write the module with a resource of one of the two clients."""
        summary, rest = first_sentence(self._tag(resource))
        source = f"class {'Async' if is_async else ''}{class_name(resource)}(Resource):\n"
        source += docstring(summary, rest, sections={})
        source += "\n    __slots__ = ()\n"
        for operation in operations:
            source += f"\n{self._method(operation, is_async=is_async)}"
        return self._module(summary, [source], f"_async.{resource}")

    def _method(self, operation: Operation, *, is_async: bool) -> str:
        once = operation.takes_once
        given = [
            _parameter(each.member.name, type_of_argument(each.member.value), required=each.member.required)
            for each in operation.arguments
        ]
        positional = sum(each.positional for each in operation.arguments)
        keywords = [*given[positional:], *(["once: str | None = None"] if once else [])]
        signature = ", ".join(["self", *given[:positional], *(["*"] if keywords else []), *keywords])
        summary = sentence(text(operation.source.get("summary"), operation.id))
        description = sentence(text(operation.source.get("description")))
        words = docstring(
            *first_sentence(summary),
            description if description != summary else "",
            DEPRECATED if operation.source.get("deprecated") is True else "",
            f"JSMS operation: {operation.id}, {operation.verb} {operation.path}",
            sections={
                "Args": [*map(argument_line, operation.arguments), *([ONCE] if once else [])],
                "Returns": returns(operation, self._surface),
                "Raises": raises(operation, mapping(self._surface.data.get("x-error-codes"))),
            },
            indent=8,
        )
        head = f"{'async ' if is_async else ''}def {operation.name}({signature}) -> {_type_of_response(operation)}"
        call = f"{'await ' if is_async else ''}self._request_json({', '.join(_sent(operation, is_async=is_async))})"
        return f"    {head}:\n{words}        {self._read(operation, call)}\n"

    def _read(self, operation: Operation, call: str) -> str:
        """Write the statement that returns what a call gives."""
        value = operation.response
        if value is None:
            return call
        if operation.polls and value.of is not None and value.of.record:
            return f"return read_records({call}, {reader_name(value.of.record)})"
        if value.type == "record":
            return f"return {reader_name(value.record)}({call})"
        given = f"({call})" if call.startswith("await ") else call
        taken = read(self._surface, value, given, absent=value.nullable)
        return f"return {f'cast({literal(_type_of_response(operation))}, {call})' if taken == given else taken}"

    # The client

    def clients(self) -> str:
        """Write the module with the attributes of both clients."""
        resources = [
            {"name": each, "class": class_name(each), "words": first_sentence(self._tag(each))[0]}
            for each in self._surface.resources
        ]
        return render("resources.py", resources=resources, package=PACKAGE)

    def _tag(self, resource: str) -> str:
        tags = {text(mapping(tag).get("name")): mapping(tag) for tag in sequence(self._surface.data.get("tags"))}
        operation = self._surface.resources[resource][0]
        name = text(next(iter(sequence(operation.source.get("tags"))), ""))
        return text(tags.get(name, {}).get("description"), f"Operations of {resource}.")

    # Modules

    def _module(self, summary: str, parts: list[str], name: str, *, exports: Iterable[str] = ()) -> str:
        """Write a module; it exports its classes and functions where nothing else is said."""
        imports: dict[str, list[str]] = {origin: [*known] for origin, known in IMPORTS.items()}
        customised, exported = customised_results()
        imports["jsms_runtime.customised"] = [each for each in exported if each not in customised]
        imports |= {f"jsms_api.models.{_module_of(enum)}": [enum] for enum in sorted(self._enums)}
        for resource, operations in self._surface.resources.items():
            results, requests = (each[resource] for each in (self._surface.results, self._surface.requests))
            imports[f"{PACKAGE}.results.{resource}"] = [
                each for record in results for each in (record.name, reader_name(record.name))
            ]
            imports[f"{PACKAGE}.requests.{resource}"] = [
                *(each for record in requests for each in (body_name(record.name), f"{record_name(record.name)}_of")),
                *map(query_name, operations),
            ]
        imports.pop(f"{PACKAGE}.{name}", None)
        defined = re.findall(r"^(?:class|def) (\w+)", "\n".join(parts), re.MULTILINE)
        used = {origin: names for origin, names in imports.items() if names}
        return module(summary, *parts, imports=used, exports=exports or defined)


def _parameter(name: str, kind: str, *, required: bool) -> str:
    return f"{name}: {kind}" if required else f"{name}: {kind.removesuffix(' | None')} | None = None"


def _type_of_response(operation: Operation) -> str:
    value = operation.response
    if value is None:
        return "None"
    if operation.polls and value.of is not None and value.of.record:
        return f"Records[{value.of.record}]"
    return result_type(value)


def _sent(operation: Operation, *, is_async: bool) -> Iterator[str]:
    """Write what the request of an operation has, as arguments of ``_request_json``."""
    yield literal(operation.id)
    path = operation.path
    for each in operation.arguments:
        if "path" in each.places:
            path = path.replace(f"{{{each.member.wire}}}", f"{{{check_path(each.member, each.member.name)}}}")
    if path != operation.path:
        yield f"path=f{literal(path).replace(chr(92) + chr(34), chr(39))}"
    body = operation.body
    if operation.record is not None:
        members = record_parameters(operation.record)
        make, given = body_name(operation.record.name), ", ".join(member.name for member in members)
        if any(is_file(member.value) for member in members) and operation.form:
            yield f"files={'await run_in_thread' if is_async else 'run_inline'}(partial({make}, {given}))"
        else:
            yield f"{'files' if operation.form else 'json'}={make}({given})"
    elif body is not None:
        checked = check(body.value, body.name, literal(body.name))
        yield f"json={checked if body.required else f'None if {body.name} is None else {checked}'}"
    if query := [each.member.name for each in operation.arguments if "query" in each.places]:
        yield f"params={query_name(operation)}({', '.join(query)})"
    if operation.takes_once:
        yield "once=once"


def _module_of(enum: str) -> str:
    """Name the module of an enum in ``jsms_api.models``, as its generator does."""
    from openapi_python_client.strings import snake_case

    return snake_case(enum)
