"""The package ``jsms_surface``: what apps call, and what they get."""

from __future__ import annotations

from collections.abc import Iterable

from contract_tools.emit.handwritten import customised_results
from contract_tools.emit.model import Operation, Record, Surface, Value, class_name
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
from contract_tools.emit.results import ResultClass, reader_name, result_type
from contract_tools.emit.words import (
    DEPRECATED,
    OPTIONS,
    argument_line,
    first_sentence,
    raises,
    result_line,
    sentence,
)
from contract_tools.openapi import mapping, schemas, sequence, text
from contract_tools.python_source import IMPORTS, Source, call, docstring, literal, module, render, table

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
        self._request_home = {
            record.name: resource for resource, records in surface.requests.items() for record in records
        }
        self._descriptions = {
            name: text(mapping(schema).get("description")) for name, schema in schemas(surface.data).items()
        }

    # Requests

    def requests(self, resource: str) -> str:
        """Write the module that checks the arguments of a resource's methods; empty where there is nothing to check."""
        bodies = {operation.record.name: operation for operation in self._surface.operations if operation.record}
        arguments = [each.member for operation in self._surface.operations for each in operation.arguments]
        nested = {value.record for each in arguments for value in self._surface.within(each.value, sent=True)}
        parts: list[str] = []
        names: list[str] = []
        for record in self._surface.requests[resource]:
            if record.name in nested:
                parts.append(nested_function(record))
                names.append(f"{record_name(record.name)}_of")
            if record.name in bodies:
                parts.append(body_function(record, form=bodies[record.name].form))
                names.append(body_name(record.name))
        for operation in self._surface.resources[resource]:
            if source := query_function(operation):
                parts.append(source)
                names.append(query_name(operation))
        if not parts:
            return ""
        return self._module(
            f"What the methods of {resource} are given, checked and made into requests.",
            parts,
            names,
            module_name=f"requests.{resource}",
        )

    # Results

    def results(self, resource: str) -> str:
        """Write the module with the results of a resource."""
        records = self._surface.results[resource]
        if not records:
            return ""
        parts = [ResultClass(self._surface, record).source() for record in records]
        names = [name for record in records for name in (record.name, reader_name(record.name))]
        return self._module(f"Results of {resource}.", parts, names, module_name=f"results.{resource}")

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
        names = dict.fromkeys([*(record.name for record in records), *titles, "Event"])
        return self._module("What callbacks tell an app.", parts, names, module_name="events")

    @staticmethod
    def _event(schema: str, record: Record) -> Source:
        facts = {
            "times": [m.wire for m in record.members if m.value.kind in ("beijing-time", "epoch-millis")],
            "absent": [m.wire for m in record.members if m.value.nullable],
            "empty": [m.wire for m in record.members if m.required and m.value.kind == "personal-text"],
        }
        given = {name: wires for name, wires in facts.items() if wires}
        return call("EventKind", schema, Source(reader_name(record.name)), **given)

    def _used_enums(self) -> set[str]:
        given = [each.member.value for operation in self._surface.operations for each in operation.arguments]
        got = [operation.response for operation in self._surface.operations]
        told = [member.value for record in self._surface.event_records for member in record.members]
        found = [value for each in (*given, *got, *told) for value in self._surface.within(each)]
        return {value.values for value in found if value.kind != "error-code"} & self._enums

    # Resources

    def resource(self, resource: str, operations: list[Operation], *, is_async: bool) -> str:
        """Write the module with a resource of one of the two clients."""
        name = ("Async" if is_async else "") + class_name(resource)
        summary, rest = first_sentence(self._tag(resource))
        source = f"class {name}(Resource):\n"
        source += docstring(summary, rest, sections={})
        source += "\n    __slots__ = ()\n"
        for operation in operations:
            source += f"\n{self._method(operation, is_async=is_async)}"
        return self._module(summary, [source], [name], module_name=f"_async.{resource}")

    def _method(self, operation: Operation, *, is_async: bool) -> str:
        types = [(each, type_of_argument(each.member.value)) for each in operation.arguments]
        options = [option for option in OPTIONS if option.applies(operation)]
        positional = [(a, t) for a, t in types if a.positional]
        keywords = [(a, t) for a, t in types if not a.positional]
        signature = [
            "self",
            *(self._parameter(a.member.name, t, required=a.member.required) for a, t in positional),
            *(["*"] if keywords else []),
            *(self._parameter(a.member.name, t, required=a.member.required) for a, t in keywords),
            *(["*"] if options and not keywords else []),
            *(self._parameter(option.name, option.type, required=False) for option in options),
        ]
        summary = sentence(text(operation.source.get("summary"), operation.id))
        description = sentence(text(operation.source.get("description")))
        words = docstring(
            *first_sentence(summary),
            description if description != summary else "",
            DEPRECATED if operation.source.get("deprecated") is True else "",
            f"JSMS operation: {operation.id}, {operation.verb} {operation.path}",
            sections={
                "Args": [
                    *(argument_line(argument) for argument in operation.arguments),
                    *(f"{option.name}: {option.words}" for option in options),
                ],
                "Returns": self._returns(operation),
                "Raises": raises(
                    operation,
                    mapping(self._surface.data.get("x-error-codes")),
                    dev=operation.credentials == "dev",
                    options=options,
                ),
            },
            indent=8,
        )
        head = f"{'async ' if is_async else ''}def {operation.name}({', '.join(signature)})"
        return f"    {head} -> {self._type(operation)}:\n{words}        {self._call(operation, is_async=is_async)}\n"

    @staticmethod
    def _parameter(name: str, kind: str, *, required: bool) -> str:
        return f"{name}: {kind}" if required else f"{name}: {kind.removesuffix(' | None')} | None = None"

    def _type(self, operation: Operation) -> str:
        value = operation.response
        if value is None:
            return "None"
        if operation.polls and value.of is not None and value.of.record:
            return f"Records[{value.of.record}]"
        kind = result_type(value)
        return f"{kind} | None" if value.nullable and kind != "object" else kind

    def _returns(self, operation: Operation) -> list[str]:
        value = operation.response
        if value is None:
            return []
        if operation.polls:
            return [_RECORDS]
        return result_line(value, self._descriptions)

    def _call(self, operation: Operation, *, is_async: bool) -> str:
        wait = "await " if is_async else ""
        parts: list[str] = [literal(operation.id)]
        parts += self._body(operation, is_async=is_async)
        ids = [argument.member for argument in operation.arguments if "path" in argument.places]
        if ids:
            path = operation.path
            for member in ids:
                path = path.replace(f"{{{member.wire}}}", f"{{{check_path(member, member.name)}}}")
            parts.insert(1, f"path=f{literal(path).replace(chr(92) + chr(34), chr(39))}")
        if any("query" in argument.places for argument in operation.arguments):
            given = [a.member.name for a in operation.arguments if "query" in a.places]
            parts.append(f"params={query_name(operation)}({', '.join(given)})")
        parts += [f"{option.name}={option.name}" for option in OPTIONS if option.applies(operation)]
        call = f"{wait}self._request_json({', '.join(parts)})"
        if operation.response is None:
            return call
        return f"return {self._read(operation, operation.response, call)}"

    def _body(self, operation: Operation, *, is_async: bool) -> list[str]:
        if operation.record is not None:
            name, members = body_name(operation.record.name), record_parameters(operation.record)
            given = ", ".join(member.name for member in members)
            if not operation.form:
                return [f"json={name}({given})"]
            if not any(is_file(member.value) for member in members):
                return [f"files={name}({given})"]
            return [f"files={'await run_in_thread' if is_async else 'run_inline'}(partial({name}, {given}))"]
        if operation.body is not None:
            member = operation.body
            checked = check(member.value, member.name, literal(member.name))
            return [f"json={checked if member.required else f'None if {member.name} is None else {checked}'}"]
        return []

    def _read(self, operation: Operation, value: Value, call: str) -> str:
        if operation.polls and value.of is not None and value.of.record:
            return f"read_records({call}, {reader_name(value.of.record)})"
        reader = ResultClass(self._surface, _NOTHING)
        if value.type == "record":
            return f"{reader_name(value.record)}({call})"
        given = f"({call})" if call.startswith("await ") else call
        taken = reader.read(value, given, absent=value.nullable)
        return f"cast({literal(self._type(operation))}, {call})" if taken == given else taken

    # The client

    def clients(self) -> str:
        """Write the module with the attributes of both clients."""
        resources = [
            {
                "name": resource,
                "class": class_name(resource),
                "words": first_sentence(self._tag(resource))[0],
            }
            for resource in self._surface.resources
        ]
        return render("resources.py", resources=resources, package=PACKAGE)

    def _tag(self, resource: str) -> str:
        tags = {text(mapping(tag).get("name")): mapping(tag) for tag in sequence(self._surface.data.get("tags"))}
        operation = self._surface.resources[resource][0]
        name = text(next(iter(sequence(operation.source.get("tags"))), ""))
        return text(tags.get(name, {}).get("description"), f"Operations of {resource}.")

    # Modules

    def _module(self, summary: str, parts: list[str], names: Iterable[str], *, module_name: str) -> str:
        imports: dict[str, list[str]] = {origin: [*known] for origin, known in IMPORTS.items()}
        customised, exported = customised_results()
        imports["jsms_runtime.customised"] = [name for name in exported if name not in customised]
        for name in sorted(self._enums):
            imports[f"jsms_api.models.{_module_of(name)}"] = [name]
        for record, resource in self._surface.home_of_result.items():
            imports.setdefault(f"{PACKAGE}.results.{resource}", []).extend((record, reader_name(record)))
        for record, resource in self._request_home.items():
            made = (body_name(record), f"{record_name(record)}_of")
            imports.setdefault(f"{PACKAGE}.requests.{resource}", []).extend(made)
        for operation in self._surface.operations:
            imports.setdefault(f"{PACKAGE}.requests.{operation.resource}", []).append(query_name(operation))
        imports.pop(f"{PACKAGE}.{module_name}", None)
        return module(summary, *parts, imports=imports, exports=names)


_RECORDS = "The records that were not fetched before, often none: a list, whose ``malformed`` has what cannot be read."
_NOTHING = Record("", {}, ())


def _module_of(enum: str) -> str:
    """Name the module of an enum in ``jsms_api.models``, as its generator does."""
    from openapi_python_client.strings import snake_case

    return snake_case(enum)
