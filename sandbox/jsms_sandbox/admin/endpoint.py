"""Declarations of endpoints, which route calls and describe them in the OpenAPI document."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal, TypeVar

from pydantic import BaseModel
from starlette.responses import Response

from jsms_sandbox.admin.models import Body, NoBody, ProblemType, Query
from jsms_sandbox.admin.request import AdminRequest

Method = Literal["GET", "POST", "PATCH", "DELETE"]
Result = BaseModel | Response | None
Q = TypeVar("Q", bound=Query)
B = TypeVar("B", bound=Body)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path below ``/_sandbox/api``.

    Attributes:
        method: The HTTP method.
        path: The path, with parts in braces.
        name: What it is called in the OpenAPI document.
        summary: What it does, in a sentence.
        query: What the query may hold.
        body: What the body may hold; None where there is none.
        response_model: What it returns; None for 204, or for events.
        status: The HTTP status of a success.
        problems: What can be wrong apart from the call's form.
        run: Handles a call that was validated already.
    """

    method: Method
    path: str
    name: str
    summary: str
    query: type[Query]
    body: type[Body] | None
    response_model: type[BaseModel] | None
    status: HTTPStatus
    problems: tuple[ProblemType, ...]
    run: Callable[[AdminRequest, Any, Any], Result | Awaitable[Result]]


def get(
    path: str,
    handler: Callable[[AdminRequest, Q], Result | Awaitable[Result]],
    query: type[Q],
    response_model: type[BaseModel] | None,
    *problems: ProblemType,
) -> Endpoint:
    """Declare a GET."""

    def run(call: AdminRequest, given: Q, _: object) -> Result | Awaitable[Result]:
        return handler(call, given)

    return _endpoint("GET", path, handler, query, None, response_model, HTTPStatus.OK, problems, run)


def delete(
    path: str,
    handler: Callable[[AdminRequest, Query], Result | Awaitable[Result]],
    response_model: type[BaseModel] | None = None,
    *problems: ProblemType,
) -> Endpoint:
    """Declare a DELETE."""

    def run(call: AdminRequest, given: Query, _: object) -> Result | Awaitable[Result]:
        return handler(call, given)

    status = HTTPStatus.OK if response_model else HTTPStatus.NO_CONTENT
    return _endpoint("DELETE", path, handler, Query, None, response_model, status, problems, run)


def post(
    path: str,
    handler: Callable[[AdminRequest, Query, B], Result | Awaitable[Result]],
    body: type[B],
    response_model: type[BaseModel],
    *problems: ProblemType,
    status: HTTPStatus = HTTPStatus.OK,
) -> Endpoint:
    """Declare a POST."""
    return _endpoint("POST", path, handler, Query, body, response_model, status, problems, handler)


def patch(
    path: str,
    handler: Callable[[AdminRequest, Query, B], Result | Awaitable[Result]],
    body: type[B],
    response_model: type[BaseModel],
    *problems: ProblemType,
) -> Endpoint:
    """Declare a PATCH."""
    return _endpoint("PATCH", path, handler, Query, body, response_model, HTTPStatus.OK, problems, handler)


async def run(endpoint: Endpoint, call: AdminRequest) -> Result:
    """Validate a call by an endpoint's declaration, and handle it.

    Raises:
        Problem: The call is wrong.
    """
    query = call.query(endpoint.query)
    body = await call.body(endpoint.body or NoBody) if endpoint.method != "GET" else None
    result = endpoint.run(call, query, body)
    return await result if inspect.isawaitable(result) else result


def _endpoint(
    method: Method,
    path: str,
    handler: Callable[..., object],
    query: type[Query],
    body: type[Body] | None,
    response_model: type[BaseModel] | None,
    status: HTTPStatus,
    problems: tuple[ProblemType, ...],
    run: Callable[[AdminRequest, Any, Any], Result | Awaitable[Result]],
) -> Endpoint:
    first, *others = handler.__name__.split("_")
    name = first + "".join(word.capitalize() for word in others)
    summary = (inspect.getdoc(handler) or "").partition("\n")[0]
    return Endpoint(method, path, name, summary, query, body, response_model, status, problems, run)
