"""The outcome of a campaign, and its estimate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from jsms_cli.errors import SOME_REFUSED, STOPPED, SUCCESS, UNKNOWN
from jsms_cli.output import as_data, as_record, json_line, note, write_json, writing_to_output
from jsms_cli.tables import write_card, write_table

if TYPE_CHECKING:
    from jsms_client.campaigns import Campaign, Estimate, RecipientState, Settlement

_NO_NUMBER = "other"
"""The name of refusals whose code is no number."""


def code_of(campaign: Campaign) -> int:
    """Return the exit code for the outcome of a campaign."""
    if campaign.stop is not None or not campaign.complete:
        return STOPPED
    if campaign.counts.unknown:
        return UNKNOWN
    return SOME_REFUSED if campaign.counts.refused else SUCCESS


def describe(campaign: Campaign) -> str:
    """How far a campaign is, in a line."""
    counts = campaign.counts
    return (
        f"{counts.accepted} of {counts.total} accepted, {counts.refused} refused, {counts.unknown} unknown, "
        f"{counts.waiting} waiting"
    )


def show_campaign(campaign: Campaign, *, as_json: bool) -> None:
    """Show the outcome of a campaign."""
    if as_json:
        stop = campaign.stop
        write_json(
            {
                "journal": None if campaign.journal is None else str(campaign.journal),
                "settings": as_data(campaign.settings),
                "counts": as_data(campaign.counts),
                "deliveries": {str(int(status)): count for status, count in campaign.deliveries.items()},
                "codes": {_NO_NUMBER if code is None else code: count for code, count in campaign.codes.items()},
                "complete": campaign.complete,
                "stop": None if stop is None else {"reason": stop.reason.value, "message": stop.message},
            }
        )
        return
    counts = campaign.counts
    write_card((field.name, getattr(counts, field.name)) for field in fields(counts))
    if campaign.deliveries:
        write_table(
            ("reports", "status", "meaning"),
            [(count, int(status), _status_name(status)) for status, count in campaign.deliveries.items()],
        )
    if campaign.codes:
        write_table(
            ("refused", "code", "meaning"), [(count, code, _meaning(code)) for code, count in campaign.codes.items()]
        )


def settlement_notes() -> Callable[[Settlement], None]:
    """Return what tells how far settling is, in a line after each poll that brought something."""
    last: Settlement | None = None

    def tell(settlement: Settlement) -> None:
        nonlocal last
        if last != settlement:
            note(f"{settlement.reports} reports, {settlement.matched} of them matched; {settlement.unknown} unknown.")
        last = settlement

    return tell


def show_estimate(estimate: Estimate, *, as_json: bool) -> None:
    """Show what a campaign would cost."""
    if as_json:
        write_json(estimate)
        return
    write_card(
        (
            ("recipients", estimate.recipients),
            ("repeats", estimate.repeats),
            ("bad lines", estimate.bad_lines),
            ("requests", estimate.requests),
            ("credit needed", estimate.credit),
            ("balance", estimate.balance),
            ("from", ", ".join(estimate.pool)),
            ("enough", estimate.enough),
            ("longest text", estimate.longest),
            ("without a value", f"{estimate.unfilled} ({', '.join(estimate.missing_parameters) or '-'})"),
            *(("sample", text) for text in estimate.samples),
        )
    )


def export_campaign(campaign: Campaign, file: Path | None, states: Sequence[RecipientState], *, as_json: bool) -> int:
    """Write the outcome for each recipient.

    Args:
        campaign: The campaign.
        file: Where to; None for standard output.
        states: Only these; all, and what was set aside, where there are none.
        as_json: Whether as JSON lines, else as CSV.

    Returns:
        How many entries were written.
    """
    from jsms_client.campaigns import atomic_writer

    if as_json:
        with writing_to_output() if file is None else atomic_writer(file, encoding="utf-8") as output:
            count = 0
            for record in _records(campaign, states):
                output.write(json_line(record, output))
                count += 1
        return count
    if file is not None:
        return campaign.export(file, states=states)
    with writing_to_output() as output:
        return campaign.export(output, states=states)


def _records(campaign: Campaign, states: Sequence[RecipientState]) -> Iterator[dict[str, object]]:
    yield from map(as_record, campaign.outcomes(states))
    if not states:
        for entry in campaign.set_aside():
            yield {**as_record(entry), "state": "set_aside"}


def _status_name(status: int) -> str:
    return status.name.lower().replace("_", " ") if isinstance(status, IntEnum) else "-"


def _meaning(code: int | None) -> str:
    from jsms_client.contract import ERRORS

    kind = ERRORS.get(code) if code is not None else None
    return kind.info.meaning if kind is not None and kind.info is not None else "-"
