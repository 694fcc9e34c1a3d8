"""Show the result of a call: a table for people, one line of JSON for machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, cast

from jsms_cli.errors import INVALID_CODE, SOME_REFUSED, SUCCESS
from jsms_cli.output import note, write_json
from jsms_cli.tables import masked, pairs_of, write_card, write_table
from jsms_cli.watch import show_all

if TYPE_CHECKING:
    from jsms_client.errors import APIError
    from jsms_client.results import BatchResult, Result, Schedule, ScheduleBatchResult


def show(result: Result, *, as_json: bool) -> None:
    """Show a result."""
    if as_json:
        write_json(result)
    else:
        write_card(pairs_of(result))


def show_result(result: object, operation: str, *, as_json: bool) -> int:
    """Show whatever an operation gives: its single values first, then a table for each list.

    Returns:
        The exit code: whether a code counts, and whether recipients were refused.
    """
    from jsms_client.results import Records, Result

    code = _code_of(result)
    if isinstance(result, Records):
        show_all(cast("Records[object]", result), as_json=as_json)
    elif result is None:
        show_done({"operation": operation, "done": True}, f"{operation} is done.", as_json=as_json)
    elif as_json:
        write_json(result)
    elif isinstance(result, Result):
        write_card(pairs_of(result))
        _show_lists(result)
    else:
        _show_list("", cast("Sequence[object]", result) if isinstance(result, (tuple, list)) else (result,))
    return code


def _code_of(result: object) -> int:
    from jsms_client.results import Result, Verification

    if isinstance(result, Verification) and not result:
        return INVALID_CODE
    if not isinstance(result, Result):
        return SUCCESS
    values = [cast("object", getattr(result, field.name)) for field in fields(result)]
    items = [item for value in values if isinstance(value, tuple) for item in cast("tuple[object, ...]", value)]
    return SOME_REFUSED if any(getattr(item, "error", None) is not None for item in items) else SUCCESS


def _show_lists(result: Result) -> None:
    for field in fields(result):
        value = cast("object", getattr(result, field.name))
        if isinstance(value, tuple) and value:
            _show_list(field.name, [masked(item, field) for item in cast("tuple[object, ...]", value)])


def _show_list(name: str, items: Sequence[object]) -> None:
    rows = [dict(pairs_of(cast("Result", item))) if is_dataclass(item) else {name: item} for item in items]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    write_table(columns, [[row.get(column) for column in columns] for row in rows])


def show_done(facts: Mapping[str, object], sentence: str, *, as_json: bool) -> None:
    """Show that something was done whose response is empty.

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
    """Show the outcome of each recipient; the numbers are the person's own, and are shown as they are."""
    if as_json:
        write_json(result)
        return
    write_table(
        ("mobile", "msg_id", "refused because"),
        [(each.mobile, each.msg_id, "" if each.error is None else _why(each.error)) for each in result.recipients],
    )
    note(f"{result.success_count} accepted, {result.failure_count} refused.")


def show_schedule_batch(result: ScheduleBatchResult, *, as_json: bool) -> None:
    """Show a scheduled batch and the recipients that were refused."""
    show(result, as_json=as_json)
    if result.failure_recipients and not as_json:
        write_table(
            ("mobile", "refused because"), [(each.mobile, _why(each.error)) for each in result.failure_recipients]
        )


def show_schedule(schedule: Schedule, *, as_json: bool) -> None:
    """Show a schedule with everyone it goes to."""
    show(schedule, as_json=as_json)
    if not as_json:
        rows = [[value for _, value in pairs_of(each)] for each in schedule.recipients]
        write_table(("mobile", "msg_id"), rows)


def _why(error: APIError) -> str:
    words = error.info.meaning if error.info is not None else error.message
    return f"{error.code}: {words}" if error.code is not None else words
