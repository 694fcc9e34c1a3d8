"""Kill a campaign again and again, against a sandbox with every kind of fault.

The sandbox's own record is compared in the end: none sent twice, none left out, and unknown ones really unknown.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import time
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

from jsms_client import JSMS, AsyncJSMS
from jsms_client.campaigns import Campaign, CampaignSettings, RecipientState, _throttle, open_campaign

from .sandbox_record import TEMPLATE, Record

# Before any process is forked, as it takes longer than most of them live.
import_module("jsms_client._async.campaigns")
import_module("jsms_client._async.fast")

BATCH = 20
CONCURRENCY = 4
RECIPIENTS = 1500
LONGEST_LIFE = 0.25
STOPPED = 3
PROBABILITY = 0.012


@dataclass
class Result:
    """What was found.

    Attributes:
        kills: How often a process was killed.
        runs: How often one was started.
        campaigns: How many campaigns were sent.
        states: How many recipients ended in each state.
        faults: How many requests each kind of fault hit.
        crashes: How often the database was killed.
        failed: How many processes ended because of that.
        sent_though_unknown: How many of the unknown ones the sandbox had accepted.
        problems: Everything that was not as it should be.
    """

    kills: int = 0
    runs: int = 0
    campaigns: int = 0
    states: Counter[str] = field(default_factory=Counter[str])
    faults: Counter[str] = field(default_factory=Counter[str])
    crashes: int = 0
    failed: int = 0
    sent_though_unknown: int = 0
    problems: list[str] = field(default_factory=list[str])


class Proof:
    """Sends campaigns and kills the sending processes.

    Args:
        url: The sandbox, without ``/v1``.
        auth: An app's key and secret.
        folder: Where journals and lists may be put.
        seed: Decides when.
    """

    def __init__(self, url: str, auth: tuple[str, str], folder: Path, seed: int) -> None:
        self._url, self._auth, self._folder = url, auth, folder
        self._chance = random.Random(seed)
        self._seed = seed
        self.record = Record(url, auth[0])
        self.result = Result()

    def run(self, kills: int) -> Result:
        """Go on until so many processes were killed, and the last campaign has come to its end."""
        self.record.add_faults(PROBABILITY, self._seed)
        while self.result.kills < kills:
            self._campaign(kills)
        self.result.faults = self.record.hits()
        self.record.close()
        return self.result

    def _campaign(self, kills: int) -> None:
        self.result.campaigns += 1
        before = max((seen.number for seen in self.record.requests()), default=0)
        first = self.result.campaigns * RECIPIENTS
        people = [f"139{number:08}" for number in range(first, first + RECIPIENTS)]
        path = self._folder / f"{self.result.campaigns}.csv"
        path.write_text("mobile,number\n" + "".join(f"{one},{one[-6:]}\n" for one in people), encoding="utf-8")
        journal = self._folder / f"{self.result.campaigns}.db"
        killed = self.result.kills
        while not self._send(path, journal, kill=self.result.kills < kills):
            pass
        self._check(people, journal, before, self.result.kills - killed)

    def _send(self, path: Path, journal: Path, *, kill: bool) -> bool:
        """Start a process that sends; whether it came to the end of the campaign."""
        self.result.runs += 1
        child = os.fork()
        if child == 0:
            status = 1
            try:
                status = self._child(path, journal)
            finally:
                os._exit(status)
        if kill:
            # Every third at the very beginning: while the journal is opened and the list is read.
            time.sleep(self._chance.uniform(0, 0.02 if self._chance.random() < 0.33 else LONGEST_LIFE))
            os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        if os.WIFSIGNALED(status):
            self.result.kills += 1
            return False
        if os.WEXITSTATUS(status) not in (0, STOPPED):
            self.result.problems.append(f"a process ended with {os.WEXITSTATUS(status)}")
        return os.WEXITSTATUS(status) == 0

    def _child(self, path: Path, journal: Path) -> int:
        with (
            patch.object(CampaignSettings, "largest_batch", BATCH),
            patch.object(_throttle, "FIRST_PAUSE", 0.002),
            patch.object(_throttle, "LONGEST_PAUSE", 0.01),
        ):
            # By turns, so that one kind goes on where the other was killed.
            by_tasks = self.result.runs % 2 == 0
            campaign = asyncio.run(self._by_tasks(path, journal)) if by_tasks else self._by_threads(path, journal)
        return 0 if campaign.complete else STOPPED

    def _by_threads(self, path: Path, journal: Path) -> Campaign:
        with JSMS(*self._auth, base_url=f"{self._url}/v1") as jsms:
            return jsms.campaigns.send(path, temp_id=TEMPLATE, journal=journal, concurrency=CONCURRENCY)

    async def _by_tasks(self, path: Path, journal: Path) -> Campaign:
        async with AsyncJSMS(*self._auth, base_url=f"{self._url}/v1") as jsms:
            return await jsms.campaigns.send(path, temp_id=TEMPLATE, journal=journal, concurrency=CONCURRENCY)

    def _check(self, people: list[str], journal: Path, before: int, kills: int) -> None:
        """Compare the journal with the sandbox's record."""
        sent = self.record.messages()
        outcomes = list(open_campaign(journal))
        if [one.mobile for one in outcomes] != people:
            self._found("the journal has other recipients than the list")
        for one in outcomes:
            ids = sent.get(one.mobile, [])
            self.result.states[one.state.value] += 1
            if len(ids) > 1:
                self._found(f"{one.mobile} was sent to {len(ids)} times")
            if one.state is RecipientState.WAITING:
                self._found(f"{one.mobile} was left out")
            if one.state is RecipientState.ACCEPTED and ids != [one.msg_id]:
                self._found(f"{one.mobile} was accepted as {one.msg_id}, and the sandbox has {ids}")
            if one.state is RecipientState.REFUSED and ids:
                self._found(f"{one.mobile} was refused, and the sandbox has {ids}")
            self.result.sent_though_unknown += one.state is RecipientState.UNKNOWN and bool(ids)
        doubtful = self._unknown_without_fault(journal, before)
        # Each process may have had so many requests on their way when it was killed.
        if len(doubtful) > kills * CONCURRENCY:
            self._found(f"{len(doubtful)} requests are unknown without a reason, after {kills} kills: {doubtful}")

    def _unknown_without_fault(self, journal: Path, before: int) -> list[int]:
        """Return the requests whose recipients are unknown although no fault changed the response."""
        groups: defaultdict[int, set[str]] = defaultdict(set)
        with closing(sqlite3.connect(journal)) as connection:
            for request, mobile in connection.execute("SELECT request, mobile FROM recipients WHERE state IN (1, 4)"):
                groups[request].add(mobile)
        seen = self.record.requests(before)
        return [
            request
            for request, mobiles in groups.items()
            if not next((each.spoiled for each in seen if mobiles <= each.mobiles), False)
        ]

    def _found(self, problem: str) -> None:
        self.result.problems.append(f"campaign {self.result.campaigns}: {problem}")
