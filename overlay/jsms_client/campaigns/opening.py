"""Which journal a call works on, and what it leaves behind."""

from __future__ import annotations

import os
from typing import TypeAlias

from jsms_client.campaigns.campaign import Campaign
from jsms_client.campaigns.journal.journal import Journal
from jsms_client.campaigns.options import read_path
from jsms_client.campaigns.settings import CampaignSettings
from jsms_client.campaigns.stopping import Stop

JournalLike: TypeAlias = str | os.PathLike[str] | Campaign
"""The path of a journal, or the campaign of an earlier call."""


def open_journal(journal: JournalLike | None, settings: CampaignSettings | None = None) -> Journal:
    """Open the journal that a caller means, for nobody else.

    Args:
        journal: What was given; None for a temporary one.
        settings: What the campaign sends; None to take what is there.

    Raises:
        ArgumentError: It is no journal.
        JournalError: It is locked, damaged, of another campaign, or cannot be used.
    """
    if isinstance(journal, Campaign):
        return journal.opened(settings)
    if journal is None and settings is not None:
        temporary = Journal.temporary(settings)
        temporary.claim()
        return temporary
    return Journal.open(read_path(journal), settings)


def close_journal(journal: Journal) -> None:
    """Let go of a journal, so that others can open it; a temporary one stays for whoever has it.

    Args:
        journal: The journal.
    """
    if journal.path is None:
        journal.release()
    else:
        journal.close()


def campaign_of(journal: Journal, stop: Stop | None = None) -> Campaign:
    """What became of a campaign.

    Args:
        journal: The journal, which was let go of.
        stop: Why it stopped by itself.
    """
    return Campaign(journal.path or journal, stop)


__all__ = ["JournalLike", "campaign_of", "close_journal", "open_journal"]
