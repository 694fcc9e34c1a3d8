"""Taking kept state up again after a restart, with the due work that follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeVar

from jsms_sandbox.state import windows
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

if TYPE_CHECKING:
    from jsms_sandbox.state.world import World

Owned = TypeVar("Owned", Template, Sign, Message, Schedule, Reply, Callback)


def load_world(world: World) -> None:
    """Fill a world from its storage, and its clock with the work that is still to do."""
    for counters in world.storage.load(Counters):
        world.counters = counters
    for kept in world.storage.load(Time):
        world.clock.restore(kept.shift, kept.frozen_at)
    for app in world.storage.load(App):
        world.take_app(app)
    _load_reviewed(world)
    _load_messages(world)
    _load_replies(world)
    _load_waiting(world)
    for entry in world.storage.load(JournalEntry):
        world.journal[entry.number] = entry


def _load(world: World, kind: type[Owned]) -> Iterator[Owned]:
    """The kept entities of a kind, each of an app that is kept too."""
    for entity in world.storage.load(kind):
        if entity.app_key not in world.apps:
            raise world.storage.damaged(kind.table, entity.key, "its app is missing")
        yield entity


def _load_reviewed(world: World) -> None:
    for template in _load(world, Template):
        world.templates[template.app_key][template.temp_id] = template
        if template.review_at is not None:
            world.clock.at(template.review_at, "template_review", template.key)
    for sign in _load(world, Sign):
        world.signs[sign.app_key][sign.sign_id] = sign
        if sign.review_at is not None:
            world.clock.at(sign.review_at, "sign_review", sign.key)


def _load_waiting(world: World) -> None:
    for schedule in _load(world, Schedule):
        world.schedules[schedule.schedule_id] = schedule
        if schedule.status == "pending":
            world.clock.at(schedule.send_at, "schedule", schedule.schedule_id)
    for callback in _load(world, Callback):
        world.callbacks[callback.number] = callback
        if callback.next_at is not None:
            world.clock.at(callback.next_at, "callback", callback.key)


def _load_replies(world: World) -> None:
    for reply in _load(world, Reply):
        world.replies[reply.number] = reply
        if not reply.handed_out:
            world.replies_to_fetch[reply.app_key].append(reply.number)


def _load_messages(world: World) -> None:
    reported: list[Message] = []
    for message in _load(world, Message):
        world.messages[message.msg_id] = message
        windows.count_again(world, message)
        if message.report_at is not None:
            world.clock.at(message.report_at, "report", message.msg_id)
        elif message.reported_at is not None and not message.handed_out:
            reported.append(message)
    reported.sort(key=lambda message: message.reported_at or 0)
    for message in reported:
        world.reports_to_fetch[message.app_key].append(message.msg_id)
