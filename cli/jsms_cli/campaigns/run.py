"""Run a campaign from the command line: ask first, show its progress, report its outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jsms_cli.campaigns.interrupt import Watch, ending_well, how_to_go_on
from jsms_cli.campaigns.journals import JournalPath
from jsms_cli.campaigns.progress import progress_bar
from jsms_cli.campaigns.report import code_of, describe, show_campaign, show_estimate
from jsms_cli.client import connect
from jsms_cli.errors import NO_CREDIT, SOME_REFUSED, SUCCESS
from jsms_cli.output import note
from jsms_cli.prompts import confirm, require_person
from jsms_client.campaigns import Estimate, RecipientFile, RecipientState, open_campaign

if TYPE_CHECKING:
    from jsms_client import JSMS
    from jsms_client.campaigns import Campaign

# An estimate for an empty list: no request is needed.
_NOTHING = Estimate(
    recipients=0,
    repeats=0,
    bad_lines=0,
    requests=0,
    credit=0,
    longest=0,
    balance=None,
    pool=(),
    enough=True,
    samples=(),
    sign=None,
    missing_parameters=(),
    unfilled=0,
    marketing=False,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was asked for; names as in ``campaigns.send``."""

    file: Path
    temp_id: int
    journal: JournalPath
    sign_id: int | None
    tag: str | None
    send_time: datetime | None
    concurrency: int
    max_rate: float | None
    patience: float
    window: str | None
    set_aside: bool
    repeat_unknown: bool
    batch_size: int | None
    mobile_column: str | None
    encoding: str | None

    @property
    def recipients(self) -> RecipientFile:
        """The list."""
        return RecipientFile(self.file, encoding=self.encoding, mobile_column=self.mobile_column)

    def begun(self) -> Campaign | None:
        """How far it got; None where it is still to begin.

        Raises:
            JournalError: Its journal cannot be read.
        """
        if not self.journal.exists():
            return None
        campaign = open_campaign(self.journal)
        return campaign if campaign.counts.total else None

    def estimated_on(self, jsms: JSMS, begun: Campaign | None) -> Estimate:
        """Estimate what it would cost.

        Args:
            jsms: The client.
            begun: How far it got: then what is left of it.
        """
        if begun is not None and not self.left_of(begun):
            return _NOTHING
        with progress_bar() as tell:
            return jsms.campaigns.send(
                self.recipients if begun is None else self._rest(begun),
                temp_id=self.temp_id,
                sign_id=self.sign_id,
                tag=self.tag,
                send_time=self.send_time,
                on_progress=tell,
                dry_run=True,
                on_bad_line="set_aside" if self.set_aside else "stop",
            )

    def left_of(self, begun: Campaign) -> int:
        """How many are still to be sent to."""
        return begun.counts.waiting + self.unknown_of(begun)

    def unknown_of(self, begun: Campaign) -> int:
        """How many unknown ones are to be sent to again: those that were not since delivery reports were asked for."""
        if not (self.repeat_unknown and begun.counts.unknown):
            return 0
        return sum(not outcome.resent for outcome in begun.outcomes(RecipientState.UNKNOWN))

    def _rest(self, begun: Campaign) -> Iterator[tuple[str, Mapping[str, str] | None]]:
        unknown = (RecipientState.UNKNOWN,) if self.repeat_unknown else ()
        for outcome in begun.outcomes((RecipientState.WAITING, *unknown)):
            if outcome.state is RecipientState.WAITING or not outcome.resent:
                yield outcome.mobile, outcome.temp_para

    def sent_on(self, jsms: JSMS) -> Campaign:
        """Send it.

        Raises:
            StoppedByHandError: Ctrl-C; the journal knows how far it got.
            CampaignBrokenOffError: The journal failed after something was sent.
        """
        with progress_bar() as tell, ending_well(watch := Watch(tell), self.journal) as stop:
            return jsms.campaigns.send(
                self.recipients,
                temp_id=self.temp_id,
                sign_id=self.sign_id,
                tag=self.tag,
                send_time=self.send_time,
                journal=self.journal,
                concurrency=self.concurrency,
                max_rate=self.max_rate,
                patience=self.patience,
                window=self.window,
                on_progress=watch,
                on_bad_line="set_aside" if self.set_aside else "stop",
                repeat_unknown=self.repeat_unknown,
                batch_size=self.batch_size,
                stop_event=stop,
            )


def estimate(plan: Plan, profile: str | None, *, as_json: bool) -> int:
    """Show what a campaign would cost; nothing is sent.

    Returns:
        The exit code: whether the credit is enough.
    """
    with connect(profile) as jsms:
        begun = plan.begun()
        found = plan.estimated_on(jsms, begun)
    if begun is not None:
        note(f"{plan.journal} is there: {describe(begun)}; this is for {_who(plan, begun)}.")
    show_estimate(found, as_json=as_json)
    _note_hours(plan, found)
    if found.unfilled:
        names = ", ".join(found.missing_parameters)
        note(f"{found.unfilled} recipients have no value for {names}: the service will refuse them.")
        return SOME_REFUSED
    return NO_CREDIT if found.enough is False else SUCCESS


def send_campaign(plan: Plan, profile: str | None, *, yes: bool, as_json: bool) -> int:
    """Send a campaign, or go on with it.

    Returns:
        The exit code.

    Raises:
        NotConfirmedError: The user did not say yes, or there is no terminal to ask on.
        StoppedByHandError: Ctrl-C; the journal knows how far it got.
        CampaignBrokenOffError: The journal failed after something was sent.
    """
    if not yes:
        require_person(f"Send a campaign to everyone in {plan.file}")
    with connect(profile) as jsms:
        if not yes:
            _ask(plan, jsms)
        campaign = plan.sent_on(jsms)
    with campaign:
        show_campaign(campaign, as_json=as_json)
        if campaign.stop is not None:
            note(campaign.stop.message)
        if following := how_to_go_on(campaign, plan.journal):
            left = (
                f"{campaign.counts.waiting} wait" if campaign.counts.waiting else f"{campaign.counts.unknown} unknown"
            )
            note(f"{left}; {following}")
        return code_of(campaign)


def _ask(plan: Plan, jsms: JSMS) -> None:
    begun = plan.begun()
    if begun is not None:
        note(f"{plan.journal} is there: {describe(begun)}.")
        if not plan.left_of(begun):
            return
    found = plan.estimated_on(jsms, begun)
    for text in found.samples:
        note(text)
    credit = "unknown" if found.balance is None else str(found.balance)
    note(f"{found.recipients} recipients need {found.credit} SMS of credit; the balance is {credit}.")
    _note_hours(plan, found)
    if found.enough is False:
        note("that is not enough: the campaign would stop on its way, and could go on later.")
    if found.repeats or found.bad_lines:
        note(f"left out: {found.repeats} duplicates and {found.bad_lines} bad lines.")
    if found.unfilled:
        names = ", ".join(found.missing_parameters)
        note(f"{found.unfilled} recipients have no value for {names}; the service will refuse them.")
    confirm(
        f"Send to {found.recipients} recipients" if begun is None else f"Go on with it and send to {_who(plan, begun)}",
        yes=False,
    )


def _note_hours(plan: Plan, found: Estimate) -> None:
    """Say that marketing outside the service's hours is not delivered at once."""
    from jsms_client import BEIJING
    from jsms_client.campaigns import MARKETING_HOURS

    begins, ends = MARKETING_HOURS
    at = (plan.send_time or datetime.now(BEIJING)).astimezone(BEIJING).time()
    if found.marketing and not begins <= at < ends and plan.window is None:
        note(
            f"marketing is delivered between {begins:%H:%M} and {ends:%H:%M} Beijing time only, and this would be sent "
            f"at {at:%H:%M}: give --window {begins:%H:%M}-{ends:%H:%M}, or another --send-time."
        )


def _who(plan: Plan, begun: Campaign) -> str:
    again = plan.unknown_of(begun)
    who = f"{begun.counts.waiting + again} recipients"
    return f"{who}, of whom {again} may get it twice" if again else who
