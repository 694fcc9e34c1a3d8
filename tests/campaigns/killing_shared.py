"""Kill the workers and the database of a shared campaign at random, with every kind of fault.

The clocks of its workers differ by hours, as no decision may rest on them. The sandbox's record decides.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from unittest.mock import patch

from engines import Engine
from jsms_client import JSMS, StoreError
from jsms_client.campaigns import CampaignSettings, JournalError, RecipientState, _throttle, open_campaign

from .killing import Result
from .recipients import people
from .sandbox_record import TEMPLATE, Record

BATCH = 20
LONGEST_LIFE = 1.0
PROBABILITY = 0.01
CLOCKS = (0.0, 3 * 3600.0, -3 * 3600.0)
"""By how many seconds the clocks of workers are wrong."""
FAILED = 4
"""The exit status of a worker whose database was gone."""


class SharedProof:
    """Sends campaigns with several workers, and kills them.

    Args:
        url: The sandbox, without ``/v1``.
        auth: An app's key and secret.
        engine: Has the database.
        seed: Decides when.
        workers: How many processes send at once.
        recipients: How many a campaign has.
        crashes: How often each campaign's database is killed and started again.
    """

    def __init__(
        self,
        url: str,
        auth: tuple[str, str],
        engine: Engine,
        seed: int,
        *,
        workers: int = 4,
        recipients: int = 1500,
        crashes: int = 0,
    ) -> None:
        self._url, self._auth, self._engine, self._seed = url, auth, engine, seed
        self._address = engine.database()
        self._crashes = crashes
        self._workers, self._recipients = workers, recipients
        self._chance = random.Random(seed)
        self._record = Record(url, auth[0])
        self.result = Result()

    def run(self, kills: int) -> Result:
        """Go on until so many workers were killed, and the last campaign has come to its end."""
        self._record.add_faults(PROBABILITY, self._seed)
        while self.result.kills < kills:
            self._campaign(kills)
        self.result.faults = self._record.hits()
        self._record.clear_faults()
        self._record.close()
        return self.result

    def _campaign(self, kills: int) -> None:
        self.result.campaigns += 1
        first = self.result.campaigns * self._recipients
        journal = f"{self._address}?campaign=number+{self.result.campaigns}&lease=1"
        running: set[int] = set()
        done = False
        crashes = self._crashes
        while running or not done:
            while not done and len(running) < self._workers:
                running.add(self._start(first, journal))
            if self.result.kills < kills and running:
                time.sleep(self._chance.uniform(0.05, LONGEST_LIFE))
                if crashes and self._chance.random() < 0.25:
                    crashes -= 1
                    self.result.crashes += 1
                    self._engine.crash()
                    self._engine.start()
                os.kill(self._chance.choice(sorted(running)), signal.SIGKILL)
            pid, status = os.waitpid(-1, 0)
            running.discard(pid)
            if os.WIFSIGNALED(status):
                self.result.kills += 1
            elif os.WEXITSTATUS(status) == 0:
                done = True
            elif os.WEXITSTATUS(status) == FAILED:
                self.result.failed += 1
                if not self._crashes:
                    self.result.problems.append("a worker lost its database, which was not killed")
            elif os.WEXITSTATUS(status) == 1:
                self.result.problems.append("a worker failed")
        self._check([mobile for mobile, _ in people(self._recipients, first)], journal)

    def _start(self, first: int, journal: str) -> int:
        self.result.runs += 1
        right, wrong = time.time, self._chance.choice(CLOCKS)
        child = os.fork()
        if child:
            return child
        status = 1
        try:
            with (
                patch.object(CampaignSettings, "largest_batch", BATCH),
                patch.object(_throttle, "FIRST_PAUSE", 0.002),
                patch.object(_throttle, "LONGEST_PAUSE", 0.01),
                patch.object(time, "time", lambda: right() + wrong),
                JSMS(*self._auth, base_url=f"{self._url}/v1") as jsms,
            ):
                listed = people(self._recipients, first)
                campaign = jsms.campaigns.send(listed, temp_id=TEMPLATE, journal=journal, concurrency=2)
            status = 0 if campaign.complete and not campaign.counts.in_flight else 3
        except JournalError as error:
            status = FAILED if isinstance(error.__cause__, StoreError) else 1
        finally:
            os._exit(status)

    def _check(self, listed: list[str], journal: str) -> None:
        sent = self._record.messages()
        outcomes = list(open_campaign(journal))
        if [one.mobile for one in outcomes] != listed:
            self._found("the campaign has other recipients than the list")
        counted: Counter[RecipientState] = Counter()
        for one in outcomes:
            ids = sent.get(one.mobile, [])
            counted[one.state] += 1
            if len(ids) > 1:
                self._found(f"{one.mobile} was sent to {len(ids)} times")
            if one.state is RecipientState.WAITING:
                self._found(f"{one.mobile} was left out")
            if one.state is RecipientState.ACCEPTED and ids != [one.msg_id]:
                self._found(f"{one.mobile} was accepted as {one.msg_id}, and the sandbox has {ids}")
            if one.state is RecipientState.REFUSED and ids:
                self._found(f"{one.mobile} was refused, and the sandbox has {ids}")
            self.result.sent_though_unknown += one.state is RecipientState.UNKNOWN and bool(ids)
        self.result.states.update({state.value: count for state, count in counted.items()})
        counts = open_campaign(journal).counts
        for state in (RecipientState.WAITING, RecipientState.ACCEPTED, RecipientState.REFUSED, RecipientState.UNKNOWN):
            if getattr(counts, state.value) != counted[state]:
                self._found(f"{getattr(counts, state.value)} are counted as {state.value}, and {counted[state]} are so")

    def _found(self, problem: str) -> None:
        self.result.problems.append(f"campaign {self.result.campaigns}: {problem}")
