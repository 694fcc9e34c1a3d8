"""Delivery of messages: delivery reports, replies, opt-outs, and schedules that are due."""

from __future__ import annotations

from jsms_contract.values import DELIVERY_STATUS_CREDIT_USED_UP, TEMPLATE_TYPE_MARKETING
from jsms_sandbox.service.send_checks import charge, magic_status
from jsms_sandbox.service.text import segments
from jsms_sandbox.simulation.callbacks import enqueue
from jsms_sandbox.state.entities import App, Message, Reply, Schedule, ScheduledRecipient
from jsms_sandbox.state.state import State

OPT_OUT_WORDS = frozenset({"TD", "T", "R"})
"""TD and T are the carriers' words; R is what the opt-out text at the end of marketing names."""


def wants_out(content: str) -> bool:
    """Return whether a reply opts the number out."""
    return content.strip().upper() in OPT_OUT_WORDS


def opt_out(state: State, app: App, mobile: str) -> None:
    """Opt a number out."""
    if mobile not in app.opt_outs:
        app.opt_outs.append(mobile)
        state.app_changed(app)


def opt_in(state: State, app: App, mobile: str) -> bool:
    """Undo an opt-out; False if the number had not opted out."""
    if mobile not in app.opt_outs:
        return False
    app.opt_outs.remove(mobile)
    state.app_changed(app)
    return True


def plan_report(state: State, app: App, message: Message) -> None:
    """Schedule a message's delivery report after the app's delay."""
    message.report_at = state.clock.now() + app.report_delay
    state.clock.at(message.report_at, "report", message.msg_id)


def report_due(state: State, msg_id: str) -> None:
    """Handle due work: report a message, unless it was reported or postponed in the meantime."""
    message = state.messages.get(msg_id)
    if message is None or message.report_at is None or message.report_at > state.clock.now():
        return
    app = state.apps[message.app_key]
    report(state, app, message, magic_status(message.mobile) or app.report_status)


def report(state: State, app: App, message: Message, status: int) -> None:
    """Report the outcome of a message, now: as a callback where one is set up, otherwise for polling."""
    now = state.clock.now()
    message.status, message.reported_at, message.report_at = status, now, None
    data = report_data(message)
    message.handed_out = enqueue(state, app, "SMS_REPORT", data) is not None
    if not message.handed_out:
        state.reports_to_fetch[app.app_key].append(message.msg_id)
    state.save(message)
    state.events.publish("report", {"msg_id": message.msg_id, "app_key": app.app_key, "status": status})


def report_data(message: Message) -> dict[str, object]:
    """Make the record of a delivery report for polling and callbacks."""
    return {
        "msgId": message.msg_id,
        "phone": message.mobile,
        "receiveTime": int((message.reported_at or 0) * 1000),
        "status": message.status,
    }


def reply(state: State, app: App, phone: str, content: str) -> Reply:
    """Record a user's reply, and publish it."""
    item = Reply(state.next_number("reply"), app.app_key, phone, content, state.clock.now())
    item.handed_out = enqueue(state, app, "SMS_REPLY", reply_data(item)) is not None
    state.add_reply(item)
    if not item.handed_out:
        state.replies_to_fetch[app.app_key].append(item.number)
    state.events.publish("reply", {"reply": item.number, "app_key": app.app_key})
    return item


def reply_data(item: Reply) -> dict[str, object]:
    """Make the record of a reply for polling and callbacks."""
    return {"phone": item.phone, "replyTime": int(item.replied_at * 1000), "content": item.content}


def accept_message(state: State, app: App, message: Message) -> Message:
    """Record an accepted message: count it, store it, and schedule its delivery report."""
    state.rate_limits.add_message(message)
    state.add_message(message)
    plan_report(state, app, message)
    return message


def schedule_due(state: State, schedule_id: str) -> None:
    """Handle due work: send a schedule, unless it was sent, deleted or postponed in the meantime."""
    schedule = state.schedules.get(schedule_id)
    if schedule is None or schedule.status != "pending" or schedule.send_at > state.clock.now():
        return
    schedule.status = "sent"
    state.save(schedule)
    app = state.apps[schedule.app_key]
    for recipient in schedule.recipients:
        _send(state, app, schedule, recipient)
    state.events.publish("schedule", {"schedule_id": schedule_id, "app_key": app.app_key, "status": "sent"})


def _send(state: State, app: App, schedule: Schedule, recipient: ScheduledRecipient) -> None:
    message = Message(
        recipient.msg_id,
        app.app_key,
        "marketing" if schedule.template_type == TEMPLATE_TYPE_MARKETING else "notice",
        recipient.mobile,
        recipient.text,
        segments(recipient.text),
        state.clock.now(),
        temp_id=schedule.temp_id,
        sign_id=schedule.sign_id,
        temp_para=recipient.temp_para or {},
        tag=schedule.tag,
        schedule_id=schedule.schedule_id,
    )
    if charge(state, app, message.kind, message.segments):
        accept_message(state, app, message)
    else:
        state.add_message(message)
        report(state, app, message, DELIVERY_STATUS_CREDIT_USED_UP)
