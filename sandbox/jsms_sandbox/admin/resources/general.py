"""The sandbox as a whole: info, catalogue of codes and operations, snapshot, reset."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, TypeVar

from pydantic import Field

from jsms_contract.errors import ERRORS
from jsms_contract.limits import VERSION
from jsms_sandbox.admin.endpoint import get, post
from jsms_sandbox.admin.models import NoBody, Query, ResponseModel
from jsms_sandbox.admin.request import AdminRequest
from jsms_sandbox.admin.resources.apps import App, Apps, app_model, fresh_app
from jsms_sandbox.admin.resources.callbacks import Callback, callback_model
from jsms_sandbox.admin.resources.clock import Clock, clock_model
from jsms_sandbox.admin.resources.event_stream import event_id
from jsms_sandbox.admin.resources.faults import Fault, fault_model
from jsms_sandbox.admin.resources.messages import Message, message_model
from jsms_sandbox.admin.resources.replies import Reply, reply_model
from jsms_sandbox.admin.resources.reviews import Sign, Template, sign_model, template_model
from jsms_sandbox.admin.resources.schedules import Schedule, schedule_model
from jsms_sandbox.assumptions import assumptions
from jsms_sandbox.contract import delivery_statuses, info, operations
from jsms_sandbox.service.endpoint import TEXT_KEPT
from jsms_sandbox.service.operations import OPERATIONS as BEHAVIOUR
from jsms_sandbox.simulation import faults
from jsms_sandbox.simulation.callbacks import RETRY_AFTER
from jsms_sandbox.state import entities
from jsms_sandbox.state.events import EVENTS_KEPT
from jsms_sandbox.state.state import (
    APPS_KEPT,
    CALLBACKS_KEPT,
    JOURNAL_KEPT,
    MESSAGES_KEPT,
    RECEIPTS_KEPT,
    REPLIES_KEPT,
    SCHEDULES_KEPT,
)

T = TypeVar("T", entities.Message, entities.Schedule, entities.Reply, entities.Callback)


class Assumption(ResponseModel):
    """What no source documents and the sandbox had to choose."""

    subject: str
    text: str


class Caps(ResponseModel):
    """How many of each are kept; the oldest are removed."""

    apps: int
    messages: int
    schedules: int
    replies: int
    callbacks: int
    requests: int
    events: int
    faults: int
    receipts: Annotated[int, Field(description="Reports, and replies, that one app has not fetched yet.")]
    characters_of_a_body: int


class Magic(ResponseModel):
    """Numbers and keys that ask for an error or a status, from any language: CCCCC is the code."""

    number: str
    app_key: str


class Info(ResponseModel):
    """What the sandbox is, and where."""

    version: Annotated[str, Field(description="The contract's.")]
    strict: bool
    base_url: Annotated[str, Field(description="What a client is pointed at.")]
    page_url: str
    api_url: str
    run: Annotated[str, Field(description="Identifies this run of the sandbox.")]
    last_event: Annotated[str, Field(description="The id of the newest event.")]
    app: Annotated[App, Field(description="The app of the call, by default the first one.")]
    magic: Magic
    assumptions: list[Assumption]
    caps: Caps
    callback_retry_after: Annotated[list[float], Field(description="Seconds after each failed attempt.")]
    clock: Clock


class ErrorCode(ResponseModel):
    """What the contract says of an error code."""

    code: int
    name: str
    http_status: int
    message: str
    meaning: str
    meaning_zh: str
    remedy: str
    remedy_zh: str


class DeliveryStatus(ResponseModel):
    """What the contract says of a delivery status."""

    status: int
    name: str
    meaning: str


class Operation(ResponseModel):
    """An operation of the contract, and its error codes."""

    id: str
    method: str
    path: str
    tag: str
    credentials: Annotated[str, Field(description="Whose it needs: app or dev.")]
    modelled: Annotated[bool, Field(description="Whether the sandbox has behaviour for it, not only an example.")]
    codes: list[int]


class Catalogue(ResponseModel):
    """What the contract lists."""

    errors: list[ErrorCode]
    delivery_statuses: list[DeliveryStatus]
    operations: list[Operation]


class Snapshot(ResponseModel):
    """Everything in the sandbox except requests and events, oldest first."""

    clock: Clock
    apps: list[App]
    templates: list[Template]
    signs: list[Sign]
    messages: list[Message]
    schedules: list[Schedule]
    replies: list[Reply]
    callbacks: list[Callback]
    faults: list[Fault]


def get_info(call: AdminRequest, query: Query) -> Info:
    """Show where to point a client, with which credentials, and what is assumed."""
    root = str(call.request.base_url).rstrip("/")
    return Info(
        version=VERSION,
        strict=call.state.settings.strict,
        base_url=f"{root}/v1",
        page_url=f"{root}/_sandbox/",
        api_url=f"{root}/_sandbox/api",
        run=call.sandbox.run,
        last_event=event_id(call.sandbox, call.state.events.last_number),
        app=app_model(call, call.app(query)),
        magic=Magic(number="130000CCCCC", app_key="sandboxappNNNNNNNNNCCCCC"),
        assumptions=[Assumption(subject=subject, text=text) for subject, text in assumptions()],
        caps=_caps(),
        callback_retry_after=list(RETRY_AFTER),
        clock=clock_model(call.state.clock),
    )


def list_errors(call: AdminRequest, _: Query) -> Catalogue:  # noqa: ARG001 - every handler takes its call
    """List the error codes, delivery statuses and operations of the contract."""
    return Catalogue(
        errors=[ErrorCode.of(error) for error in map(info, ERRORS)],
        delivery_statuses=[DeliveryStatus.of(known, status=status) for status, known in delivery_statuses().items()],
        operations=[
            Operation.of(
                operation,
                modelled=operation.id in BEHAVIOUR,
                codes=sorted(operation.codes | operation.recipient_codes),
            )
            for operation in operations().values()
        ],
    )


async def reset(call: AdminRequest, query: Query, _: NoBody) -> Apps:
    """Start over: everything, faults and clock included, or one app alone."""
    app = call.selected(query)
    if app is not None:
        fresh_app(call, app)
    else:
        call.sandbox.faults.clear()
        call.state.reset()
        await call.state.clock.restart()
    return Apps(apps=[app_model(call, each) for each in call.state.apps.values()])


def get_snapshot(call: AdminRequest, query: Query) -> Snapshot:
    """Show everything in the sandbox, or what belongs to one app."""
    state, app, now = call.state, call.selected(query), call.state.clock.now()
    key = app.app_key if app else None

    def of_app(items: Iterable[T]) -> list[T]:
        return [item for item in items if key in (None, item.app_key)]

    return Snapshot(
        clock=clock_model(state.clock),
        apps=[app_model(call, each) for each in ([app] if app else state.apps.values())],
        templates=[
            template_model(item)
            for owner, items in state.templates.items()
            if key in (None, owner)
            for item in items.values()
        ],
        signs=[
            sign_model(item) for owner, items in state.signs.items() if key in (None, owner) for item in items.values()
        ],
        messages=[message_model(state, item) for item in of_app(state.messages.values())],
        schedules=[schedule_model(item) for item in of_app(state.schedules.values())],
        replies=[reply_model(item) for item in of_app(state.replies.values())],
        callbacks=[callback_model(item) for item in of_app(state.callbacks.values())],
        faults=[fault_model(item, now) for item in call.sandbox.faults.all.values() if key in (None, item.app_key)],
    )


def _caps() -> Caps:
    return Caps(
        apps=APPS_KEPT,
        messages=MESSAGES_KEPT,
        schedules=SCHEDULES_KEPT,
        replies=REPLIES_KEPT,
        callbacks=CALLBACKS_KEPT,
        requests=JOURNAL_KEPT,
        events=EVENTS_KEPT,
        faults=faults.FAULTS_KEPT,
        receipts=RECEIPTS_KEPT,
        characters_of_a_body=TEXT_KEPT,
    )


ENDPOINTS = (
    get("/info", get_info, Query, Info),
    get("/errors", list_errors, Query, Catalogue),
    post("/reset", reset, NoBody, Apps),
    get("/snapshot", get_snapshot, Query, Snapshot),
)
