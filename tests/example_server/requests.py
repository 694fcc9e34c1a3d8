"""A received request, and how it breaks the contract."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn, Protocol, cast

from jsonschema import Draft202012Validator, ValidationError

from contract_tools.openapi import mapping

from .forms import check_form, read_form
from .routes import Route, Schema, read_text


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One request as it came in.

    Attributes:
        method: The HTTP method.
        target: Path and query, as sent.
        headers: Its headers, names in lower case.
        body: Its body, as sent.
        operation: The operation that it belongs to; None where the contract has none.
        value: The body as a value: JSON, or the fields of a form; None for no body or an unreadable one.
        violations: What the contract has against it; empty where all is well.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    operation: str | None
    value: object
    violations: tuple[str, ...]


def check_request(
    route: Route,
    parameters: Mapping[str, list[str]],
    headers: Mapping[str, str],
    body: bytes,
    credentials: Mapping[str, tuple[str, str]],
) -> tuple[object, tuple[str, ...]]:
    """Return the parsed body, and everything that breaks the contract."""
    wrong = [
        *_wrong_credentials(route, headers, credentials),
        *_wrong_parameters(route, parameters),
    ]
    try:
        value, wrong_body = _read_body(route, headers, body)
    except ValueError as error:
        return None, (*wrong, f"body: {error}")
    return value, (*wrong, *wrong_body)


def _wrong_credentials(
    route: Route, headers: Mapping[str, str], credentials: Mapping[str, tuple[str, str]]
) -> Iterator[str]:
    given = headers.get("authorization")
    if route.scheme is None:
        if given is not None:
            yield "Authorization: the operation takes no credentials"
        return
    pair = ":".join(credentials[route.scheme])
    if given != "Basic " + base64.b64encode(pair.encode()).decode():
        yield f"Authorization: not the credentials of {route.scheme}"


def _wrong_parameters(route: Route, parameters: Mapping[str, list[str]]) -> Iterator[str]:
    for name, written in parameters.items():
        schema = route.parameters.get(name, {})
        entries = mapping(schema.get("items"))
        value = [read_text(entries, each) for each in written] if entries else read_text(schema, written[-1])
        yield from _wrong_value(name, schema, value)


class _Validator(Protocol):
    """What is used of a validator; its own types leave gaps."""

    def iter_errors(self, instance: object) -> Iterator[ValidationError]: ...


def _wrong_value(where: str, schema: Schema, value: object) -> Iterator[str]:
    validator = cast("_Validator", Draft202012Validator(dict(schema)))
    for error in validator.iter_errors(value):
        yield f"{where}{error.json_path.removeprefix('$')}: {error.message}"


def _read_body(route: Route, headers: Mapping[str, str], body: bytes) -> tuple[object, list[str]]:
    kind = headers.get("content-type", "")
    if route.body is None:
        unexpected = bool(body or kind or headers.get("content-length", "0") != "0")
        return None, ["body: the operation takes none, not even its headers"] if unexpected else []
    if kind.partition(";")[0] != route.media_type:
        raise ValueError(f"the content type is {kind!r}, not {route.media_type}")
    if route.media_type == "multipart/form-data":
        form, wrong = check_form(route.body, read_form(kind, body))
        return form, [
            *(f"body: {each}" for each in wrong),
            *_wrong_value("body", route.body, form),
        ]
    value: object = json.loads(body.decode(), parse_constant=_refuse, object_pairs_hook=_unique)
    return value, list(_wrong_value("body", route.body, value))


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object has the same name twice")
    return found
