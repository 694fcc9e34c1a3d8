"""The contract's operations as routes: what each takes, and the examples of its responses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from contract_tools.openapi import follow, mapping, operations, sequence, text

from .responses import ExampleResponse

Schema = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation.

    Attributes:
        operation: Its operationId.
        method: The HTTP method, in capitals.
        path: Its path in the contract.
        pattern: What a path has to look like.
        parameters: The schema of each parameter of the path and of the query.
        scheme: The security scheme whose credentials it takes; None for none.
        media_type: What the request has to carry; None for no body.
        body: The schema of the body, references resolved and closed to unknown properties.
        responses: Every example, by status (``default`` is left out) and name; the name is empty where the body is.
    """

    operation: str
    method: str
    path: str
    pattern: re.Pattern[str]
    parameters: Mapping[str, Schema]
    scheme: str | None
    media_type: str | None
    body: Schema | None
    responses: Mapping[tuple[int, str], ExampleResponse]

    def match(self, path: str) -> dict[str, str] | None:
        """Return the path's parameters, percent-decoded, where the path is this operation's."""
        found = self.pattern.fullmatch(path)
        return None if found is None else {name: unquote(value) for name, value in found.groupdict().items()}

    def response(self, status: int | None = None, example: str | None = None) -> ExampleResponse:
        """Return the first example of a status, by default the first success, or the one with a name.

        Raises:
            LookupError: The contract has no such example.
        """
        for (code, name), response in self.responses.items():
            if (status is None or code == status) and (example is None or name == example):
                return response
        raise LookupError(f"{self.operation} has no example with status {status} and name {example}.")


def read_routes(document: Mapping[str, object]) -> tuple[Route, ...]:
    """List the operations of an OpenAPI document, those without variables in the path first."""
    found = [_route(document, path, method, operation, item) for path, method, operation, item in operations(document)]
    return tuple(sorted(found, key=lambda route: route.path.count("{")))


def read_text(schema: Schema, written: str) -> object:
    """Read a text of a path, a query or a form as its schema has it; one that is none of that type stays a text."""
    number = re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", written, re.ASCII)
    match schema.get("type"):
        case "integer" if number and not number[1]:
            return int(written)
        case "number" if number:
            return float(written)
        case "boolean" if written.lower() in ("true", "false"):  # the generated functions write True into forms
            return written.lower() == "true"
        case _:
            return written


def closed(document: Mapping[str, object], node: object) -> object:
    """Resolve the references of a schema, and allow no property that it does not name."""
    if fields := follow(document, node):
        schema = {key: closed(document, value) for key, value in fields.items()}
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
        return schema
    if items := sequence(node):
        return [closed(document, item) for item in items]
    return node


def _route(
    document: Mapping[str, object],
    path: str,
    method: str,
    operation: Mapping[str, object],
    item: Mapping[str, object],
) -> Route:
    declared = [follow(document, each) for each in (*sequence(item.get("parameters")), *_parameters(operation))]
    schemas = {text(each.get("name")): mapping(closed(document, each.get("schema"))) for each in declared}
    content = mapping(follow(document, operation.get("requestBody")).get("content"))
    media_type = next(iter(content), None)
    security = sequence(operation.get("security", document.get("security")))
    body = mapping(content[media_type]).get("schema") if media_type is not None else None
    return Route(
        operation=text(operation.get("operationId")),
        method=method.upper(),
        path=path,
        pattern=re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))),
        parameters=schemas,
        scheme=next(iter(mapping(security[0]))) if security else None,
        media_type=media_type,
        body=mapping(closed(document, body)) if body is not None else None,
        responses=_responses(document, mapping(operation.get("responses"))),
    )


def _parameters(operation: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(sequence(operation.get("parameters")))


def _responses(
    document: Mapping[str, object], declared: Mapping[str, object]
) -> dict[tuple[int, str], ExampleResponse]:
    found: dict[tuple[int, str], ExampleResponse] = {}
    for status, response in declared.items():
        if not str(status).isdigit():
            continue
        code = int(status)
        content = mapping(mapping(follow(document, response).get("content")).get("application/json"))
        for name, example in mapping(content.get("examples")).items():
            found[code, name] = ExampleResponse.of_json(code, follow(document, example).get("value"))
        if not content:
            found[code, ""] = ExampleResponse(code)
    return dict(sorted(found.items(), key=lambda pair: pair[0][0]))
