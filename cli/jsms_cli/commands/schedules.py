"""``jsms schedule``."""

from __future__ import annotations

import typer

from jsms_cli.client import connect
from jsms_cli.errors import SOME_REFUSED, SUCCESS
from jsms_cli.inputs import read_parameters, read_recipients, read_time
from jsms_cli.options import (
    JsonOption,
    ListOption,
    MobileArgument,
    MobilesArgument,
    ParametersOption,
    ProfileOption,
    ScheduleIdArgument,
    SendTimeOption,
    SignIdOption,
    TagOption,
    TempIdOption,
    YesOption,
)
from jsms_cli.prompts import confirm_many
from jsms_cli.results import show, show_done, show_schedule, show_schedule_batch

group = typer.Typer(help="Messages to be sent later.", no_args_is_help=True)


@group.command()
def create(
    mobile: MobileArgument,
    temp_id: TempIdOption,
    send_time: SendTimeOption,
    sign_id: SignIdOption = None,
    para: ParametersOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Have a message sent to one number at a given time."""
    parameters = read_parameters(para)
    with connect(profile, "createSchedule") as jsms:
        made = jsms.schedules.create(
            mobile, temp_id=temp_id, send_time=read_time(send_time), sign_id=sign_id, temp_para=parameters
        )
    show(made, as_json=as_json)


@group.command("create-batch")
def create_batch(
    mobiles: MobilesArgument = None,
    *,
    temp_id: TempIdOption,
    send_time: SendTimeOption,
    file: ListOption = None,
    sign_id: SignIdOption = None,
    tag: TagOption = None,
    para: ParametersOption = None,
    yes: YesOption = False,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> int:
    """Have a template sent to many numbers at a given time."""
    recipients = read_recipients(mobiles, file, read_parameters(para))
    confirm_many("Schedule for", len(recipients), yes=yes)
    with connect(profile, "createScheduleBatch") as jsms:
        recipients.check_variables(jsms, temp_id)
        made = jsms.schedules.create_batch(
            recipients.pairs, temp_id=temp_id, send_time=read_time(send_time), sign_id=sign_id, tag=tag
        )
    show_schedule_batch(made, as_json=as_json)
    return SOME_REFUSED if made.failure_recipients else SUCCESS


@group.command()
def update(
    schedule_id: ScheduleIdArgument,
    mobile: MobileArgument,
    temp_id: TempIdOption,
    send_time: SendTimeOption,
    sign_id: SignIdOption = None,
    para: ParametersOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Replace a schedule that has not been sent yet, as a whole."""
    parameters = read_parameters(para)
    with connect(profile, "updateSchedule") as jsms:
        made = jsms.schedules.update(
            schedule_id, mobile, temp_id=temp_id, send_time=read_time(send_time), sign_id=sign_id, temp_para=parameters
        )
    show(made, as_json=as_json)


@group.command("update-batch")
def update_batch(
    schedule_id: ScheduleIdArgument,
    mobiles: MobilesArgument = None,
    *,
    temp_id: TempIdOption,
    send_time: SendTimeOption,
    file: ListOption = None,
    sign_id: SignIdOption = None,
    tag: TagOption = None,
    para: ParametersOption = None,
    yes: YesOption = False,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> int:
    """Replace a scheduled batch that has not been sent yet, as a whole."""
    recipients = read_recipients(mobiles, file, read_parameters(para))
    confirm_many("Schedule for", len(recipients), yes=yes)
    with connect(profile, "updateScheduleBatch") as jsms:
        recipients.check_variables(jsms, temp_id)
        made = jsms.schedules.update_batch(
            schedule_id, recipients.pairs, temp_id=temp_id, send_time=read_time(send_time), sign_id=sign_id, tag=tag
        )
    show_schedule_batch(made, as_json=as_json)
    return SOME_REFUSED if made.failure_recipients else SUCCESS


@group.command()
def get(schedule_id: ScheduleIdArgument, profile: ProfileOption = None, as_json: JsonOption = False) -> None:
    """Look at a schedule."""
    with connect(profile, "getSchedule") as jsms:
        schedule = jsms.schedules.get(schedule_id)
    show_schedule(schedule, as_json=as_json)


@group.command()
def delete(schedule_id: ScheduleIdArgument, profile: ProfileOption = None, as_json: JsonOption = False) -> None:
    """Delete a schedule that has not been sent yet."""
    with connect(profile, "deleteSchedule") as jsms:
        jsms.schedules.delete(schedule_id)
    show_done({"schedule_id": schedule_id, "deleted": True}, f"schedule {schedule_id} is deleted.", as_json=as_json)
