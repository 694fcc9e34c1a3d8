"""Early ends of a campaign: a signal or a failed journal, and how to continue."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from jsms_cli.campaigns.journals import JournalPath
from jsms_cli.campaigns.report import describe
from jsms_cli.config import PROGRAM, arguments_of_all
from jsms_cli.errors import CampaignBrokenOffError, StoppedByHandError
from jsms_cli.output import json_line, notes_as_json
from jsms_client.campaigns import Campaign, JournalError, JournalReplacedError, NoCampaignError, open_campaign

if TYPE_CHECKING:
    from types import FrameType

    from jsms_client.campaigns import Progress

_WAITING = "waiting for what is in flight; Ctrl-C again ends at once, and those are unknown then."
REPEAT_UNKNOWN = "--repeat-unknown"
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


class StopRequest:
    """What the first signal sets. Not a threading.Event: the interrupted thread itself may hold its lock."""

    def __init__(self) -> None:
        self.requested = False

    def is_set(self) -> bool:
        """Whether the campaign is to stop."""
        return self.requested


class Watch:
    """Sees whether a campaign got as far as sending."""

    def __init__(self, tell: Callable[[Progress], None]) -> None:
        self._tell = tell
        self.is_sending = False

    def __call__(self, progress: Progress) -> None:
        """Take note of the progress."""
        self.is_sending = progress.phase == "sending"
        self._tell(progress)


@contextmanager
def ending_well(watch: Watch, journal: JournalPath) -> Generator[StopRequest]:
    """Let Ctrl-C, SIGTERM and SIGHUP wait for what is in flight, and say how to go on.

    Raises:
        StoppedByHandError: A signal; the journal knows how far it got.
        CampaignBrokenOffError: The journal failed after something was sent.
    """
    stop = StopRequest()
    try:
        with _heeding_signals(stop):
            yield stop
        if stop.requested:
            raise StoppedByHandError(_interrupted(journal, watch))
    except KeyboardInterrupt as error:
        raise StoppedByHandError(_interrupted(journal, watch)) from error
    except JournalReplacedError as error:
        # Never the same command again: it would begin anew.
        raise CampaignBrokenOffError(str(error)) from error
    except JournalError as error:
        if not error.sending_began:
            raise
        if journal.is_gone:
            raise CampaignBrokenOffError(f"{error}. {_gone(journal)}") from error
        raise CampaignBrokenOffError(
            f"{error}. Sending had begun; those whose response could not be written down are unknown. Once the journal "
            f"can be written, go on with: {same_command()}"
        ) from error


def how_to_go_on(campaign: Campaign, journal: JournalPath) -> str:
    """Say what to do about a campaign that is not done; empty where nothing is left to do."""
    if not campaign.complete:
        return f"go on with: {same_command()}"
    if campaign.counts.unknown:
        settle = shlex.join(("jsms", "campaign", "settle", str(journal)))
        return f"wait an hour, as delivery reports take a while; then find out about the unknown ones with: {settle}"
    return ""


def same_command() -> str:
    """Return the command as it was typed, without ``--repeat-unknown``, which has done its work."""
    return shlex.join((PROGRAM, *(each for each in arguments_of_all.get() if each != REPEAT_UNKNOWN)))


def _gone(journal: JournalPath) -> str:
    restored = shlex.join(("jsms", "campaign", "restored", str(journal)))
    return (
        f"{journal} is gone, and with it who was sent to: do not run this command again, it would send to everyone. "
        f"Put the journal or its newest copy back first, and run: {restored}"
    )


def _interrupted(journal: JournalPath, watch: Watch) -> str:
    nothing = f"interrupted. Nothing was sent; begin again with: {same_command()}"
    if journal.is_gone:
        return f"interrupted. {_gone(journal)}" if watch.is_sending else nothing
    try:
        begun = open_campaign(journal)
    except NoCampaignError:
        return nothing
    except JournalError:
        return f"interrupted. Go on with: {same_command()}"
    if not begun.counts.total:
        return nothing
    following = how_to_go_on(begun, journal)
    return f"interrupted: {describe(begun)}. {following[:1].upper()}{following[1:]}"


@contextmanager
def _heeding_signals(stop: StopRequest) -> Generator[None]:
    """Stop at the first signal, and end at the second one, whichever they are."""
    waiting = json_line({"note": _WAITING}, sys.stderr) if notes_as_json.get() else f"\njsms: {_WAITING}\n"

    def heed(number: int, frame: FrameType | None) -> None:
        if stop.requested:
            signal.default_int_handler(number, frame)
        stop.requested = True
        # Not by the stream: the signal may have come while it was being written to. Nor where the terminal is gone.
        with suppress(OSError, ValueError):
            os.write(sys.stderr.fileno(), waiting.encode())

    numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    # Ignored on purpose where the caller says so: nohup, a shell's background.
    heeded = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, heed) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
