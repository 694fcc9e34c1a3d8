"""Results of single calls: a table for people, one line of JSON for machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from jsms_cli.tables import pairs_of, write_card, write_table
from jsms_cli.writing import note, write_json

if TYPE_CHECKING:
    from jsms_client.results import BatchResult, Schedule, ScheduleBatchResult
    from jsms_runtime.errors import APIError
    from jsms_runtime.results import Result


def show(result: Result, *, as_json: bool) -> None:
    """Show a result.

    Args:
        result: What the client answered.
        as_json: Whether a machine reads it.
    """
    if as_json:
        write_json(result)
    else:
        write_card(pairs_of(result))


def show_done(facts: Mapping[str, object], sentence: str, *, as_json: bool) -> None:
    """Show that something was done whose answer is empty.

    Args:
        facts: What a machine reads.
        sentence: What a person reads; not data.
        as_json: Whether a machine reads it.
    """
    if as_json:
        write_json(facts)
    else:
        note(sentence)


def show_batch(result: BatchResult, *, as_json: bool) -> None:
    """Show what became of each recipient; the numbers are the person's own, and are shown as they are.

    Args:
        result: What the client answered.
        as_json: Whether a machine reads it.
    """
    if as_json:
        write_json(result)
        return
    write_table(
        ("mobile", "msg_id", "refused because"),
        [(each.mobile, each.msg_id, "" if each.error is None else _why(each.error)) for each in result.recipients],
    )
    note(f"{result.success_count} accepted, {result.failure_count} refused.")


def show_schedule_batch(result: ScheduleBatchResult, *, as_json: bool) -> None:
    """Show a scheduled batch and whoever it leaves out.

    Args:
        result: What the client answered.
        as_json: Whether a machine reads it.
    """
    if as_json:
        write_json(result)
        return
    write_card(pairs_of(result))
    if result.failure_recipients:
        write_table(
            ("mobile", "refused because"), [(each.mobile, _why(each.error)) for each in result.failure_recipients]
        )


def show_schedule(schedule: Schedule, *, as_json: bool) -> None:
    """Show a schedule with everyone it goes to.

    Args:
        schedule: What the client answered.
        as_json: Whether a machine reads it.
    """
    if as_json:
        write_json(schedule)
        return
    write_card(pairs_of(schedule))
    rows = [[value for _, value in pairs_of(each)] for each in schedule.recipients]
    write_table(("mobile", "msg_id"), rows)


def _why(error: APIError) -> str:
    words = error.info.meaning if error.info is not None else error.message
    return f"{error.code}: {words}" if error.code is not None else words


__all__ = ["show", "show_batch", "show_done", "show_schedule", "show_schedule_batch"]
