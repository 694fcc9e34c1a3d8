"""From what a person types to what the client takes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsms_cli.failures import UsageProblemError

if TYPE_CHECKING:
    from jsms_client.campaigns._errors import BadLine
    from jsms_client.campaigns._inputs.delimited import Entry
    from jsms_client.results import DeliveryReport
    from jsms_runtime.recipients import RecipientLike

_MOST_TOLD = 5


def read_parameters(given: Sequence[str] | None) -> dict[str, str] | None:
    """The values of ``--para NAME=VALUE``.

    Args:
        given: What was typed.

    Raises:
        UsageProblemError: One has no ``=`` or no name, or a name is there twice.
    """
    if not given:
        return None
    parameters: dict[str, str] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name:
            raise UsageProblemError("--para takes NAME=VALUE, such as --para number=741627")
        if name in parameters:
            raise UsageProblemError(f"--para {name} was given twice")
        parameters[name] = value
    return parameters


def read_time(given: str, option: str = "--send-time") -> datetime:
    """The value of ``--send-time``: in Beijing time, where it names no zone.

    Args:
        given: What was typed.
        option: The option that it was typed for.

    Raises:
        UsageProblemError: It is not a time, or a day without one.
    """
    from jsms_runtime.times import BEIJING

    try:
        time = datetime.fromisoformat(given.strip())
    except ValueError:
        time = None
    if time is None or ":" not in given:
        raise UsageProblemError(
            f"{option} {given!r} is not a time: write '2030-07-01 09:00:00' for Beijing time, or 2030-07-01T09:00+08:00"
        )
    return time.replace(tzinfo=BEIJING) if time.utcoffset() is None else time


def read_recipients(
    mobiles: Sequence[str] | None, file: Path | None, parameters: dict[str, str] | None
) -> list[RecipientLike]:
    """Everyone that was named: on the command line, or in a file.

    Args:
        mobiles: Numbers, which all get the same parameters.
        file: A file, which brings its own.
        parameters: Values of ``--para``.

    Raises:
        UsageProblemError: Neither numbers nor a file, both, or a file with lines that cannot be sent to.
    """
    if bool(mobiles) == (file is not None):
        raise UsageProblemError("give either numbers or a file with --from")
    if file is None:
        return [(mobile, parameters) for mobile in mobiles or ()]
    if parameters is not None:
        raise UsageProblemError("--para does not go with --from: the file's columns are the parameters")
    return _read_file(file)


def read_reports(file: Path) -> Iterator[DeliveryReport]:
    """The delivery reports in what ``jsms callback listen --json`` wrote; other events are left out.

    Args:
        file: The file, one object on each line.

    Raises:
        UsageProblemError: A line is none of these.
    """
    from jsms_client.results import DeliveryReport

    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                event: dict[str, Any] = json.loads(line)
                if event["type"] != "SMS_REPORT":
                    continue
                time = event["receive_time"]
                report = DeliveryReport(
                    str(event["msg_id"]),
                    str(event["phone"]),
                    None if time is None else datetime.fromisoformat(time),
                    int(event["status"]),
                )
            except (KeyError, TypeError, ValueError) as error:
                raise UsageProblemError(
                    f"{file}, line {number}: it is not an event that jsms callback listen --json wrote"
                ) from error
            yield report


def _read_file(file: Path) -> list[RecipientLike]:
    from jsms_client.campaigns._inputs.files import RecipientFile, read_file
    from jsms_client.campaigns._inputs.sources import check
    from jsms_contract.limits import SEND_MESSAGE_BATCH_REQUEST_RECIPIENTS_MAX_ITEMS as MOST

    entries: list[Entry] = []
    for entry in read_file(RecipientFile(file)):
        if len(entries) == MOST:
            raise UsageProblemError(f"{file} has more than {MOST} recipients; jsms campaign send takes any number")
        entries.append(entry)
    checked, bad = check(entries)
    if bad:
        raise UsageProblemError(f"{file} cannot be sent to as it is: {_told(bad)}")
    if not checked:
        raise UsageProblemError(f"{file} has no recipients in it")
    return [(mobile, parameters) for _, mobile, parameters in checked]


def _told(bad: Sequence[BadLine]) -> str:
    lines = [f"line {each.number}: {each.reason}" for each in bad]
    more = len(lines) - _MOST_TOLD
    return "; ".join((*lines[:_MOST_TOLD], *([f"and {more} more"] if more > 0 else [])))


__all__ = ["read_parameters", "read_recipients", "read_reports", "read_time"]
