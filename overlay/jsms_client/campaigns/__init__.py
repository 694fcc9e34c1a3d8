"""Campaigns: a list of any length, sent once, whatever happens in between.

```python
with JSMS() as jsms:
    campaign = jsms.campaigns.send("members.csv", temp_id=1250, journal="spring.db")
print(campaign.counts, campaign.stop)
```

The same call goes on where it stopped. `open_campaign` reads a journal without sending.
"""

from __future__ import annotations

from jsms_client.campaigns._campaign import Campaign, mark_restored, open_campaign
from jsms_client.campaigns._error_policy import Stop, StopReason
from jsms_client.campaigns._errors import (
    BadLine,
    CampaignError,
    CampaignInputError,
    JournalDamagedError,
    JournalError,
    JournalLockedError,
    JournalMismatchError,
    JournalReplacedError,
    NoCampaignError,
)
from jsms_client.campaigns._estimate import MARKETING_HOURS, Estimate
from jsms_client.campaigns._export import atomic_writer
from jsms_client.campaigns._inputs.sources import ListedRecipient, RecipientFile, read_recipients
from jsms_client.campaigns._loader import variables_of
from jsms_client.campaigns._options import CampaignSettings
from jsms_client.campaigns._outcomes import Counts, Outcome, RecipientState, Skipped, SkipReason
from jsms_client.campaigns._reconcile import Settlement
from jsms_client.campaigns._throttle import Progress

__all__ = [
    "MARKETING_HOURS",
    "BadLine",
    "Campaign",
    "CampaignError",
    "CampaignInputError",
    "CampaignSettings",
    "Counts",
    "Estimate",
    "JournalDamagedError",
    "JournalError",
    "JournalLockedError",
    "JournalMismatchError",
    "JournalReplacedError",
    "ListedRecipient",
    "NoCampaignError",
    "Outcome",
    "Progress",
    "RecipientFile",
    "RecipientState",
    "Settlement",
    "SkipReason",
    "Skipped",
    "Stop",
    "StopReason",
    "atomic_writer",
    "mark_restored",
    "open_campaign",
    "read_recipients",
    "variables_of",
]
