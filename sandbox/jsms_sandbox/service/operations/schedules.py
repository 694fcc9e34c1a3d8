"""Scheduled SMS: create, change, look up and delete, single and batch."""

from __future__ import annotations

import uuid
from datetime import datetime

from jsms_contract.codes import INVALID_SCHEDULE_ID, INVALID_SEND_TIME, WRONG_SCHEDULE_STATUS
from jsms_sandbox.service.composing import Recipient, SeenTexts, check_recipient, chosen, compose
from jsms_sandbox.service.operations.messages import refused_recipient, warn_of_the_hour
from jsms_sandbox.service.request import CheckedRequest, Hint, Refusal
from jsms_sandbox.service.response import EMPTY, Response, json_response
from jsms_sandbox.service.send_checks import check_allocated, check_magic_number
from jsms_sandbox.simulation.clock import BEIJING
from jsms_sandbox.state.entities import Schedule, ScheduledRecipient
from jsms_sandbox.state.state import State

SEND_TIME = "%Y-%m-%d %H:%M:%S"


def create_schedule(state: State, request: CheckedRequest) -> Response:
    """Schedule a template SMS to one number."""
    return _save_single(state, request, None)


def create_schedule_batch(state: State, request: CheckedRequest) -> Response:
    """Schedule a template SMS to many numbers."""
    return _save_batch(state, request, None)


def update_schedule(state: State, request: CheckedRequest) -> Response:
    """Replace a single schedule while it waits."""
    _send_at(state, request)
    return _save_single(state, request, _pending(state, request, batch=False))


def update_schedule_batch(state: State, request: CheckedRequest) -> Response:
    """Replace a scheduled batch while it waits."""
    _send_at(state, request)
    return _save_batch(state, request, _pending(state, request, batch=True))


def get_schedule(state: State, request: CheckedRequest) -> Response:
    """Look a schedule of either kind up."""
    schedule = _own(state, request)
    if schedule.status == "deleted":
        raise Refusal(INVALID_SCHEDULE_ID, "schedule", "The schedule was deleted.")
    recipients: list[dict[str, object]] = []
    for recipient in schedule.recipients:
        shown: dict[str, object] = {"msg_id": recipient.msg_id, "mobile": recipient.mobile}
        if recipient.temp_para is not None:
            shown["temp_para"] = recipient.temp_para
        recipients.append(shown)
    return json_response(
        {
            "schedule_id": schedule.schedule_id,
            "send_time": schedule.send_time,
            "temp_id": schedule.temp_id,
            "recipients": recipients,
        }
    )


def delete_schedule(state: State, request: CheckedRequest) -> Response:
    """Delete a schedule of either kind while it waits."""
    schedule = _pending(state, request, batch=None)
    schedule.status = "deleted"
    state.save(schedule)
    _publish(state, schedule)
    return EMPTY


def _save_single(state: State, request: CheckedRequest, old: Schedule | None) -> Response:
    fields = request.fields
    send_at = _send_at(state, request)
    mobile: str = fields["mobile"]
    check_magic_number(request, mobile, request.operation.codes)
    template, sign = chosen(state, request)
    text = compose(request, request.app, template, sign, fields.get("temp_para"), mobile)
    check_allocated(request.app.credit)
    recipients = [Recipient(mobile, fields.get("temp_para"), text)]
    schedule = _save(state, request, old, send_at, template.type, sign.sign_id, recipients, batch=False)
    warn_of_the_hour(request, template, send_at)
    return json_response({"schedule_id": schedule.schedule_id})


def _save_batch(state: State, request: CheckedRequest, old: Schedule | None) -> Response:
    send_at = _send_at(state, request)
    template, sign = chosen(state, request)
    check_allocated(request.app.credit)
    seen: SeenTexts = set()
    recipients: list[Recipient] = []
    refused: list[dict[str, object]] = []
    for values in request.fields["recipients"]:
        try:
            recipients.append(check_recipient(request, template, sign, values, seen))
        except Refusal as refusal:
            refused.append(refused_recipient(request, values, refusal))
    schedule = _save(state, request, old, send_at, template.type, sign.sign_id, recipients, batch=True)
    warn_of_the_hour(request, template, send_at)
    return json_response(
        {
            "schedule_id": schedule.schedule_id,
            "success_count": len(recipients),
            "failure_count": len(refused),
            "failure_recipients": refused,
        }
    )


def _save(
    state: State,
    request: CheckedRequest,
    old: Schedule | None,
    send_at: float,
    template_type: int,
    sign_id: int,
    recipients: list[Recipient],
    *,
    batch: bool,
) -> Schedule:
    fields = request.fields
    schedule = Schedule(
        old.schedule_id if old else str(uuid.uuid4()),
        request.app.app_key,
        batch,
        send_at,
        fields["send_time"],
        fields["temp_id"],
        template_type,
        sign_id,
        fields.get("tag"),
        [
            ScheduledRecipient(str(state.next_number("message")), item.mobile, item.temp_para, item.text)
            for item in recipients
        ],
        old.created_at if old else state.clock.now(),
    )
    state.add_schedule(schedule)
    state.clock.at(send_at, "schedule", schedule.schedule_id)
    request.raw.msg_ids.extend(recipient.msg_id for recipient in schedule.recipients)
    _publish(state, schedule)
    return schedule


def _send_at(state: State, request: CheckedRequest) -> float:
    try:
        wall = datetime.strptime(request.fields["send_time"], SEND_TIME).replace(tzinfo=BEIJING)
        send_at = wall.timestamp()
    except (ValueError, OverflowError):
        raise Refusal(INVALID_SEND_TIME, "field send_time", "send_time is no date and time of the calendar.") from None
    if send_at <= state.clock.now():
        now = state.clock.beijing().strftime(SEND_TIME)
        raise Refusal(INVALID_SEND_TIME, "field send_time", "send_time is past: in Beijing it is %s now.", now)
    return send_at


def _own(state: State, request: CheckedRequest) -> Schedule:
    schedule = state.schedules.get(request.path_id.lower())
    if schedule is None or schedule.app_key != request.app.app_key:
        raise Refusal(INVALID_SCHEDULE_ID, "schedule", "The app has no schedule of this id.")
    return schedule


def _pending(state: State, request: CheckedRequest, *, batch: bool | None) -> Schedule:
    schedule = _own(state, request)
    if batch is not None and schedule.batch is not batch:
        kind = Hint("batch" if schedule.batch else "single")
        raise Refusal(INVALID_SCHEDULE_ID, "schedule", "This is the id of a %s schedule; the paths do not mix.", kind)
    if schedule.status != "pending":
        raise Refusal(WRONG_SCHEDULE_STATUS, "schedule", "The schedule was %s already.", Hint(schedule.status))
    return schedule


def _publish(state: State, schedule: Schedule) -> None:
    state.events.publish(
        "schedule",
        {"schedule_id": schedule.schedule_id, "app_key": schedule.app_key, "status": schedule.status},
    )
