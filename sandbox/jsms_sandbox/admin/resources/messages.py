"""Messages: list, wait for, report, expire and resend; the newest code."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Literal

from pydantic import Field

from jsms_contract.values import (
    DELIVERY_STATUS_DELIVERED,
    TEMPLATE_TYPE_MARKETING,
    TEMPLATE_TYPE_NOTICE,
    TEMPLATE_TYPE_VERIFICATION_CODE,
)
from jsms_sandbox.admin.endpoint import get, post
from jsms_sandbox.admin.listing import IdPage, Listing, PageQuery, Wait
from jsms_sandbox.admin.models import (
    At,
    Body,
    NoBody,
    Query,
    ResponseModel,
    Status,
    conflict,
    not_found,
)
from jsms_sandbox.admin.request import AdminRequest
from jsms_sandbox.contract import delivery_statuses
from jsms_sandbox.service.operations.codes import TTL
from jsms_sandbox.service.send_checks import charge
from jsms_sandbox.service.text import length
from jsms_sandbox.simulation import delivery
from jsms_sandbox.simulation.delivery import accept_message
from jsms_sandbox.state import entities
from jsms_sandbox.state.state import State

TYPES: dict[entities.MessageKind, int | None] = {
    "code": TEMPLATE_TYPE_VERIFICATION_CODE,
    "notice": TEMPLATE_TYPE_NOTICE,
    "marketing": TEMPLATE_TYPE_MARKETING,
    "voice": None,
}
CodeState = Literal["issued", "verified", "expired"]


class Code(ResponseModel):
    """A verification code that was sent."""

    code: str
    state: CodeState
    expires_at: At
    verified_at: At | None


class Message(ResponseModel):
    """One SMS or call that was accepted."""

    msg_id: str
    app_key: str
    kind: entities.MessageKind
    type: Annotated[int | None, Field(description="The type of its template.")]
    mobile: str
    text: Annotated[str, Field(description="As the phone shows or reads it.")]
    characters: Annotated[int, Field(description="As they are billed: a line break counts two.")]
    segments: Annotated[int, Field(description="How many SMS are billed.")]
    code: Code | None
    sent_at: At
    temp_id: int | None
    sign_id: int | None
    temp_para: dict[str, str]
    tag: str | None
    schedule_id: str | None
    language: Annotated[int | None, Field(description="In which language a voice code is read.")]
    status: Annotated[int | None, Field(description="The delivery status, once reported.")]
    status_name: str | None
    report_at: Annotated[At | None, Field(description="When the delivery report falls due.")]
    reported_at: At | None
    handed_out: Annotated[bool, Field(description="Whether the report was fetched, or queued as a callback.")]


class Messages(ResponseModel):
    """A page of messages."""

    messages: list[Message]
    more: bool


class MessagesQuery(IdPage):
    """Which messages."""

    mobile: str | None = None
    kind: entities.MessageKind | None = None
    type: int | None = None
    text: Annotated[str | None, Field(description="A part of the text, in any case.")] = None
    code: str | None = None
    status: Annotated[int | Literal["pending"] | None, Field(description="A delivery status, or pending.")] = None
    tag: str | None = None
    temp_id: int | None = None
    schedule_id: str | None = None


class LatestQuery(Query):
    """Whose code."""

    mobile: str | None = None
    after: Annotated[str | None, Field(description="Only a code of a newer message than this msg_id.")] = None
    wait: Wait = 0.0


class LatestCode(ResponseModel):
    """The newest code, and its message."""

    code: str
    msg_id: str
    mobile: str
    kind: entities.MessageKind
    sent_at: At
    expires_at: At
    state: CodeState


class StatusToReport(Body):
    """The delivery status of a message."""

    status: Annotated[Status, Field(description="A documented delivery status.")] = DELIVERY_STATUS_DELIVERED


LISTING: Listing[str, entities.Message] = Listing("message", lambda state: state.messages, str, "msg_id")


def message_model(state: State, message: entities.Message) -> Message:
    """Make the response for a message."""
    known = delivery_statuses().get(message.status or 0)
    return Message.of(
        message,
        type=TYPES[message.kind],
        characters=length(message.text),
        code=None if message.code is None else _code_model(state, message.code),
        status_name=known.name if known else None,
    )


async def list_messages(call: AdminRequest, query: MessagesQuery) -> Messages:
    """List accepted messages, newest first."""
    text = None if query.text is None else query.text.casefold()

    def fits(message: entities.Message) -> bool:
        status: int | str = "pending" if message.status is None else message.status
        return (
            query.mobile in (None, message.mobile)
            and query.kind in (None, message.kind)
            and query.type in (None, TYPES[message.kind])
            and query.status in (None, status)
            and query.tag in (None, message.tag)
            and query.temp_id in (None, message.temp_id)
            and query.schedule_id in (None, message.schedule_id)
            and (query.code is None or (message.code is not None and message.code.code == query.code))
            and (text is None or text in message.text.casefold())
        )

    found, more = await LISTING.page(call, query, query.after, query.before, fits)
    return Messages(messages=[message_model(call.state, message) for message in found], more=more)


async def get_latest_code(call: AdminRequest, query: LatestQuery) -> LatestCode:
    """Show the newest code; wait for it if the call says so."""

    def fits(message: entities.Message) -> bool:
        return message.code is not None and query.mobile in (None, message.mobile)

    page = PageQuery(app=query.app, limit=1, wait=query.wait)
    found, _ = await LISTING.page(call, page, query.after, None, fits)
    message = found[0] if found else None
    if message is None or message.code is None:
        recipient = f" to {query.mobile[:20]}" if query.mobile is not None else ""
        raise not_found(
            f"No code was sent{recipient} yet.",
            "Give wait= some seconds; GET /_sandbox/api/requests?refused=true shows what was refused.",
        )
    code = _code_model(call.state, message.code)
    return LatestCode.of(message, code=code.code, expires_at=code.expires_at, state=code.state)


def report_message(call: AdminRequest, query: Query, body: StatusToReport) -> Message:
    """Report the delivery status of a message now; a report that was not fetched yet is replaced."""
    message = find_message(call, query)
    delivery.report(call.state, call.state.apps[message.app_key], message, body.status)
    return message_model(call.state, message)


def expire_message(call: AdminRequest, query: Query, _: NoBody) -> Message:
    """Expire the code of a message now."""
    state, message = call.state, find_message(call, query)
    if message.code is None:
        raise conflict("The message holds no code.", "Choose a message of the kind code or voice.", "path.msg_id")
    if message.code.verified_at is not None:
        raise conflict("The code was verified already.", "Send a new one.", "path.msg_id")
    message.code.expires_at = min(message.code.expires_at, state.clock.now())
    state.save(message)
    state.events.publish("changed", {"msg_id": message.msg_id, "app_key": message.app_key})
    return message_model(state, message)


def resend_message(call: AdminRequest, query: Query, _: NoBody) -> Message:
    """Send a message again, as a new one with the same text and code."""
    state, old = call.state, find_message(call, query)
    app, now = state.apps[old.app_key], state.clock.now()
    if not charge(state, app, old.kind, old.segments):
        raise conflict(
            f"The app has too little credit for {old.segments} SMS.",
            "Give it some: PATCH /_sandbox/api/apps/{app_key} with credit.",
        )
    message = replace(
        old,
        msg_id=str(state.next_number("message")),
        sent_at=now,
        code=None if old.code is None else entities.Code(old.code.code, now + _ttl(state, old, old.code)),
        schedule_id=None,
        status=None,
        reported_at=None,
        handed_out=False,
    )
    return message_model(state, accept_message(state, app, message))


def find_message(call: AdminRequest, query: Query) -> entities.Message:
    """Find the message that the path names.

    Raises:
        Problem: There is none, or it is another app's than the call names.
    """
    return LISTING.get(call, query, call.path["msg_id"], "path.msg_id")


def _code_model(state: State, code: entities.Code) -> Code:
    shown: CodeState = "expired" if state.clock.now() >= code.expires_at else "issued"
    return Code.of(code, state=shown if code.verified_at is None else "verified")


def _ttl(state: State, message: entities.Message, code: entities.Code) -> float:
    template = state.templates[message.app_key].get(message.temp_id or 0)
    if template is not None and template.ttl is not None:
        return template.ttl
    return max(code.expires_at - message.sent_at, TTL)


ENDPOINTS = (
    get("/messages", list_messages, MessagesQuery, Messages),
    post("/messages/{msg_id}/report", report_message, StatusToReport, Message, "not_found"),
    post("/messages/{msg_id}/expire", expire_message, NoBody, Message, "not_found", "conflict"),
    post(
        "/messages/{msg_id}/resend",
        resend_message,
        NoBody,
        Message,
        "not_found",
        "conflict",
        status=HTTPStatus.CREATED,
    ),
    get("/codes/latest", get_latest_code, LatestQuery, LatestCode, "not_found"),
)
