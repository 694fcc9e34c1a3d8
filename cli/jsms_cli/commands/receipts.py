"""``jsms report`` and ``jsms reply``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from jsms_cli.client import connect
from jsms_cli.options import JsonOption, ProfileOption
from jsms_cli.watch import show_all, watch

if TYPE_CHECKING:
    from jsms_client.results import Records

T = TypeVar("T")

reports = typer.Typer(help="Delivery reports.", no_args_is_help=True)
replies = typer.Typer(help="Replies of users.", no_args_is_help=True)

_Once = Annotated[bool, typer.Option("--once", help="Ask once, and stop.")]
_Count = Annotated[int | None, typer.Option("--count", "-n", metavar="N", min=1, help="Stop after so many.")]
_Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="STORE",
        help="Keep fetched records there until they are shown, shared with others: a file, or an address such as redis://…",
    ),
]


@reports.command("watch")
def watch_reports(
    once: _Once = False,
    count: _Count = None,
    store: _Store = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show delivery reports as they come, until Ctrl-C; the service hands each out once and never again."""
    with connect(profile, "pollReports") as jsms:
        if once:
            _show_once(jsms.receipts.reports, store, as_json=as_json)
        else:
            watch(jsms.receipts.iter_reports(store=store), count, as_json=as_json, kept=store is not None)


@replies.command("watch")
def watch_replies(
    once: _Once = False,
    count: _Count = None,
    store: _Store = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show replies as they come, until Ctrl-C; the service hands each reply out once."""
    with connect(profile, "pollReplies") as jsms:
        if once:
            _show_once(jsms.receipts.replies, store, as_json=as_json)
        else:
            watch(jsms.receipts.iter_replies(store=store), count, as_json=as_json, kept=store is not None)


def _show_once(poll: Callable[[], Records[T]], store: str | None, *, as_json: bool) -> None:
    if store is not None:
        raise typer.BadParameter("--store is for watching; --once shows what one call hands out, and keeps nothing")
    show_all(poll(), as_json=as_json)
