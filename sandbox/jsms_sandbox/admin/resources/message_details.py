"""One message in full: its request, timeline, callbacks and replies."""

from __future__ import annotations

import json
from typing import Any, Literal

from jsms_sandbox.admin.endpoint import get
from jsms_sandbox.admin.models import At, Query, ResponseModel, milliseconds
from jsms_sandbox.admin.request import AdminRequest
from jsms_sandbox.admin.resources.callbacks import Callback, callback_model
from jsms_sandbox.admin.resources.messages import Message, find_message, message_model
from jsms_sandbox.admin.resources.replies import Reply, reply_model
from jsms_sandbox.admin.resources.requests import Request, request_model
from jsms_sandbox.state import entities
from jsms_sandbox.state.state import State

TimelineEvent = Literal[
    "scheduled", "accepted", "verified", "expired", "report_due", "reported", "callback", "attempt", "reply"
]


class TimelineEntry(ResponseModel):
    """One event in the life of a message, past or to come."""

    at: At
    event: TimelineEvent
    text: str
    text_zh: str


class MessageDetails(Message):
    """A message with its request, timeline, callbacks and replies."""

    request: Request | None
    timeline: list[TimelineEntry]
    callbacks: list[Callback]
    replies: list[Reply]


def get_message(call: AdminRequest, query: Query) -> MessageDetails:
    """Show one message with its request, timeline, callbacks and replies."""
    state, message = call.state, find_message(call, query)
    shown = message_model(state, message)
    callbacks = _callbacks(state, message)
    replies = [
        reply
        for reply in state.replies.values()
        if (reply.app_key, reply.phone) == (message.app_key, message.mobile) and reply.replied_at >= message.sent_at
    ]
    request = next((entry for entry in state.journal.values() if message.msg_id in entry.msg_ids), None)
    timeline = [
        *_scheduled(state, message),
        _entry(message.sent_at, "accepted", f"Accepted, {message.segments} SMS", f"已受理，计费{message.segments}条"),
        *_code(state, message),
        *_report(message, shown.status_name),
    ]
    for callback in callbacks:
        timeline.append(_entry(callback.created_at, "callback", f"{callback.type} queued", f"{callback.type}已排队"))
        timeline += [_attempt(attempt) for attempt in callback.attempts]
    timeline += [
        _entry(reply.replied_at, "reply", f"User replied: {reply.content}", f"用户回复：{reply.content}")
        for reply in replies
    ]
    return MessageDetails.of(
        shown,
        request=None if request is None else request_model(request),
        timeline=sorted(timeline, key=lambda entry: entry.at),
        callbacks=[callback_model(callback) for callback in callbacks],
        replies=[reply_model(reply) for reply in replies],
    )


def _callbacks(state: State, message: entities.Message) -> list[entities.Callback]:
    found: list[entities.Callback] = []
    for callback in state.callbacks.values():
        if callback.app_key == message.app_key and callback.type == "SMS_REPORT" and message.msg_id in callback.data:
            data: dict[str, Any] = json.loads(callback.data)
            if data.get("msgId") == message.msg_id:
                found.append(callback)
    return found


def _scheduled(state: State, message: entities.Message) -> list[TimelineEntry]:
    schedule = state.schedules.get(message.schedule_id or "")
    if schedule is None:
        return []
    return [
        _entry(
            schedule.created_at, "scheduled", f"Scheduled for {schedule.send_time}", f"定时于{schedule.send_time}发送"
        )
    ]


def _code(state: State, message: entities.Message) -> list[TimelineEntry]:
    code = message.code
    if code is None:
        return []
    if code.verified_at is not None:
        return [_entry(code.verified_at, "verified", "Code verified", "验证码已验证")]
    if state.clock.now() >= code.expires_at:
        return [_entry(code.expires_at, "expired", "Code expired", "验证码已过期")]
    return []


def _report(message: entities.Message, name: str | None) -> list[TimelineEntry]:
    if message.reported_at is not None:
        status = f"{message.status} {name or ''}".strip()
        return [_entry(message.reported_at, "reported", f"Reported {status}", f"送达状态 {status}")]
    if message.report_at is not None:
        return [_entry(message.report_at, "report_due", "Report due", "等待送达报告")]
    return []


def _attempt(attempt: entities.Attempt) -> TimelineEntry:
    if attempt.error is None:
        return _entry(attempt.at, "attempt", f"Delivered to {attempt.url}", f"已推送至 {attempt.url}")
    return _entry(attempt.at, "attempt", f"Failed: {attempt.error}", f"推送失败：{attempt.error}")


def _entry(at: float, event: TimelineEvent, text: str, text_zh: str) -> TimelineEntry:
    return TimelineEntry(at=milliseconds(at), event=event, text=text, text_zh=text_zh)


ENDPOINTS = (get("/messages/{msg_id}", get_message, Query, MessageDetails, "not_found"),)
