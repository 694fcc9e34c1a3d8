"""Parse what was typed: parameters, times, recipients, files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsms_cli.errors import UsageProblemError

if TYPE_CHECKING:
    from jsms_client import JSMS
    from jsms_client.campaigns import ListedRecipient
    from jsms_client.results import DeliveryReport

_MOST_SHOWN = 5


def read_parameters(given: Sequence[str] | None) -> dict[str, str] | None:
    """Return the values of ``--para NAME=VALUE``.

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
    """Return the value of ``--send-time``: in Beijing time, where it names no zone.

    Raises:
        UsageProblemError: It is not a time, or a day without one.
    """
    from jsms_client import BEIJING

    try:
        time = datetime.fromisoformat(given.strip())
    except ValueError:
        time = None
    if time is None or ":" not in given:
        raise UsageProblemError(
            f"{option} {given!r} is not a time: write '2030-07-01 09:00:00' for Beijing time, or 2030-07-01T09:00+08:00"
        )
    return time.replace(tzinfo=BEIJING) if time.utcoffset() is None else time


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who was named, on the command line or in a file.

    Attributes:
        pairs: Each number with the values of the template's variables.
        places: The line of each in the file; empty for numbers of the command line.
    """

    pairs: list[tuple[str, Mapping[str, str] | None]]
    places: list[str]

    def __len__(self) -> int:
        return len(self.pairs)

    def check_variables(self, jsms: JSMS, temp_id: int) -> None:
        """Find out beforehand whether every line of a file has a value for each variable of the template.

        Args:
            jsms: The client; asked for the template.
            temp_id: The template.

        Raises:
            UsageProblemError: Some have none: the service would refuse them, or send an incomplete text.
        """
        from jsms_client import JSMSError
        from jsms_client.campaigns import variables_of

        if not self.places:
            return
        try:
            names = variables_of(jsms.templates.get(temp_id).template)
        except JSMSError:
            return  # what is wrong shows when the request is sent
        missing = [
            f"{place}: {', '.join(without)}"
            for place, (_, given) in zip(self.places, self.pairs, strict=True)
            if (without := [name for name in names if not (given or {}).get(name)])
        ]
        if missing:
            raise UsageProblemError(
                f"template {temp_id} needs values that are missing; nothing was sent ({_some(missing)})"
            )


def read_recipients(mobiles: Sequence[str] | None, file: Path | None, parameters: dict[str, str] | None) -> Recipients:
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
        return Recipients([(mobile, parameters) for mobile in mobiles or ()], [])
    if parameters is not None:
        raise UsageProblemError("--para does not go with --from: the file's columns are the parameters")
    return _read_file(file)


def read_reports(file: Path) -> Iterator[DeliveryReport]:
    """Yield the delivery reports in what ``jsms callback listen --json`` wrote; other events are left out.

    Args:
        file: The file, one object on each line.

    Raises:
        UsageProblemError: A line is none of these.
    """
    from jsms_client.results import DeliveryReport

    # Bytes that are not UTF-8 become escapes that JSON does not have: json.loads refuses that line, and it is reported.
    with file.open(encoding="utf-8", errors="backslashreplace") as lines:
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
            except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
                raise UsageProblemError(
                    f"{file}, line {number}: it is not an event that jsms callback listen --json wrote"
                ) from error
            yield report


def _read_file(file: Path) -> Recipients:
    from jsms_client.campaigns import BadLine, read_recipients
    from jsms_client.contract import MOST_RECIPIENTS

    found: list[ListedRecipient] = []
    bad: list[str] = []
    for entry in read_recipients(file):
        if isinstance(entry, BadLine):
            bad.append(f"line {entry.number}: {entry.reason}")
        else:
            found.append(entry)
        if len(found) + len(bad) > MOST_RECIPIENTS:
            raise UsageProblemError(
                f"{file} has more than {MOST_RECIPIENTS} recipients; jsms campaign send takes any number"
            )
    if bad:
        raise UsageProblemError(f"{file} cannot be sent to as it is: {_some(bad)}")
    if not found:
        raise UsageProblemError(f"{file} has no recipients in it")
    return Recipients([(each.mobile, each.temp_para) for each in found], [f"line {each.line}" for each in found])


def _some(problems: Sequence[str]) -> str:
    more = len(problems) - _MOST_SHOWN
    return "; ".join((*problems[:_MOST_SHOWN], *([f"and {more} more"] if more > 0 else [])))
