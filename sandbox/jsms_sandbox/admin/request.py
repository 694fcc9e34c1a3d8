"""One call of the test API: validate its query and body, and find its app."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from starlette.requests import ClientDisconnect, Request

from jsms_sandbox.admin.models import Body, Problem, Query, not_found, wrong
from jsms_sandbox.service.endpoint import Service
from jsms_sandbox.simulation.callbacks import Deliveries
from jsms_sandbox.simulation.faults import FaultList
from jsms_sandbox.state.entities import App
from jsms_sandbox.state.state import State

BODY_LIMIT = 16 * 2**20
"""How large a body may be, in bytes."""
APP_HEADER = "X-Sandbox-App"
APP_PARAMETER = "app"
LONGEST_NUMBER = 18

B = TypeVar("B", bound=Body)
Q = TypeVar("Q", bound=Query)


@dataclass(frozen=True, slots=True)
class AdminContext:
    """What the test API works on."""

    service: Service
    deliveries: Deliveries
    run: str
    """Identifies this run of the sandbox, so that no client resumes events of another run."""

    @property
    def state(self) -> State:
        """Its state."""
        return self.service.state

    @property
    def faults(self) -> FaultList:
        """The faults of its requests."""
        return self.service.faults


class AdminRequest:
    """One call.

    Args:
        sandbox: What it works on.
        request: As it came in.
        path: The parts of the path, by name.
    """

    def __init__(self, sandbox: AdminContext, request: Request, path: Mapping[str, str]) -> None:
        self.sandbox = sandbox
        self.state = sandbox.state
        self.request = request
        self.path = path

    def number(self, name: str) -> int:
        """Parse a part of the path that is a number.

        Raises:
            Problem: It is something else, so there is nothing of this number.
        """
        text = self.path[name]
        if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
            raise not_found(f"{text[:50]!r} is no number.", f"Use a {name} that the list shows.", f"path.{name}")
        return int(text)

    def query(self, kind: type[Q]) -> Q:
        """Parse the query.

        Raises:
            Problem: It holds something else than the fields of ``kind``.
        """
        given: dict[str, str] = {}
        for name, value in self.request.query_params.multi_items():
            if name in given:
                raise wrong(f"query.{name[:50]}", f"{name[:50]} is given twice.", "Give it once.")
            given[name] = value
        header = self.request.headers.get(APP_HEADER)
        if header is not None:
            given.setdefault(APP_PARAMETER, header)
        try:
            return kind.model_validate(given)
        except ValidationError as error:
            raise _problem("query", kind, error) from None

    async def body(self, kind: type[B]) -> B:
        """Read and parse the JSON body; an empty one counts as ``{}``.

        Raises:
            Problem: It is too large, no JSON, or holds something else than the fields of ``kind``.
        """
        content = bytearray()
        try:
            async for chunk in self.request.stream():
                content += chunk
                if len(content) > BODY_LIMIT:
                    raise Problem("too_large", f"The body is larger than {BODY_LIMIT} bytes.", "Send less.", "body")
        except ClientDisconnect:
            raise wrong("body", "The body ended before its end.", "Send all of it.") from None
        try:
            return kind.model_validate_json(bytes(content) if content.strip() else b"{}")
        except ValidationError as error:
            raise _problem("body", kind, error) from None

    # --- the app -----------------------------------------------------------------------------------------------------

    def selected(self, query: Query) -> App | None:
        """Find the app that the call names; None if it names none.

        Raises:
            Problem: There is no such app.
        """
        return None if query.app is None else self.app_of_key(query.app, f"query.{APP_PARAMETER}")

    def app(self, query: Query) -> App:
        """Find the app that the call names, else the first one.

        Raises:
            Problem: There is no such app.
        """
        return self.selected(query) or self.state.apps[self.state.settings.credentials.app_key]

    def app_of_key(self, app_key: str, where: str) -> App:
        """Find an app by its key.

        Raises:
            Problem: There is no such app.
        """
        app = self.state.apps.get(app_key)
        if app is None:
            raise not_found(f"There is no app {app_key[:64]!r}.", "GET /_sandbox/api/apps lists the apps.", where)
        return app


def _problem(part: str, kind: type[BaseModel], error: ValidationError) -> Problem:
    """Make the problem of the first error."""
    errors = error.errors(include_url=False)
    first = errors[0]
    if first["type"] == "missing":  # perhaps it is given, under a mistyped name
        first = next((each for each in errors if each["type"] == "extra_forbidden"), first)
    place = ".".join(str(step) for step in first["loc"])
    where = (f"{part}.{place}" if place else part)[:200]
    name = place[:200] or part
    match first["type"]:
        case "extra_forbidden":
            known = ", ".join(_names_beside(kind, first["loc"])) or "none"
            return wrong(where, f"There is nothing called {str(first['loc'][-1])[:50]!r} here.", f"Known are: {known}.")
        case "json_invalid":
            reason = first["msg"].removeprefix("Invalid JSON: ")
            return wrong(part, f"The body is not JSON: {reason}.", "Send a JSON object.")
        case "model_type":
            return wrong(where, f"{name} is no JSON object.", "Send an object, {…}.")
        case "missing":
            return wrong(where, f"{name} is missing.", "Add it.")
        case _:
            return wrong(where, f"{name}: {_sentence(first)}", f"Correct it; given was {_given(first['input'])}.")


def _sentence(details: ErrorDetails) -> str:
    text = details["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{text}."


def _given(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:100]}…"


def _names_beside(kind: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """List the fields of the model in which an unknown field was found."""
    model = kind
    for step in place[:-1]:
        if isinstance(step, str) and step in model.model_fields:
            model = next(iter(_models_in(model.model_fields[step].annotation)), model)
    return list(model.model_fields)


def _models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    arguments: tuple[object, ...] = typing.get_args(annotation)
    return [model for argument in arguments for model in _models_in(argument)]
