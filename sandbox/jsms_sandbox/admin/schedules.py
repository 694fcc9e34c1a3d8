"""Schedules: list and show, whether pending, sent or deleted."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from jsms_sandbox.admin.endpoint import get
from jsms_sandbox.admin.listing import IdPage, Listing, text_id
from jsms_sandbox.admin.models import At, Query, Shape, milliseconds, not_found
from jsms_sandbox.admin.request import AdminRequest
from jsms_sandbox.state import entities


class ScheduledRecipient(Shape):
    """One recipient with the text as it will be sent."""

    msg_id: str
    mobile: str
    temp_para: dict[str, str] | None
    text: str


class Schedule(Shape):
    """A template SMS that is sent later."""

    schedule_id: str
    app_key: str
    batch: bool
    status: entities.ScheduleStatus
    send_at: At
    send_time: Annotated[str, Field(description="As it was given: Beijing time, yyyy-MM-dd HH:mm:ss.")]
    temp_id: int
    type: Annotated[int, Field(description="The type of its template.")]
    sign_id: int | None
    tag: str | None
    recipients: list[ScheduledRecipient]
    created_at: At


class Schedules(Shape):
    """A page of schedules."""

    schedules: list[Schedule]
    more: bool


class SchedulesQuery(IdPage):
    """Which schedules."""

    status: entities.ScheduleStatus | None = None
    mobile: str | None = None


LISTING: Listing[str, entities.Schedule] = Listing(lambda state: state.schedules, text_id("schedule_id"))


def schedule_shape(schedule: entities.Schedule) -> Schedule:
    """A schedule as the test API shows it."""
    return Schedule(
        schedule_id=schedule.schedule_id,
        app_key=schedule.app_key,
        batch=schedule.batch,
        status=schedule.status,
        send_at=milliseconds(schedule.send_at),
        send_time=schedule.send_time,
        temp_id=schedule.temp_id,
        type=schedule.template_type,
        sign_id=schedule.sign_id,
        tag=schedule.tag,
        recipients=[
            ScheduledRecipient(msg_id=to.msg_id, mobile=to.mobile, temp_para=to.temp_para, text=to.text)
            for to in schedule.recipients
        ],
        created_at=milliseconds(schedule.created_at),
    )


async def list_schedules(call: AdminRequest, query: SchedulesQuery) -> Schedules:
    """List schedules, newest first."""
    app = call.selected(query)

    def fits(schedule: entities.Schedule) -> bool:
        return (
            (app is None or schedule.app_key == app.app_key)
            and query.status in (None, schedule.status)
            and (query.mobile is None or any(to.mobile == query.mobile for to in schedule.recipients))
        )

    found, more = await LISTING.page(call, query, query.after, query.before, fits)
    return Schedules(schedules=[schedule_shape(schedule) for schedule in found], more=more)


def get_schedule(call: AdminRequest, query: Query) -> Schedule:
    """Show one schedule."""
    app, schedule = call.selected(query), call.state.schedules.get(call.path["schedule_id"])
    if schedule is None or (app is not None and schedule.app_key != app.app_key):
        raise not_found("There is no such schedule.", "GET /_sandbox/api/schedules lists them.", "path.schedule_id")
    return schedule_shape(schedule)


ENDPOINTS = (
    get("/schedules", list_schedules, SchedulesQuery, Schedules),
    get("/schedules/{schedule_id}", get_schedule, Query, Schedule, "not_found"),
)
