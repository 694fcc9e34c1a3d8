"""How a campaign ends before its end: by hand, or as its journal fails; and how to go on with it."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from jsms_cli.campaigns.report import describe
from jsms_cli.failures import CampaignBrokenOffError, StoppedByHandError
from jsms_client.campaigns import Campaign, JournalError, JournalLockedError, JournalReplacedError, open_campaign

if TYPE_CHECKING:
    from types import FrameType

    from jsms_client.campaigns import Progress

_WAITING = "\njsms: waiting for what is on its way; Ctrl-C again ends at once, and nobody knows of those then.\n"


class Watch:
    """Sees whether a campaign got as far as sending.

    Args:
        journal: Its journal.
        tell: Who else is told of the progress.
    """

    def __init__(self, journal: Path, tell: Callable[[Progress], None] | None) -> None:
        self._journal = journal
        self._tell = tell
        self._sending = False
        self._before = _dealt_with(journal)

    def __call__(self, progress: Progress) -> None:
        """Take note of the progress."""
        self._sending = self._sending or progress.phase == "sending"
        if self._tell is not None:
            self._tell(progress)

    def has_sent(self) -> bool:
        """Whether something may have been sent since; for a campaign that broke off."""
        # The first progress may come after the first answer, which is where a full disk shows: the journal knows more.
        return self._sending or _dealt_with(self._journal) != self._before


@contextmanager
def ending_well(watch: Watch, journal: Path) -> Generator[None]:
    """Let Ctrl-C and SIGTERM wait for what is on its way, and tell apart whether anything was sent.

    Args:
        watch: What saw how far it got.
        journal: The campaign's journal.

    Raises:
        StoppedByHandError: Ctrl-C; the journal knows how far it got.
        CampaignBrokenOffError: The journal failed after something was sent.
    """
    try:
        with _telling_of_signals():
            yield
    except KeyboardInterrupt as stop:
        raise StoppedByHandError(_interrupted(journal)) from stop
    except JournalReplacedError as error:
        # Never the same command again: it would begin anew.
        raise CampaignBrokenOffError(str(error)) from error
    except JournalError as error:
        # Whoever has the journal locked is another one, who may be sending with it just now.
        if isinstance(error, JournalLockedError) or not watch.has_sent():
            raise
        raise CampaignBrokenOffError(
            f"{error}. Sending had begun, and nobody knows of those whose answer could not be written down. "
            f"Once the journal can be written, go on with: {same_command()}"
        ) from error


def how_to_go_on(campaign: Campaign, journal: Path) -> str:
    """What to do about a campaign that is not done; empty where nothing is left to do.

    Args:
        campaign: The campaign.
        journal: Its journal.
    """
    if not campaign.complete:
        return f"go on with: {same_command()}"
    if campaign.counts.unknown:
        return f"find out about the unknown ones with: {shlex.join(('jsms', 'campaign', 'settle', str(journal)))}"
    return ""


def same_command() -> str:
    """The command as it was typed."""
    from jsms_cli.application import PROGRAM, arguments_of_all

    return shlex.join((PROGRAM, *arguments_of_all.get()))


def _dealt_with(journal: Path) -> int | None:
    """How many were sent to, or may have been; None where the journal does not tell."""
    if not journal.exists():
        return 0
    try:
        counts = open_campaign(journal).counts
    except JournalError:
        return None
    return counts.accepted + counts.refused + counts.unknown


def _interrupted(journal: Path) -> str:
    nothing = f"interrupted. Nothing was sent; begin again with: {same_command()}"
    if not journal.exists():
        return nothing
    try:
        begun = open_campaign(journal)
    except JournalError:
        return f"interrupted. Go on with: {same_command()}"
    if not begun.counts.total:
        return nothing
    following = how_to_go_on(begun, journal)
    return f"interrupted: {describe(begun)}. {following[:1].upper()}{following[1:]}"


@contextmanager
def _telling_of_signals() -> Generator[None]:
    """Let SIGTERM be as Ctrl-C: what is on its way would be unknown otherwise."""
    told = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal told
        if not told:
            told = True
            # Not by the stream: the signal may have come while it was being written to.
            with suppress(OSError, ValueError):
                os.write(sys.stderr.fileno(), _WAITING.encode())
        signal.default_int_handler(number, frame)

    # Whoever started the command may want it to go on: nohup, a shell's background.
    heeded = [number for number in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, stop) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


__all__ = ["Watch", "ending_well", "how_to_go_on", "same_command"]
