"""Sending a schedule when its time has come."""

from __future__ import annotations

from .accepting import accept
from .checks.credit import charge
from .frequency import CREDIT_USED_UP
from .reports import report
from .segments import segments
from .state.entities import MARKETING, App, Message, Schedule, ScheduledRecipient
from .state.world import World


def schedule_due(world: World, schedule_id: str) -> None:
    """The clock's handler: send a schedule, unless it was sent, deleted or put off meanwhile."""
    schedule = world.schedules.get(schedule_id)
    if schedule is None or schedule.status != "pending" or schedule.send_at > world.clock.now():
        return
    schedule.status = "sent"
    world.save(schedule)
    app = world.apps[schedule.app_key]
    for recipient in schedule.recipients:
        _send(world, app, schedule, recipient)
    world.events.publish("schedule", {"schedule_id": schedule_id, "app_key": app.app_key, "status": "sent"})


def _send(world: World, app: App, schedule: Schedule, recipient: ScheduledRecipient) -> None:
    message = Message(
        recipient.msg_id,
        app.app_key,
        "marketing" if schedule.template_type == MARKETING else "notice",
        recipient.mobile,
        recipient.text,
        segments(recipient.text),
        world.clock.now(),
        temp_id=schedule.temp_id,
        sign_id=schedule.sign_id,
        temp_para=recipient.temp_para or {},
        tag=schedule.tag,
        schedule_id=schedule.schedule_id,
    )
    if charge(world, app, message.kind, message.segments):
        accept(world, app, message)
    else:
        world.add_message(message)
        report(world, app, message, CREDIT_USED_UP)
