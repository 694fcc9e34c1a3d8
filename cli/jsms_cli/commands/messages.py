"""``jsms message`` and ``jsms batch``."""

from __future__ import annotations

import typer

from jsms_cli.client import connect
from jsms_cli.errors import SOME_REFUSED, SUCCESS
from jsms_cli.inputs import read_parameters, read_recipients
from jsms_cli.options import (
    JsonOption,
    ListOption,
    MobileArgument,
    MobilesArgument,
    ParametersOption,
    ProfileOption,
    SignIdOption,
    TagOption,
    TempIdOption,
    YesOption,
)
from jsms_cli.prompts import confirm_many
from jsms_cli.results import show, show_batch

group = typer.Typer(help="Messages from templates.", no_args_is_help=True)
batches = typer.Typer(help="Messages to many in one request.", no_args_is_help=True)


@group.command()
def send(
    mobile: MobileArgument,
    temp_id: TempIdOption,
    sign_id: SignIdOption = None,
    para: ParametersOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a message made from a template to one number."""
    parameters = read_parameters(para)
    with connect(profile, "sendMessage") as jsms:
        sent = jsms.messages.send(mobile, temp_id=temp_id, sign_id=sign_id, temp_para=parameters)
    show(sent, as_json=as_json)


@batches.command("send")
def send_batch(
    mobiles: MobilesArgument = None,
    *,
    temp_id: TempIdOption,
    file: ListOption = None,
    sign_id: SignIdOption = None,
    tag: TagOption = None,
    para: ParametersOption = None,
    yes: YesOption = False,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> int:
    """Send a template to many numbers in one request; to any number of them: jsms campaign send.

    The service takes or refuses each by itself; the exit code is 19 where it refuses some.
    """
    recipients = read_recipients(mobiles, file, read_parameters(para))
    confirm_many("Send to", len(recipients), yes=yes)
    with connect(profile, "sendMessageBatch") as jsms:
        recipients.check_variables(jsms, temp_id)
        result = jsms.messages.send_batch(recipients.pairs, temp_id=temp_id, sign_id=sign_id, tag=tag)
    show_batch(result, as_json=as_json)
    return SOME_REFUSED if result.refused else SUCCESS
