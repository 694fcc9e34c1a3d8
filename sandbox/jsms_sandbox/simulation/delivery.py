"""Delivery: when a message arrives or fails, and who has opted out."""

from __future__ import annotations

from jsms_sandbox.service.limits import charge, magic_status
from jsms_sandbox.service.text import segments
from jsms_sandbox.simulation.callbacks import enqueue
from jsms_sandbox.state import windows
from jsms_sandbox.state.entities import MARKETING, App, Message, Reply, Schedule, ScheduledRecipient
from jsms_sandbox.state.windows import CREDIT_USED_UP
from jsms_sandbox.state.world import World

OPT_OUT_WORDS = frozenset({"TD", "T", "R"})
"""TD and T are the carriers' words; R is what the opt-out text at the end of marketing names."""


def wants_out(content: str) -> bool:
    """Whether a reply asks for no more messages."""
    return content.strip().upper() in OPT_OUT_WORDS


def opt_out(world: World, app: App, mobile: str) -> None:
    """Send a number nothing more."""
    if mobile not in app.opt_outs:
        app.opt_outs.append(mobile)
        world.app_changed(app)


def opt_in(world: World, app: App, mobile: str) -> bool:
    """Take a number back in; False where it had not opted out."""
    if mobile not in app.opt_outs:
        return False
    app.opt_outs.remove(mobile)
    world.app_changed(app)
    return True


def plan_report(world: World, app: App, message: Message) -> None:
    """Let a message's report fall due after the app's delay."""
    message.report_at = world.clock.now() + app.report_delay
    world.clock.at(message.report_at, "report", message.msg_id)


def report_due(world: World, msg_id: str) -> None:
    """The clock's handler: report a message, unless that was done or put off meanwhile."""
    message = world.messages.get(msg_id)
    if message is None or message.report_at is None or message.report_at > world.clock.now():
        return
    app = world.apps[message.app_key]
    report(world, app, message, magic_status(message.mobile) or app.report_status)


def report(world: World, app: App, message: Message, status: int) -> None:
    """Report the outcome of a message, now: as a callback where one is set up, otherwise for polling."""
    now = world.clock.now()
    message.status, message.reported_at, message.report_at = status, now, None
    data = report_data(message)
    message.handed_out = enqueue(world, app, "SMS_REPORT", data) is not None
    if not message.handed_out:
        world.reports_to_fetch[app.app_key].append(message.msg_id)
    world.save(message)
    world.events.publish("report", {"msg_id": message.msg_id, "app_key": app.app_key, "status": status})


def report_data(message: Message) -> dict[str, object]:
    """A report as polling and callbacks carry it."""
    return {
        "msgId": message.msg_id,
        "phone": message.mobile,
        "receiveTime": int((message.reported_at or 0) * 1000),
        "status": message.status,
    }


def reply(world: World, app: App, phone: str, content: str) -> Reply:
    """Let a user answer, now."""
    item = Reply(world.next_number("reply"), app.app_key, phone, content, world.clock.now())
    item.handed_out = enqueue(world, app, "SMS_REPLY", reply_data(item)) is not None
    world.add_reply(item)
    if not item.handed_out:
        world.replies_to_fetch[app.app_key].append(item.number)
    world.events.publish("reply", {"reply": item.number, "app_key": app.app_key})
    return item


def reply_data(item: Reply) -> dict[str, object]:
    """A reply as polling and callbacks carry it."""
    return {"phone": item.phone, "replyTime": int(item.replied_at * 1000), "content": item.content}


def accept(world: World, app: App, message: Message) -> Message:
    """Take an accepted and paid message in."""
    windows.count(world, app.app_key, message.kind, message.mobile, message.text, message.sent_at)
    world.add_message(message)
    plan_report(world, app, message)
    return message


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
