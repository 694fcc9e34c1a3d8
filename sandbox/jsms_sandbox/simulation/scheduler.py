"""Handlers of the clock's due work, and its rescheduling when the clock is set back."""

from __future__ import annotations

from collections.abc import Iterator

from jsms_sandbox.simulation import delivery, reviews
from jsms_sandbox.simulation.callbacks import Deliveries
from jsms_sandbox.simulation.clock import DueWork
from jsms_sandbox.simulation.delivery import schedule_due
from jsms_sandbox.state.entities import Sign, Template
from jsms_sandbox.state.state import State


def register_handlers(state: State, deliveries: Deliveries) -> None:
    """Register the handlers with the clock."""
    clock = state.clock
    clock.handle("report", lambda subject: delivery.report_due(state, subject))
    clock.handle("schedule", lambda subject: schedule_due(state, subject))
    clock.handle("template_review", lambda subject: reviews.review_due(state, state.templates, subject))
    clock.handle("sign_review", lambda subject: reviews.review_due(state, state.signs, subject))
    clock.handle("callback", deliveries.due)
    clock.on_back = lambda seconds: rewind(state, seconds)
    clock.wanted = lambda work: _is_wanted(state, work)


def _is_wanted(state: State, work: DueWork) -> bool:
    """Return whether scheduled work is still needed: old messages are removed, and schedules are postponed."""
    if work.kind == "report":
        message = state.messages.get(work.subject)
        return message is not None and message.report_at == work.when
    if work.kind == "schedule":
        schedule = state.schedules.get(work.subject)
        return schedule is not None and schedule.send_at == work.when
    if work.kind == "callback":
        callback = state.callbacks.get(int(work.subject))
        return callback is not None and callback.next_at == work.when
    return True


def rewind(state: State, seconds: float) -> None:
    """Keep the remaining delay of waiting work, and forget sends that count against limits in the future.

    Schedules stay: a person chose their time. What was done stays done.

    Args:
        state: Whose clock was set back already.
        seconds: How far.
    """
    state.rate_limits.forget_after(state.clock.now())
    clock = state.clock
    for message in state.messages.values():
        if message.report_at is not None:
            message.report_at -= seconds
            clock.at(message.report_at, "report", message.key)
            state.save(message)
    for callback in state.callbacks.values():
        if callback.next_at is not None:
            callback.next_at -= seconds
            clock.at(callback.next_at, "callback", callback.key)
            state.save(callback)
    for item in _reviewed(state):
        if item.review_at is not None:
            item.review_at -= seconds
            clock.at(item.review_at, f"{item.table}_review", item.key)
            state.save(item)
    clock.drop_unwanted()


def _reviewed(state: State) -> Iterator[Template | Sign]:
    for templates in state.templates.values():
        yield from templates.values()
    for signs in state.signs.values():
        yield from signs.values()
