"""One worker of a campaign in an SQL database: its transactions, and what it shares with the others.

Every transaction holds the campaign's row from its beginning, so that workers never wait for each other in a circle,
and counts, pace and reason to stop are those of all of them. A worker that does not write for the store's ``lease``
is dead: what it had in flight is unknown, and what it only had reserved waits for another one.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from threading import RLock
from typing import TYPE_CHECKING

from jsms_client.campaigns._error_policy import Stop, StopReason
from jsms_client.campaigns._errors import JournalError, JournalMismatchError, NoCampaignError
from jsms_client.campaigns._journal.batches import move
from jsms_client.campaigns._journal.journal import settings_from_text, settings_to_text
from jsms_client.campaigns._options import CampaignSettings, Service
from jsms_client.campaigns._outcomes import IN_FLIGHT, STATES, UNKNOWN, WAITING
from jsms_client.errors import StoreError
from jsms_client.store._database import Rows, migrate
from jsms_client.store._store import new_owner

if TYPE_CHECKING:
    from jsms_client.campaigns._shared.address import SharedAddress

_COUNTS = tuple(state.value for state in STATES)
# How often a worker that waits shows that it is alive, as a part of the lease.
_ALIVE = 0.25
# Seconds after which a worker looks again whether others have left something to send.
_LOOK = 0.5
# Characters; MariaDB takes 16 MiB, and up to four bytes are a character.
_LONGEST_STATEMENT = 1 << 21


class SharedState:
    """A worker's connection to a shared campaign.

    Args:
        address: Which database, and which campaign in it.
        settings: What the campaign sends; None to take what is there.
        service: Where; None where that does not matter.

    Attributes:
        settings: What the campaign sends.
        input: The digest of the list; None until all of it was taken in.
        states: How many recipients are in each state, of all workers.
        repeats: How many entries were set aside as duplicates.
        bad_lines: How many as bad.
        requests: The number of the last request that left.
        mutex: Held by the thread that works with it.
        holder: This worker's name.
        number: The campaign's number.
        service: Where it is sent.
        dialect: How the database writes what others write in another way.
        stop: Why all workers stop; None where they do not.

    Raises:
        JournalMismatchError: It is the journal of another campaign.
        JournalError: The database cannot be used, or has no such campaign.
    """

    settings: CampaignSettings
    service: Service
    _now: float

    def __init__(
        self, address: SharedAddress, settings: CampaignSettings | None = None, service: Service | None = None
    ) -> None:
        self.address = address
        self.mutex = RLock()
        self.holder = new_owner()
        self.closed = False
        self.dialect = address.database.dialect
        self._stack = ExitStack()
        self._in_transaction = False
        self._pause_until = -math.inf  # a monotonic clock may begin anywhere
        self.stop: Stop | None = None
        self.input: str | None = None
        self.repeats: int = 0
        self.bad_lines: int = 0
        self._stack.callback(address.database.close)
        try:
            self._open(settings, service)
        except BaseException:
            self.close()
            raise

    def _open(self, settings: CampaignSettings | None, service: Service | None) -> None:
        dialect = self.dialect
        with self._failures():
            migrate(self.address.database)
            self._connection, self._run = self._stack.enter_context(self.address.database.connection())
            if settings is not None and service is not None:
                self._run(
                    f"{dialect.insert_new} jsms_campaigns (name, settings, service, app)"
                    f" VALUES (:name, :settings, :service, :app) {dialect.unless_there}",
                    name=self.address.campaign,
                    **_described(settings, service),
                )
                self._connection.commit()
            rows = self._run("SELECT number FROM jsms_campaigns WHERE name = :name", name=self.address.campaign).rows
            if not rows:
                raise NoCampaignError(f"there is no campaign {self.address.campaign!r} in the database")
            self.number = int(str(rows[0][0]))
            if dialect.name == "mysql":
                # Another process may read a long list for longer than the 50 seconds that are the default.
                self._run("SET SESSION innodb_lock_wait_timeout = 86400")
        self.begin()
        # One whose list was never read may become another campaign.
        began = self.input is not None or settings is None
        if began and service is not None and service != self.service:
            raise JournalMismatchError(f"{self.address} is a campaign of another service or app")
        if settings is not None and service is not None and (settings, service) != (self.settings, self.service):
            if began and not self.settings.goes_on_as(settings, self._now):
                raise JournalMismatchError(
                    f"{self.address} is a campaign with other settings; give this one another name"
                )
            self.settings, self.service = settings, service
            self._execute(
                "UPDATE jsms_campaigns SET settings = :settings, service = :service, app = :app"
                " WHERE number = :campaign",
                **_described(settings, service),
            )
        if began:
            self.commit()
        # Else the transaction goes on until the list was taken in: another process that starts waits for that.

    # One transaction

    @contextmanager
    def writing(self) -> Generator[None]:
        """Everything that is done in here is in the database at its end, or none of it."""
        with self.mutex:
            self.begin()
            try:
                yield
                self.commit()
            except BaseException:
                self.roll_back()
                raise

    def begin(self) -> None:
        """Begin a transaction, and read what all workers have counted."""
        if self._in_transaction:
            return
        columns = f"settings, service, app, input, repeats, bad_lines, stop, due, requests, {', '.join(_COUNTS)}"
        with self._failures():
            (row,) = self._execute(f"SELECT {columns} FROM jsms_campaigns WHERE number = :campaign FOR UPDATE").rows
            self._in_transaction = True
            settings, url, app, found, repeats, bad_lines, stop, due, requests, *counts = row
            self.settings = settings_from_text(str(settings))
            self.service = Service(str(url), str(app))
            self.input = None if found is None else str(found)
            self.repeats, self.bad_lines = int(str(repeats)), int(str(bad_lines))
            self.states = [int(str(count)) for count in counts]
            self.requests = int(str(requests))
            self.stop = _stop_of(None if stop is None else str(stop))
            self._due = float(str(due))
            self._now = float(str(self._execute(f"SELECT {self.dialect.now}").rows[0][0]))

    def commit(self) -> None:
        """Commit it."""
        assignments = ", ".join(f"{name} = :{name}" for name in (*_COUNTS, "repeats", "bad_lines", "requests"))
        with self._failures():
            counts = dict(zip(_COUNTS, self.states, strict=True))
            self._execute(
                f"UPDATE jsms_campaigns SET {assignments} WHERE number = :campaign",
                **counts,
                repeats=self.repeats,
                bad_lines=self.bad_lines,
                requests=self.requests,
            )
            self._connection.commit()
            self._in_transaction = False

    def roll_back(self) -> None:
        """Roll it back."""
        self._in_transaction = False
        # Where the database is gone, it has done so by itself.
        with suppress(StoreError), self.address.database.translating():
            self._connection.rollback()

    def execute(self, statement: str, /, **parameters: object) -> Rows:
        """Execute a statement of the campaign's; inside of `writing`."""
        with self._failures():
            return self._execute(statement, **parameters)

    def execute_with(self, statement: str, rows: Sequence[Mapping[str, object]], /, **parameters: object) -> int:
        """Execute a statement that reads rows as `Dialect.rows` has them; gives how many it changed."""
        if not rows:
            return 0
        given = [{name: value for name, value in row.items() if value is not None} for row in rows]
        text = json.dumps(given, ensure_ascii=False)
        if len(text) > _LONGEST_STATEMENT and len(rows) > 1:
            half = len(rows) // 2
            return sum(self.execute_with(statement, part, **parameters) for part in (rows[:half], rows[half:]))
        return self.execute(statement, rows=text, **parameters).changed

    def _execute(self, statement: str, /, **parameters: object) -> Rows:
        if ":campaign" in statement:
            parameters["campaign"] = self.number
        return self._run(statement, **parameters)

    @contextmanager
    def _failures(self) -> Generator[None]:
        try:
            with self.address.database.translating():
                yield
        except StoreError as error:
            raise JournalError(f"the shared campaign cannot go on here: {error.message}") from error

    # What the workers share

    @property
    def look_again(self) -> float:
        """Seconds after which this worker must write again, so that the others see that it is alive."""
        return self.address.lease * _ALIVE

    def pause(self) -> float:
        """Seconds for which no worker may send, or for which there is nothing to send here."""
        return max(0.0, self._pause_until - time.monotonic())

    def share_pause(self, seconds: float) -> None:
        """Let no worker send for so long, as the service struggles; inside of `writing`."""
        if seconds > 0 and self._now + seconds > self._due:
            self._due = self._now + seconds
            self.execute("UPDATE jsms_campaigns SET due = :due WHERE number = :campaign", due=self._due)

    def share_stop(self, stop: Stop) -> None:
        """Stop all workers, for this reason; inside of `writing`."""
        if self.stop is None:
            self.stop = stop
            text = json.dumps([stop.reason.value, stop.message])
            self.execute("UPDATE jsms_campaigns SET stop = :stop WHERE number = :campaign", stop=text)

    def forget_stop(self) -> None:
        """Go on after a stop, and at once; inside of `writing`."""
        self.stop, self._due = None, 0.0
        self.execute("UPDATE jsms_campaigns SET stop = NULL, due = 0 WHERE number = :campaign")

    def reserve_time(self, recipients: int, max_rate: float | None) -> bool:
        """Whether so many recipients may be sent to now, by the rate of all workers; inside of `writing`."""
        if self._due > self._now:
            self.look_later(self._due - self._now)
            return False
        if max_rate is not None:
            self._due = self._now + recipients / max_rate
            self.execute("UPDATE jsms_campaigns SET due = :due WHERE number = :campaign", due=self._due)
        return True

    def look_later(self, seconds: float = _LOOK) -> None:
        """Nothing can be sent at the moment."""
        self._pause_until = time.monotonic() + seconds

    def show_alive(self) -> None:
        """Show that this worker is alive, and take over from those that are not; inside of `writing`."""
        self.take_over()
        now, lease = self.dialect.now, self.address.lease
        alive = f"UPDATE jsms_workers SET expires = {now} + :lease WHERE campaign = :campaign AND holder = :holder"
        if not self.execute(alive, lease=lease, holder=self.holder).changed:
            self.execute(
                f"INSERT INTO jsms_workers (campaign, holder, expires) VALUES (:campaign, :holder, {now} + :lease)",
                lease=lease,
                holder=self.holder,
            )

    def take_over(self) -> None:
        """Take over from workers that have died; inside of `writing`."""
        dead = self.execute(
            f"SELECT holder FROM jsms_workers WHERE campaign = :campaign AND expires <= {self.dialect.now}"
        ).rows
        for (holder,) in dead:
            self.leave(str(holder))

    def leave(self, holder: str) -> None:
        """End a worker: what it had in flight is unknown, what it had reserved is free; inside of `writing`."""
        unknown = self.execute(
            "UPDATE jsms_recipients SET state = :unknown, holder = ''"
            " WHERE campaign = :campaign AND state = :in_flight AND holder = :holder",
            unknown=UNKNOWN,
            in_flight=IN_FLIGHT,
            holder=holder,
        ).changed
        self.count(IN_FLIGHT, UNKNOWN, unknown)
        self.execute(
            "UPDATE jsms_recipients SET holder = ''"
            " WHERE campaign = :campaign AND state = :waiting AND holder = :holder",
            waiting=WAITING,
            holder=holder,
        )
        self.execute("DELETE FROM jsms_workers WHERE campaign = :campaign AND holder = :holder", holder=holder)

    def workers(self) -> int:
        """How many workers are alive, without this one; inside of `writing`."""
        rows = self.execute(
            "SELECT count(*) FROM jsms_workers WHERE campaign = :campaign AND holder <> :holder"
            f" AND expires > {self.dialect.now}",
            holder=self.holder,
        ).rows
        return int(str(rows[0][0]))

    def count(self, before: int, after: int, recipients: int) -> None:
        """Note that recipients went from one state to another."""
        move(self.states, before, after, recipients)

    def end(self) -> None:
        """End this worker: what it had reserved is for others, what is in flight is unknown."""
        with self.writing():
            self.leave(self.holder)

    def close(self) -> None:
        """Close the connection."""
        with self.mutex:
            if not self.closed:
                self.closed = True
                # A connection that is closed rolls back what it has begun.
                self._stack.close()


def _described(settings: CampaignSettings, service: Service) -> dict[str, object]:
    return {"settings": settings_to_text(settings), "service": service.url, "app": service.app}


def _stop_of(text: str | None) -> Stop | None:
    if text is None:
        return None
    reason, message = json.loads(text)
    return Stop(StopReason(reason), message, None)
