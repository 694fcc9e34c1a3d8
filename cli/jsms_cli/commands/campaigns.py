"""``jsms campaign``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jsms_cli.campaigns.journals import JournalPath
from jsms_cli.client import connect
from jsms_cli.errors import UsageProblemError
from jsms_cli.options import JsonOption, ProfileOption, SignIdOption, TagOption, TempIdOption, YesOption
from jsms_cli.output import note

if TYPE_CHECKING:
    from jsms_client.campaigns import RecipientState

group = typer.Typer(help="A list of any length, sent once.", no_args_is_help=True)

_List = Annotated[
    Path, typer.Argument(metavar="FILE", help="CSV, TSV or JSON lines; the header names the template's variables.")
]
_Journal = Annotated[
    JournalPath,
    typer.Argument(metavar="JOURNAL", parser=JournalPath, help="The campaign's journal: a file, or an address."),
]
_States = ("waiting", "in_flight", "accepted", "refused", "unknown")


def _state(given: str) -> RecipientState:
    from jsms_client.campaigns import RecipientState

    try:
        return RecipientState(given.casefold())
    except ValueError as error:
        raise typer.BadParameter(f"{given!r} is none of {', '.join(RecipientState)}") from error


def _state_beginning(incomplete: str) -> list[str]:
    return [state for state in _States if state.startswith(incomplete)]


@group.command()
def send(
    file: _List,
    temp_id: TempIdOption,
    journal: Annotated[
        JournalPath | None,
        typer.Option(
            "--journal",
            metavar="FILE",
            parser=JournalPath,
            help="The state of everyone; FILE.journal if left out. Or an address: ...?campaign=NAME, to share it.",
        ),
    ] = None,
    sign_id: SignIdOption = None,
    tag: TagOption = None,
    send_time: Annotated[
        str | None,
        typer.Option("--send-time", "--at", metavar="TIME", help="When the service is to send; at once if left out."),
    ] = None,
    concurrency: Annotated[
        int, typer.Option("--concurrency", metavar="N", min=1, max=64, help="Requests on their way at once.")
    ] = 4,
    max_rate: Annotated[
        float | None, typer.Option("--max-rate", metavar="N", help="Recipients a second, at most.")
    ] = None,
    patience: Annotated[
        float,
        typer.Option("--patience", metavar="SECONDS", min=0, help="How long to go on trying while it is not reached."),
    ] = 300.0,
    window: Annotated[
        str | None,
        typer.Option("--window", metavar="FROM-TO", help="Hours of a day to send in, Beijing time: 08:00-21:00."),
    ] = None,
    set_aside: Annotated[
        bool, typer.Option("--set-aside", help="Leave out lines that cannot be sent to, instead of stopping.")
    ] = False,
    repeat_unknown: Annotated[
        bool,
        typer.Option("--repeat-unknown", help="Send again to unknown recipients, who may get it twice; settle first."),
    ] = False,
    batch_size: Annotated[
        int | None,
        typer.Option(
            "--batch-size",
            metavar="N",
            help="Recipients in a request; an interruption leaves so many in doubt. As many as go if left out.",
        ),
    ] = None,
    mobile_column: Annotated[
        str | None, typer.Option("--mobile-column", metavar="NAME", help="The column with the numbers.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="NAME", help="The file's encoding; found out if left out.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Send nothing; say what it would cost, with three of the texts.")
    ] = False,
    yes: YesOption = False,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> int:
    """Send a template to everyone on a list, each once.

    Stopped by Ctrl-C, a crash or for want of credit, the same command goes on where it stopped: the journal knows.
    """
    from jsms_cli.campaigns.run import Plan, estimate, send_campaign
    from jsms_cli.inputs import read_time

    if file.is_dir():
        raise UsageProblemError(f"{file} is a folder; name the list itself")
    plan = Plan(
        file=file,
        temp_id=temp_id,
        journal=journal or JournalPath(str(file.with_name(f"{file.name}.journal"))),
        sign_id=sign_id,
        tag=tag,
        send_time=None if send_time is None else read_time(send_time),
        concurrency=concurrency,
        max_rate=max_rate,
        patience=patience,
        window=window,
        set_aside=set_aside,
        repeat_unknown=repeat_unknown,
        batch_size=batch_size,
        mobile_column=mobile_column,
        encoding=encoding,
    )
    if dry_run:
        return estimate(plan, profile, as_json=as_json)
    return send_campaign(plan, profile, yes=yes, as_json=as_json)


@group.command()
def status(journal: _Journal, as_json: JsonOption = False) -> None:
    """Show how far a campaign is, from its journal."""
    from jsms_cli.campaigns.report import show_campaign
    from jsms_client.campaigns import open_campaign

    show_campaign(open_campaign(journal), as_json=as_json)


@group.command()
def settle(
    journals: Annotated[
        list[JournalPath],
        typer.Argument(metavar="JOURNAL...", parser=JournalPath, help="The journals of one campaign or more."),
    ],
    wait: Annotated[
        float, typer.Option("--wait", metavar="SECONDS", min=0, help="How long to go on asking for reports.")
    ] = 0.0,
    reports: Annotated[
        Path | None,
        typer.Option(
            "--reports", metavar="FILE", help="Reports that jsms callback listen --json wrote; none are polled."
        ),
    ] = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> int:
    """Find out from delivery reports who of the unknown was sent to, and which messages arrived.

    Takes the app's reports, each of which the service hands out once: those of other messages are kept in the first
    journal.
    """
    from jsms_cli.campaigns.report import code_of, settlement_notes, show_campaign
    from jsms_cli.inputs import read_reports
    from jsms_client.campaigns import open_campaign

    for journal in journals:
        if not journal.exists():
            raise UsageProblemError(f"{journal} does not exist")
    given = None if reports is None else read_reports(reports)
    with connect(profile, "pollReports" if given is None else None) as jsms:
        jsms.campaigns.settle(*journals, reports=given, wait=wait, on_progress=settlement_notes())
    campaigns = [open_campaign(journal) for journal in journals]
    for campaign in campaigns:
        show_campaign(campaign, as_json=as_json)
    return max(map(code_of, campaigns))


@group.command()
def cancel(
    journal: _Journal, yes: YesOption = False, profile: ProfileOption = None, as_json: JsonOption = False
) -> int:
    """Take a scheduled campaign back: delete its schedules that were not sent yet.

    Recipients of a deleted schedule wait again; those of one that was sent stay accepted.
    """
    from jsms_cli.campaigns.report import show_campaign
    from jsms_cli.errors import SUCCESS
    from jsms_cli.prompts import confirm
    from jsms_client.campaigns import open_campaign

    confirm(f"Take back what is still scheduled of {open_campaign(journal).counts.accepted} recipients", yes=yes)
    with connect(profile, "deleteSchedule") as jsms:
        campaign = jsms.campaigns.cancel(journal)
    show_campaign(campaign, as_json=as_json)
    return SUCCESS


@group.command()
def restored(journal: _Journal, as_json: JsonOption = False) -> None:
    """Make a restored copy of a journal safe to use, before anything else is done with it.

    A copy does not know who was sent to after it was made. Everyone who waits in it is unknown then, and is not sent to
    unless asked: "jsms campaign settle" finds out about them.
    """
    from jsms_cli.campaigns.report import show_campaign
    from jsms_client.campaigns import mark_restored

    show_campaign(mark_restored(journal), as_json=as_json)


@group.command()
def export(
    journal: _Journal,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="The CSV file to write; standard output if left out.")
    ] = None,
    state: Annotated[
        list[str] | None,
        typer.Option(
            "--state",
            metavar="|".join(_States),
            help="Only those in this state; may be given again.",
            autocompletion=_state_beginning,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write the outcome for each recipient, with whole numbers: as CSV, or as JSON, one recipient a line."""
    from jsms_cli.campaigns.journals import is_one_of
    from jsms_cli.campaigns.report import export_campaign
    from jsms_client.campaigns import open_campaign

    states = [_state(each) for each in state or ()]
    if file is not None and is_one_of(file, *journal.files):
        raise UsageProblemError(f"{file} is the journal itself, which knows who was sent to; give another name")
    if file is not None and file.exists() and not force:
        raise UsageProblemError(f"{file} is there already; give another name, or --force to write over it")
    count = export_campaign(open_campaign(journal), file, states, as_json=as_json)
    if file is not None:
        note(f"{count} lines written to {file}.")
