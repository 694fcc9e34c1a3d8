"""``jsms template``."""

from __future__ import annotations

from typing import Annotated

import typer

from jsms_cli.client import connect
from jsms_cli.options import TEMPLATE_TYPES, JsonOption, ProfileOption, TempIdArgument, beginning, word_or_number
from jsms_cli.results import show, show_done

group = typer.Typer(help="Templates; people at the service review each.", no_args_is_help=True)

_Text = Annotated[str, typer.Argument(metavar="TEXT", help="The text without signature, variables written {{name}}.")]
_Type = Annotated[
    int,
    typer.Option(
        "--type",
        metavar="|".join(TEMPLATE_TYPES),
        help="What it is for.",
        parser=word_or_number(TEMPLATE_TYPES),
        autocompletion=beginning(TEMPLATE_TYPES),
    ),
]
_Ttl = Annotated[
    int | None, typer.Option("--ttl", metavar="SECONDS", help="How long a code lives; needed for code templates.")
]
_Remark = Annotated[str | None, typer.Option("--remark", metavar="TEXT", help="A note for the reviewers.")]


@group.command()
def create(
    template: _Text,
    type: _Type,
    ttl: _Ttl = None,
    remark: _Remark = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hand in a template for review."""
    with connect(profile, "createTemplate") as jsms:
        saved = jsms.templates.create(template, type=type, ttl=ttl, remark=remark)
    show(saved, as_json=as_json)


@group.command()
def update(
    temp_id: TempIdArgument,
    template: _Text,
    type: _Type,
    ttl: _Ttl = None,
    remark: _Remark = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change a template that was rejected in review, and hand it in again."""
    with connect(profile, "updateTemplate") as jsms:
        saved = jsms.templates.update(temp_id, template, type=type, ttl=ttl, remark=remark)
    show(saved, as_json=as_json)


@group.command()
def get(temp_id: TempIdArgument, profile: ProfileOption = None, as_json: JsonOption = False) -> None:
    """Look at a template and the state of its review."""
    with connect(profile, "getTemplate") as jsms:
        details = jsms.templates.get(temp_id)
    show(details, as_json=as_json)


@group.command()
def delete(temp_id: TempIdArgument, profile: ProfileOption = None, as_json: JsonOption = False) -> None:
    """Delete a template."""
    with connect(profile, "deleteTemplate") as jsms:
        jsms.templates.delete(temp_id)
    show_done({"temp_id": temp_id, "deleted": True}, f"template {temp_id} is deleted.", as_json=as_json)
