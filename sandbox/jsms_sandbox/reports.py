"""Delivery reports and user replies: when they appear, and where they go."""

from __future__ import annotations

from .checks.recipient import magic_status
from .notices import raise_notice
from .state.entities import App, Message, Reply
from .state.world import World


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
    """Report what became of a message, now: as a callback where one is set up, otherwise for polling."""
    now = world.clock.now()
    message.status, message.reported_at, message.report_at = status, now, None
    data = report_data(message)
    message.handed_out = raise_notice(world, app, "SMS_REPORT", data) is not None
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
    item.handed_out = raise_notice(world, app, "SMS_REPLY", reply_data(item)) is not None
    world.add_reply(item)
    if not item.handed_out:
        world.replies_to_fetch[app.app_key].append(item.number)
    world.events.publish("reply", {"reply": item.number, "app_key": app.app_key})
    return item


def reply_data(item: Reply) -> dict[str, object]:
    """A reply as polling and callbacks carry it."""
    return {"phone": item.phone, "replyTime": int(item.replied_at * 1000), "content": item.content}
