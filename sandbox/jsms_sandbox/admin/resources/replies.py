"""Replies of users."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from pydantic import Field

from jsms_sandbox.admin.endpoint import get, post
from jsms_sandbox.admin.listing import Listing, NumberPage
from jsms_sandbox.admin.models import At, Body, Mobile, Query, ResponseModel
from jsms_sandbox.admin.request import AdminRequest
from jsms_sandbox.simulation import delivery
from jsms_sandbox.simulation.delivery import opt_out, wants_out
from jsms_sandbox.state import entities

LONGEST_REPLY = 500


class Reply(ResponseModel):
    """A user's reply."""

    number: int
    app_key: str
    mobile: str
    content: str
    replied_at: At
    handed_out: Annotated[bool, Field(description="Whether the app fetched it, or has a callback URL.")]


class NewReply(Reply):
    """A reply that was just made."""

    opted_out: Annotated[bool, Field(description="Whether it opted the number out (TD, T or R).")]


class Replies(ResponseModel):
    """A page of replies."""

    replies: list[Reply]
    more: bool


class RepliesQuery(NumberPage):
    """Which replies."""

    mobile: str | None = None
    text: Annotated[str | None, Field(description="A part of the reply, in any case.")] = None


class ReplyToMake(Body):
    """A reply to make."""

    mobile: Mobile
    content: Annotated[str, Field(min_length=1, max_length=LONGEST_REPLY)]


LISTING: Listing[int, entities.Reply] = Listing("reply", lambda state: state.replies, int, "reply")


def reply_model(reply: entities.Reply) -> Reply:
    """Make the response for a reply."""
    return Reply.of(reply, mobile=reply.phone)


async def list_replies(call: AdminRequest, query: RepliesQuery) -> Replies:
    """List replies of users, newest first."""
    text = None if query.text is None else query.text.casefold()

    def fits(reply: entities.Reply) -> bool:
        return query.mobile in (None, reply.phone) and (text is None or text in reply.content.casefold())

    found, more = await LISTING.page(call, query, query.after, query.before, fits)
    return Replies(replies=[reply_model(reply) for reply in found], more=more)


def create_reply(call: AdminRequest, query: Query, body: ReplyToMake) -> NewReply:
    """Reply as a user; TD, T or R opts the number out."""
    app = call.app(query)
    out = wants_out(body.content)
    if out:
        opt_out(call.state, app, body.mobile)
    reply = delivery.reply(call.state, app, body.mobile, body.content)
    return NewReply(**reply_model(reply).model_dump(), opted_out=out)


ENDPOINTS = (
    get("/replies", list_replies, RepliesQuery, Replies),
    post("/replies", create_reply, ReplyToMake, NewReply, status=HTTPStatus.CREATED),
)
