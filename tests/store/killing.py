"""Processes that send under the same keys and are killed again and again, compared with the sandbox's record."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from campaigns.sandbox_record import TEMPLATE, Record
from jsms_client import JSMS, AsyncJSMS, JSMSError, RetryPolicy, UnknownOutcomeError

KEYS = 30
CONCURRENT = 2
LONGEST_LIFE = 0.25
PROBABILITY = 0.01
RETRY = RetryPolicy(attempts=2, backoff=0.001)


@dataclass
class Findings:
    """What was found.

    Attributes:
        kills: How many processes were killed.
        keys: How many keys were used.
        outcomes: How many keys ended accepted, and how many in doubt.
        sent_in_doubt: For how many of the keys in doubt the sandbox has a message.
        faults: How many requests each kind of fault hit.
        problems: Everything that was not as it should be.
    """

    kills: int = 0
    keys: int = 0
    outcomes: Counter[str] = field(default_factory=Counter[str])
    sent_in_doubt: int = 0
    faults: Counter[str] = field(default_factory=Counter[str])
    problems: list[str] = field(default_factory=list[str])


class OnceProof:
    """Sends under keys, each in several processes at once, and kills them.

    Args:
        url: The sandbox, without ``/v1``.
        auth: An app's key and secret.
        address: The store.
        folder: Where the processes write what they saw.
        seed: Decides when.
    """

    def __init__(self, url: str, auth: tuple[str, str], address: str, folder: Path, seed: int) -> None:
        self._url, self._auth, self._address, self._seed = url, auth, address, seed
        self._seen = folder / "seen"
        self._chance = random.Random(seed)
        self._record = Record(url, auth[0])
        self.findings = Findings()

    def run(self, kills: int) -> Findings:
        """Go on until so many processes were killed, and every key has come to its end."""
        # What a client loads at its first call is loaded here, as it takes longer than most of the processes live.
        self._seen.write_bytes(b"")
        self._by_threads(["13900000001"])
        asyncio.run(self._by_tasks(["13900000002"]))
        self._record.add_faults(PROBABILITY, self._seed)
        while self.findings.kills < kills:
            self._round(kills)
        self.findings.faults = self._record.hits()
        self._record.clear_faults()
        self._record.close()
        return self.findings

    def _round(self, kills: int) -> None:
        first = self.findings.keys
        self.findings.keys += KEYS
        numbers = [f"138{self._seed % 100:02}{number:06}" for number in range(first, first + KEYS)]
        self._seen.write_bytes(b"")
        running: set[int] = set()
        while running or not (self.findings.problems or self._is_done(numbers)):
            while len(running) < CONCURRENT and not self._is_done(numbers):
                running.add(self._start(numbers))
            victim = -1
            if self.findings.kills < kills and running:
                time.sleep(self._chance.uniform(0.01, LONGEST_LIFE))
                victim = self._chance.choice(sorted(running))
                os.kill(victim, signal.SIGKILL)
            pid, status = os.waitpid(victim, 0)
            running.discard(pid)
            if os.WIFSIGNALED(status):
                self.findings.kills += 1
            elif os.WEXITSTATUS(status):
                self._found(f"a process ended with {os.WEXITSTATUS(status)}")
        self._check(numbers)

    def _is_done(self, numbers: list[str]) -> bool:
        """Return whether every key has ended in some process."""
        return {line.split()[0] for line in self._seen.read_text().splitlines()} >= set(numbers)

    def _start(self, numbers: list[str]) -> int:
        seed, by_tasks = self._chance.random(), self._chance.random() < 0.5
        child = os.fork()
        if child:
            return child
        status = 1
        try:
            random.Random(seed).shuffle(numbers)
            if by_tasks:
                asyncio.run(self._by_tasks(numbers))
            else:
                self._by_threads(numbers)
            status = 0
        finally:
            os._exit(status)

    def _by_threads(self, numbers: list[str]) -> None:
        with JSMS(*self._auth, base_url=f"{self._url}/v1", store=self._address, retry=RETRY) as jsms:
            for number in numbers:
                while True:
                    try:
                        sent = jsms.messages.send_batch([(number, {"number": "5"})], temp_id=TEMPLATE, once=number)
                    except JSMSError as error:
                        if self._is_end(number, error):
                            break
                    else:
                        self._saw(number, str(sent.accepted[0].msg_id))
                        break

    async def _by_tasks(self, numbers: list[str]) -> None:
        async with AsyncJSMS(*self._auth, base_url=f"{self._url}/v1", store=self._address, retry=RETRY) as jsms:

            async def send(number: str) -> None:
                while True:
                    try:
                        sent = await jsms.messages.send_batch(
                            [(number, {"number": "5"})], temp_id=TEMPLATE, once=number
                        )
                    except JSMSError as error:
                        if self._is_end(number, error):
                            return
                    else:
                        self._saw(number, str(sent.accepted[0].msg_id))
                        return

            for start in range(0, len(numbers), 4):
                await asyncio.gather(*map(send, numbers[start : start + 4]))

    def _is_end(self, number: str, error: JSMSError) -> bool:
        """Return whether an error ends its key; after any other the call is made again, as a queue would do."""
        if isinstance(error, UnknownOutcomeError):
            self._saw(number, "unknown")
            return True
        return False

    def _saw(self, number: str, what: str) -> None:
        file = os.open(self._seen, os.O_WRONLY | os.O_APPEND)
        os.write(file, f"{number} {what}\n".encode())
        os.close(file)

    def _check(self, numbers: list[str]) -> None:
        seen: defaultdict[str, set[str]] = defaultdict(set)
        for line in self._seen.read_text().splitlines():
            number, what = line.split()
            seen[number].add(what)
        sent = self._record.messages()
        for number in numbers:
            ids, accepted = sent.get(number, []), seen[number] - {"unknown"}
            self.findings.outcomes["accepted" if accepted else "in doubt"] += 1
            if len(ids) > 1:
                self._found(f"{number} was sent to {len(ids)} times")
            if not seen[number]:
                self._found(f"{number} came to no end")
            if accepted and accepted != set(ids):
                self._found(f"{number} was accepted as {accepted}, and the sandbox has {ids}")
            self.findings.sent_in_doubt += not accepted and bool(ids)

    def _found(self, problem: str) -> None:
        self.findings.problems.append(problem)
