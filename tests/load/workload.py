"""A workload of many connections: send and verify codes, send notices, read templates."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.connections import Call, Connection, Response

CODE = "583201"
"""What every code is, by a switch of the sandbox."""


@dataclass
class Outcome:
    """What came of it.

    Attributes:
        seconds: How long it took.
        milliseconds: How long each request took.
        msg_ids: Every msg_id of a response.
        verified: How many codes were verified.
        problems: Everything that was not as it should be.
        by_connection: How many requests each connection made.
    """

    seconds: float = 0.0
    milliseconds: list[float] = field(default_factory=list[float])
    msg_ids: list[str] = field(default_factory=list[str])
    verified: int = 0
    problems: list[str] = field(default_factory=list[str])
    by_connection: list[int] = field(default_factory=list[int])

    def percentile(self, part: float) -> float:
        """Return the time of this percentile of the requests, in milliseconds."""
        return sorted(self.milliseconds)[min(int(len(self.milliseconds) * part), len(self.milliseconds) - 1)]


class Workload:
    """Many connections that send one request after the other.

    Args:
        url: The sandbox, without ``/v1``.
        auth: An app's key and secret.
        connections: How many.
    """

    def __init__(self, url: str, auth: tuple[str, str], connections: int = 64) -> None:
        self._url, self._auth, self._connections = url, auth, connections
        self._numbers: Iterator[str] = (f"139{number:08d}" for number in itertools.count())
        self.outcome = Outcome()

    def run(self, seconds: float) -> Outcome:
        """Send for so long."""
        asyncio.run(self._run(seconds))
        return self.outcome

    async def _run(self, seconds: float) -> None:
        started = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(self._connections):
                group.create_task(self._work(started + seconds))
        self.outcome.seconds = time.perf_counter() - started

    async def _work(self, until: float) -> None:
        made = 0
        try:
            async with Connection(self._url, self._auth) as connection:
                while time.perf_counter() < until:
                    await self._round(connection)
                    made += 4
        except (OSError, EOFError) as error:
            self.outcome.problems.append(f"{type(error).__name__}: {error}")
        self.outcome.by_connection.append(made)

    async def _round(self, connection: Connection) -> None:
        mobile = next(self._numbers)
        sent = await self._send(connection, Call("POST", "/codes", {"mobile": mobile, "temp_id": 1}))
        self.outcome.msg_ids.append(sent["msg_id"])
        content = await self._send(connection, Call("POST", f"/codes/{sent['msg_id']}/valid", {"code": CODE}))
        self.outcome.verified += content == {"is_valid": True}
        order = {"mobile": mobile, "temp_id": 1250, "temp_para": {"number": mobile}}
        sent = await self._send(connection, Call("POST", "/messages", order))
        self.outcome.msg_ids.append(sent["msg_id"])
        await self._send(connection, Call("GET", "/templates/1250"))

    async def _send(self, connection: Connection, call: Call) -> Any:
        started = time.perf_counter()
        response: Response = await connection.send(call)
        self.outcome.milliseconds.append((time.perf_counter() - started) * 1000)
        if response.status != 200:
            self.outcome.problems.append(f"{call.method} {call.path}: {response.status} {response.body[:200]!r}")
            return {"msg_id": "0"}
        return response.json()
