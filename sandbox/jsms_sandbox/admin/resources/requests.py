"""The journal of requests and responses, why requests were refused, and which conformance steps they show."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from jsms_contract.errors import ERRORS
from jsms_sandbox.admin.endpoint import get
from jsms_sandbox.admin.listing import Listing, NumberPage
from jsms_sandbox.admin.models import At, Query, ResponseModel
from jsms_sandbox.admin.request import AdminRequest
from jsms_sandbox.conformance import evaluate
from jsms_sandbox.contract import info
from jsms_sandbox.state import entities

FIRST_ERROR = 400


class Refusal(ResponseModel):
    """Why a request was refused."""

    check: Annotated[str, Field(description="The check that failed.")]
    hint: Annotated[str, Field(description="What is wrong with this very request.")]
    hint_zh: Annotated[str, Field(description="The same in Chinese.")]
    code: int
    name: str
    message: str
    meaning: str
    meaning_zh: str
    remedy: str
    remedy_zh: str


class Request(ResponseModel):
    """One request and its response, without secrets."""

    number: int
    at: At
    app_key: str | None
    operation: str | None
    method: str
    path: str
    client: str
    headers: list[tuple[str, str]]
    body: str
    status: int
    answer_headers: list[tuple[str, str]]
    answer: str
    milliseconds: float
    warnings: list[str]
    warnings_zh: Annotated[list[str], Field(description="The same in Chinese.")]
    fault: Annotated[str | None, Field(description="The injected fault that hit it.")]
    modelled: Annotated[
        bool,
        Field(description="Whether the sandbox models the operation; if not, it returns the contract's example."),
    ]
    msg_ids: Annotated[list[str], Field(description="The messages that it is about.")]
    refusal: Refusal | None


class Requests(ResponseModel):
    """A page of requests."""

    requests: list[Request]
    more: bool


class RequestsQuery(NumberPage):
    """Which requests."""

    refused: bool | None = None
    modelled: bool | None = None
    operation: str | None = None
    code: int | None = None
    status: int | None = None
    text: Annotated[str | None, Field(description="A part of path, body or response, in any case.")] = None
    msg_id: str | None = None


class Step(ResponseModel):
    """One step, and whether the client has done it."""

    id: str
    title: str
    title_zh: str
    task: Annotated[str, Field(description="How to do it against the sandbox.")]
    task_zh: str
    state: Literal["todo", "right", "wrong"]
    detail: Annotated[str, Field(description="What is missing or wrong.")]
    request: Annotated[int | None, Field(description="The number of the request that decided it.")]


class Conformance(ResponseModel):
    """The whole list."""

    app_key: str
    right: int
    wrong: int
    total: int
    steps: list[Step]


LISTING: Listing[int, entities.JournalEntry] = Listing("request", lambda state: state.journal, int, "request")


def request_model(entry: entities.JournalEntry) -> Request:
    """Make the response for an entry of the journal."""
    return Request.of(entry, refusal=_refusal(entry))


async def list_requests(call: AdminRequest, query: RequestsQuery) -> Requests:
    """List requests to the service, newest first."""
    text = None if query.text is None else query.text.casefold()

    def fits(entry: entities.JournalEntry) -> bool:
        return (
            query.refused in (None, entry.status >= FIRST_ERROR)
            and query.modelled in (None, entry.modelled)
            and query.operation in (None, entry.operation)
            and query.code in (None, entry.code)
            and query.status in (None, entry.status)
            and (query.msg_id is None or query.msg_id in entry.msg_ids)
            and (text is None or any(text in part.casefold() for part in (entry.path, entry.body, entry.answer)))
        )

    found, more = await LISTING.page(call, query, query.after, query.before, fits)
    return Requests(requests=[request_model(entry) for entry in found], more=more)


def get_request(call: AdminRequest, query: Query) -> Request:
    """Show one request."""
    return request_model(LISTING.get(call, query, call.number("number"), "path.number"))


def get_conformance(call: AdminRequest, query: Query) -> Conformance:
    """Evaluate an app's client, by default the first app's, by its requests since the sandbox started or was reset."""
    app = call.app(query)
    evaluated = evaluate(call.state, app)
    states = [result.state for _, result in evaluated]
    steps = [
        Step.of(step, state=result.state, detail=result.detail, request=result.request) for step, result in evaluated
    ]
    return Conformance(
        app_key=app.app_key, right=states.count("right"), wrong=states.count("wrong"), total=len(steps), steps=steps
    )


def _refusal(entry: entities.JournalEntry) -> Refusal | None:
    if entry.code is None or entry.code not in ERRORS:
        return None
    return Refusal.of(
        info(entry.code),
        check=entry.check or "",
        hint=entry.hint or "",
        hint_zh=entry.hint_zh or entry.hint or "",
    )


ENDPOINTS = (
    get("/requests", list_requests, RequestsQuery, Requests),
    get("/requests/{number}", get_request, Query, Request, "not_found"),
    get("/conformance", get_conformance, Query, Conformance),
)
