"""Schedules: list and show, whether pending, sent or deleted."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from jsms_sandbox.admin.endpoint import get
from jsms_sandbox.admin.listing import IdPage, Listing
from jsms_sandbox.admin.models import At, Query, ResponseModel
from jsms_sandbox.admin.request import AdminRequest
from jsms_sandbox.state import entities


class ScheduledRecipient(ResponseModel):
    """One recipient with the text as it will be sent."""

    msg_id: str
    mobile: str
    temp_para: dict[str, str] | None
    text: str


class Schedule(ResponseModel):
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


class Schedules(ResponseModel):
    """A page of schedules."""

    schedules: list[Schedule]
    more: bool


class SchedulesQuery(IdPage):
    """Which schedules."""

    status: entities.ScheduleStatus | None = None
    mobile: str | None = None


LISTING: Listing[str, entities.Schedule] = Listing("schedule", lambda state: state.schedules, str, "schedule_id")


def schedule_model(schedule: entities.Schedule) -> Schedule:
    """Make the response for a schedule."""
    return Schedule.of(schedule, type=schedule.template_type)


async def list_schedules(call: AdminRequest, query: SchedulesQuery) -> Schedules:
    """List schedules, newest first."""

    def fits(schedule: entities.Schedule) -> bool:
        return query.status in (None, schedule.status) and (
            query.mobile is None or any(to.mobile == query.mobile for to in schedule.recipients)
        )

    found, more = await LISTING.page(call, query, query.after, query.before, fits)
    return Schedules(schedules=[schedule_model(schedule) for schedule in found], more=more)


def get_schedule(call: AdminRequest, query: Query) -> Schedule:
    """Show one schedule."""
    return schedule_model(LISTING.get(call, query, call.path["schedule_id"], "path.schedule_id"))


ENDPOINTS = (
    get("/schedules", list_schedules, SchedulesQuery, Schedules),
    get("/schedules/{schedule_id}", get_schedule, Query, Schedule, "not_found"),
)
