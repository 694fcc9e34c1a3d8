"""Start from the kept state: load it, schedule the work that is still due, and set up the first app."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from jsms_contract.values import DELIVERY_STATUS_CREDIT_USED_UP
from jsms_sandbox.state.entities import (
    App,
    Callback,
    Counters,
    JournalEntry,
    Message,
    Reply,
    Schedule,
    Sign,
    Template,
    Time,
)
from jsms_sandbox.state.state import State

Owned = TypeVar("Owned", Template, Sign, Message, Schedule, Reply, Callback)


def start(state: State) -> None:
    """Load the kept state. Without one, or without the first app in it, create the first app."""
    state.clear()
    for counters in state.storage.load(Counters):
        state.counters = counters
    for kept in state.storage.load(Time):
        state.clock.restore(kept.shift, kept.frozen_at)
    for app in state.storage.load(App):
        state.register_app(app)
    _load_reviewed(state)
    _load_messages(state)
    _load_replies(state)
    _load_waiting(state)
    for entry in state.storage.load(JournalEntry):
        state.journal[entry.number] = entry
    state.set_up_first_app()
    state.commit()


def _load(state: State, kind: type[Owned]) -> Iterator[Owned]:
    """Load the kept entities of a kind, each of an app that is kept too."""
    for entity in state.storage.load(kind):
        if entity.app_key not in state.apps:
            raise state.storage.damaged(kind.table, entity.key, "its app is missing")
        yield entity


def _load_reviewed(state: State) -> None:
    for template in _load(state, Template):
        state.templates[template.app_key][template.temp_id] = template
        _await_review(state, template)
    for sign in _load(state, Sign):
        state.signs[sign.app_key][sign.sign_id] = sign
        _await_review(state, sign)


def _await_review(state: State, item: Template | Sign) -> None:
    if item.review_at is not None:
        state.clock.at(item.review_at, f"{item.table}_review", item.key)


def _load_waiting(state: State) -> None:
    for schedule in _load(state, Schedule):
        state.schedules[schedule.schedule_id] = schedule
        if schedule.status == "pending":
            state.clock.at(schedule.send_at, "schedule", schedule.schedule_id)
    for callback in _load(state, Callback):
        state.callbacks[callback.number] = callback
        if callback.next_at is not None:
            state.clock.at(callback.next_at, "callback", callback.key)


def _load_replies(state: State) -> None:
    for reply in _load(state, Reply):
        state.replies[reply.number] = reply
        if not reply.handed_out:
            state.replies_to_fetch[reply.app_key].append(reply.number)


def _load_messages(state: State) -> None:
    reported: list[Message] = []
    for message in _load(state, Message):
        state.messages[message.msg_id] = message
        _count(state, message)
        if message.report_at is not None:
            state.clock.at(message.report_at, "report", message.msg_id)
        elif message.reported_at is not None and not message.handed_out:
            reported.append(message)
    reported.sort(key=lambda message: message.reported_at or 0)
    for message in reported:
        state.reports_to_fetch[message.app_key].append(message.msg_id)


def _count(state: State, message: Message) -> None:
    """Count a kept message against its limits, unless it was never sent or the clock was set back behind it."""
    unpaid = (
        message.status == DELIVERY_STATUS_CREDIT_USED_UP
        and message.schedule_id
        and message.reported_at == message.sent_at
    )
    if not unpaid and message.sent_at <= state.clock.now():
        state.rate_limits.add_message(message)
